import Configuration
import Domain
import Synchronization

/// The string catalogues, each read when it is first asked for: start-up waits for one language, not for both.
final class CatalogueShelf: Sendable {
  private let resources: String
  private let loaded = Mutex<[Language: StringCatalogue]>([:])

  init(resources: String) { self.resources = resources }

  subscript(language: Language) -> StringCatalogue {
    loaded.withLock { loaded in
      if let known = loaded[language] { return known }
      let catalogue = StringCatalogue.load(language, resources: resources).strings
      loaded[language] = catalogue
      return catalogue
    }
  }
}
