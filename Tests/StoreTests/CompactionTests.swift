import Domain
import Foundation
import GRDB
import Testing

@testable import Store

/// What no desk needs any more leaves the store, and nothing else does.
struct CompactionTests {
  private static func compact(_ test: TestStore, days: Int64 = 30, isDryRun: Bool = false) throws
    -> CompactionReport
  {
    let clock = test.clock
    return try Compaction(path: test.store.path, days: days, now: { clock.now }).run(isDryRun: isDryRun)
  }

  private static func texts(_ store: SharedStore) throws -> [String] {
    try store.read { db in
      try RowReader(db: db).all("SELECT payload FROM operation ORDER BY rev") { $0.text(0) }
    }
  }

  /// A ticket with old notes and one of today.
  private static func worked() throws -> (TestStore, DeskConnection, TicketID) {
    let test = try TestStore()
    let desk = try test.desk(store: test.reopened())
    let ticket = try desk.makeTicket(test, customer: desk.makeCustomer(test))
    for number in 0..<40 {
      let note = "第\(number)条备注 " + String(repeating: "很长的一段话。", count: 60)
      try #require(try desk.submit(test.ticket(ticket, .note(note))) == .accepted)
    }
    test.clock.advance(seconds: 40 * 86_400)
    try #require(try desk.submit(test.ticket(ticket, .note("今天"))) == .accepted)
    return (test, desk, ticket)
  }

  @Test func `what was typed long ago leaves the ledger, and the log stays whole`() throws {
    let (test, desk, ticket) = try Self.worked()
    let before = try Self.texts(test.store)
    let planned = try Self.compact(test, isDryRun: true)
    #expect(try Self.texts(test.store) == before)
    #expect(planned.operations == 42)
    #expect(planned.backup == nil)
    let report = try Self.compact(test)
    #expect(report.operations == planned.operations)
    #expect(report.textBytes == planned.textBytes)
    #expect(report.textBytes == before.dropLast().reduce(0) { $0 + Int64($1.utf8.count) })
    #expect(try Self.texts(test.store) == Array(repeating: "", count: 42) + [before[42]])
    #expect(try test.store.verifyAudit().findings == [])
    #expect(try test.store.check().problems == [])
    // Nothing that a screen shows comes from the ledger.
    let detail = try #require(try desk.replica.ticketDetail(ticket, entryLimit: 100))
    #expect(detail.entries.filter { $0.kind == .note }.count == 41)
    #expect(try Self.compact(test).operations == 0)
  }

  @Test func `the backup that is made first has every text`() throws {
    let (test, _, _) = try Self.worked()
    let before = try Self.texts(test.store)
    let report = try Self.compact(test)
    let backup = try SharedStore(path: try #require(report.backup))
    #expect(try Self.texts(backup) == before)
    backup.close()
  }

  @Test func `a file that nobody else has open becomes smaller`() throws {
    let (test, desk, _) = try Self.worked()
    let open = try Self.compact(test, isDryRun: true)
    #expect(!open.isShrunk)
    desk.close()
    (desk.store as? SharedStore)?.close()
    test.store.close()
    let report = try Self.compact(test)
    #expect(report.isShrunk)
    let after = try #require(report.bytesAfter)
    #expect(after < report.bytesBefore - 30_000)
    let store = try test.reopened()
    #expect(try store.verifyAudit().findings == [])
    #expect(try store.check().problems == [])
    store.close()
  }

  @Test
  func
    `an operation that comes again after its text is gone is known, and another under its id is not taken`()
    throws
  {
    let (test, _, ticket) = try Self.worked()
    let operation = test.ticket(ticket, .note("一次"), by: "chenyu")
    let envelope = try Envelope(store: test.store.id, desk: "chenyu-x", sequence: 1, operation: operation)
    let request = PushRequest(store: test.store.id, epoch: 1, envelopes: [envelope])
    let first = try test.store.push(request)
    test.clock.advance(seconds: 31 * 86_400)
    #expect(try Self.compact(test).operations == 44)
    #expect(try test.store.push(request).answers == first.answers)
    var other = operation
    other.action = .ticket(ticket, .note("另一次"))
    let changed = try Envelope(store: test.store.id, desk: "chenyu-x", sequence: 1, operation: other)
    #expect(throws: StoreError.operationReused(operation.id)) {
      try test.store.push(PushRequest(store: test.store.id, epoch: 1, envelopes: [changed]))
    }
  }

