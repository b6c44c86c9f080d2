import Domain
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Store

/// A served store: docs/protocol.md.
struct ServerTests {
  let test: TestStore
  let server: TestServer

  init() throws {
    test = try TestStore()
    server = try TestServer(test)
  }

  private func notes(_ ticket: TicketID) throws -> [String] {
    try test.store.read { db in
      try RowReader(db: db).all(
        "SELECT body FROM entry WHERE ticket = ? AND kind = (SELECT kind FROM entry WHERE body LIKE 'n-%' LIMIT 1) ORDER BY row",
        key: ticket.text
      ) { $0.text(0) }
    }.filter { $0.hasPrefix("n-") }
  }

  @Test func `a desk is filled over a socket and two desks see each other's work at once`() throws {
    defer { server.stop() }
    let local = try test.desk()
    let customer = try local.makeCustomer(test)
    let ticket = try local.makeTicket(test, customer: customer)
    let one = try test.desk("linxiao", replica: "one.replica", store: server.remote("linxiao"))
    let two = try test.desk("chenyu", replica: "two.replica", store: server.remote("chenyu"))
    #expect(try one.replica.ticket(ticket) == local.replica.ticket(ticket))
    #expect(try one.replica.customerProfile(customer)?.identities.count == 1)
    let changes = DispatchSemaphore(value: 0)
    try two.startWatching { _ in changes.signal() }
    defer { two.stopWatching() }
    #expect(try one.submit(test.ticket(ticket, .claim)) == .accepted)
    let limit = Date(timeIntervalSinceNow: PseudoTerminal.patience)
    while try two.replica.ticket(ticket)?.owner != "linxiao", Date() < limit {
      _ = changes.wait(timeout: .now() + 1)
    }
    #expect(try two.replica.ticket(ticket)?.owner == "linxiao")
    let refused = try two.submit(test.ticket(ticket, .claim, by: "chenyu"))
    #expect(refused == .refused(.alreadyOwned(by: "linxiao")))
  }

  @Test func `who looks at what is told to the others and ends with the connection`() throws {
    defer { server.stop() }
    let ticket = try test.desk().makeTicket(test, customer: test.desk("tangyue").makeCustomer(test))
    let one = try test.desk("linxiao", replica: "one.replica", store: server.remote("linxiao"))
    let two = try test.desk("chenyu", replica: "two.replica", store: server.remote("chenyu"))
    func wait(_ holds: ([Viewer]) -> Bool) -> Bool {
      let limit = Date(timeIntervalSinceNow: PseudoTerminal.patience)
      while Date() < limit {
        if holds(two.viewers()) { return true }
        usleep(20_000)
      }
      return false
    }
    one.look(at: ticket, isTyping: true)
    #expect(wait { $0 == [Viewer(agent: "linxiao", ticket: ticket, isTyping: true)] })
    #expect(one.viewers().isEmpty)
    one.store.close()
    #expect(wait(\.isEmpty))
  }

  @Test func `attachments travel in pieces and are checked`() throws {
    defer { server.stop() }
    let remote = try server.remote()
    var random = SplitMix64(3)
    let bytes = (0..<700_001).map { _ in UInt8.random(in: 0...255, using: &random) }
    let digest = try remote.storeAttachment(bytes)
    #expect(try test.store.attachment(digest) == bytes)
    #expect(try remote.attachment(digest) == bytes)
    #expect(try remote.storeAttachment(bytes) == digest)
    let nothing = try remote.storeAttachment([])
    #expect(try remote.attachment(nothing).isEmpty)
    #expect(throws: StoreError.self) { try remote.attachment(String(repeating: "a", count: 64)) }
    #expect(throws: StoreError.self) { try remote.attachment("../../etc/passwd") }
    let stranger = try server.stranger()
    try stranger.hello("linxiao")
    let lie = PutRequest(
      digest: String(repeating: "b", count: 64), size: 3, offset: 0, bytes: Data([1, 2, 3]))
    stranger.send(try WireFrame(.put, number: 2, lie))
    #expect(try stranger.end() == .wrongFrame(.body))
    let files = try FileManager.default.subpathsOfDirectory(atPath: test.store.path + ".files")
    #expect(!files.contains { $0.hasSuffix(".new") || $0.contains("bbbb") })
  }

