import Domain
import Terminal

/// How a service level is named: never without what it is measured by.
enum ServiceLevelText {
  /// `服务水平 20秒`, or that each zone has a target of its own.
  static func head(_ level: ServiceLevelToday, _ words: Words, key: String) -> SafeText {
    guard let target = level.target else { return words(key + "-own") }
    return SafeText(words.text(key, ["seconds": target.thresholdSeconds]))
  }

  /// The formula with a gap before it; nothing where the zones differ.
  static func formula(_ level: ServiceLevelToday, _ words: Words) -> SafeText {
    level.target.map { " " + words("formula.short.\($0.formula.rawValue)") } ?? .empty
  }
}
