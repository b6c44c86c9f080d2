import Domain
import Foundation
import GRDB
import TestSupport
import Testing

@testable import Store

/// Copies of a store, and what happens when one of them takes its place.
struct BackupTests {
  /// Desks with notes that are in the backup, after it, and not sent yet.
  private struct Work {
    let test: TestStore
    let desk: DeskConnection
    let other: DeskConnection
    let away: AwayTransport
    let ticket: TicketID
    private(set) var saved: [Domain.Operation] = []

    init() throws {
      test = try TestStore()
      desk = try test.desk("linxiao", store: test.reopened())
      let store = try test.reopened()
      away = AwayTransport(store)
      other = try test.desk("chenyu", transport: away, store: store)
      ticket = try desk.makeTicket(test, customer: desk.makeCustomer(test))
      try synchronize()
    }

    mutating func note(_ body: String, by connection: DeskConnection, sends: Bool = true) throws {
      let operation = test.ticket(ticket, .note(body), by: connection.agent)
      if sends {
        try #require(try connection.submit(operation) == .accepted)
      } else {
        try #require(try connection.save(operation) == .accepted)
      }
      saved.append(operation)
    }

    func synchronize() throws {
      for connection in [desk, other, desk] { _ = try connection.synchronize() }
    }

    func restore(_ backup: String, isReplacing: Bool = true) throws -> RestoreReport {
      let clock = test.clock
      return try StoreRestore(
        backup: backup, to: test.store.path, isReplacing: isReplacing, now: { clock.now }
      ).run()
    }

    func notes(_ connection: DeskConnection) throws -> [String] {
      try #require(try connection.replica.ticketDetail(ticket, entryLimit: 100)).entries
        .filter { $0.kind == .note }.map(\.body)
    }

    /// Every saved operation is in the ledger once, and all copies are alike.
    func check(_ store: SharedStore) throws {
      let ledger = try store.read { db in
        try RowReader(db: db).all("SELECT id FROM operation") { $0.text(0) }
      }
      for operation in saved { #expect(ledger.filter { $0 == operation.id.text }.count == 1) }
      #expect(try notes(desk) == notes(other))
      #expect(Set(try notes(desk)).count == saved.count)
      #expect(try store.check().problems.isEmpty)
    }
  }

  @Test func `a backup holds everything, and what is in it desks need not keep`() throws {
    var work = try Work()
    try work.note("在备份里", by: work.desk)
    try work.synchronize()
    func kept(_ connection: DeskConnection) throws -> Int {
      try connection.replica.read { try RowReader(db: $0).all("SELECT 1 FROM outbox") { $0.int(0) } }.count
    }
    #expect(try kept(work.desk) == 3)
    let report = try work.test.store.backUp(to: work.test.folder("a.backup"))
    #expect(report.revision == (try work.test.store.revision()))
    #expect(report.operations == 3)
    #expect(try work.test.store.lastBackup()?.revision == report.revision)
    #expect(try kept(work.desk) == 3)
    try work.note("之后", by: work.desk)
    #expect(try kept(work.desk) == 1)
    #expect(try BackupFacts.verified(report.path).revision == report.revision)
    let facts = try FileManager.default.attributesOfItem(atPath: report.path)
    #expect(facts[.posixPermissions] as? Int == 0o600)
    let names = try FileManager.default.contentsOfDirectory(atPath: work.test.folder.path)
    #expect(!names.contains { $0.hasSuffix(".new") || $0.hasSuffix(".copy") || $0.hasSuffix("-journal") })
  }

  @Test func `a backup alone lets desks forget, without anything new in the store`() throws {
    var work = try Work()
    try work.note("在备份里", by: work.desk)
    _ = try work.test.store.backUp(to: work.test.folder("a.backup"))
    _ = try work.desk.synchronize()
    let kept = try work.desk.replica.read {
      try RowReader(db: $0).all("SELECT 1 FROM outbox") { $0.int(0) }
    }
    #expect(kept.isEmpty)
  }

