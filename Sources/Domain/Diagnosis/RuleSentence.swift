/// The sentence of a diagnosis rule: text with slots such as `{charge.title}`.
package enum RuleSentence {
  /// What stands in braces, in order.
  package static func slots(of text: String) -> [String] {
    var result: [String] = []
    _ = filled(text) { slot in
      result.append(slot)
      return nil
    }
    return result
  }

  /// The text with its slots replaced; a slot without a value stays as it is written.
  package static func filled(_ text: String, _ value: (String) -> String?) -> String {
    var result = ""
    var rest = text[...]
    while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
      result += rest[..<open]
      let slot = String(rest[rest.index(after: open)..<close])
      result += value(slot) ?? String(rest[open...close])
      rest = rest[rest.index(after: close)...]
    }
    return result + rest
  }
}
