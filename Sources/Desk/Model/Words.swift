import Domain
import Terminal

/// The words of the screen in one language, made safe once so that drawing only looks them up.
package struct Words: Sendable {
  package let catalogue: StringCatalogue
  private let safe: [String: SafeText]

  package init(_ catalogue: StringCatalogue) {
    self.catalogue = catalogue
    safe = catalogue.texts.mapValues { SafeText($0) }
  }

  package var language: Language { catalogue.language }

  package func callAsFunction(_ key: String) -> SafeText { safe[key] ?? SafeText(key) }

  package func text(
    _ key: String, _ values: KeyValuePairs<String, any CustomStringConvertible> = [:]
  ) -> String {
    catalogue(key, values)
  }

  package func has(_ key: String) -> Bool { safe[key] != nil }
}
