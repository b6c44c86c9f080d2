import CLink
import Domain
import Glibc
import Synchronization

struct Weak<Value: AnyObject & Sendable>: Sendable { weak var value: Value? }

struct RemoteLooking: Looking {
  let store: RemoteStore
  let desk: String
  private let own = OwnLook()

  private final class OwnLook: Sendable {
    let value = Mutex<(ticket: TicketID?, isTyping: Bool)>((nil, false))
  }

  init(store: RemoteStore, desk: String) {
    self.store = store
    self.desk = desk
  }

  func look(at ticket: TicketID?, isTyping: Bool) -> Bool {
    let isNew = own.value.withLock { own in
      defer { own = (ticket, isTyping) }
      return own.ticket != ticket || own.isTyping != isTyping
    }
    if isNew { store.tell(.look, LookRequest(desk: desk, ticket: ticket, isTyping: isTyping)) }
    return isNew
  }

  /// The connection itself says so.
  func sit(_ isHere: Bool) {}

  func renew() {
    let (ticket, isTyping) = own.value.withLock { $0 }
    if ticket != nil { store.tell(.look, LookRequest(desk: desk, ticket: ticket, isTyping: isTyping)) }
  }

  func viewers() -> [Viewer] { store.looks(besides: desk) }
}

final class RemoteNews: NewsSource {
  let descriptor: Int32
  private let store: RemoteStore

  init(store: RemoteStore) throws(StoreError) {
    self.store = store
    descriptor = cl_bell()
    guard descriptor >= 0 else { throw .system(path: "eventfd") }
  }

  deinit { Glibc.close(descriptor) }

  func ring() { cl_ring(descriptor) }
  func drain() { cl_silence(descriptor) }
  func mayBeNew(_ tick: Tick, cursor: () throws -> Int64) rethrows -> Bool {
    try store.mayBeNew(after: cursor)
  }
}
