import Domain
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Store

/// The real program as a server, killed and stopped while desks work.
@Suite(.serialized) struct ServerProcessTests {
  let test: TestStore
  let ticket: TicketID
  let socket: String

  init() throws {
    test = try TestStore()
    ticket = try test.desk().makeTicket(test, customer: test.desk("tangyue").makeCustomer(test))
    socket = test.folder("sock")
  }

  private func serve() throws -> Process { try test.serve(socket: socket) }

  /// Two desks that save and send until they are told to end; what they saved, in order.
  private final class Work: Sendable {
    private let isOver = Atomic(false)
    private let group = DispatchGroup()
    let desks: [DeskConnection]
    let saved = Mutex<[[String]]>([[], []])

    init(_ test: TestStore, _ ticket: TicketID, socket: String) throws {
      let agents: [AgentID] = ["linxiao", "chenyu"]
      desks = try agents.map { agent in
        try test.desk(
          agent, replica: "\(agent)-served.replica",
          store: RemoteStore.test(UnixLink(path: socket), agent, folder: test.folder("known-\(agent)")))
      }
      for (index, desk) in desks.enumerated() {
        group.enter()
        let thread = Thread { [self] in
          defer { group.leave() }
          var number = 0
          do {
            while !isOver.load(ordering: .acquiring) {
              let note = "n-\(index)-\(number)"
              guard try desk.save(test.ticket(ticket, .note(note), by: agents[index])) == .accepted else {
                return
              }
              saved.withLock { $0[index].append(note) }
              number += 1
              _ = try desk.synchronize()
              usleep(1000)
            }
          } catch { Issue.record(error) }
        }
        thread.start()
      }
    }

    var count: Int { saved.withLock { $0.reduce(0) { $0 + $1.count } } }

    func waitForMore(_ more: Int) {
      let (goal, limit) = (count + more, Date(timeIntervalSinceNow: PseudoTerminal.patience))
      while count < goal, Date() < limit { usleep(2000) }
    }

    /// Ends and delivers what waits.
    func end() throws {
      isOver.store(true, ordering: .releasing)
      group.wait()
      let limit = Date(timeIntervalSinceNow: PseudoTerminal.patience)
      for desk in desks {
        while try desk.synchronize().offline != nil || desk.replica.status().queued > 0, Date() < limit {
          usleep(5000)
        }
      }
    }
  }

  private func check(_ work: Work, in store: SharedStore? = nil) throws {
    let notes = try (store ?? test.store).read { db in
      try RowReader(db: db).all("SELECT body FROM entry WHERE body LIKE 'n-%' ORDER BY row") { $0.text(0) }
    }
    let saved = work.saved.withLock { $0 }
    for index in 0..<2 { #expect(notes.filter { $0.hasPrefix("n-\(index)-") } == saved[index]) }
    for desk in work.desks {
      #expect(try desk.replica.status().queued == 0)
      #expect(try desk.replica.notSent().isEmpty)
    }
  }

  @Test func `a server that is killed again and again loses nothing and doubles nothing`() throws {
    var process = try serve()
    let work = try Work(test, ticket, socket: socket)
    var random = SplitMix64(5)
    for _ in 0..<6 {
      work.waitForMore(Int.random(in: 5...60, using: &random))
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
      process = try serve()
    }
    work.waitForMore(20)
    try work.end()
    process.terminate()
    process.waitUntilExit()
    try check(work)
  }

  @Test func `a server that is asked to end finishes what it accepted`() throws {
    var process = try serve()
    let work = try Work(test, ticket, socket: socket)
    for _ in 0..<3 {
      work.waitForMore(30)
      process.terminate()
      process.waitUntilExit()
      #expect(process.terminationReason == .exit)
      #expect(process.terminationStatus == 0)
      process = try serve()
    }
    try work.end()
    process.terminate()
    process.waitUntilExit()
    try check(work)
    #expect(access(socket, F_OK) != 0, "the socket is gone with the server")
  }

  @Test func `commands on the file, a second server and a link to it take nothing from those who are served`()
    throws
  {
    let home = try ProgramHome()
    // Nobody but the server may hold the file: a lock of this process would hide that the server has none.
    test.store.close()
    let process = try serve()
    let work = try Work(test, ticket, socket: socket)
    work.waitForMore(20)
    let link = test.folder("link.store")
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: test.store.path)
    for path in [test.store.path, link] {
      let second = try home.run("store", "serve", "--store", "file:" + path, "--socket", test.folder("other"))
      #expect(second.code == 3)
      #expect(second.errors.contains("serves"), "\(second.errors)")
    }
    home.environment["AGENTDESK_AGENT"] = "linxiao"
    for command in [
      ["store", "status"], ["store", "check"], ["store", "audit", "verify"], ["ticket", "list"],
    ] {
      let result = try home.run(command + ["--store", "file:" + test.store.path])
      #expect(result.code == 0, "\(command): \(result.errors)")
      work.waitForMore(10)
    }
    let log = try FileManager.default.attributesOfItem(atPath: test.store.path + "-wal")
    #expect(log[.referenceCount] as? Int == 1, "the log that the server writes is the one that has a name")
    work.waitForMore(20)
    try work.end()
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    let store = try SharedStore(path: test.store.path)
    defer { store.close() }
    try check(work, in: store)
    #expect(try store.verifyAudit().findings.isEmpty)
  }

