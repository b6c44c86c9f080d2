import Domain

/// One mistake in a file that a team edits: facts. The sentences are in the string catalogue as
/// `configuration.problem.CASE`.
package struct ConfigurationProblem: Error, Hashable, Sendable {
  package enum Kind: Hashable, Sendable {
    case fileMissing
    case fileUnreadable(code: Int32)
    case fileTooLarge(limit: Int)
    case tooManyFiles(limit: Int)
    case folderMissing
    case unexpectedFile
    case notUTF8
    /// A control, bidirectional or invisible character, as `U+202E`.
    case unsafeCharacter(String)
    case nestedTooDeeply(limit: Int)
    case aliasUsed(name: String)
    /// What the YAML parser says, in its own words.
    case syntax(String)
    case duplicateKey(String)
    case emptyFile
    case unknownKey(String, known: [String])
    case missingKey(String)
    case missingLanguage(Language)
    /// The English of a name has Chinese characters.
    case notTranslated(String)
    case notMapping
    case notList
    case notText
    case textMissing
    case textTooLong(limit: Int)
    case notTrueOrFalse(String)
    case notNumber(String)
    case numberOutOfRange(low: Int, high: Int)
    case notOneOf(String, allowed: [String])
    case invalidIdentifier(String)
    case identifierIsNotFileName(String, expected: String)
    case duplicateIdentifier(String, firstFile: String, firstLine: Int)
    case unknown(Reference, String)
    case categoryOfOtherZone(String, zone: String)
    case childOutsideParent(String, parent: String)
    case branchHasZone(String)
    case leafWithoutZone(String)
    case choicesMissing(String)
    case choicesNotAllowed(String)
    case suggestionsNotAllowed(String)
    case demandNotAllowed(String)
    case listEmpty(String)
    case invalidDate(String)
    case dateOutsideYear(String, year: Int)
    case invalidDuration(String)
    case invalidInterval(String)
    case overlappingIntervals(String, String)
    case unknownTimeZone(String)
    case unknownSlot(String)
    case slotNotClosed
    case frontMatterMissing
    case wrongLanguage(String, expected: String)
    case invalidValue(String)
    /// A word to be found that begins or ends with what stands for any text.
    case invalidWord(String)
    case pointsDoNotAddUp(Int)
    case unknownTheme(String)
    /// A key that no terminal sends.
    case unknownKeyName(String)
    /// Of a language model: no `https://HOST/PATH`, or one with a password in it.
    case invalidModelAddress
    /// `http:` to another machine.
    case unencryptedModelAddress(String)
    case onlyOneOf([String])
    case notAbsolutePath(String)
    /// What should name an environment variable does not; it is not repeated, because it may be the key itself.
    case notVariableName
    case invalidHeader(String)
    /// A header whose value would be a secret.
    case secretHeader(String)
    case invalidMoment(String)
    case endsBeforeItBegins
    case invalidCount(String, example: String)
    case rule(RuleProblem)
  }

  /// What a name refers to.
  package enum Reference: String, Hashable, Sendable {
    case zone, category, disposition, calendar, team, field, choice, step, article, template, turn, action,
      rule, outage, offer, catalogueItem
  }

  /// As it was given, below the folder that was read.
  package var file: String
  /// From 1; nil where the problem is the file as a whole.
  package var line: Int?
  package var kind: Kind

  package init(file: String, line: Int? = nil, kind: Kind) {
    self.file = file
    self.line = line
    self.kind = kind
  }

  /// `zones/billing-dispute.yaml:12: …`.
  package func description(in strings: StringCatalogue) -> String {
    let place = line.map { "\(file):\($0)" } ?? file
    return "\(place): \(sentence(in: strings))"
  }

  package func sentence(in strings: StringCatalogue) -> String {
    let list = strings("configuration.list-separator")
    func say(_ key: String, _ values: KeyValuePairs<String, any CustomStringConvertible> = [:]) -> String {
      strings("configuration.problem." + key, values)
    }
    switch kind {
    case .fileMissing: return say("fileMissing")
    case .fileUnreadable(let code): return say("fileUnreadable", ["code": code])
    case .fileTooLarge(let limit): return say("fileTooLarge", ["limit": limit / 1024])
    case .tooManyFiles(let limit): return say("tooManyFiles", ["limit": limit])
    case .folderMissing: return say("folderMissing")
    case .unexpectedFile: return say("unexpectedFile")
    case .notUTF8: return say("notUTF8")
    case .unsafeCharacter(let name): return say("unsafeCharacter", ["name": name])
    case .nestedTooDeeply(let limit): return say("nestedTooDeeply", ["limit": limit])
    case .aliasUsed(let name): return say("aliasUsed", ["name": name])
    case .syntax(let words): return say("syntax", ["words": words])
    case .duplicateKey(let key): return say("duplicateKey", ["key": key])
    case .emptyFile: return say("emptyFile")
    case .unknownKey(let key, let known):
      return say("unknownKey", ["key": key, "known": known.joined(separator: list)])
    case .missingKey(let key): return say("missingKey", ["key": key])
    case .missingLanguage(let language): return say("missingLanguage", ["language": language.rawValue])
    case .notTranslated(let name): return say("notTranslated", ["name": name])
    case .notMapping: return say("notMapping")
    case .notList: return say("notList")
    case .notText: return say("notText")
    case .textMissing: return say("textMissing")
    case .textTooLong(let limit): return say("textTooLong", ["limit": limit])
    case .notTrueOrFalse(let value): return say("notTrueOrFalse", ["value": value])
    case .notNumber(let value): return say("notNumber", ["value": value])
    case .numberOutOfRange(let low, let high): return say("numberOutOfRange", ["low": low, "high": high])
    case .notOneOf(let value, let allowed):
      return say("notOneOf", ["value": value, "allowed": allowed.joined(separator: list)])
    case .invalidIdentifier(let value): return say("invalidIdentifier", ["value": value])
    case .identifierIsNotFileName(let value, let expected):
      return say("identifierIsNotFileName", ["value": value, "expected": expected])
    case .duplicateIdentifier(let value, let file, let line):
      return say("duplicateIdentifier", ["value": value, "place": "\(file):\(line)"])
    case .unknown(let reference, let value):
      return say(
        "unknown", ["what": strings("configuration.reference.\(reference.rawValue)"), "value": value])
    case .categoryOfOtherZone(let value, let zone):
      return say("categoryOfOtherZone", ["value": value, "zone": zone])
    case .childOutsideParent(let value, let parent):
      return say("childOutsideParent", ["value": value, "parent": parent])
    case .branchHasZone(let value): return say("branchHasZone", ["value": value])
    case .leafWithoutZone(let value): return say("leafWithoutZone", ["value": value])
    case .choicesMissing(let value): return say("choicesMissing", ["value": value])
    case .choicesNotAllowed(let value): return say("choicesNotAllowed", ["value": value])
    case .suggestionsNotAllowed(let value): return say("suggestionsNotAllowed", ["value": value])
    case .demandNotAllowed(let value): return say("demandNotAllowed", ["value": value])
    case .listEmpty(let key): return say("listEmpty", ["key": key])
    case .invalidDate(let value): return say("invalidDate", ["value": value])
    case .dateOutsideYear(let value, let year): return say("dateOutsideYear", ["value": value, "year": year])
    case .invalidDuration(let value): return say("invalidDuration", ["value": value])
    case .invalidInterval(let value): return say("invalidInterval", ["value": value])
    case .overlappingIntervals(let first, let second):
      return say("overlappingIntervals", ["first": first, "second": second])
    case .unknownTimeZone(let value): return say("unknownTimeZone", ["value": value])
    case .unknownSlot(let value): return say("unknownSlot", ["value": value])
    case .slotNotClosed: return say("slotNotClosed")
    case .frontMatterMissing: return say("frontMatterMissing")
    case .wrongLanguage(let value, let expected):
      return say("wrongLanguage", ["value": value, "expected": expected])
    case .invalidValue(let value): return say("invalidValue", ["value": value])
    case .invalidWord(let value): return say("invalidWord", ["value": value])
    case .pointsDoNotAddUp(let points): return say("pointsDoNotAddUp", ["count": points])
    case .unknownTheme(let name): return say("unknownTheme", ["value": name])
    case .unknownKeyName(let name): return say("unknownKeyName", ["value": name])
    case .invalidModelAddress: return say("invalidModelAddress")
    case .unencryptedModelAddress(let host): return say("unencryptedModelAddress", ["host": host])
    case .onlyOneOf(let keys): return say("onlyOneOf", ["keys": keys.joined(separator: list)])
    case .notAbsolutePath(let value): return say("notAbsolutePath", ["value": value])
    case .notVariableName: return say("notVariableName")
    case .invalidHeader(let name): return say("invalidHeader", ["value": name])
    case .secretHeader(let name): return say("secretHeader", ["value": name])
    case .invalidMoment(let value): return say("invalidMoment", ["value": value])
    case .endsBeforeItBegins: return say("endsBeforeItBegins")
    case .invalidCount(let value, let example):
      return say("invalidCount", ["value": value, "example": example])
    case .rule(let problem): return problem.sentence(in: strings)
    }
  }
}

/// Everything that is wrong, in the order of files and lines.
package struct ConfigurationProblems: Error, Hashable, Sendable {
  package var problems: [ConfigurationProblem]

  package init(_ problems: [ConfigurationProblem]) { self.problems = problems }
}
