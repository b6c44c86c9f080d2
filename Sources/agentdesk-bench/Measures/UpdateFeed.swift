import Domain
import Foundation
import Store
import Synchronization

/// Another desk whose customers write, so many times a second, until it is stopped.
final class UpdateFeed: Sendable {
  private let store: SharedStore
  private let tickets: [TicketID]
  private let interval: Double
  private let state = Mutex((sent: 0, isStopped: false))

  init(demo: DemoStore, perSecond: Double) throws {
    store = try SharedStore(path: demo.store)
    tickets = try demo.waitingTickets()
    interval = 1000 / perSecond
  }

  var sent: Int { state.withLock { $0.sent } }

  func start() {
    Thread.detachNewThread { [self] in
      var desk = StoreDesk(store, name: "bench-\(UInt64.random(in: .min ... .max))")
      let identifiers = IdentifierSource()
      var due = monotonicMilliseconds()
      while !state.withLock({ $0.isStopped }) {
        let ticket = tickets[sent % tickets.count]
        let operation = Domain.Operation(
          id: identifiers.next(), actor: Agent.system.id, at: .now,
          action: .ticket(ticket, .receive(message: "还有人在处理我的问题吗？Is anybody there?", contact: nil)))
        guard case .accepted = try? desk.push(operation) else { return }
        state.withLock { $0.sent += 1 }
        due += interval
        let rest = due - monotonicMilliseconds()
        if rest > 0 { usleep(UInt32(rest * 1000)) }
      }
    }
  }

  func stop() {
    state.withLock { $0.isStopped = true }
    usleep(UInt32(interval * 2000))
    store.close()
  }
}
