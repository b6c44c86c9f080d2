import Domain
import Mustache

/// A closing template as Mustache, filled with values that are never read as Mustache themselves.
///
/// A slot without a value is not an empty place: it is written as 【its name】, in Latin letters as [its name], listed in
/// `missing`, and whoever closes with it is stopped.
package struct TemplateFilling: Sendable {
  /// Why a template cannot be used.
  package enum Problem: Error, Hashable, Sendable {
    case notMustache(TemplateID)
  }

  private let id: TemplateID
  private let mustache: MustacheTemplate

  package init(_ template: ClosingTemplate, language: Language) throws(Problem) {
    try self.init(template.text[language], id: template.id)
  }

  package init(_ text: String, id: TemplateID) throws(Problem) {
    self.id = id
    do {
      // Without it values are escaped for HTML, and a customer reads `&amp;`.
      mustache = try MustacheTemplate(string: "{{% CONTENT_TYPE:TEXT}}" + text)
    } catch {
      throw .notMustache(id)
    }
  }

  /// The names of all slots in the order of the text, each once.
  package var slots: [String] {
    fill([:], label: { $0 }).missing
  }

  /// - Parameters:
  ///   - values: by slot name, such as `fields.amount`; empty text counts as missing.
  ///   - label: what a person calls a slot.
  package func fill(_ values: [String: String], label: (String) -> String) -> FilledTemplate {
    let marked = mustache.render(SlotScope(path: "", values: values))
    return FilledTemplate(marked: marked, label: label)
  }
}

/// A text with the places of its slots.
package struct FilledTemplate: Hashable, Sendable {
  package struct Slot: Hashable, Sendable {
    package var name: String
    /// UTF-8 offsets in `text`, half-open.
    package var start: Int
    package var end: Int
    package var isMissing: Bool

    package init(name: String, start: Int, end: Int, isMissing: Bool) {
      self.name = name
      self.start = start
      self.end = end
      self.isMissing = isMissing
    }
  }

  package var text: String
  package var slots: [Slot]

  package init(text: String, slots: [Slot]) {
    self.text = text
    self.slots = slots
  }

  /// Names of slots without a value, each once, in the order of the text.
  package var missing: [String] {
    var seen: Set<String> = []
    return slots.compactMap { $0.isMissing && seen.insert($0.name).inserted ? $0.name : nil }
  }

  package var isComplete: Bool { !slots.contains { $0.isMissing } }

  /// Brackets of the script that the name is written in.
  private static func empty(_ name: String) -> String {
    name.unicodeScalars.contains { $0.value >= 0x2E80 } ? "【\(name)】" : "[\(name)]"
  }

  /// Reads the marks that `SlotValue` left.
  fileprivate init(marked: String, label: (String) -> String) {
    var bytes: [UInt8] = []
    var slots: [Slot] = []
    var rest = marked.unicodeScalars[...]
    while let open = rest.firstIndex(of: Mark.open) {
      bytes.append(contentsOf: String(rest[..<open]).utf8)
      rest = rest[rest.index(after: open)...]
      guard let middle = rest.firstIndex(of: Mark.middle) else { break }
      let name = String(rest[..<middle])
      rest = rest[rest.index(after: middle)...]
      let close = rest.firstIndex(of: Mark.close) ?? rest.endIndex
      let value = String(rest[..<close])
      let start = bytes.count
      bytes.append(contentsOf: (value.isEmpty ? Self.empty(label(name)) : value).utf8)
      slots.append(Slot(name: name, start: start, end: bytes.count, isMissing: value.isEmpty))
      rest = close == rest.endIndex ? rest[close...] : rest[rest.index(after: close)...]
    }
    bytes.append(contentsOf: String(rest).utf8)
    while let last = bytes.last, last == 0x0A || last == 0x20 { bytes.removeLast() }
    text = String(decoding: bytes, as: UTF8.self)
    self.slots = slots.map { slot in
      var slot = slot
      slot.end = min(slot.end, bytes.count)
      slot.start = min(slot.start, slot.end)
      return slot
    }
  }
}

/// Private-use characters around a value; they are taken out of values first, so that none can be forged.
private enum Mark {
  static let open: Unicode.Scalar = "\u{E0F0}"
  static let middle: Unicode.Scalar = "\u{E0F1}"
  static let close: Unicode.Scalar = "\u{E0F2}"

  static func removed(from value: String) -> String {
    var scalars = String.UnicodeScalarView()
    scalars.append(
      contentsOf: value.unicodeScalars.filter { $0 != open && $0 != middle && $0 != close })
    return String(scalars)
  }
}

/// Answers every name, so that the renderer cannot skip one silently.
private struct SlotScope: MustacheParent, MustacheCustomRenderable {
  let path: String
  let values: [String: String]

  /// The names that a slot begins with. Inside a section the renderer looks from the innermost value outwards, and a
  /// value must not claim them.
  private static let roots: Set<String> = [
    "ticket", "customer", "fields", "agent", "zone", "disposition", "date", "choice", "input",
  ]

  func child(named name: String) -> Any? {
    if path.contains("."), Self.roots.contains(name) { return nil }
    let full = path.isEmpty ? name : "\(path).\(name)"
    return SlotScope(path: full, values: values)
  }

  private var value: String { Mark.removed(from: values[path] ?? "").trimmed }

  var renderText: String {
    path.isEmpty ? "" : "\(Mark.open)\(Mark.removed(from: path))\(Mark.middle)\(value)\(Mark.close)"
  }

  /// A section of a slot without a value is left out.
  var isNull: Bool { !path.isEmpty && value.isEmpty }
}