  @Test func `after a restore under open desks everything that was saved comes back, once`() throws {
    var work = try Work()
    try work.note("备份前", by: work.desk)
    try work.synchronize()
    let backup = work.test.folder("a.backup")
    _ = try work.test.store.backUp(to: backup)
    try work.note("备份后一", by: work.desk)
    try work.note("备份后二", by: work.other)
    try work.note("备份后三", by: work.desk)
    try work.synchronize()
    work.away.isAway = true
    try work.note("未发送", by: work.other, sends: false)
    let head = try work.test.store.revision()

    let report = try work.restore(backup)
    #expect(report.restoration.lost == report.restoration.revision + 1...head)
    #expect(report.restoration.epoch == 2)
    #expect(report.kept.map { FileManager.default.fileExists(atPath: $0) } == true)
    #expect(try work.test.store.revision() == report.restoration.revision)

    // Who comes back second sends first: the order of the new history is another one.
    work.away.isAway = false
    let returned = try work.other.synchronize()
    #expect(returned.restored == report.restoration)
    #expect(try work.notes(work.other) == ["备份前", "备份后二", "未发送"])
    #expect(try work.desk.synchronize().restored == report.restoration)
    try work.synchronize()
    try work.check(work.test.store)
    #expect(try work.notes(work.desk) == ["备份前", "备份后二", "未发送", "备份后一", "备份后三"])
    for connection in [work.desk, work.other] {
      #expect(try connection.replica.status().queued == 0)
      #expect(try connection.replica.read { try connection.replica.renewal($0) } == nil)
      try Simulation.checkTally(connection.replica)
      #expect(try connection.replica.find("未发送").count == 1)
    }
    #expect(try work.desk.replica.restoration() == report.restoration)
  }

  @Test func `a restore where the file is gone begins a history that no desk has seen`() throws {
    var work = try Work()
    try work.note("备份前", by: work.desk)
    let backup = work.test.folder("a.backup")
    _ = try work.test.store.backUp(to: backup)
    try work.note("备份后", by: work.desk)
    try work.synchronize()
    let path = work.test.store.path
    for suffix in ["", "-wal", "-shm"] { unlink(path + suffix) }
    // Who still has the old file open must not go on writing into nothing.
    #expect(try work.desk.save(work.test.ticket(work.ticket, .note("丢失的文件"))) == .accepted)
    #expect(try work.desk.synchronize().offline == .missing(path: path))

    let report = try work.restore(backup, isReplacing: false)
    #expect(report.restoration.lost == nil)
    #expect(report.restoration.epoch > 1_000_000)
    work.desk.close()
    let store = try work.test.reopened()
    let again = try work.test.desk("linxiao", store: store)
    #expect(try again.synchronize().offline == nil)
    let detail = try #require(try again.replica.ticketDetail(work.ticket))
    #expect(detail.entries.filter { $0.kind == .note }.map(\.body) == ["备份前", "备份后", "丢失的文件"])
    #expect(try again.replica.status().queued == 0)
  }

  @Test func `a backup that is older than what desks forgot wedges no outbox`() throws {
    var work = try Work()
    let backup = work.test.folder("old.backup")
    _ = try work.test.store.backUp(to: backup)
    try work.note("只在新备份里", by: work.desk)
    _ = try work.test.store.backUp(to: work.test.folder("new.backup"))
    try work.synchronize()
    try work.note("没有备份", by: work.desk)
    let desk = try work.desk.replica.deskID()
    _ = try work.restore(backup)
    _ = try work.desk.synchronize()
    try work.note("恢复后", by: work.desk)
    #expect(try work.desk.replica.deskID() != desk)
    #expect(try work.notes(work.desk) == ["没有备份", "恢复后"])
    #expect(try work.desk.replica.status().queued == 0)
  }

