import Desk
import Dispatch
import Domain
import Store
import Synchronization

/// Searches beside the screens, where a newer search makes older ones pointless.
final class SearchWorker: Sendable {
  private let connection: DeskConnection
  private let replica: Replica
  private let mailbox: Mailbox
  private let clock: WallClock
  private let voice: DeskVoice
  private let queue = DispatchQueue(label: "agentdesk.search")
  private let newestSearch = Atomic<Int>(0)
  private let newestList = Atomic<Int>(0)

  init(_ connection: DeskConnection, mailbox: Mailbox, clock: WallClock, voice: DeskVoice) {
    self.connection = connection
    replica = connection.replica
    self.mailbox = mailbox
    self.clock = clock
    self.voice = voice
  }

  /// Nobody waits for what was found any more.
  func cancel() { newestSearch.add(1, ordering: .relaxed) }

  /// Gives up what is being searched, and waits for its end.
  func finish() {
    cancel()
    newestList.add(1, ordering: .relaxed)
    queue.sync {}
  }

  func search(_ effect: DeskEffect) {
    let run: @Sendable (@escaping IsSuperseded) throws -> DeskMessage
    switch effect {
    case .loadQueue(let request):
      run = { [replica] in .queueLoaded(try replica.queuePage(request, unless: $0)) }
    case .searchKnowledge(let query):
      let today = clock.civil(.now).date
      run = { [replica] in
        if let ticket = query.ticket {
          return .knowledgeFound(
            token: query.token,
            try replica.suggestArticles(
              ticket, category: query.text, language: query.language, today: today, now: .now,
              limit: query.limit, unless: $0))
        }
        return .knowledgeFound(
          token: query.token,
          try replica.searchKnowledge(
            query.text, zone: query.zone, language: query.language, today: today, limit: query.limit,
            unless: $0))
      }
    case .find(let query):
      run = { [replica, mailbox, connection] isSuperseded in
        let reach = connection.keepsPart ? FindReach.asking : .whole
        var found = try replica.find(query.text, limit: query.limit, unless: isSuperseded) { first in
          mailbox.post(.found(token: query.token, first, reach))
        }
        guard reach == .asking, !isSuperseded() else { return .found(token: query.token, found) }
        mailbox.post(.found(token: query.token, found, .asking))
        // Whoever is not here: the store knows numbers and names, and words in what was written.
        if (try? connection.bring(named: query.text)) == true {
          found = try replica.find(query.text, limit: query.limit, unless: isSuperseded)
        }
        if isSuperseded() { throw CancellationError() }
        let older = connection.found(words: query.text)
        let known = Set(found.map(\.id))
        found += older.hits.filter { !known.contains($0.id) }
        return .found(token: query.token, Array(found.prefix(query.limit)), older.reach)
      }
    default: return
    }
    guard !effect.isRead else { return }
    // Somebody typed on: the answer to the shorter query is of no use. A list waits only for lists, because it asks for no
    // other page before its own has come.
    let number = count(effect.isList)
    queue.async { [mailbox, self] in
      do {
        mailbox.post(try run { [self] in newest(effect.isList) != number })
      } catch is CancellationError {
        return
      } catch {
        mailbox.post(.failed(nil, voice.sentence(error)))
      }
    }
  }

  /// What counts days of the floor: more than a key may wait for.
  func inBackground(_ read: @escaping @Sendable (Replica) throws -> DeskMessage) {
    queue.async { [mailbox, replica, self] in
      do {
        mailbox.post(try read(replica))
      } catch {
        mailbox.post(.failed(nil, voice.sentence(error)))
      }
    }
  }

  private func count(_ isList: Bool) -> Int {
    isList ? newestList.add(1, ordering: .relaxed).newValue : newestSearch.add(1, ordering: .relaxed).newValue
  }

  private func newest(_ isList: Bool) -> Int {
    isList ? newestList.load(ordering: .relaxed) : newestSearch.load(ordering: .relaxed)
  }
}

extension DeskEffect {
  fileprivate var isList: Bool { if case .loadQueue = self { true } else { false } }

  /// Answered in place by `EffectRunner.read`.
  fileprivate var isRead: Bool {
    if case .loadQueue(let request) = self { return request.query.text.isEmpty }
    return false
  }
}
