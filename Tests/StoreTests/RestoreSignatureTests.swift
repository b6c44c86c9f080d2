import Domain
import Testing

@testable import Store

/// Desks follow a restore only where the key of their store has signed it.
struct RestoreSignatureTests {
  private let test: TestStore
  private let desk: DeskConnection
  private let ticket: TicketID

  init() throws {
    test = try TestStore()
    try test.store.makeAdminKey()
    desk = try test.desk("tangyue")
    ticket = try desk.makeTicket(test, customer: desk.makeCustomer(test))
  }

  private var backup: String { test.folder("one.backup") }
  private var key: String { AdminKey.file(beside: test.store.path) }

  private func restore(signer: String? = nil) throws -> Restoration {
    let clock = test.clock
    return try StoreRestore(
      backup: backup, to: test.store.path, isReplacing: true, signer: signer, now: { clock.now }
    ).run().restoration
  }

  /// Changes what the store says of its restore, as somebody may who has the file.
  private func forge(_ change: (inout Restoration) throws -> Void) throws {
    try test.store.write { db in
      var restoration = try #require(try Restoration.all(after: 0, db).last)
      try change(&restoration)
      try Meta(db: db).set(Restoration.key(restoration.epoch), try JSON.text(restoration))
    }
  }

  private func note(_ text: String) throws -> Operation {
    let operation = test.ticket(ticket, .note(text), by: "tangyue")
    #expect(try desk.save(operation) == .accepted)
    return operation
  }

