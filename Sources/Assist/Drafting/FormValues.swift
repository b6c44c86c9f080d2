import Domain

/// What the form of a ticket says of people: a contact person, an address, an e-mail address.
enum FormValues {
  /// Nothing for a field that holds something else.
  static func known(_ field: FormField, _ value: String, _ use: ModelUse) -> [KnownValue] {
    switch field.reads ?? FieldReader.usualReader(of: field, []) {
    case .name:
      // 李四（丈夫）: the first word is the name.
      let first = value.unicodeScalars.split {
        !$0.properties.isAlphabetic && $0 != "·" && $0 != " " && $0 != "-"
      }.first
      return Set([value, first.map { String($0).trimmed } ?? value]).sorted().map {
        KnownValue(.name, $0, shown: use == .draft ? $0 : Masking.name($0))
      }
    case .place:
      // A district alone is what an outage is named by.
      guard value.unicodeScalars.contains(where: { ChineseNumber.spokenDigit($0) != nil }) else { return [] }
      return [KnownValue(.address, value, shown: Masking.address(value))]
    case .email: return [KnownValue(.identity(.email), value, shown: Masking.email(value))]
    case .plate: return [KnownValue(.plate, value, shown: Masking.plate(value))]
    case .phone: return [KnownValue(.identity(.phone), value, shown: Masking.phone(value))]
    default: return []
    }
  }
}
