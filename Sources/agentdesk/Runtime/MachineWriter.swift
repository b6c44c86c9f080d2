import Assist
import Desk
import Dispatch
import Domain
import Gateway
import Store
import Synchronization

/// Asks the language model for the screens, on a thread of its own. While none is set up there is no thread, and nothing of
/// HTTP is loaded.
final class MachineWriter: Sendable {
  private struct State {
    var client: ModelClient?
    /// The newest question; nil: nobody waits for an answer.
    var token: Int?
  }

  /// What a question needs of the desk.
  struct Setup: Sendable {
    var replica: Replica
    var me: AgentID
    var clock: WallClock
    var words: @Sendable (Language) -> StringCatalogue
    /// Saves the record that text leaves, before it does.
    var record: @Sendable (Operation) throws -> Outcome
    var post: @Sendable (DeskMessage) -> Void
    /// Any other error as a sentence of the screen.
    var sentence: @Sendable (any Error) -> String
    /// The language of the screen.
    var language: @Sendable () -> Language
  }

  private let setup: Setup
  private let state = Mutex(State())
  private let queue = DispatchQueue(label: "agentdesk.model")

  init(_ setup: Setup, endpoint: ModelEndpoint?) {
    self.setup = setup
    state.withLock { $0.client = endpoint.map { ModelClient($0) } }
  }

  /// Another endpoint, or none: what is being asked of the old one is given up.
  func changed(_ endpoint: ModelEndpoint?) {
    let old = state.withLock { state -> ModelClient? in
      guard state.client?.endpoint != endpoint else { return nil }
      defer { state.client = endpoint.map { ModelClient($0) } }
      return state.client
    }
    old?.cancel()
  }

  func cancel() {
    let client = state.withLock { state -> ModelClient? in
      state.token = nil
      return state.client
    }
    client?.cancel()
  }

  func ask(_ token: Int, _ ticket: TicketID, _ use: ModelUse) {
    let client = state.withLock { state in
      state.token = token
      return state.client
    }
    // Also where nobody waits any more: what was given up must not keep this one waiting.
    client?.cancel()
    queue.async { [self] in
      guard isWaitedFor(token) else { return }
      let answer = answer(token, ticket, use, client)
      // A question that was given up is not answered.
      guard state.withLock({ $0.token == token }) else { return }
      state.withLock { $0.token = nil }
      setup.post(.modelAnswered(token: token, answer))
    }
  }

  private func isWaitedFor(_ token: Int) -> Bool { state.withLock { $0.token == token } }

  private func answer(_ token: Int, _ ticket: TicketID, _ use: ModelUse, _ client: ModelClient?)
    -> ModelAnswer
  {
    let words = setup.words(setup.language())
    do {
      guard let client, client.endpoint.uses.contains(use),
        let question = try TicketQuestion(
          ticket, use, setup.replica, clock: setup.clock, longest: client.endpoint.longestAnswer,
          words: setup.words)
      else { return .failed(words("gateway.off")) }
      try client.check()
      let operation = Operation(
        id: IdentifierSource().next(), actor: setup.me, at: .now,
        action: .ticket(ticket, .consult(question.consultation(client.endpoint))))
      if case .refused(let refusal) = try setup.record(operation) {
        return .failed(words.sentence(for: refusal))
      }
      guard isWaitedFor(token) else { throw GatewayFailure.cancelled }
      // Given up between the record and the line: `cancel` found nothing to end.
      let isWanted = { [self] in isWaitedFor(token) && state.withLock { $0.client === client } }
      return .written(
        try client.ask(question.question.messages, isWanted: isWanted) { try question.question.text(of: $0) })
    } catch let failure as GatewayFailure {
      return .failed(failure.sentence(words))
    } catch let problem as AnswerProblem {
      return .failed(problem.sentence(words))
    } catch {
      return .failed(setup.sentence(error))
    }
  }
}

extension TicketQuestion {
  /// The record that its text leaves for `endpoint`.
  func consultation(_ endpoint: ModelEndpoint) -> Consultation {
    Consultation(
      use: question.use, host: endpoint.address.host, model: endpoint.model,
      characters: question.characters, masked: question.masked)
  }
}