  @Test func `a signed restore is followed, and the log of the store names it`() throws {
    _ = try test.store.backUp(to: backup)
    let lost = try note("后来的")
    _ = try desk.synchronize()
    let head = try test.store.auditHead()
    let restoration = try restore()
    #expect(restoration.oldAuditHead == head)
    #expect(restoration.lost != nil)
    let report = try desk.synchronize()
    #expect(report.restored == restoration)
    #expect(try desk.replica.epoch() == restoration.epoch)
    #expect(try test.store.ledger(of: desk.desk).contains(lost.id.text))
    // Both heads: that of the history that ended, and that of the new one.
    #expect(try desk.replica.restoration()?.oldAuditHead == head)
    let seen = try desk.replica.read { db in try WitnessTable(db: db).newest(epoch: 1) }
    #expect(seen == head)
    #expect(try desk.replica.read { db in try WitnessTable(db: db).newest(epoch: restoration.epoch) } != nil)
    let signature = try #require(restoration.signature)
    let bodies = try test.store.read { db in
      try RowReader(db: db).all("SELECT body FROM audit") { AuditEntry(body: $0.blob(0)) }
    }
    #expect(
      bodies.contains {
        $0?.event == .restored(head: head, epoch: restoration.epoch, signature: signature)
      })
  }

  @Test func `a restore that the key has not signed is not followed, and nothing is sent to it`() throws {
    _ = try test.store.backUp(to: backup)
    _ = try desk.synchronize()
    let other = try SigningKey.create(at: test.folder("other.key"))
    let restoration = try restore()
    let waiting = try note("要等一等")
    let forgeries: [(inout Restoration) throws -> Void] = [
      { $0.signature = nil }, { $0.oldHead = 1 }, { $0.oldAuditHead = nil }, { $0.revision += 1 },
      { try $0.sign(for: test.store.id, with: other) },
    ]
    for forgery in forgeries {
      try forge(forgery)
      #expect(try desk.synchronize().offline == .restoreNotSigned(epoch: restoration.epoch))
      #expect(try desk.replica.epoch() == 1)
      #expect(try desk.replica.queued().map(\.id) == [waiting.id])
      #expect(try !test.store.ledger(of: desk.desk).contains(waiting.id.text))
      try forge { $0 = restoration }
    }
    #expect(try desk.synchronize().restored == restoration)
    #expect(try test.store.ledger(of: desk.desk).contains(waiting.id.text))
  }

  @Test func `a restore needs the key of the store, wherever it is kept`() throws {
    _ = try test.store.backUp(to: backup)
    let elsewhere = test.folder("elsewhere.key")
    try ByteFile.copy(key, to: elsewhere)
    unlinkFile(key)
    #expect(throws: StoreError.keyNeeded(path: key)) { try restore() }
    let other = test.folder("other.key")
    _ = try SigningKey.create(at: other)
    #expect(throws: StoreError.signatureWrong(path: other)) { try restore(signer: other) }
    #expect(try restore(signer: elsewhere).signature != nil)
    #expect(try desk.synchronize().restored != nil)
  }

  // MARK: - A key that was lost

  private func lose() throws { for suffix in ["", ".pub"] { unlinkFile(key + suffix) } }

  @Test func `a new key is followed when somebody at the desk says its fingerprint, and not before`() throws {
    _ = try test.store.backUp(to: backup)
    _ = try desk.synchronize()
    #expect(throws: StoreError.alreadyExists(path: key)) { try test.store.replaceAdminKey(at: nil) }
    try lose()
    let new = try test.store.replaceAdminKey(at: nil)
    #expect(try test.store.adminKey()?.text == new.text)
    _ = try note("照常工作")
    let report = try desk.synchronize()
    #expect(report.offeredKey == new.fingerprint && report.offline == nil)
    #expect(try desk.synchronize().offeredKey == nil)
    let restoration = try restore()
    let waiting = try note("要等一等")
    #expect(try desk.synchronize().offline == .restoreNotSigned(epoch: restoration.epoch))
    #expect(try desk.replica.queued().contains { $0.id == waiting.id })
    #expect(try !desk.replica.trustKey(fingerprint: "0123 4567"))
    #expect(try !desk.replica.trustKey(fingerprint: ""))
    #expect(try desk.synchronize().offline != nil)
    #expect(try desk.replica.trustKey(fingerprint: new.fingerprint.uppercased().replacing(" ", with: "")))
    #expect(try desk.replica.offeredKey() == nil)
    #expect(try desk.synchronize().restored == restoration)
    #expect(try test.store.ledger(of: desk.desk).contains(waiting.id.text))
    #expect(try test.store.verifyAudit().findings == [])
  }

  @Test func `a store that is gone with its key is restored with a new one`() throws {
    _ = try test.store.backUp(to: backup)
    _ = try desk.synchronize()
    try lose()
    let (elsewhere, clock) = (test.folder("elsewhere.key"), test.clock)
    #expect(throws: StoreError.keyNeeded(path: key)) { try restore() }
    let restoration = try StoreRestore(
      backup: backup, to: test.store.path, isReplacing: true, signer: elsewhere, isNewKey: true,
      now: { clock.now }
    ).run().restoration
    let new = try SigningKey(file: elsewhere).publicKey
    #expect(restoration.key == new.text)
    let report = try desk.synchronize()
    #expect(report.offline == .restoreNotSigned(epoch: restoration.epoch))
    #expect(report.offeredKey == new.fingerprint)
    #expect(try desk.replica.trustKey(fingerprint: new.fingerprint))
    #expect(try desk.synchronize().restored == restoration)
    let events = try test.store.read { db in
      try RowReader(db: db).all("SELECT body FROM audit") { AuditEntry(body: $0.blob(0))?.event }
    }
    #expect(events.contains { if case .keyReplaced(_, let key) = $0 { key == new.text } else { false } })
  }

  @Test func `a desk that missed restores of the old key and of the new one follows both`() throws {
    _ = try test.store.backUp(to: backup)
    _ = try desk.synchronize()
    _ = try restore()
    try lose()
    let new = try test.store.replaceAdminKey(at: nil)
    let last = try restore()
    #expect(try desk.synchronize().offline == .restoreNotSigned(epoch: last.epoch))
    #expect(try desk.replica.trustKey(fingerprint: new.fingerprint))
    #expect(try desk.synchronize().restored == last)
  }

  @Test func `a key that only the file names cannot sign, whatever was offered`() throws {
    _ = try test.store.backUp(to: backup)
    _ = try desk.synchronize()
    let restoration = try restore()
    let other = try SigningKey.create(at: test.folder("other.key"))
    try test.store.write { try Meta(db: $0).set(AdminKey.name, other.publicKey.text) }
    try forge { try $0.sign(for: test.store.id, with: other) }
    for _ in 0..<3 {
      #expect(try desk.synchronize().offline == .restoreNotSigned(epoch: restoration.epoch))
    }
    #expect(try desk.replica.epoch() == 1)
  }
}
