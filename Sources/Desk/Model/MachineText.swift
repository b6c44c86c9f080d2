import Domain
import Terminal

/// What a language model was asked about the open ticket, and what it wrote. It stands beside what a person types, never in it,
/// until the person takes it.
struct MachineText: Sendable {
  enum State: Sendable, Equatable {
    case asking(since: Timestamp)
    case written(String)
  }

  let use: ModelUse
  /// An answer to an older question is of no use.
  let token: Int
  var state: State
  private(set) var lines: [SafeText] = []
  private var columns = 0

  init(use: ModelUse, token: Int, since: Timestamp) {
    self.use = use
    self.token = token
    state = .asking(since: since)
  }

  var text: String? { if case .written(let text) = state { text } else { nil } }
  var askedAt: Timestamp? { if case .asking(let since) = state { since } else { nil } }

  mutating func written(_ text: String) {
    state = .written(text)
    columns = 0
  }

  mutating func wrap(columns: Int) {
    guard let text, columns != self.columns else { return }
    self.columns = columns
    var layout = TextLayout(text, columns: max(8, columns))
    layout.finish()
    lines = layout.known.map(\.text)
  }
}

/// What the language model answered, as far as a screen is concerned.
package enum ModelAnswer: Hashable, Sendable {
  /// Checked, with what this person may see in the place of personal data.
  case written(String)
  /// Why there is nothing, in the language of the screen.
  case failed(String)
}