  @Test
  func
    `a store that is restored while it is served keeps its new history, and desks bring back what it lacks`()
    throws
  {
    let home = try ProgramHome()
    test.store.close()
    let process = try serve()
    let work = try Work(test, ticket, socket: socket)
    work.waitForMore(20)
    let file = "file:" + test.store.path
    let backup = test.folder("backup.store")
    #expect(try home.run("store", "backup", backup, "--store", file).code == 0)
    work.waitForMore(20)
    let restored = try home.run("store", "restore", backup, "--replace", "--store", file)
    #expect(restored.code == 0, "\(restored.errors)")
    work.waitForMore(20)
    try work.end()
    process.terminate()
    process.waitUntilExit()
    let store = try SharedStore(path: test.store.path)
    defer { store.close() }
    #expect(try store.beginning().epoch > 1)
    try check(work, in: store)
    #expect(try store.verifyAudit().findings.isEmpty)
  }

  @Test func `commands work over the socket, name the counters, and do nothing when nobody answers`() throws {
    let home = try ProgramHome()
    let process = try serve()
    let store = "unix:" + socket
    home.environment["AGENTDESK_AGENT"] = "linxiao"
    let list = try home.run("ticket", "list", "--store", store, "--json")
    #expect(list.code == 0, "\(list.errors)")
    #expect(list.lines.count == 1)
    let number = try #require(list.lines.first?["number"] as? String)
    #expect(try home.run("ticket", "claim", number, "--store", store).code == 0)
    let status = try #require(try home.run("store", "status", "--store", store, "--json").lines.first)
    #expect(status["store"] as? String == store)
    #expect((status["desks"] as? Int ?? 0) >= 1)
    #expect((status["operations"] as? Int ?? 0) >= 1)
    let second = try home.run("store", "serve", "--store", test.store.path, "--socket", test.folder("other"))
    #expect(second.code == 3)
    #expect(second.errors.contains("serves"), "\(second.errors)")
    process.terminate()
    process.waitUntilExit()
    let away = try home.run("ticket", "note", number, "lost?", "--store", store)
    #expect(away.code == 3)
    #expect(away.errors.contains("cannot be reached"), "\(away.errors)")
    let again = try serve()
    let after = try home.run("ticket", "show", number, "--store", store, "--json")
    #expect(after.code == 0, "\(after.errors)")
    #expect(!after.output.contains("lost?"))
    again.terminate()
    again.waitUntilExit()
  }

