import Domain
import Foundation
import GRDB
import Testing

@testable import Store

/// The log of a store: what it says, what it does not say, and that whoever changes it is found out.
struct AuditTests {
  /// A store with some work in it, and a desk that has seen all of it.
  static func worked(_ notes: Int = 6) throws -> (TestStore, DeskConnection, TicketID) {
    let test = try TestStore()
    let desk = try test.desk()
    let ticket = try desk.makeTicket(test, customer: desk.makeCustomer(test))
    try work(test, desk, ticket, notes)
    return (test, desk, ticket)
  }

  static func work(_ test: TestStore, _ desk: DeskConnection, _ ticket: TicketID, _ notes: Int) throws {
    for number in 0..<notes {
      test.clock.advance(seconds: 1)
      _ = try desk.submit(test.ticket(ticket, .note("备注 \(number)"), by: desk.agent))
    }
    see(test, desk)
  }

  /// Time passes, and the desk checks the links up to the head.
  static func see(_ test: TestStore, _ desk: DeskConnection) {
    test.clock.advance(seconds: 6)
    _ = try? desk.synchronize()
  }

  static func witness(_ test: TestStore, _ desk: DeskConnection) throws -> AuditWitness {
    try AuditWitness(replica: desk.replica.path, of: test.store)
  }

  /// Somebody with the file and a SQLite shell.
  static func tamper(_ test: TestStore, _ sql: String) throws {
    try test.store.queue.writeWithoutTransaction { try $0.execute(sql: sql) }
  }

  static func entries(_ test: TestStore) throws -> [AuditEntry] {
    try test.store.read { db in
      try RowReader(db: db).all("SELECT body FROM audit ORDER BY n") { AuditEntry(body: $0.blob(0)) }
    }.compactMap { $0 }
  }

  /// Somebody who knows how the log is made, too: changes one body and chains everything after it anew.
  static func rechain(_ test: TestStore, from number: Int64, _ change: (inout AuditEntry) -> Void) throws {
    try test.store.queue.writeWithoutTransaction { db in
      var statement = try Prepared(db, "SELECT body FROM audit WHERE n = ?")
      statement.bind(number)
      _ = try statement.step()
      var entry = try #require(AuditEntry(body: statement.blob(0)))
      change(&entry)
      try db.execute(sql: "UPDATE audit SET body = ? WHERE n = ?", arguments: [Data(entry.body), number])
      try chain(db, from: number)
    }
  }

  static func chain(_ db: Database, from number: Int64) throws {
    let log = AuditLog(db: db)
    var last = try #require(try log.hash(of: number - 1))
    for (index, link) in try log.links(after: number - 1).enumerated() {
      let place = number + Int64(index)
      last = .entry(place, after: last, link.body)
      try db.execute(sql: "UPDATE audit SET hash = ? WHERE n = ?", arguments: [Data(last.bytes), place])
    }
  }

  // MARK: - What it says

  @Test func `every operation has an entry, refused ones too, and nothing that somebody typed stands in it`()
    throws
  {
    let (test, desk, ticket) = try Self.worked()
    _ = try desk.submit(
      test.operation("linxiao", .configuration(.apply(Sample.configuration))))
    _ = try desk.save(test.operation("linxiao", .missedSearch(query: "13812342071", language: .chinese)))
    _ = try desk.synchronize()
    let refused = try Envelope(
      store: test.store.id, desk: "other", sequence: 1,
      operation: test.operation("linxiao", .configuration(.apply(Sample.configuration))))
    _ = try test.store.push(PushRequest(store: test.store.id, epoch: 1, envelopes: [refused]))
    let operations = try Self.entries(test).compactMap { entry in
      if case .operation(let operation) = entry.event { operation } else { nil }
    }
    let ledger = try test.store.read {
      try RowReader(db: $0).all("SELECT id FROM operation ORDER BY rev") { $0.text(0) }
    }
    #expect(operations.map(\.id.text) == ledger)
    #expect(operations.last?.refusal == "missingRight:configure")
    #expect(operations.last?.action == "configuration.apply")
    #expect(operations.contains { $0.action == "ticket.note" && $0.aggregate == "ticket:\(ticket)" })
    let bytes = try test.store.read { try RowReader(db: $0).all("SELECT body FROM audit") { $0.blob(0) } }
    let whole = String(decoding: bytes.flatMap { $0 }, as: UTF8.self)
    for word in ["13812342071", "王晓芳", "备注", "漫游"] { #expect(!whole.contains(word), "\(word)") }
    #expect(try test.store.verifyAudit().findings == [])
  }

  @Test func `entries read back as they were written`() throws {
    let operation = AuditedOperation(
      id: "o", actor: "a", through: "root", desk: "d", sequence: 7, action: "ticket.note",
      aggregate: "ticket:t", at: Timestamp(milliseconds: -5), refusal: "missingRight:work", payload: .none,
      result: .entry(1, after: .none, [1]))
    let events: [AuditEntry.Event] = [
      .created(store: "s"), .adopted(store: "s", operations: 4), .operation(operation), .loaded(rows: 9),
      .restored(head: AuditHead(number: 3, hash: .none), epoch: 2, signature: "x"),
    ]
    for event in events {
      let entry = AuditEntry(event, revision: 12, at: Timestamp(milliseconds: 99))
      #expect(AuditEntry(body: entry.body) == entry)
      #expect(AuditEntry(body: Array(entry.body.dropLast())) == nil)
    }
    #expect(AuditEntry(body: []) == nil)
  }

  @Test func `the chain is the documented one`() {
    // printf '\x01\0\0\0\0\0\0\0\x01' + 32 zero bytes + 'abc' | sha256sum
    let hash = AuditHash.entry(1, after: .none, Array("abc".utf8))
    #expect(
      hash.description
        == Digest.sha256([1, 0, 0, 0, 0, 0, 0, 0, 1] + [UInt8](repeating: 0, count: 32) + Array("abc".utf8)))
    #expect(AuditHash(hash.description) == hash)
    #expect(AuditHash("zz") == nil)
  }

