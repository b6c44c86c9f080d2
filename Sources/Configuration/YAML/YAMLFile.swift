import Domain
import Yams

/// A YAML file as nodes with line numbers. Aliases, deep nesting and unsafe characters are refused before the parser, which
/// would expand, recurse or stop at them.
struct YAMLFile {
  var reading: Reading
  var root: Node

  static let deepestNesting = 48

  /// Nil when a problem was added. `firstLine` is where `text` begins in the file.
  static func parse(_ file: TextFile, firstLine: Int = 1, into log: ProblemLog) -> YAMLFile? {
    let reading = Reading(file: file.name, log: log, firstLine: firstLine)
    guard isHarmless(file.text, reading) else { return nil }
    do {
      guard let root = try compose(yaml: file.text, .basic, .default, .utf8), root.null == nil else {
        reading.add(.emptyFile, line: nil)
        return nil
      }
      return YAMLFile(reading: reading, root: root)
    } catch let error as YamlError {
      reading.add(error)
      return nil
    } catch {
      reading.add(.syntax(String(describing: error)), line: nil)
      return nil
    }
  }

  private static func isHarmless(_ text: String, _ reading: Reading) -> Bool {
    var line = 1
    var flow = 0
    var anchors: Set<String> = []
    var aliases: [(name: String, line: Int)] = []
    var indentation = 0
    var isIndenting = true
    var previous: UInt8 = 0x0A
    let bytes = Array(text.utf8)
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      defer {
        previous = byte
        index += 1
      }
      if byte == 0x0A {
        line += 1
        indentation = 0
        isIndenting = true
        continue
      }
      // "- - - -" nests as deeply as it is wide.
      if isIndenting, byte == 0x20 || byte == 0x2D || byte == 0x3F {
        indentation += 1
        if indentation > 4 * deepestNesting {
          reading.add(.nestedTooDeeply(limit: deepestNesting), line: line)
          return false
        }
        continue
      }
      isIndenting = false
      switch byte {
      case UInt8(ascii: "["), UInt8(ascii: "{"):
        flow += 1
        // Text may hold an opening bracket or two that are never closed; a nest is far deeper.
        if flow > deepestNesting {
          reading.add(.nestedTooDeeply(limit: deepestNesting), line: line)
          return false
        }
      case UInt8(ascii: "]"), UInt8(ascii: "}"):
        flow = max(0, flow - 1)
      case UInt8(ascii: "&") where startsToken(after: previous):
        anchors.insert(name(bytes, from: index + 1))
      case UInt8(ascii: "*") where startsToken(after: previous):
        aliases.append((name(bytes, from: index + 1), line))
      default: break
      }
    }
    anchors.remove("")
    if let alias = aliases.first(where: { anchors.contains($0.name) }) {
      reading.add(.aliasUsed(name: alias.name), line: alias.line)
      return false
    }
    return true
  }

  private static func startsToken(after byte: UInt8) -> Bool {
    byte <= 0x20 || "[]{},:?-\"'".utf8.contains(byte)
  }

  private static func name(_ bytes: [UInt8], from start: Int) -> String {
    var end = start
    while end < bytes.count, end - start < 64, isNameByte(bytes[end]) { end += 1 }
    return String(decoding: bytes[start..<end], as: UTF8.self)
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x5F: true
    default: false
    }
  }
}

/// Where a value was read from: what a problem needs.
struct Reading {
  struct Pair {
    var key: String
    var keyNode: Node
    var value: Node
  }

  let file: String
  let log: ProblemLog
  let firstLine: Int

  func line(of node: Node) -> Int { (node.mark?.line ?? 1) + firstLine - 1 }

  func place(of node: Node) -> ProblemLog.Place { ProblemLog.Place(file: file, line: line(of: node)) }

  func add(_ kind: ConfigurationProblem.Kind, at node: Node) {
    log.add(kind, file: file, line: line(of: node))
  }

  func hint(_ kind: ConfigurationProblem.Kind, at node: Node) {
    log.hint(kind, file: file, line: line(of: node))
  }

  func add(_ kind: ConfigurationProblem.Kind, line: Int?) {
    log.add(kind, file: file, line: line.map { $0 + firstLine - 1 })
  }

  func add(_ error: YamlError) {
    switch error {
    case .scanner(.some(let context), let problem, _, _) where problem.hasSuffix("end of stream"):
      // Where the quotes were opened, not where the file ends without them.
      add(.syntax(problem), line: context.mark.line)
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      add(.syntax(problem), line: mark.line)
    case .duplicatedKeysInMapping(let keys, let context):
      add(.duplicateKey(keys.first ?? ""), line: context.mark.line)
    case .reader(let problem, _, _, _):
      add(.syntax(problem), line: nil)
    default:
      add(.syntax(String(describing: error)), line: nil)
    }
  }

  // MARK: - Values

  func fields(_ node: Node, keys: [String]) -> Fields? {
    guard case .mapping(let mapping) = node else {
      add(.notMapping, at: node)
      return nil
    }
    var values: [String: Node] = [:]
    for (key, value) in mapping {
      guard let name = key.string, keys.contains(name) else {
        add(.unknownKey(shortened(key.string ?? ""), known: keys), at: key)
        continue
      }
      values[name] = value
    }
    return Fields(reading: self, node: node, values: values)
  }