  @Test func `an encrypted backup opens with its key alone, and only whole`() throws {
    var work = try Work()
    try work.note("密文 13812342071", by: work.desk)
    let digest = try work.desk.storeAttachment(Array("合同".utf8))
    let (key, wrong) = (work.test.folder("key"), work.test.folder("wrong"))
    try Data((0..<32).map { UInt8($0) }).write(to: URL(fileURLWithPath: key))
    try Data((0..<32).map { UInt8($0 + 1) }).write(to: URL(fileURLWithPath: wrong))
    try Data([1, 2, 3]).write(to: URL(fileURLWithPath: work.test.folder("short")))
    #expect(throws: StoreError.badKey(path: work.test.folder("short"))) {
      try BackupKey(file: work.test.folder("short"))
    }
    let backup = work.test.folder("a.backup")
    let report = try work.test.store.backUp(to: backup, key: BackupKey(file: key))
    #expect(report.isEncrypted)
    #expect(report.attachments == 1)
    let bytes = try Data(contentsOf: URL(fileURLWithPath: backup))
    #expect(bytes.count > 65_536)
    #expect(bytes.range(of: Data("密文".utf8)) == nil)
    let sealed = try Data(contentsOf: URL(fileURLWithPath: "\(backup).files/\(digest.prefix(2))/\(digest)"))
    #expect(sealed.range(of: Data("合同".utf8)) == nil)

    let target = work.test.folder("elsewhere/team.store")
    func restore(_ backup: String, _ key: String?) throws -> RestoreReport {
      try StoreRestore(backup: backup, to: target, key: key.map { try BackupKey(file: $0) }).run()
    }
    #expect(throws: StoreError.backupNeedsKey(path: backup)) { try restore(backup, nil) }
    #expect(throws: StoreError.notABackup(path: backup)) { try restore(backup, wrong) }
    let broken = work.test.folder("broken.backup")
    for change in ["cut", "frames", "flipped", "longer"] {
      var copy = bytes
      switch change {
      case "cut": copy.removeLast()
      case "frames": copy = copy.prefix(40 + 65_552)
      case "flipped": copy[copy.count / 2] ^= 1
      default: copy.append(0)
      }
      try copy.write(to: URL(fileURLWithPath: broken))
      #expect(throws: StoreError.notABackup(path: broken), "\(change)") { try restore(broken, key) }
    }
    #expect(try restore(backup, key).attachments == 1)
    let store = try SharedStore(path: target)
    #expect(try store.revision() == report.revision)
    #expect(try AttachmentFolder(store: target).bytes(digest) == Array("合同".utf8))
    let names = try FileManager.default.contentsOfDirectory(atPath: work.test.folder("elsewhere"))
    #expect(!names.contains { $0.contains("restoring") })
  }