  @Test func `a server does what is due, and when it is killed the next one does within the lease`() throws {
    let desk = try test.desk(replica: "holding.replica")
    func hold(_ seconds: Int64) throws -> TicketID {
      let ticket = try desk.makeTicket(
        test, customer: desk.makeCustomer(test, phone: "1381234\(2100 + seconds)"))
      try #require(try desk.submit(test.ticket(ticket, .claim)) == .accepted)
      // The server goes by its own clock.
      let until = Timestamp.now.advanced(seconds: seconds - Steward.grace / 1000)
      try #require(try desk.submit(test.ticket(ticket, .hold(reason: "等", until: until))) == .accepted)
      return ticket
    }
    func state(_ ticket: TicketID) throws -> Ticket.State? {
      try test.store.read { try RowReader(db: $0).ticket(ticket) }?.state
    }
    func isWoken(_ ticket: TicketID) throws -> Bool {
      let limit = Date(timeIntervalSinceNow: PseudoTerminal.patience)
      while try state(ticket) == .pending, Date() < limit { usleep(20_000) }
      return try state(ticket) == .open
    }
    let first = try serve()
    let early = try hold(1)
    #expect(try isWoken(early))
    let late = try hold(0)
    kill(first.processIdentifier, SIGKILL)
    first.waitUntilExit()
    let second = try serve()
    defer {
      second.terminate()
      second.waitUntilExit()
    }
    #expect(try isWoken(late))
    #expect(try test.store.check().problems == [])
    let done = try test.store.read { db in
      try RowReader(db: db).all("SELECT count(*) FROM operation WHERE actor = 'system'") { $0.int(0) }
    }
    #expect(done == [2])
  }

  @Test func `another process that opens and closes the file takes nothing from one that has it open twice`()
    throws
  {
    func log() -> UInt? { StoreFile.inode(test.store.path + "-wal") }
    let second = try test.reopened()
    let desk = try test.desk("chenyu", replica: "twice.replica", store: second)
    #expect(try desk.submit(test.ticket(ticket, .note("一"), by: "chenyu")) == .accepted)
    let before = try #require(log())
    let home = try ProgramHome()
    for number in 0..<3 {
      // It looks, and is the last to close as far as it can see.
      #expect(try home.run("store", "check", "--store", test.store.path).code == 0)
      #expect(log() == before)
      #expect(try desk.submit(test.ticket(ticket, .note("\(number)"), by: "chenyu")) == .accepted)
      let seen = try home.run("store", "shell", "--store", test.store.path, "SELECT max(rev) FROM operation")
      #expect(seen.output.contains("\(try test.store.revision())"))
    }
  }

  @Test func `who somebody is and what they may is refused with code 1, a store that is away with code 3`()
    throws
  {
    let home = try ProgramHome()
    func code(_ arguments: String...) throws -> Int32 {
      try home.run(["ticket", "list", "--lang", "en", "--replica", home.file("r.replica")] + arguments).code
    }
    let server = try TestServer(test, name: "mine")
    #expect(try code("--store", "unix:" + server.socket, "--agent", "nobody") == 1)
    #expect(try code("--store", "unix:" + server.socket, "--agent", "linxiao") == 0)
    server.stop()
    #expect(try code("--store", "unix:" + server.socket, "--agent", "linxiao") == 3)
    // Of somebody else: whoever comes needs a seat, and has that one alone.
    let other = try TestServer(test, owner: getuid() + 1, name: "other")
    defer { other.stop() }
    #expect(try code("--store", "unix:" + other.socket, "--agent", "linxiao") == 1)
    try Seats(store: test.store.path).authorize(user: "\(getuid())", as: "linxiao")
    #expect(try code("--store", "unix:" + other.socket, "--agent", "chenyu") == 1)
    #expect(try code("--store", "unix:" + other.socket, "--agent", "linxiao") == 0)
  }
}