  @Test func `a bulk load is in the log`() throws {
    let test = try TestStore()
    try test.store.bulkLoad([[.customer(Customer(id: "c1", name: "王晓芳", version: 1))]])
    #expect(try Self.entries(test).map(\.event) == [.created(store: test.store.id), .loaded(rows: 1)])
    #expect(try test.store.verifyAudit().isWhole)
  }

  // MARK: - Found out

  @Test func `an edited entry is named`() throws {
    let (test, _, _) = try Self.worked()
    try Self.tamper(test, "UPDATE audit SET body = replace(body, 'linxiao', 'chenyu1') WHERE n = 4")
    let report = try test.store.verifyAudit()
    #expect(report.findings.map(\.kind) == [.edited])
    #expect(report.findings.map(\.entry) == [4])
    #expect(report.findings.map(\.place) == [.log])
  }

  @Test(arguments: [
    ("payload = replace(payload, '备注', '别的')", "payload"), ("actor = 'chenyu'", "actor"),
    ("at = at + 1", "at"), ("received_at = 1", "received_at"), ("desk = 'x'", "desk"),
    ("result = '{\"ticketMissing\":{}}'", "result"), ("aggregate = 'ticket:x'", "aggregate"),
  ])
  func `an operation that was edited in the ledger is named with its column`(set: String, column: String)
    throws
  {
    let (test, _, _) = try Self.worked()
    let id = try test.store.read {
      try RowReader(db: $0).all("SELECT id FROM operation WHERE rev = 5") { $0.text(0) }
    }
    try Self.tamper(test, "UPDATE operation SET \(set) WHERE rev = 5")
    let finding = try #require(try test.store.verifyAudit().findings.first)
    #expect(finding.kind == .edited)
    #expect(finding.place == .ledger)
    #expect(finding.operation?.text == id.first)
    #expect(finding.columns == [column])
  }

  @Test func `a hash that was written over is one finding`() throws {
    let (test, desk, _) = try Self.worked()
    try Self.tamper(test, "UPDATE audit SET hash = zeroblob(32) WHERE n = 4")
    #expect(try test.store.verifyAudit().findings.map(\.entry) == [4])
    let report = try test.store.verifyAudit(witnesses: [Self.witness(test, desk)])
    #expect(report.findings.map(\.kind) == [.edited])
  }

  @Test func `a deleted entry is named with its operation`() throws {
    let (test, _, _) = try Self.worked()
    let id = try test.store.read {
      try RowReader(db: $0).all("SELECT id FROM operation WHERE rev = 4") { $0.text(0) }
    }
    try Self.tamper(test, "DELETE FROM audit WHERE n = 4")
    let findings = try test.store.verifyAudit().findings
    #expect(findings.map(\.kind) == [.deleted])
    #expect(findings.first?.entry == 4)
    #expect(findings.first?.operation?.text == id.first)
  }