  @Test func `a restore throws nothing away without being told, and never another store`() throws {
    var work = try Work()
    let backup = work.test.folder("a.backup")
    _ = try work.test.store.backUp(to: backup)
    try work.note("更新", by: work.desk)
    let path = work.test.store.path
    #expect(throws: StoreError.storeInUse(path: path)) { try work.restore(backup, isReplacing: false) }
    let revision = try work.test.store.revision()
    for connection in [work.desk, work.other] { connection.close() }
    for store in [work.test.store, work.desk.store, work.other.store] { store.close() }
    #expect(throws: StoreError.newerThanBackup(path: path, revision: revision, backup: revision - 1)) {
      try work.restore(backup, isReplacing: false)
    }
    let stranger = try TestStore()
    _ = try stranger.store.backUp(to: work.test.folder("b.backup"))
    #expect(throws: StoreError.wrongStore(expected: stranger.store.id, found: work.test.store.id)) {
      try work.restore(work.test.folder("b.backup"))
    }
    try Data("a letter, and no backup at all".utf8).write(
      to: URL(fileURLWithPath: work.test.folder("letter")))
    #expect(throws: StoreError.notABackup(path: work.test.folder("letter"))) {
      try work.restore(work.test.folder("letter"))
    }
    #expect(throws: StoreError.alreadyExists(path: work.test.folder("letter"))) {
      try stranger.store.backUp(to: work.test.folder("letter"))
    }
    #expect(throws: StoreError.alreadyExists(path: path)) { try stranger.store.backUp(to: path) }
    #expect(try SharedStore(path: path).revision() == revision)
  }

  @Test func `a damaged store is kept beside what replaces it`() throws {
    var work = try Work()
    try work.note("备份前", by: work.desk)
    let backup = work.test.folder("a.backup")
    _ = try work.test.store.backUp(to: backup)
    for connection in [work.desk, work.other] { connection.close() }
    for store in [work.test.store, work.desk.store, work.other.store] { store.close() }
    let path = work.test.store.path
    var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    bytes.replaceSubrange(100..<bytes.count / 2, with: Data(repeating: 0xAA, count: bytes.count / 2 - 100))
    try bytes.write(to: URL(fileURLWithPath: path))
    #expect(throws: StoreError.self) { try work.restore(backup, isReplacing: false) }
    let report = try work.restore(backup)
    let kept = try #require(report.kept)
    #expect(try Data(contentsOf: URL(fileURLWithPath: kept)).count == bytes.count)
    #expect(try SharedStore(path: path).read { try BackupFacts($0) }.operations == 3)
  }

  @Test func `an older file that was put back by hand is noticed and not mixed with`() throws {
    var work = try Work()
    let path = work.test.store.path
    _ = try StoreCopy.make(of: path, at: work.test.folder("copy"))
    try work.note("在副本之后", by: work.desk)
    try work.test.store.replaceContent(with: work.test.folder("copy"))
    let cursor = try work.desk.replica.cursor()
    #expect(cursor > (try work.test.store.revision()))
    let error = #expect(throws: StoreError.self) { try work.desk.synchronize() }
    guard case .logChanged = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(try work.desk.replica.cursor() == cursor)
    #expect(try work.notes(work.desk) == ["在副本之后"])
  }
}

/// Backups that nobody has to think of.
struct DailyBackupTests {
  @Test func `one desk makes one backup a day, and the last few are kept`() throws {
    let test = try TestStore()
    let (store, other) = (test.store, try test.reopened())
    let backups = DailyBackup(count: 3, clock: .china)
    #expect(try backups.runIfDue(store) == nil)
    var days: [String] = []
    for _ in 0..<5 {
      test.clock.advance(seconds: 86_400)
      let report = try #require(try backups.runIfDue(store))
      days.append(report.path)
      #expect(try backups.runIfDue(other) == nil)
    }
    #expect(Set(days).count == 5)
    #expect(DailyBackup.backups(in: store.path + ".backups") == Array(days.suffix(3)))
    test.clock.advance(seconds: 86_400)
    #expect(try DailyBackup(count: 0).runIfDue(store) == nil)
  }

  @Test func `the desk knows how old the last backup is`() throws {
    let test = try TestStore()
    let desk = try test.desk()
    _ = try desk.synchronize()
    test.clock.advance(seconds: 5 * 86_400)
    #expect(try desk.replica.status().daysWithoutBackup(at: test.clock.now) == 5)
    _ = try DailyBackup(clock: .china).runIfDue(test.store)
    _ = try desk.synchronize()
    #expect(try desk.replica.status().daysWithoutBackup(at: test.clock.now) == nil)
  }

  @Test func `an attachment of an earlier backup is not copied again`() throws {
    let test = try TestStore()
    let digest = try test.desk().storeAttachment([1, 2, 3])
    let name = "files/\(digest.prefix(2))/\(digest)"
    let (first, second) = (test.folder("a.store"), test.folder("b.store"))
    _ = try test.store.backUp(to: first)
    _ = try test.store.backUp(to: second, earlier: first)
    #expect(StoreFile.inode("\(first).\(name)") == StoreFile.inode("\(second).\(name)"))
    #expect(StoreFile.inode("\(first).\(name)") != StoreFile.inode("\(test.store.path).\(name)"))
  }
}

