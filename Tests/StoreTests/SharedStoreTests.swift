import Domain
import Foundation
import GRDB
import Testing

@testable import Store

/// The store by itself: what it takes, records and refuses.
struct SharedStoreTests {
  private func envelope(_ test: TestStore, _ sequence: Int64, _ action: Action, desk: String = "d1") throws
    -> Envelope
  {
    try Envelope(
      store: test.store.id, desk: desk, sequence: sequence, operation: test.operation("linxiao", action))
  }

  private func push(_ test: TestStore, _ envelopes: Envelope...) throws -> PushReply {
    try test.store.push(PushRequest(store: test.store.id, epoch: 1, envelopes: envelopes))
  }

  private let presence = Action.agent("linxiao", .setPresence(.ready, reason: nil, ticket: nil))

  @Test func `the writer syncs every commit to disk`() throws {
    let test = try TestStore()
    #expect(try test.store.queue.writeWithoutTransaction { try StoreFile.synchronous($0) } == 2)
    let desk = try test.desk()
    #expect(try desk.replica.pool.writeWithoutTransaction { try StoreFile.synchronous($0) } == 2)
    try desk.replica.saveDraft(Draft(ticket: nil, slot: .newTicket, body: "x", savedAt: test.clock.now))
    #expect(try desk.replica.pool.writeWithoutTransaction { try StoreFile.synchronous($0) } == 2)
  }

  @Test func `nobody checkpoints by itself`() throws {
    let test = try TestStore()
    let size = try test.store.queue.writeWithoutTransaction { db in
      let statement = try Prepared(db, "PRAGMA wal_autocheckpoint")
      _ = try statement.step()
      return statement.int(0)
    }
    #expect(size == 0)
  }

  @Test func `files are for their owner alone`() throws {
    let test = try TestStore()
    let desk = try test.desk()
    desk.look(at: "t1")
    _ = try desk.storeAttachment([1, 2, 3])
    let files = try FileManager.default.subpathsOfDirectory(atPath: test.folder.path)
    #expect(files.count > 8)
    for file in files {
      let facts = try FileManager.default.attributesOfItem(atPath: test.folder(file))
      let mode = try #require(facts[.posixPermissions] as? Int)
      #expect(mode & 0o077 == 0, "\(file) has mode \(String(mode, radix: 8))")
    }
  }

  @Test func `an operation that arrives twice is done once and answered twice`() throws {
    let test = try TestStore()
    let first = try envelope(test, 1, presence)
    let reply = try push(test, first)
    #expect(try push(test, first) == reply)
    #expect(try push(test, first, envelope(test, 2, presence)).answers.count == 2)
    #expect(try test.store.ledger(of: "d1").count == 2)
  }

