/// The words of the program in one language: `Resources/strings/LANGUAGE.yaml`, flattened to dotted keys.
///
/// `{name}` in a text is replaced by the value of that name. When a value named `count` is 1 and the catalogue has the
/// key with `.one` appended, that text is used (English needs it, Chinese does not). In a sentence with several numbers
/// `{name|form|forms}` is the first form where the value of that name is 1, else the second.
package struct StringCatalogue: Sendable, Equatable {
  package let language: Language
  package private(set) var texts: [String: String]

  package init(language: Language, texts: [String: String]) {
    self.language = language
    self.texts = texts
  }

  /// The text of `key`. A key that is not there is shown as itself; a test keeps that from happening.
  package func callAsFunction(
    _ key: String, _ values: KeyValuePairs<String, any CustomStringConvertible> = [:]
  )
    -> String
  {
    text(key) { name in values.first { $0.key == name }?.value.description }
  }

  /// The same with values that were gathered as facts.
  package func callAsFunction(_ key: String, values: [String: String]) -> String {
    text(key) { values[$0] }
  }

  private func text(_ key: String, value: (String) -> String?) -> String {
    var text = texts[key] ?? key
    if value("count") == "1", let singular = texts[key + ".one"] { text = singular }
    guard text.contains("{") else { return text }
    var result = ""
    var rest = text[...]
    while let open = rest.firstIndex(of: "{") {
      result += rest[..<open]
      guard let close = rest[open...].firstIndex(of: "}") else { break }
      let name = rest[rest.index(after: open)..<close]
      let forms = name.split(separator: "|", omittingEmptySubsequences: false)
      if let text = forms.first.flatMap({ value(String($0)) }) {
        result += forms.count == 3 ? String(forms[text == "1" ? 1 : 2]) : text
      } else {
        result += rest[open...close]
      }
      rest = rest[rest.index(after: close)...]
    }
    return result + rest
  }

  package func contains(_ key: String) -> Bool { texts[key] != nil }
}