  @Test func `a store that restarts is found again, and what was saved meanwhile arrives once`() throws {
    let ticket = try test.desk().makeTicket(test, customer: test.desk("tangyue").makeCustomer(test))
    let desk = try test.desk("linxiao", replica: "one.replica", store: server.remote())
    server.stop()
    for number in 0..<5 { #expect(try desk.save(test.ticket(ticket, .note("n-\(number)"))) == .accepted) }
    let report = try desk.synchronize()
    #expect(report.offline != nil)
    #expect(try desk.replica.status().queued == 5)
    #expect(try desk.replica.status().offlineSince != nil)
    let again = try TestServer(test)
    defer { again.stop() }
    let limit = Date(timeIntervalSinceNow: PseudoTerminal.patience)
    while try desk.synchronize().offline != nil, Date() < limit { usleep(10_000) }
    #expect(try desk.replica.status().queued == 0)
    #expect(try desk.replica.status().offlineSince == nil)
    #expect(try notes(ticket) == (0..<5).map { "n-\($0)" })
  }

  @Test func `a desk that was there before begins while the store is away`() throws {
    let folder = test.folder("known")
    try test.desk("linxiao", replica: "one.replica", store: server.remote(folder: folder)).close()
    server.stop()
    #expect(throws: StoreError.self) { try server.remote(folder: folder) }
    let remote = try RemoteStore.test(
      UnixLink(path: server.socket), "linxiao", folder: folder, mayBeAway: true)
    let desk = try test.desk("linxiao", replica: "one.replica", store: remote)
    #expect(try desk.replica.agents().count == 4)
    #expect(try desk.replica.status().offlineSince != nil)
  }

  @Test func `operations of many desks share transactions, and each is answered with its own result`() throws
  {
    defer { server.stop() }
    let ticket = try test.desk().makeTicket(test, customer: test.desk("tangyue").makeCustomer(test))
    let remotes = try (0..<8).map { _ in try server.remote("system") }
    let head = try test.store.revision()
    DispatchQueue.concurrentPerform(iterations: 8) { index in
      let remote = remotes[index]
      do {
        for number in 1...20 {
          let actor: AgentID = index % 2 == 0 ? "linxiao" : "chenyu"
          let operation = test.ticket(ticket, number == 1 ? .claim : .note("n-\(index)-\(number)"), by: actor)
          let envelope = try Envelope(
            store: remote.id, desk: "system-\(index)X", sequence: Int64(number), operation: operation)
          let request = PushRequest(store: remote.id, epoch: 1, envelopes: [envelope])
          let reply = try remote.push(request)
          #expect(reply.answers.map(\.id) == [operation.id])
          #expect(try remote.push(request).answers == reply.answers, "a replay is answered from the ledger")
        }
      } catch { Issue.record(error) }
    }
    #expect(try test.store.revision() == head + 160)
    #expect(try notes(ticket).count == 152)
    let status = try remotes[0].serverStatus()
    #expect(status.operations == 320)
    #expect(status.desks == 8)
    #expect(status.isSteward)
    let claims = try test.store.read { db in
      try RowReader(db: db).all("SELECT result FROM operation WHERE payload LIKE '%\"claim\"%'") {
        $0.text(0)
      }
    }
    #expect(claims.count == 8)
    #expect(claims.filter(\.isEmpty).count == 1)
  }

  @Test func `one bad message of a group is undone alone`() throws {
    defer { server.stop() }
    let ticket = try test.desk().makeTicket(test, customer: test.desk("tangyue").makeCustomer(test))
    func job(_ desk: String, _ sequence: Int64, _ operation: Domain.Operation, epoch: Int64 = 1) throws
      -> PushJob
    {
      let envelope = try Envelope(store: test.store.id, desk: desk, sequence: sequence, operation: operation)
      return PushJob(
        request: PushRequest(store: test.store.id, epoch: epoch, envelopes: [envelope]),
        sender: Sender(agent: "linxiao"))
    }
    let head = try test.store.revision()
    let results = try test.store.push([
      job("linxiao-A", 1, test.ticket(ticket, .note("n-1"))),
      job("chenyu-A", 1, test.ticket(ticket, .note("n-2"))),
      job("linxiao-B", 1, test.ticket(ticket, .note("n-3"), by: "chenyu")),
      job("linxiao-C", 1, test.ticket(ticket, .note("n-4")), epoch: 9),
      job("linxiao-D", 1, test.ticket(ticket, .note("n-5"))),
    ])
    let failures = results.map { result -> StoreError? in
      if case .failure(let error) = result { return error as? StoreError }
      return nil
    }
    #expect(
      failures == [
        nil, .otherAgent(expected: "linxiao", found: "chenyu-A"),
        .otherAgent(expected: "linxiao", found: "chenyu"), nil, nil,
      ])
    let other = try results[3].get()
    #expect(other.epoch == 1 && other.answers.isEmpty, "a message of another epoch is answered with this one")
    #expect(try notes(ticket) == ["n-1", "n-5"])
    #expect(try test.store.revision() == head + 2)
  }

