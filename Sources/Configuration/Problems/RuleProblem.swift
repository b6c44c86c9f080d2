import Domain

/// What is wrong with a diagnosis rule. The sentences are `configuration.problem.rule.CASE`.
package enum RuleProblem: Hashable, Sendable {
  case noVerb(known: [String])
  case severalVerbs(String)
  case beginsWithNothing
  case unknownName(String, known: [String])
  case nameTaken(String)
  case unusedName(String)
  case unknownProperty(String, of: RecordKind, known: [String])
  case wrongComparison(String, property: String, PropertyType, fitting: [String])
  case notComparable(PropertyType, with: PropertyType, String)
  case cannotMove(PropertyType, by: String)
  case notExpression(String)
  case collectionNeedsAggregate(String, known: [String])
  case cannotPick(RecordKind)
  case refundNeedsLine(String, known: [String])
  case borrowedHasNoRows
  /// A field of the form that the rule of another zone asks for, and what it takes it for.
  case borrowedFieldMissing(String, PropertyType)
  case borrowedFieldDiffers(String, PropertyType, found: PropertyType)
  case borrowedChoiceMissing(String, field: String)
  /// A rule that the other zone has from elsewhere itself.
  case borrowsBorrowed(String, from: String)
  /// A property of several texts where one value is needed.
  case severalTexts(String)
  /// Bounds between which there is no value.
  case nothingFits(String)

  func sentence(in strings: StringCatalogue) -> String {
    let list = strings("configuration.list-separator")
    func say(_ key: String, _ values: KeyValuePairs<String, any CustomStringConvertible> = [:]) -> String {
      strings("configuration.problem.rule." + key, values)
    }
    func word(_ type: PropertyType) -> String { strings("configuration.type." + type.word) }
    func listed(_ known: [String]) -> String {
      known.isEmpty ? strings("configuration.nothing") : known.joined(separator: list)
    }
    switch self {
    case .noVerb(let known): return say("noVerb", ["known": listed(known)])
    case .severalVerbs(let verb): return say("severalVerbs", ["value": verb])
    case .beginsWithNothing: return say("beginsWithNothing")
    case .unknownName(let name, let known):
      return say("unknownName", ["value": name, "known": listed(known)])
    case .nameTaken(let name): return say("nameTaken", ["value": name])
    case .unusedName(let name): return say("unusedName", ["value": name])
    case .unknownProperty(let property, let kind, let known):
      return say(
        "unknownProperty", ["value": property, "record": kind.rawValue, "known": listed(known)])
    case .wrongComparison(let comparison, let property, let type, let fitting):
      return say(
        "wrongComparison",
        ["value": comparison, "property": property, "type": word(type), "known": listed(fitting)])
    case .notComparable(let type, let other, let text):
      return say("notComparable", ["type": word(type), "other": word(other), "value": text])
    case .cannotMove(let type, let value): return say("cannotMove", ["type": word(type), "value": value])
    case .notExpression(let text): return say("notExpression", ["value": text])
    case .collectionNeedsAggregate(let name, let known):
      return say("collectionNeedsAggregate", ["value": name, "known": listed(known)])
    case .cannotPick(let kind): return say("cannotPick", ["record": kind.rawValue])
    case .refundNeedsLine(let name, let known):
      return say("refundNeedsLine", ["value": name, "known": listed(known)])
    case .borrowedHasNoRows: return say("borrowedHasNoRows")
    case .borrowedFieldMissing(let field, let type):
      return say("borrowedFieldMissing", ["value": field, "type": word(type)])
    case .borrowedFieldDiffers(let field, let type, let found):
      return say("borrowedFieldDiffers", ["value": field, "type": word(type), "other": word(found)])
    case .borrowedChoiceMissing(let choice, let field):
      return say("borrowedChoiceMissing", ["value": choice, "property": field])
    case .borrowsBorrowed(let name, let source):
      return say("borrowsBorrowed", ["value": name, "other": source])
    case .severalTexts(let text): return say("severalTexts", ["value": text])
    case .nothingFits(let property): return say("nothingFits", ["property": property])
    }
  }
}
