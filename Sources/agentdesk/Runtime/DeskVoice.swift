import Configuration
import Desk
import Domain
import Store
import Synchronization

/// What the work beside the screens says, in the language that the screens have now.
final class DeskVoice: Sendable {
  let catalogues: CatalogueShelf
  private let spoken: Mutex<Language>

  init(_ catalogues: CatalogueShelf, _ language: Language) {
    self.catalogues = catalogues
    spoken = Mutex(language)
  }

  /// That of the screens.
  var language: Language {
    get { spoken.withLock { $0 } }
    set { spoken.withLock { $0 = newValue } }
  }

  var words: StringCatalogue { catalogues[language] }

  func sentence(_ error: any Error) -> String {
    let words = words
    switch error {
    case let error as StoreError: return error.sentence(words)
    case let error as DeskFiles.Failure: return error.sentence(words)
    case let error as ConfigurationProblems:
      return error.problems.map { $0.description(in: words) }.joined(separator: "\n")
    default: return words("runtime.failed", ["detail": "\(error)"])
    }
  }

  /// What stands on the screen until it is right again, in both languages: the screens may change theirs meanwhile.
  ///
  /// - Parameter replica: the file of this desk.
  func standing(_ error: StoreError, replica: String) -> StandingTrouble {
    func both(_ text: (StringCatalogue) -> String) -> LocalizedText {
      LocalizedText(chinese: text(catalogues[.chinese]), english: text(catalogues[.english]))
    }
    return StandingTrouble(
      line: both { error.line($0) }, text: both { error.page($0, replica: replica) })
  }
}