  @Test func `a text that is gone without an entry that says so is an edit`() throws {
    let (test, _, _) = try Self.worked()
    _ = try Self.compact(test)
    try test.store.queue.writeWithoutTransaction {
      try $0.execute(sql: "UPDATE operation SET payload = '' WHERE rev = (SELECT max(rev) FROM operation)")
    }
    let findings = try test.store.verifyAudit().findings
    #expect(findings.map(\.kind) == [.edited])
    #expect(findings.first?.columns == ["payload"])
  }

  @Test func `a store with something wrong is left as it is`() throws {
    let (test, _, _) = try Self.worked()
    try test.store.queue.writeWithoutTransaction {
      try $0.execute(sql: "UPDATE operation SET actor = 'chenyu' WHERE rev = 5")
    }
    let before = try Self.texts(test.store)
    #expect(throws: StoreError.notSound(path: test.store.path, findings: 1)) { try Self.compact(test) }
    #expect(try Self.texts(test.store) == before)
  }

  @Test
  func `a desk that was away while rows were taken away and forgotten fills itself again and loses them`()
    throws
  {
    let test = try TestStore()
    let away = try test.desk("chenyu", store: test.reopened())
    let desk = try test.desk(store: test.reopened())
    let customer = try desk.makeCustomer(test)
    let second: IdentityID = test.identifiers.next()
    let identity = Identity(id: second, customer: customer, kind: .phone, value: "13900001111")
    try #require(
      try desk.submit(test.operation("linxiao", .customer(customer, .addIdentity(identity)))) == .accepted)
    let ticket = try desk.makeTicket(test, customer: customer)
    _ = try away.synchronize()
    #expect(try away.replica.customer(holding: .phone, "13900001111") == customer)
    // Away: typed, and not sent.
    let note = test.ticket(ticket, .note("离线时写的"), by: "chenyu")
    try #require(try away.save(note) == .accepted)
    try #require(
      try desk.submit(test.operation("linxiao", .customer(customer, .removeIdentity(second)))) == .accepted)
    test.clock.advance(seconds: 31 * 86_400)
    try #require(try desk.submit(test.ticket(ticket, .note("之后"))) == .accepted)
    let report = try Self.compact(test)
    #expect(report.tombstones == 1)
    _ = try away.synchronize()
    _ = try away.synchronize()
    #expect(try away.replica.customer(holding: .phone, "13900001111") == nil)
    #expect(try away.replica.waiting() == SyncStatus())
    let renewal = try away.replica.read { try away.replica.renewal($0) }
    #expect(renewal == nil)
    _ = try desk.synchronize()
    func entries(_ connection: DeskConnection) throws -> [String] {
      let detail = try #require(try connection.replica.ticketDetail(ticket, entryLimit: 100))
      return detail.entries.map(\.id.text)
    }
    #expect(try entries(away) == entries(desk))
    #expect(try entries(away).contains("\(note.id)-0"))
    #expect(try away.replica.cursor() == test.store.revision())
  }

  @Test func `a desk that fills itself again in many pieces comes to an end`() throws {
    let test = try TestStore()
    let desk = try test.desk(store: test.reopened())
    let customer = try desk.makeCustomer(test)
    let ticket = try desk.makeTicket(test, customer: customer)
    for number in 0..<30 {
      try #require(try desk.submit(test.ticket(ticket, .note("\(number)"))) == .accepted)
    }
    try test.store.write { db in
      try db.execute(sql: "INSERT INTO removed(kind, id, rev) VALUES (2, 'gone', 20)")
    }
    test.clock.advance(seconds: 31 * 86_400)
    try #require(try desk.submit(test.ticket(ticket, .note("之后"))) == .accepted)
    #expect(try Self.compact(test).tombstones == 1)
    // Every answer spans three revisions: most of its cursors lie below the floor.
    var request = PullRequest(
      store: test.store.id, epoch: 1, schema: 1, scope: .everything, cursor: 7, limit: 3)
    let floor = try #require(try test.store.pull(request).floor)
    request.cursor = 0
    request.floor = floor
    while true {
      let reply = try test.store.pull(request)
      try #require(reply.floor == nil)
      guard reply.newCursor < reply.head else { break }
      try #require(reply.newCursor > request.cursor)
      request.cursor = reply.newCursor
    }
  }
}