  @Test func `a deleted entry is named when the others were numbered anew`() throws {
    let (test, _, _) = try Self.worked()
    try Self.tamper(
      test,
      """
      DELETE FROM audit WHERE n = 4; UPDATE audit SET n = -n WHERE n > 4;
      UPDATE audit SET n = -n - 1 WHERE n < 0
      """)
    let findings = try test.store.verifyAudit().findings
    #expect(findings.map(\.kind) == [.deleted])
    #expect(findings.first?.entry == 4)
  }

  @Test func `an operation that is gone from the ledger, and one that was put into it, are named`() throws {
    let (test, _, _) = try Self.worked()
    try Self.tamper(test, "DELETE FROM operation WHERE rev = 5")
    var findings = try test.store.verifyAudit().findings
    #expect(findings.map(\.kind) == [.deleted])
    #expect(findings.first?.place == .ledger)
    try Self.tamper(
      test,
      """
      INSERT INTO operation SELECT 5, 'forged', desk, seq, schema, actor, aggregate, at, received_at, payload, result
      FROM operation WHERE rev = 4
      """)
    findings = try test.store.verifyAudit().findings
    #expect(findings.first?.entry == 5)
    let (other, _, _) = try Self.worked()
    try Self.tamper(
      other,
      """
      DELETE FROM audit WHERE n > 4; UPDATE meta SET value = 4 WHERE key = 'rev';
      DELETE FROM operation WHERE rev > 4
      """)
    #expect(try other.store.verifyAudit().findings.map(\.kind) == [.truncated])
  }

  @Test func `a log that was cut is found out by the store, and by a witness when all traces are gone`()
    throws
  {
    let (test, desk, _) = try Self.worked()
    let witness = try Self.witness(test, desk)
    let head = try test.store.auditHead()
    try Self.tamper(test, "DELETE FROM audit WHERE n > 6")
    var findings = try test.store.verifyAudit().findings
    #expect(findings.map(\.kind) == [.truncated])
    #expect(findings.first?.entry == 7)
    try Self.tamper(
      test,
      """
      DELETE FROM operation WHERE rev > 6; UPDATE meta SET value = 6 WHERE key = 'rev';
      UPDATE desk SET last_seq = (SELECT max(seq) FROM operation WHERE operation.desk = desk.id)
      """)
    #expect(try test.store.verifyAudit().isWhole)
    findings = try test.store.verifyAudit(witnesses: [witness]).findings
    #expect(findings.map(\.kind) == [.truncated])
    #expect(findings.first?.entry == 7)
    #expect(findings.first?.through == head.number)
    #expect(findings.first?.witness == desk.replica.path)
  }

  @Test func `a log that was chained anew is found out by a witness, with the entry`() throws {
    let (test, desk, _) = try Self.worked()
    let witness = try Self.witness(test, desk)
    try Self.rechain(test, from: 5) { entry in entry.at = entry.at.advanced(seconds: 60) }
    try Self.tamper(test, "UPDATE operation SET received_at = received_at + 60000 WHERE rev = 5")
    #expect(try test.store.verifyAudit().isWhole)
    let findings = try test.store.verifyAudit(witnesses: [witness]).findings
    #expect(findings.map(\.kind) == [.rechained])
    #expect(findings.first?.entry == 5)
    #expect(findings.first?.operation != nil)
  }

  @Test func `an entry that was taken out and the rest chained anew is no fork`() throws {
    let (test, desk, _) = try Self.worked()
    let witness = try Self.witness(test, desk)
    try test.store.queue.writeWithoutTransaction { db in
      try db.execute(
        sql: """
          DELETE FROM audit WHERE n = 5; DELETE FROM operation WHERE rev = 5;
          UPDATE audit SET n = -n WHERE n > 5; UPDATE audit SET n = -n - 1 WHERE n < 0
          """)
      try Self.chain(db, from: 5)
    }
    #expect(try test.store.verifyAudit().isWhole)
    let findings = try test.store.verifyAudit(witnesses: [witness]).findings
    #expect(findings.map(\.kind) == [.rechained])
    #expect(findings.first?.entry == 5)
  }