/// The look at a whole store.
struct StoreCheckTests {
  @Test func `a store that was worked on is sound`() throws {
    let test = try TestStore()
    let desk = try test.desk()
    let ticket = try desk.makeTicket(test, customer: desk.makeCustomer(test))
    #expect(try desk.submit(test.ticket(ticket, .claim)) == .accepted)
    try test.store.bulkLoad([[.customer(Customer(id: "c9", name: "王"))]])
    let report = try test.store.check()
    #expect(report.problems == [])
    #expect(report.operations == 3)
  }

  @Test(arguments: [
    ("DELETE FROM operation WHERE seq = 2", ["revisions", "sequence"]),
    ("UPDATE meta SET value = value - 1 WHERE key = 'rev'", ["ledger", "revisions", "rows"]),
    ("UPDATE desk SET last_seq = last_seq + 1", ["sequence"]),
    ("UPDATE entry SET rev = 99", ["rows"]), ("DELETE FROM customer", ["orphans"]),
    ("DELETE FROM ticket_counter", ["counter"]),
    (
      "INSERT INTO attachment(id, rev, ticket, name, media_type, byte_count, digest) SELECT 'a', 1, id, '', '', 1, 'ff' FROM ticket",
      ["attachment"]
    ),
    ("UPDATE meta SET value = 1000 WHERE key = 'safe_rev'", ["backup"]),
  ])
  func `what must not be is found`(_ damage: (sql: String, keys: [String])) throws {
    let test = try TestStore()
    let desk = try test.desk()
    let ticket = try desk.makeTicket(test, customer: desk.makeCustomer(test))
    #expect(try desk.submit(test.ticket(ticket, .claim)) == .accepted)
    try test.store.queue.writeWithoutTransaction { try $0.execute(sql: damage.sql) }
    #expect(Set(try test.store.check().problems.map(\.key)) == Set(damage.keys))
  }

  @Test func `questions in SQL are answered, and nothing can be changed`() throws {
    let test = try TestStore()
    let reader = try StoreReader(path: test.store.path)
    defer { reader.close() }
    var found: [[String?]] = []
    try reader.run("SELECT key, value, NULL, x'0aff' FROM meta WHERE key = 'epoch'") { columns in
      #expect(columns.prefix(2) == ["key", "value"])
    } row: {
      found.append($0)
    }
    #expect(found == [["epoch", "1", nil, "x'0aff'"]])
    for sql in ["DELETE FROM meta", "PRAGMA user_version = 7", "CREATE TABLE x(y)", "SELEC 1"] {
      #expect(throws: StoreError.self, "\(sql)") {
        try reader.run(sql) { _ in
        } row: { _ in
        }
      }
    }
    #expect(try test.store.check().problems == [])
  }

  @Test func `a served store is backed up once a day by the server, and its status says when`() throws {
    let test = try TestStore()
    // Made long ago, by the clock of the test: one is due.
    try test.desk().makeCustomer(test)
    let server = try TestServer(test, backups: DailyBackup(count: 3))
    let remote = try server.remote()
    let limit = Date(timeIntervalSinceNow: PseudoTerminal.patience)
    while try remote.serverStatus().backedUpAt == nil, Date() < limit { usleep(50_000) }
    let at = try #require(try remote.serverStatus().backedUpAt)
    #expect(abs(at - .now) < 60_000)
    remote.close()
    server.stop()
    let kept = DailyBackup.backups(in: DailyBackup.folder(of: test.store.path))
    #expect(kept.count == 1)
    let facts = try BackupFacts.verified(#require(kept.first))
    #expect(facts.id == test.store.id)
    #expect(facts.operations == 1)
    #expect(try test.store.lastBackup()?.at == at)
    #expect(server.logged.contains("event=backup "))
  }
}
