import Domain

/// Where the customer is, as far as records, form and messages say.
struct OutagePlace {
  private let texts: [[UInt8]]

  init(_ input: ReadingInput) {
    let customer = input.customer?.customer
    texts =
      ([customer?.city, customer?.address, input.ticket.subject].compactMap { $0 }
      + (input.zone?.fields ?? []).filter { $0.kind == .text }.compactMap { input.ticket.fields[$0.id] }
      + input.messages.filter(\.isFromCustomer).map(\.text)).map(TextPool.fold)
  }

  /// How the first area that fits is called; nil where the outage is somewhere else.
  func area(of outage: Outage) -> String? {
    for area in outage.areas {
      var parts: [String] = []
      if let wanted = area.city {
        guard isSaid(wanted) else { continue }
        parts.append(wanted)
      }
      if let wanted = area.district {
        guard isSaid(wanted) else { continue }
        parts.append(wanted)
      }
      if !area.places.isEmpty {
        guard let place = area.places.first(where: isSaid) else { continue }
        parts.append(place)
      }
      if !parts.isEmpty { return parts.joined(separator: " ") }
    }
    return nil
  }

  private func isSaid(_ word: String) -> Bool {
    let word = TextPool.fold(word)
    return !word.isEmpty && texts.contains { TextPool.contains($0, word) }
  }
}
