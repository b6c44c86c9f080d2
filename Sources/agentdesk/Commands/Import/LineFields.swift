import Domain

/// The values of one JSON object of an import, checked key by key.
struct LineFields {
  private let path: String
  private let pairs: [JSON.Pair]

  init(_ value: JSON, path: String = "", keys: [String]) throws(LineProblem) {
    guard case .object(let pairs) = value else {
      throw path.isEmpty ? .notObject : .wrongType(path, expected: .object)
    }
    self.path = path
    self.pairs = pairs
    for pair in pairs where !keys.contains(pair.key) { throw .unknownKey(name(pair.key)) }
  }

  func name(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

  /// Nil where it is absent or null.
  func value(_ key: String) -> JSON? {
    guard let value = pairs.first(where: { $0.key == key })?.value, value != .null else { return nil }
    return value
  }

  /// Text that says something, or nil where it is absent. NUL, which no store keeps in a text, becomes U+FFFD.
  func text(_ key: String, limit: Int) throws(LineProblem) -> String? {
    guard let value = value(key) else { return nil }
    guard case .text(let text) = value else { throw .wrongType(name(key), expected: .text) }
    guard text.contains(where: { !$0.isWhitespace }) else { throw .textMissing(name(key)) }
    guard text.unicodeScalars.count <= limit else { throw .textTooLong(name(key), limit: limit) }
    return text.utf8.contains(0) ? String(text.map { $0 == "\0" ? "\u{FFFD}" : $0 }) : text
  }

  func requiredText(_ key: String, limit: Int) throws(LineProblem) -> String {
    guard let text = try text(key, limit: limit) else { throw .missing(name(key)) }
    return text
  }

  func flag(_ key: String) throws(LineProblem) -> Bool? {
    guard let value = value(key) else { return nil }
    guard case .flag(let flag) = value else { throw .wrongType(name(key), expected: .flag) }
    return flag
  }

  func list(_ key: String, limit: Int) throws(LineProblem) -> [JSON] {
    guard let value = value(key) else { return [] }
    guard case .array(let items) = value else { throw .wrongType(name(key), expected: .list) }
    guard items.count <= limit else { throw .tooMany(name(key), limit: limit) }
    return items
  }

  func texts(_ key: String, limit: Int, each: Int) throws(LineProblem) -> [String] {
    var texts: [String] = []
    for (index, item) in try list(key, limit: limit).enumerated() {
      guard case .text(let text) = item else { throw .wrongType("\(name(key))[\(index)]", expected: .text) }
      guard !text.trimmed.isEmpty else { throw .textMissing("\(name(key))[\(index)]") }
      guard text.count <= each else { throw .textTooLong("\(name(key))[\(index)]", limit: each) }
      texts.append(text.trimmed)
    }
    return texts
  }

  func oneOf<Value: RawRepresentable & CaseIterable>(_ key: String, _: Value.Type) throws(LineProblem)
    -> Value?
  where Value.RawValue == String {
    guard let text = try text(key, limit: 100) else { return nil }
    guard let value = Value(rawValue: text) else {
      throw .notOneOf(name(key), text, allowed: Value.allCases.map(\.rawValue))
    }
    return value
  }

  /// A moment of this century, at the latest a day from now: a clock that is wrong by more is no clock.
  func moment(_ key: String, now: Timestamp) throws(LineProblem) -> Timestamp? {
    guard let text = try text(key, limit: 40) else { return nil }
    guard let moment = Moments.rfc3339(text) else { throw .notTime(name(key), text) }
    guard moment.milliseconds >= 946_684_800_000, moment <= now.advanced(seconds: 86400) else {
      throw .timeOutOfRange(name(key))
    }
    return moment
  }

  func day(_ key: String) throws(LineProblem) -> CivilDate? {
    guard let text = try text(key, limit: 40) else { return nil }
    guard text.utf8.count == 10, let day = CivilDate(text), (1900...2200).contains(day.year) else {
      throw .notDay(name(key), text)
    }
    return day
  }

  func requiredDay(_ key: String) throws(LineProblem) -> CivilDate {
    guard let day = try day(key) else { throw .missing(name(key)) }
    return day
  }

  /// Text or a number with at most two decimals.
  func money(_ key: String) throws(LineProblem) -> Money {
    guard let value = value(key) else { throw .missing(name(key)) }
    switch value {
    case .text(let text), .number(let text):
      guard let money = Money(text) else { throw .notMoney(name(key), text) }
      return money
    default: throw .wrongType(name(key), expected: .textOrNumber)
    }
  }

  /// The values of an object whose keys somebody else chose.
  func values(_ key: String) throws(LineProblem) -> [(key: String, value: String)] {
    guard let value = value(key) else { return [] }
    guard case .object(let pairs) = value else { throw .wrongType(name(key), expected: .object) }
    var values: [(key: String, value: String)] = []
    for pair in pairs {
      switch pair.value {
      case .text(let text), .number(let text): values.append((pair.key, text))
      case .null: continue
      default: throw .wrongType("\(name(key)).\(pair.key)", expected: .textOrNumber)
      }
    }
    return values
  }
}
