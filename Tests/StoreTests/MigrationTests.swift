import Domain
import Foundation
import GRDB
import Testing

@testable import Store

/// Stores that older programs made.
struct MigrationTests {
  /// A store of format 1 with a few operations, as SQL.
  private static let fixture = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Fixtures/store-1.sql")

  private static func old(in folder: TemporaryFolder) throws -> String {
    let path = folder("old.store")
    try StoreFile.create(at: path)
    let queue = try DatabaseQueue(path: path)
    let sql = try String(contentsOf: fixture, encoding: .utf8)
    try queue.writeWithoutTransaction { try $0.execute(sql: sql) }
    try queue.close()
    return path
  }

  private static func bytes(_ path: String) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: path))
  }

  /// What an older program looks at before anything else: bytes 60 to 63 of the header.
  private static func format(_ path: String) throws -> Int { Int(try bytes(path)[63]) }

  @Test func `a rehearsal says what would change and changes nothing`() throws {
    let folder = try TemporaryFolder()
    let path = try Self.old(in: folder)
    let before = try Self.bytes(path)
    let report = try SchemaMigration(path: path).rehearse()
    #expect((report.from, report.to) == (1, Int(Tables.version)))
    #expect(report.added.contains("table audit"))
    #expect(report.added.contains("index ticket_wakes"))
    // The entry that says so, and one for each operation.
    #expect(report.entries == 5)
    #expect(try Self.bytes(path) == before)
    #expect(try Self.format(path) == 1)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(!names.contains { $0.hasPrefix("old.store.migrating") })
    #expect(!names.contains("old.store.backups"))
  }

  @Test func `an old store is kept, brought up to date, and works`() throws {
    let folder = try TemporaryFolder()
    let path = try Self.old(in: folder)
    let planned = try SchemaMigration(path: path).rehearse()
    let report = try SchemaMigration(path: path).run()
    #expect(report.added == planned.added)
    #expect(report.entries == planned.entries)
    #expect(try Self.format(path) == Int(Tables.version))
    let kept = try BackupFacts.verified(#require(report.backup))
    #expect(kept.auditHead == nil)
    #expect(kept.operations == 4)
    let backup = try #require(report.backup)
    #expect(try Self.format(backup) == 1)
    let store = try SharedStore(path: path)
    #expect(try store.verifyAudit().findings == [])
    #expect(try store.check().problems == [])
    let desk = try DeskConnection(
      store: store, replica: Replica(path: folder("linxiao.replica")), agent: "linxiao")
    let ticket = try #require(try desk.replica.ticket(number: "2609-0001"))
    let note = Domain.Operation(
      id: IdentifierSource().next(), actor: "linxiao", at: .now, action: .ticket(ticket.id, .note("升级之后")))
    #expect(try desk.submit(note) == .accepted)
    #expect(try store.verifyAudit().findings == [])
    #expect(try !SchemaMigration(path: path).run().isNeeded)
    desk.close()
    store.close()
  }

  @Test func `where something goes wrong the old store is there unchanged`() throws {
    let folder = try TemporaryFolder()
    let path = try Self.old(in: folder)
    let queue = try DatabaseQueue(path: path)
    // The step after the first one finds its index made already, and fails.
    try queue.writeWithoutTransaction {
      try $0.execute(sql: "CREATE INDEX ticket_reminds ON ticket(id)")
    }
    try queue.close()
    #expect(throws: (any Error).self) { try SchemaMigration(path: path).rehearse() }
    #expect(throws: (any Error).self) { try SchemaMigration(path: path).run() }
    let again = try DatabaseQueue(path: path)
    let (version, logs) = try again.unsafeRead { db in
      (
        try StoreFile.version(db),
        try RowReader(db: db).all("SELECT name FROM sqlite_master WHERE name = 'audit'", { $0.text(0) })
      )
    }
    #expect(version == 1)
    #expect(logs.isEmpty)
    try again.close()
  }

  @Test func `a program that is older than the store says so in one sentence and does not touch it`() throws {
    let folder = try TemporaryFolder()
    let path = try Self.old(in: folder)
    let next = Tables.version + 1
    let queue = try DatabaseQueue(path: path)
    try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA user_version = \(next)") }
    try queue.close()
    let before = try Self.bytes(path)
    let refusal = StoreError.newerVersion(path: path, found: Int(next), known: Int(Tables.version))
    #expect(throws: refusal) { try SchemaMigration(path: path).run() }
    #expect(throws: refusal) { try SchemaMigration(path: path).rehearse() }
    #expect(throws: refusal) { try SharedStore(path: path) }
    #expect(throws: refusal) { try Compaction(path: path).run() }
    #expect(try Self.bytes(path) == before)
  }

  @Test func `a format is required of desks, counted first, and the log says so`() throws {
    let test = try TestStore()
    let clock = test.clock
    let desk = try test.desk()
    let ticket = try desk.makeTicket(test, customer: desk.makeCustomer(test))
    // As if its last operations had come in an older format.
    try test.store.write { try $0.execute(sql: "UPDATE operation SET schema = 0") }
    func set(_ isRequired: Bool, isDryRun: Bool) throws -> SchemaRequirement {
      try SchemaRequirement.set(isRequired, path: test.store.path, isDryRun: isDryRun, now: { clock.now })
    }
    let entries = try test.store.auditHead().number
    let planned = try set(true, isDryRun: true)
    #expect(planned == SchemaRequirement(needed: Operation.currentSchema, before: 0, olderDesks: 1))
    #expect(try test.store.auditHead().number == entries)
    #expect(try set(true, isDryRun: false) == planned)
    #expect(try set(true, isDryRun: false).before == Operation.currentSchema)
    #expect(try test.store.auditHead().number == entries + 1)
    // Whoever writes an older format gets this sentence, and is still heard.
    var request = try desk.replica.pullRequest(at: clock.now)
    request.schema = OldProgram.schema
    let refusal = StoreError.programTooOld(found: OldProgram.schema, needed: Operation.currentSchema)
    #expect(throws: refusal) { try test.store.pull(request) }
    #expect(try desk.submit(test.ticket(ticket, .note("今天的程序"))) == .accepted)
    clock.advance(seconds: 31 * 86_400)
    #expect(
      try set(false, isDryRun: false)
        == SchemaRequirement(needed: 0, before: Operation.currentSchema, olderDesks: 0))
    #expect(try test.store.pull(request).cursor == request.cursor)
    #expect(try test.store.verifyAudit().findings == [])
  }
}
