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

  /// Starts `agentdesk store serve` and waits until somebody answers.
  private func serve() throws -> Process {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: BuiltProgram.path("agentdesk"))
    process.arguments = [
      "store", "serve", "--store", "file:" + test.store.path, "--socket", socket, "--lang", "en",
    ]
    process.environment = [
      "AGENTDESK_HOME": test.folder.path, "AGENTDESK_RESOURCES": Program.checkout + "/Resources",
      "PATH": "/usr/bin:/bin",
    ]
    process.standardError = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    let limit = Date(timeIntervalSinceNow: 60)
    while Date() < limit {
      if let end = try? UnixLink(path: socket).open() {
        end.cut()
        return process
      }
      usleep(20_000)
    }
    process.terminate()
    throw StoreError.busy(path: socket)
  }

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
      let (goal, limit) = (count + more, Date(timeIntervalSinceNow: 60))
      while count < goal, Date() < limit { usleep(2000) }
    }

    /// Ends and delivers what waits.
    func end() throws {
      isOver.store(true, ordering: .releasing)
      group.wait()
      let limit = Date(timeIntervalSinceNow: 60)
      for desk in desks {
        while try desk.synchronize().offline != nil || desk.replica.status().queued > 0, Date() < limit {
          usleep(5000)
        }
      }
    }
  }

  private func check(_ work: Work) throws {
    let notes = try test.store.read { db in
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
    var random = SeededRandom(5)
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
    func isWoken(_ ticket: TicketID, within seconds: Double) throws -> Bool {
      let limit = Date(timeIntervalSinceNow: seconds)
      while try state(ticket) == .pending, Date() < limit { usleep(20_000) }
      return try state(ticket) == .open
    }
    let first = try serve()
    let early = try hold(1)
    #expect(try isWoken(early, within: 20))
    let late = try hold(0)
    kill(first.processIdentifier, SIGKILL)
    first.waitUntilExit()
    let second = try serve()
    defer {
      second.terminate()
      second.waitUntilExit()
    }
    #expect(try isWoken(late, within: 20))
    #expect(try test.store.check().problems == [])
    let done = try test.store.read { db in
      try RowReader(db: db).all("SELECT count(*) FROM operation WHERE actor = 'system'") { $0.int(0) }
    }
    #expect(done == [2])
  }
}