  @Test func `the same key with another content is an error and nothing is done`() throws {
    let test = try TestStore()
    let first = try envelope(test, 1, presence)
    _ = try push(test, first)
    let revision = try test.store.revision()
    var forged = first
    forged.payload = try envelope(test, 1, .missedSearch(query: "x", language: .english)).payload
    #expect(throws: StoreError.operationReused(first.id)) {
      try push(test, envelope(test, 2, presence), forged)
    }
    #expect(try test.store.revision() == revision)
  }

  @Test func `missing operations are asked for`() throws {
    let test = try TestStore()
    _ = try push(test, envelope(test, 1, presence))
    let reply = try push(test, envelope(test, 4, presence))
    #expect(reply.sendFrom == 2)
    #expect(reply.answers.isEmpty)
  }

  @Test func `a refusal is recorded and stays the answer`() throws {
    let test = try TestStore()
    let claim = try envelope(test, 1, .ticket("none", .claim))
    let reply = try push(test, claim)
    #expect(reply.answers.map(\.outcome) == [.refused(.ticketMissing)])
    #expect(try push(test, claim) == reply)
  }

  @Test func `messages of another store are refused`() throws {
    let test = try TestStore()
    #expect(throws: StoreError.wrongStore(expected: test.store.id, found: "other")) {
      try test.store.push(PushRequest(store: "other", epoch: 1, envelopes: []))
    }
    let reply = try test.store.pull(
      PullRequest(store: test.store.id, epoch: 7, schema: 1, scope: .everything, cursor: 0, limit: 1))
    #expect(reply.epoch == 1)
    #expect(reply.cursor == -1)
    #expect(reply.items.isEmpty)
  }

  @Test func `answers to a pull end where a revision ends`() throws {
    let test = try TestStore()
    let desk = try test.desk()
    for _ in 0..<4 {
      try desk.makeTicket(
        test, customer: desk.makeCustomer(test, phone: "\(test.identifiers.next(Ticket.self))"))
    }
    let head = try test.store.revision()
    var cursor: Int64 = 0
    var rows = 0
    while cursor < head {
      let reply = try test.store.pull(
        PullRequest(store: test.store.id, epoch: 1, schema: 1, scope: .everything, cursor: cursor, limit: 1))
      #expect(reply.newCursor == cursor + 1)
      #expect(reply.items.allSatisfy { $0.revision == reply.newCursor })
      rows += reply.items.count
      cursor = reply.newCursor
    }
    let whole = try test.store.pull(
      PullRequest(store: test.store.id, epoch: 1, schema: 1, scope: .everything, cursor: 0, limit: 1000))
    #expect(whole.items.count == rows)
  }

  @Test func `a file from a newer program is refused with what it is`() throws {
    let test = try TestStore()
    let path = test.store.path
    try test.store.queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA user_version = 99") }
    test.store.close()
    #expect(throws: StoreError.newerVersion(path: path, found: 99, known: Int(Tables.version))) {
      try SharedStore(path: path)
    }
  }

  @Test func `files of other programs, missing ones and existing ones are refused`() throws {
    let folder = try TemporaryFolder()
    #expect(throws: StoreError.missing(path: folder("none"))) { try SharedStore(path: folder("none")) }
    try Data("not a database, only some words that are long enough".utf8).write(
      to: URL(fileURLWithPath: folder("text")))
    #expect(throws: StoreError.notAStore(path: folder("text"))) { try SharedStore(path: folder("text")) }
    let foreign = try DatabaseQueue(path: folder("foreign"))
    try foreign.write { try $0.execute(sql: "CREATE TABLE theirs(x)") }
    try foreign.close()
    #expect(throws: StoreError.notAStore(path: folder("foreign"))) {
      try SharedStore(path: folder("foreign"))
    }
    #expect(throws: StoreError.notAStore(path: folder("foreign"))) { try Replica(path: folder("foreign")) }
    let test = try TestStore()
    #expect(throws: StoreError.alreadyExists(path: test.store.path)) {
      try SharedStore.create(at: test.store.path, configuration: Sample.configuration)
    }
  }

  @Test func `a folder that cannot be written is named`() throws {
    let error = #expect(throws: StoreError.self) {
      try SharedStore.create(at: "/sys/agentdesk/team.store", configuration: Sample.configuration)
    }
    #expect(error == .readOnly(path: "/sys/agentdesk"))
  }

  @Test func `file systems without shared memory are refused by name`() {
    let table = MountTable(
      """
      22 1 254:0 / / rw,relatime - ext4 /dev/root rw
      40 22 0:51 / /mnt/team\\040files rw,relatime shared:2 - nfs4 server:/export rw
      41 22 0:52 / /mnt/sshfs rw - fuse.sshfs u@h:/ rw
      """)
    #expect(table.fileSystem(of: "/mnt/team files/desk", device: 51) == "nfs4")
    #expect(table.fileSystem(of: "/mnt/sshfs/a", device: 9999) == "fuse.sshfs")
    #expect(table.fileSystem(of: "/home/a", device: 254 << 8) == "ext4")
    #expect(MountTable.refused("nfs4") == "NFS")
    #expect(MountTable.refused("fuse.sshfs") == "FUSE")
    #expect(MountTable.refused("cifs") == "SMB")
    #expect(MountTable.refused("ext4") == nil)
  }

  @Test func `addresses of a store`() throws {
    #expect(try StoreLocation("file:/a/b") == .file("/a/b"))
    #expect(try StoreLocation("file:///a/b") == .file("/a/b"))
    #expect(try StoreLocation("/a/b:c") == .file("/a/b:c"))
    #expect(try StoreLocation.file(at: "b").hasSuffix("/b"))
    #expect(try StoreLocation("unix:/run/x.sock") == .unix("/run/x.sock"))
    let whole = try StoreLocation("ssh://lin@desk.example:2222/srv/team.store")
    #expect(whole.description == "ssh://lin@desk.example:2222/srv/team.store")
    guard case .ssh(let target) = whole else { throw StoreError.unsupportedAddress("") }
    #expect(
      SecureShellLink(target).words.suffix(7) == [
        "-p", "2222", "-l", "lin", "--", "desk.example",
        "agentdesk store connect --store 'file:/srv/team.store'",
      ])
    #expect(try StoreLocation("ssh://[::1]:22").description == "ssh://[::1]:22")
    for address in [
      "https://host/x", "file:", "", "unix:", "ssh://", "ssh://-oProxyCommand=x", "ssh://a b",
      "ssh://-l@host", "ssh://host:0",
      "ssh://host:99999", "ssh://host/a'b", "ssh://user@", "ssh:host", "ssh://ho;st",
    ] {
      #expect(throws: StoreError.unsupportedAddress(address)) { try StoreLocation(address) }
    }
    #expect(throws: StoreError.notAFile(address: "unix:/x")) { try StoreLocation.file(at: "unix:/x") }
  }

  @Test func `attachments are kept once under the digest of their bytes`() throws {
    let test = try TestStore()
    let desk = try test.desk()
    let bytes = Array("abc".utf8)
    let digest = try desk.storeAttachment(bytes)
    #expect(digest == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(try desk.storeAttachment(bytes) == digest)
    #expect(try desk.attachment(digest) == bytes)
    #expect(throws: StoreError.attachmentMissing(digest: "../../etc/passwd")) {
      try desk.attachmentFile("../../etc/passwd")
    }
    #expect(throws: StoreError.attachmentTooLarge(limit: 64 << 20, size: 64 << 20 | 1)) {
      try desk.storeAttachment([UInt8](repeating: 0, count: 64 << 20 | 1))
    }
  }

  @Test func `a bulk load is all or nothing, and a new desk has it with its counters`() throws {
    let test = try TestStore()
    let customer = Customer(id: "c1", name: "王晓芳", version: 1)
    func batch(_ numbers: Range<Int>) -> [Change] {
      numbers.flatMap { number -> [Change] in
        var ticket = Ticket(
          id: TicketID("t\(number)"), customer: "c1", zone: "billing", subject: "多扣费 \(number)",
          channel: .phone,
          createdAt: test.clock.now, createdBy: "system")
        ticket.number = TicketNumber(month: "2609", count: Int64(number)).text
        let entry = TimelineEntry(
          id: EntryID("e\(number)"), ticket: ticket.id, at: test.clock.now, author: .customer,
          kind: .customerMessage, body: "漫游")
        return [.ticket(ticket), .entry(entry)]
      }
    }
    struct Stop: Error {}
    let revision = try test.store.revision()
    #expect(throws: Stop.self) {
      try test.store.bulkLoad([[.customer(customer)] + batch(1..<50), batch(50..<99)]) { progress in
        if progress.rows > 120 { throw Stop() }
      }
    }
    #expect(try test.store.revision() == revision)
    try test.store.bulkLoad([[.customer(customer)] + batch(1..<50), batch(50..<100)])
    #expect(try test.store.revision() == revision + 2)
    let desk = try test.desk()
    let counts = try desk.replica.queueCounts(agent: "linxiao", zones: [])
    #expect(counts.waiting == 99)
    let next = try desk.makeTicket(test, customer: "c1")
    #expect(try desk.replica.ticket(next)?.number == "2609-0100")
    #expect(try desk.replica.find("多扣费 42").contains { $0.target == .ticket("t42") })
    try Simulation.checkTally(desk.replica)
  }
}