  @Test func `a log that went on in two ways is a fork for whoever saw the other one`() throws {
    let (test, first, ticket) = try Self.worked(2)
    let second = try test.desk("chenyu")
    let fork = try test.store.auditHead().number
    // The file is copied, both go on, and the copy comes back: the shell does the same to one file.
    try Self.work(test, first, ticket, 4)
    let saw = try Self.witness(test, first)
    try Self.tamper(
      test,
      """
      DELETE FROM audit WHERE n > \(fork); DELETE FROM operation WHERE rev > \(fork);
      UPDATE meta SET value = \(fork) WHERE key = 'rev';
      UPDATE desk SET last_seq = (SELECT max(seq) FROM operation WHERE operation.desk = desk.id)
      """)
    try Self.work(test, second, ticket, 5)
    let report = try test.store.verifyAudit(witnesses: [saw, Self.witness(test, second)])
    #expect(report.findings.map(\.kind) == [.forked])
    #expect(report.findings.first?.entry == fork + 1)
    #expect(report.findings.first?.witness == first.replica.path)
    #expect(report.witnesses == 2)
  }

  // MARK: - Desks as witnesses

  @Test func `a desk refuses a store whose log was cut, rewritten or forked, and names both heads`() throws {
    for change in ["cut", "rewritten", "forked"] {
      let (test, desk, ticket) = try Self.worked()
      let other = try test.desk("chenyu")
      let seen = try #require(try desk.replica.auditHead())
      #expect(seen == (try test.store.auditHead()))
      switch change {
      case "cut":
        try Self.tamper(
          test,
          "DELETE FROM audit WHERE n > 6; DELETE FROM operation WHERE rev > 6; UPDATE meta SET value = 6 WHERE key = 'rev'"
        )
      case "rewritten": try Self.rechain(test, from: 5) { $0.at = $0.at.advanced(seconds: 60) }
      default:
        try Self.tamper(test, "DELETE FROM audit WHERE n > 6")
        try test.store.queue.writeWithoutTransaction { db in
          for _ in 0..<8 {
            try AuditLog(db: db).append(AuditEntry(.loaded(rows: 1), revision: 6, at: test.clock.now))
          }
        }
      }
      for witness in [desk, other] {
        test.clock.advance(seconds: 6)
        let error = #expect(throws: StoreError.self, "\(change)") { try witness.synchronize() }
        guard case .logChanged(let mine, let theirs)? = error else {
          Issue.record("\(change): \(String(describing: error))")
          continue
        }
        #expect(mine != theirs, "\(change)")
      }
      // What is typed stays here, and is not given to a store that nobody knows any more.
      #expect(try desk.save(test.ticket(ticket, .note("还在"))) == .accepted)
      #expect(throws: StoreError.self) { try desk.synchronize() }
      #expect(try desk.replica.status().queued == 1)
    }
  }

  @Test
  func
    `a desk opens without a store that it does not trust, shows and keeps, and goes on when the log is right`()
    throws
  {
    let (test, first, ticket) = try Self.worked()
    let head = try #require(try first.replica.auditHead())
    first.close()
    try Self.tamper(test, "UPDATE audit SET hash = zeroblob(32) WHERE n = \(head.number)")
    // A command delivers or fails.
    #expect(throws: StoreError.self) { try test.desk() }
    let clock = test.clock
    let desk = try DeskConnection(
      store: test.store, replica: Replica(path: test.folder("linxiao.replica")), agent: "linxiao",
      now: { clock.now }, identifiers: test.identifiers, mayStandAlone: true)
    guard case .logChanged(let seen, let found)? = desk.replica.trouble else {
      Issue.record("\(String(describing: desk.replica.trouble))")
      return
    }
    #expect(seen == head)
    #expect(found.hash == .none)
    #expect(try desk.replica.ticket(ticket) != nil)
    #expect(try desk.save(test.ticket(ticket, .note("还在"))) == .accepted)
    let status = try desk.replica.status()
    #expect(status.isHalted)
    #expect(status.queued == 1)
    let glance = try ReplicaGlance(path: desk.replica.path)
    #expect(glance.trouble == desk.replica.trouble)
    #expect(glance.status.isHalted)
    try test.store.queue.writeWithoutTransaction { db in
      var statement = try Prepared(db, "UPDATE audit SET hash = ? WHERE n = \(head.number)")
      statement.bind(head.hash.bytes)
      try statement.run()
    }
    #expect(try desk.synchronize().answered.map(\.outcome) == [.accepted])
    #expect(desk.replica.trouble == nil)
    #expect(try !desk.replica.status().isHalted)
    #expect(try ReplicaGlance(path: desk.replica.path).trouble == nil)
  }