  /// Pairs of a mapping whose keys a person chose.
  func pairs(_ node: Node) -> [Pair] {
    guard case .mapping(let mapping) = node else {
      add(.notMapping, at: node)
      return []
    }
    return mapping.compactMap { key, value in
      guard let name = key.string else {
        add(.notText, at: key)
        return nil
      }
      return Pair(key: name, keyNode: key, value: value)
    }
  }

  func items(_ node: Node) -> [Node] {
    guard case .sequence(let sequence) = node else {
      add(.notList, at: node)
      return []
    }
    return Array(sequence)
  }

  func text(_ node: Node, limit: Int = 500) -> String? {
    guard case .scalar(let scalar) = node else {
      add(.notText, at: node)
      return nil
    }
    let text = scalar.string
    if scalar.style == .plain || scalar.style == .any, text == "~" || text == "null" || text.isEmpty {
      add(.textMissing, at: node)
      return nil
    }
    // Escapes in quotes bring in what the file itself may not hold.
    if let bad = text.unicodeScalars.first(where: TextFile.isUnsafe) {
      add(.unsafeCharacter(TextFile.describe(bad)), at: node)
      return nil
    }
    guard text.contains(where: { !$0.isWhitespace }) else {
      add(.textMissing, at: node)
      return nil
    }
    guard text.unicodeScalars.count <= limit else {
      add(.textTooLong(limit: limit), at: node)
      return nil
    }
    return text
  }

  func identifier(_ node: Node, allowsSlash: Bool = false) -> String? {
    guard let text = text(node, limit: 100) else { return nil }
    let isValid = text.utf8.allSatisfy { byte in
      switch byte {
      case 0x30...0x39, 0x61...0x7A, 0x2D, 0x5F: true
      case 0x2F: allowsSlash
      default: false
      }
    }
    guard isValid, text.utf8.first != 0x2F, text.utf8.last != 0x2F else {
      add(.invalidIdentifier(shortened(text)), at: node)
      return nil
    }
    return text
  }

  func localized(_ node: Node, limit: Int = 500) -> (chinese: String, english: String)? {
    guard let fields = fields(node, keys: ["zh-Hans", "en"]) else { return nil }
    guard let chinese = fields.values["zh-Hans"] else {
      add(.missingLanguage(.chinese), at: node)
      return nil
    }
    guard let english = fields.values["en"] else {
      add(.missingLanguage(.english), at: node)
      return nil
    }
    guard let first = text(chinese, limit: limit), let second = text(english, limit: limit) else {
      return nil
    }
    return (first, second)
  }

  /// `20s`, `30m`, `24h`, `3d` in seconds; at most 366 days.
  func duration(_ node: Node) -> Int? {
    guard let text = text(node) else { return nil }
    let scale = [Character("s"): 1, "m": 60, "h": 3600, "d": 86400]
    guard let unit = text.last.flatMap({ scale[$0] }), let number = Int(text.dropLast()), number >= 0,
      number <= 366 * 86400 / unit
    else {
      add(.invalidDuration(shortened(text)), at: node)
      return nil
    }
    return number * unit
  }

  func flag(_ node: Node) -> Bool? {
    guard let text = text(node) else { return nil }
    switch text {
    case "true": return true
    case "false": return false
    default:
      add(.notTrueOrFalse(shortened(text)), at: node)
      return nil
    }
  }

  func number(_ node: Node, in range: ClosedRange<Int>) -> Int? {
    guard let text = text(node) else { return nil }
    guard let number = Int(text) else {
      add(.notNumber(shortened(text)), at: node)
      return nil
    }
    guard range.contains(number) else {
      add(.numberOutOfRange(low: range.lowerBound, high: range.upperBound), at: node)
      return nil
    }
    return number
  }

  func shortened(_ text: String) -> String { text.count > 60 ? text.prefix(60) + "…" : text }
}

/// The values of one mapping by key. What is missing or wrong is added as a problem, and nil is answered.
struct Fields {
  let reading: Reading
  let node: Node
  let values: [String: Node]

  func required(_ key: String) -> Node? {
    if let value = values[key] { return value }
    reading.add(.missingKey(key), at: node)
    return nil
  }

  func text(_ key: String, limit: Int = 500) -> String? {
    required(key).flatMap { reading.text($0, limit: limit) }
  }

  func identifier(_ key: String, allowsSlash: Bool = false) -> String? {
    required(key).flatMap { reading.identifier($0, allowsSlash: allowsSlash) }
  }

  /// Nil where the key is absent, without a problem.
  func items(_ key: String) -> [Node] { values[key].map(reading.items) ?? [] }

  func requiredItems(_ key: String) -> [Node] {
    guard let node = required(key) else { return [] }
    let items = reading.items(node)
    if items.isEmpty, case .sequence = node { reading.add(.listEmpty(key), at: node) }
    return items
  }

  func oneOf<Value: RawRepresentable & CaseIterable>(_ key: String, _: Value.Type) -> Value?
  where Value.RawValue == String {
    required(key).flatMap { reading.oneOf($0, Value.self) }
  }
}

extension Reading {
  func oneOf<Value: RawRepresentable & CaseIterable>(_ node: Node, _: Value.Type) -> Value?
  where Value.RawValue == String {
    guard let text = text(node) else { return nil }
    if let value = Value(rawValue: text) { return value }
    add(.notOneOf(shortened(text), allowed: Value.allCases.map(\.rawValue)), at: node)
    return nil
  }
}