  @Test func `a second server of one store is refused`() throws {
    defer { server.stop() }
    #expect(throws: StoreError.alreadyServed(path: test.store.path)) { try TestServer(test, name: "other") }
    #expect(throws: StoreError.alreadyServed(path: server.socket)) {
      try ServerSocket.listen(at: server.socket, group: false, environment: { _ in nil })
    }
  }

  @Test(arguments: CuttingLink.Direction.allCases)
  func `a link that is cut at any byte, there or back, loses nothing and doubles nothing`(
    _ direction: CuttingLink.Direction
  ) throws {
    defer { server.stop() }
    let ticket = try test.desk().makeTicket(test, customer: test.desk("tangyue").makeCustomer(test))
    let folder = test.folder("known")
    try test.desk("linxiao", replica: "one.replica", store: server.remote(folder: folder)).close()

    /// One conversation: come in, save a note, deliver it, look. Answers the bytes that went over the first link.
    func converse(_ number: Int, cutAfter bytes: Int?) throws -> Int {
      let link = CuttingLink(path: server.socket, direction, after: bytes)
      let remote = try RemoteStore.test(link, "linxiao", folder: folder, mayBeAway: true)
      let desk = try test.desk("linxiao", replica: "one.replica", store: remote)
      defer {
        desk.close()
        remote.close()
      }
      _ = try desk.save(test.ticket(ticket, .note("n-\(number)")))
      let limit = Date(timeIntervalSinceNow: PseudoTerminal.patience)
      while try desk.synchronize().offline != nil || desk.replica.status().queued > 0 {
        guard Date() < limit else { throw StoreError.busy(path: "cut after \(bytes ?? 0)") }
        usleep(2000)
      }
      #expect(try desk.replica.cursor() == test.store.revision())
      return link.carried.load(ordering: .relaxed)
    }

    let whole = try converse(0, cutAfter: nil)
    let isThorough = ProcessInfo.processInfo.environment["AGENTDESK_EVERY_OFFSET"] != nil
    var sent = 1
    for offset in stride(from: 0, through: whole, by: isThorough ? 1 : max(1, whole / 40)) {
      _ = try converse(sent, cutAfter: offset)
      sent += 1
    }
    print("direction=\(direction) bytes=\(whole) cuts=\(sent - 1)")
    #expect(sent > 30)
    #expect(try notes(ticket) == (0..<sent).map { "n-\($0)" })
  }

  @Test func `waits between tries grow from one second to sixty, and differ`() {
    var backoff = Backoff()
    let waits = (0..<9).map { _ in backoff.next(random: 0) }
    #expect(waits == [1, 2, 4, 8, 16, 32, 60, 60, 60])
    backoff.succeeded()
    #expect(backoff.next(random: 0.5) == 1.25)
    #expect(backoff.next(random: 0.999) < 3)
  }

  @Test func `a full disk stands in the log once, and is counted until there is room`() throws {
    defer { server.stop() }
    let ticket = try test.desk().makeTicket(test, customer: test.desk("tangyue").makeCustomer(test))
    let desk = try test.desk("linxiao", replica: "served.replica", store: server.remote())
    let remote = try server.remote("chenyu")
    let before = try remote.serverStatus()
    #expect(before.failedCommits == 0)
    _ = try server.store.limitPages(to: server.store.limitPages(to: nil))
    #expect(
      try desk.save(test.ticket(ticket, .note(String(repeating: "长", count: 200_000)))) == .accepted)
    for _ in 0..<3 { #expect(try desk.synchronize().offline == .diskFull(path: test.store.path)) }
    let full = try remote.serverStatus()
    #expect(full.failedCommits == 3)
    #expect(full.fault == "diskFull")
    #expect(full.commits == before.commits, "what was not written is no commit")
    #expect(desk.replica.trouble == .diskFull(path: test.store.path))
    _ = try server.store.limitPages(to: 1_000_000)
    #expect(try desk.synchronize().answered.map(\.outcome) == [.accepted])
    let after = try remote.serverStatus()
    #expect(after.failedCommits == 3)
    #expect(after.fault == nil)
    let lines = server.logged.split(separator: "\n")
    #expect(lines.filter { $0.contains("event=commit-failed error=diskFull") }.count == 1)
    #expect(lines.filter { $0.contains("event=commit-recovered error=diskFull failed_commits=3") }.count == 1)
  }
}
