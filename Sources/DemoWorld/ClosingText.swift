import Domain

/// A closing template taken apart once, so that a million tickets can be closed with it.
struct ClosingText {
  enum Piece {
    case literal(String)
    /// The name between double braces, such as `fields.amount`.
    case slot(String)
  }

  let template: ClosingTemplate
  private let chinese: [Piece]
  private let english: [Piece]
  /// Ids of the zone's fields that it names.
  let fields: [String]

  /// Nil for a template that asks the agent to type something, or that has more than plain slots.
  init?(_ template: ClosingTemplate) {
    guard let chinese = Self.pieces(template.text.chinese), let english = Self.pieces(template.text.english)
    else {
      return nil
    }
    self.template = template
    self.chinese = chinese
    self.english = english
    var fields: [String] = []
    for case .slot(let name) in chinese + english {
      if name.hasPrefix("input.") { return nil }
      if name.hasPrefix("fields."), !fields.contains(String(name.dropFirst(7))) {
        fields.append(String(name.dropFirst(7)))
      }
    }
    self.fields = fields
  }

  private static func pieces(_ text: String) -> [Piece]? {
    var pieces: [Piece] = []
    var rest = text.trimmed[...]
    while let open = rest.firstIndex(of: "{") {
      let inner = rest[open...].dropFirst(2)
      guard rest[open...].hasPrefix("{{"), let close = inner.firstIndex(of: "}"),
        inner[close...].hasPrefix("}}"),
        let first = inner.first, first.isLetter
      else { return nil }
      pieces.append(.literal(String(rest[..<open])))
      pieces.append(.slot(String(inner[..<close])))
      rest = inner[close...].dropFirst(2)
    }
    pieces.append(.literal(String(rest)))
    return pieces
  }

  /// Nil when a slot has no value.
  func filled(_ language: Language, _ value: (String) -> String?) -> String? {
    var result = ""
    for piece in language == .chinese ? chinese : english {
      switch piece {
      case .literal(let text): result += text
      case .slot(let name):
        guard let text = value(name), !text.isEmpty else { return nil }
        result += text
      }
    }
    return result
  }
}