  @Test func `two desks that worked and were away follow the log and keep its newest entries`() throws {
    let (test, first, ticket) = try Self.worked()
    let second = try test.desk("chenyu")
    try Self.work(test, first, ticket, 5)
    Self.see(test, second)
    for desk in [first, second] {
      #expect(try desk.replica.auditHead() == test.store.auditHead())
    }
    let witness = try Self.witness(test, first)
    #expect(witness.sights.count >= 10)
    #expect(try test.store.verifyAudit(witnesses: [witness, Self.witness(test, second)]).isWhole)
  }

  @Test func `old entries are kept thinly and new ones all`() throws {
    let (test, desk, _) = try Self.worked(1)
    try test.store.queue.writeWithoutTransaction { db in
      try immediately(db) {
        for _ in 0..<6000 {
          try AuditLog(db: db).append(AuditEntry(.loaded(rows: 1), revision: 1, at: test.clock.now))
        }
      }
    }
    Self.see(test, desk)
    let head = try test.store.auditHead()
    #expect(try desk.replica.auditHead() == head)
    let sights = try Self.witness(test, desk).sights
    #expect(sights.filter { $0.number > head.number - WitnessTable.kept }.count == Int(WitnessTable.kept))
    #expect(sights.count < Int(WitnessTable.kept) + 1100)
    #expect(sights.contains { $0.number == 256 })
  }

  // MARK: - Signed heads

  @Test func `a signed head is what the log contained`() throws {
    let (test, desk, ticket) = try Self.worked()
    let key = try SigningKey.create(at: test.folder("audit.key"))
    #expect(throws: StoreError.alreadyExists(path: test.folder("audit.key"))) {
      try SigningKey.create(at: test.folder("audit.key"))
    }
    let mode = try FileManager.default.attributesOfItem(atPath: test.folder("audit.key"))[.posixPermissions]
    #expect(mode as? Int == 0o600)
    let signed = try SignedHead(
      test.store.auditHead(), of: test.store.id, epoch: 1, at: test.clock.now, key: key)
    try (signed.text() + "\n").write(toFile: test.folder("head.json"), atomically: true, encoding: .utf8)
    let read = try SignedHead(file: test.folder("head.json"))
    #expect(read == signed)
    #expect(read.isSigned(by: try PublicKey(test.folder("audit.key.pub"))))
    var forged = read
    forged.entry += 1
    #expect(!forged.isSigned(by: key.publicKey))
    #expect(!read.isSigned(by: try SigningKey.create(at: test.folder("other.key")).publicKey))
    try Self.work(test, desk, ticket, 2)
    let witness = AuditWitness(name: "head.json", head: read.head)
    #expect(try test.store.verifyAudit(witnesses: [witness]).isWhole)
    try Self.rechain(test, from: 3) { $0.at = $0.at.advanced(seconds: 60) }
    #expect(try test.store.verifyAudit(witnesses: [witness]).findings.contains { $0.kind == .rechained })
  }

  // MARK: - Older stores

  @Test func `a store and a replica of version 1 are brought up to date when they are opened`() throws {
    let (test, desk, ticket) = try Self.worked()
    let operations = try test.store.read {
      try RowReader(db: $0).all("SELECT 1 FROM operation") { $0.int(0) }
    }.count
    try Self.tamper(
      test,
      """
      DROP TABLE audit; DELETE FROM meta WHERE key = 'audit_secret'; DROP INDEX ticket_wakes;
      DROP INDEX ticket_reminds; DROP INDEX entry_refund; DROP INDEX entry_raised; PRAGMA user_version = 1
      """)
    try desk.replica.pool.writeWithoutTransaction {
      try $0.execute(sql: "DROP TABLE witness; PRAGMA user_version = 1")
    }
    desk.close()
    test.store.close()
    let clock = test.clock
    let store = try SharedStore(path: test.store.path, now: { clock.now }, wallClock: .china)
    let report = try store.verifyAudit()
    #expect(report.findings == [])
    #expect(report.entries == Int64(operations) + 1)
    let entries = try store.read { db in
      try RowReader(db: db).all("SELECT body FROM audit ORDER BY n") { AuditEntry(body: $0.blob(0)) }
    }
    #expect(entries.first??.event == .adopted(store: store.id, operations: Int64(operations)))
    let again = try test.desk(store: store)
    #expect(try again.submit(test.ticket(ticket, .note("之后"))) == .accepted)
    Self.see(test, again)
    #expect(try again.replica.auditHead() == store.auditHead())
    #expect(try store.verifyAudit(witnesses: [AuditWitness(replica: again.replica.path, of: store)]).isWhole)
    #expect(try store.queue.unsafeRead { try StoreFile.isEmpty($0, .shared, path: store.path) } == false)
    store.close()
  }
}
