import Desk
import Domain

/// What is wrong with a line of an import: facts, with the key as a path such as `messages[2].at`.
enum LineProblem: Error, Hashable {
  case tooLong(limit: Int)
  case notJSON(JSONReader.Failure)
  case notObject
  case unknownKey(String)
  case missing(String)
  case wrongType(String, expected: ExpectedType)
  case textMissing(String)
  case textTooLong(String, limit: Int)
  case tooMany(String, limit: Int)
  case notTime(String, String)
  case notDay(String, String)
  case notMoney(String, String)
  case timeOutOfRange(String)
  case notOneOf(String, String, allowed: [String])
  case invalidKey(String)
  case unknownZone(String)
  case unknownCategory(String)
  case categoryOfOtherZone(String, zone: String)
  case unknownField(String)
  case field(FormField.Problem, FormField)
  case identityMissing
  case identityEmpty(String)
  case identityOfTwo
  case unknownCustomer(String)
  case unknownAgent(String)
  case messagesOutOfOrder(Int)
  case unknownDisposition(String)
  case requiredFieldsMissing([LocalizedText])
  case refused(Refusal)

  enum ExpectedType: String { case text, list, object, flag, textOrNumber }

  func sentence(_ strings: StringCatalogue, directory: Directory = Directory()) -> String {
    func say(_ key: String, _ values: KeyValuePairs<String, any CustomStringConvertible> = [:]) -> String {
      strings("cli.line." + key, values)
    }
    switch self {
    case .tooLong(let limit): return say("tooLong", ["limit": limit >> 20])
    case .notJSON(let failure):
      return say(
        "notJSON", ["column": failure.column, "reason": strings("cli.json.\(failure.reason.rawValue)")])
    case .notObject: return say("notObject")
    case .unknownKey(let key): return say("unknownKey", ["key": Self.shown(key)])
    case .missing(let key): return say("missing", ["key": key])
    case .wrongType(let key, let expected):
      return say("wrongType", ["key": key, "expected": strings("cli.type.\(expected.rawValue)")])
    case .textMissing(let key): return say("textMissing", ["key": key])
    case .textTooLong(let key, let limit): return say("textTooLong", ["key": key, "limit": limit])
    case .tooMany(let key, let limit): return say("tooMany", ["key": key, "limit": limit])
    case .notTime(let key, let value): return say("notTime", ["key": key, "value": Self.shown(value)])
    case .notDay(let key, let value): return say("notDay", ["key": key, "value": Self.shown(value)])
    case .notMoney(let key, let value): return say("notMoney", ["key": key, "value": Self.shown(value)])
    case .timeOutOfRange(let key): return say("timeOutOfRange", ["key": key])
    case .notOneOf(let key, let value, let allowed):
      return say("notOneOf", ["key": key, "value": Self.shown(value), "allowed": strings.list(allowed)])
    case .invalidKey(let key): return say("invalidKey", ["key": key])
    case .unknownZone(let value): return say("unknownZone", ["value": Self.shown(value)])
    case .unknownCategory(let value): return say("unknownCategory", ["value": Self.shown(value)])
    case .categoryOfOtherZone(let value, let zone):
      return say("categoryOfOtherZone", ["value": Self.shown(value), "zone": zone])
    case .unknownField(let value): return say("unknownField", ["value": Self.shown(value)])
    case .field(let problem, let field): return strings.sentence(for: problem, field: field)
    case .identityMissing: return say("identityMissing")
    case .identityEmpty(let key): return say("identityEmpty", ["key": key])
    case .identityOfTwo: return say("identityOfTwo")
    case .unknownCustomer(let value): return say("unknownCustomer", ["value": Self.shown(value)])
    case .unknownAgent(let value): return say("unknownAgent", ["value": Self.shown(value)])
    case .messagesOutOfOrder(let index): return say("messagesOutOfOrder", ["index": index])
    case .unknownDisposition(let value): return say("unknownDisposition", ["value": Self.shown(value)])
    case .requiredFieldsMissing(let names):
      return say("requiredFieldsMissing", ["fields": strings.list(names.map { $0[strings.language] })])
    case .refused(let refusal): return strings.sentence(for: refusal, directory: directory)
    }
  }

  /// The word that scripts compare.
  var name: String {
    let text = String(describing: self)
    return String(text.prefix { $0 != "(" })
  }

  /// A value from outside in a sentence: short, and personal data masked.
  private static func shown(_ value: String) -> String {
    let masked = Masking.text(value)
    return masked.count > 60 ? masked.prefix(60) + "…" : masked
  }
}
