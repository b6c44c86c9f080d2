import Domain
import Testing

@testable import Store

/// Several processes on one store.
struct ProcessTests {
  @Test func `processes that write at once all get through, and nothing is lost or done twice`() async throws
  {
    let test = try TestStore()
    let desk = try test.desk()
    let ticket = try desk.makeTicket(test, customer: desk.makeCustomer(test)).text
    let path = test.store.path
    await withTaskGroup(of: Void.self) { group in
      for number in 1...3 {
        group.addTask {
          await #expect(processExitsWith: .success) {
            [path = path as String, ticket = ticket as String, number = number as Int] in
            try ProcessTests.work(path: path, ticket: TicketID(ticket), number: number)
          }
        }
      }
    }
    _ = try desk.synchronize()
    let detail = try #require(try desk.replica.ticketDetail(TicketID(ticket), entryLimit: 1000))
    let notes = detail.entries.filter { $0.kind == .note }.map(\.body)
    #expect(Set(notes).count == 60)
    #expect(notes.count == 60)
    for number in 1...3 {
      let own = notes.filter { $0.hasPrefix("\(number)-") }
      #expect(own == (0..<20).map { "\(number)-\($0)" })
    }
    let claims = try test.store.read { db in
      try RowReader(db: db).all(
        "SELECT result FROM operation WHERE payload LIKE '%\"claim\"%'"
      ) { $0.text(0) }
    }
    #expect(claims.count == 3)
    #expect(claims.filter(\.isEmpty).count == 1)
  }

  /// What each process does: twenty notes on one ticket, and a claim that one of them gets.
  static func work(path: String, ticket: TicketID, number: Int) throws {
    let agent: AgentID = ["linxiao", "chenyu", "tangyue"][number - 1]
    let store = try SharedStore(path: path)
    let desk = try DeskConnection(
      store: store, replica: Replica(path: "\(path).\(number).replica"), agent: agent)
    let identifiers = IdentifierSource()
    func submit(_ action: TicketAction) throws {
      _ = try desk.submit(
        Domain.Operation(id: identifiers.next(), actor: agent, at: .now, action: .ticket(ticket, action)))
    }
    for index in 0..<20 {
      try submit(.note("\(number)-\(index)"))
      if index == 5 {
        // Past what this desk may know already: the store has to say it.
        let claim = Domain.Operation(
          id: identifiers.next(), actor: agent, at: .now, action: .ticket(ticket, .claim))
        let envelope = try Envelope(
          store: store.id, desk: "\(desk.desk)-claim", sequence: 1, operation: claim)
        _ = try store.push(PushRequest(store: store.id, epoch: 1, envelopes: [envelope]))
      }
    }
    desk.close()
    store.close()
  }
}

@Suite struct `The log of a store` {
  @Test func `begins with nothing that was not synced: opening writes nothing`() throws {
    let test = try TestStore()
    test.store.close()
    let again = try test.reopened()
    defer { again.close() }
    #expect(StoreFile.walSize(again.path) == 0)
    let files = try again.read { db in (try StoreFile.synchronous(db), try Meta(db: db).int("rev")) }
    #expect(files == (2, 1))
  }
}

@Suite struct `The locks of a store` {
  /// A server has its store open twice; somebody asks the file something meanwhile.
  @Test func `hold when it is opened again in one process and opened and closed in another`() async throws {
    let test = try TestStore()
    let desk = try test.desk()
    let customer = try desk.makeCustomer(test)
    let second = try test.reopened()
    defer { second.close() }
    let log = StoreFile.inode(test.store.path + "-wal")
    let path = test.store.path
    await #expect(processExitsWith: .success) { [path = path as String] in
      let store = try SharedStore(path: path)
      _ = try store.check()
      store.close()
    }
    #expect(StoreFile.inode(test.store.path + "-wal") == log, "the log in use was removed")
    try desk.makeTicket(test, customer: customer)
    let head = try test.store.revision()
    await #expect(processExitsWith: .success) { [path = path as String, head = head as Int64] in
      let store = try SharedStore(path: path)
      #expect(try store.revision() == head)
      store.close()
    }
  }
}

@Suite struct `The log of a replica` {
  @Test func `is empty when nobody has the replica open, so that the next start reads nothing`() throws {
    let test = try TestStore()
    let desk = try test.desk("linxiao")
    _ = try desk.save(
      test.operation("linxiao", .agent("linxiao", .setPresence(.ready, reason: nil, ticket: nil))))
    #expect(StoreFile.walSize(desk.replica.path) > 0)
    desk.close()
    #expect(StoreFile.walSize(desk.replica.path) == 0)
  }
}
