/// The two languages of every screen, template, message and help page.
package enum Language: String, CaseIterable, Codable, Sendable {
  case chinese = "zh-Hans"
  case english = "en"

  /// Reads `zh-Hans`, `zh`, `zh_CN.UTF-8`, `en_GB`; nil for other languages.
  package init?(tag: some StringProtocol) {
    let lowered = tag.lowercased()
    if lowered.hasPrefix("zh") {
      self = .chinese
    } else if lowered.hasPrefix("en") {
      self = .english
    } else {
      return nil
    }
  }

  package var other: Language { self == .chinese ? .english : .chinese }
}

/// One text in both languages.
package struct LocalizedText: Hashable, Codable, Sendable {
  package var chinese: String
  package var english: String

  package init(chinese: String, english: String) {
    self.chinese = chinese
    self.english = english
  }

  package subscript(language: Language) -> String { language == .chinese ? chinese : english }

  private enum CodingKeys: String, CodingKey {
    case chinese = "zh-Hans"
    case english = "en"
  }
}
