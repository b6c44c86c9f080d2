import Domain
import Foundation
import TestSupport
import Testing

@testable import Store

/// What somebody with access to the socket may try: refused with an error where that is possible, logged, and no harm to others.
struct HostileClientTests {
  let test: TestStore
  let server: TestServer
  let ticket: TicketID

  init() throws {
    test = try TestStore()
    server = try TestServer(test)
    ticket = try test.desk().makeTicket(test, customer: test.desk("tangyue").makeCustomer(test))
  }

  /// Everybody else still works.
  private func othersWork() throws {
    let desk = try test.desk(
      "chenyu", replica: "\(UUID().uuidString).replica", store: server.remote("chenyu"))
    #expect(try desk.submit(test.ticket(ticket, .note("still here"), by: "chenyu")) == .accepted)
    desk.close()
    desk.store.close()
  }

  private func push(_ stranger: Stranger, desk: String, _ sequence: Int64, _ operation: Domain.Operation)
    throws
  {
    let envelope = try Envelope(store: test.store.id, desk: desk, sequence: sequence, operation: operation)
    stranger.send(
      try WireFrame(
        .push, number: UInt32(truncatingIfNeeded: sequence),
        PushRequest(store: test.store.id, epoch: 1, envelopes: [envelope])))
  }

  @Test func `random bytes close the connection and harm nobody`() throws {
    defer { server.stop() }
    var random = SplitMix64(11)
    for round in 0..<60 {
      let stranger = try server.stranger()
      if round % 2 == 0 { try stranger.hello("linxiao") }
      var bytes = (0..<Int.random(in: 1...4000, using: &random)).map { _ in
        UInt8.random(in: 0...255, using: &random)
      }
      if round % 3 == 0 {
        // A frame that is right outside and nonsense inside.
        let kind = WireFrame.Kind(rawValue: UInt8.random(in: 1...10, using: &random)) ?? .push
        bytes = WireFrame(kind, number: 7, body: bytes).bytes
      } else {
        bytes[0] = 0xFF
      }
      stranger.send(bytes)
      if round % 3 != 0 || round % 2 == 1 { #expect(try stranger.end() != nil) }
    }
    try othersWork()
  }

  @Test func `lengths, kinds and order are checked`() throws {
    defer { server.stop() }
    let wrong: [(bytes: [UInt8], fault: WireFault)] = [
      ([0x7F, 0xFF, 0xFF, 0xFF, 2], .length), ([0, 0, 0, 4, 1, 0, 0, 0], .length),
      ([0, 0, 0, 5, 200, 0, 0, 0, 1], .kind), (WireFrame(.news, body: Array("{}".utf8)).bytes, .kind),
      (try WireFrame(.hello, number: 3, Hello(protocol: 1, program: "")).bytes, .order),
      (WireFrame(.pull, number: 3, body: Array("{}".utf8)).bytes, .body),
      (WireFrame(.pull, number: 3, body: Array(String(repeating: "[", count: 5000).utf8)).bytes, .body),
    ]
    for (bytes, fault) in wrong {
      let stranger = try server.stranger()
      try stranger.hello("linxiao")
      stranger.send(bytes)
      #expect(try stranger.end() == .wrongFrame(fault), "\(fault)")
    }
    let early = try server.stranger()
    early.send(try WireFrame(.people, number: 1, Nothing()))
    #expect(try early.end() == .wrongFrame(.order))
    let large = try server.stranger()
    large.send(WireFrame(.hello, number: 1, body: [UInt8](repeating: 0x20, count: 70_000)).bytes)
    #expect(try large.end() == .wrongFrame(.length))
    let old = try server.stranger()
    #expect(throws: StoreError.otherProtocol(found: 1, known: 99)) { try old.hello("linxiao", number: 99) }
    #expect(server.logged.contains("event=refused error=wrongFrame"))
    try othersWork()
  }

  @Test func `numbers at the end of their range overflow nothing`() throws {
    defer { server.stop() }
    let stranger = try server.stranger()
    try stranger.hello("linxiao")
    for (number, cursor) in [Int64.max, .min, -1, 0].enumerated() {
      for (place, limit) in [Int64.max, .min, 0].enumerated() {
        let request = PullRequest(
          store: test.store.id, epoch: 1, schema: .max, scope: .everything, cursor: cursor, limit: limit)
        stranger.send(try WireFrame(.pull, number: UInt32(10 + number * 4 + place), request))
        #expect(try stranger.answer(.pulled) != nil)
      }
    }
    for (number, after) in [Int64.max, .min].enumerated() {
      for kind in [Int64.max, 0, 6] {
        stranger.send(
          try WireFrame(
            .fill, number: UInt32(100 + number), FillRequest(kind: kind, after: after, head: .max)))
        #expect(try stranger.answer(.filled) != nil)
      }
    }
    for (number, at) in [Int64.max, .min].enumerated() {
      var operation = test.ticket(ticket, .hold(reason: "x", until: Timestamp(milliseconds: at)))
      operation.at = Timestamp(milliseconds: at)
      operation.basedOn = at
      try push(stranger, desk: "linxiao-ZZ", Int64(number + 1), operation)
      #expect(try stranger.answer(.pushed) != nil)
    }
    try push(stranger, desk: "linxiao-ZZ", .max, test.ticket(ticket, .note("x")))
    #expect(try (stranger.answer(.pushed)?.value() as PushReply?)?.sendFrom == 3)
    try othersWork()
  }

  @Test func `nobody acts under another name`() throws {
    defer { server.stop() }
    let actor = try server.stranger()
    try actor.hello("linxiao")
    try push(actor, desk: "linxiao-AA", 1, test.ticket(ticket, .note("forged"), by: "chenyu"))
    #expect(try actor.end() == .otherAgent(expected: "linxiao", found: "chenyu"))
    for desk in ["chenyu-AA", "linxiao-", "linxiao-x-AA", "linxiao"] {
      let stranger = try server.stranger()
      try stranger.hello("linxiao")
      try push(stranger, desk: desk, 1, test.ticket(ticket, .note("forged")))
      #expect(try stranger.end() == .otherAgent(expected: "linxiao", found: AgentID(desk)))
    }
    let system = try server.stranger()
    try system.hello("linxiao")
    try push(system, desk: "linxiao-AA", 1, test.ticket(ticket, .note("forged"), by: Agent.system.id))
    #expect(try system.end() == .otherAgent(expected: "linxiao", found: Agent.system.id))
    let look = try server.stranger()
    try look.hello("linxiao")
    look.send(try WireFrame(.look, LookRequest(desk: "chenyu-AA", ticket: ticket, isTyping: true)))
    #expect(try look.end() == .otherAgent(expected: "linxiao", found: "chenyu-AA"))
    let nobody = try server.stranger()
    #expect(throws: StoreError.unknownAgent("mallory")) { try nobody.hello("mallory") }
    let forged = try test.store.read { db in
      try RowReader(db: db).all("SELECT 1 FROM operation WHERE payload LIKE '%forged%'") { $0.int(0) }
    }
    #expect(forged.isEmpty)
    #expect(server.logged.contains("agent=linxiao event=refused error=otherAgent"))
    try othersWork()
  }

  @Test func `an operation cannot hide under the id of another`() throws {
    defer { server.stop() }
    let stranger = try server.stranger()
    try stranger.hello("linxiao")
    let real = test.ticket(ticket, .note("real"))
    var envelope = try Envelope(store: test.store.id, desk: "linxiao-AA", sequence: 1, operation: real)
    envelope.id = "another"
    stranger.send(
      try WireFrame(.push, number: 5, PushRequest(store: test.store.id, epoch: 1, envelopes: [envelope])))
    #expect(throws: StoreError.operationReused("another")) { try stranger.answer(.pushed) }
    try othersWork()
  }

  @Test func `operations beyond one's rights are refused with the right that is missing, and recorded`()
    throws
  {
    defer { server.stop() }
    let stranger = try server.stranger()
    try stranger.hello("linxiao")
    let boss = Agent(id: "boss", number: "9", name: Sample.text("boss"), team: "care", roles: [.admin])
    try push(stranger, desk: "linxiao-AA", 1, test.operation("linxiao", .agent("boss", .define(boss))))
    let reply: PushReply? = try stranger.answer(.pushed)?.value()
    #expect(reply?.answers.map(\.outcome) == [.refused(.missingRight(.managePeople))])
    #expect(try !test.store.agents().contains { $0.id == "boss" })
  }

  @Test func `a user without a seat stays outside, and one with a seat is who the seat says`() throws {
    server.stop()
    // The store belongs to somebody else now: this process is an ordinary user.
    let other = try TestServer(test, owner: getuid() + 1, name: "o")
    defer { other.stop() }
    #expect(throws: StoreError.notAuthorized(user: Int64(getuid()))) { try other.stranger().hello("linxiao") }
    #expect(throws: StoreError.notAuthorized(user: Int64(getuid()))) { try other.stranger().hello(nil) }
    try Seats(store: test.store.path).authorize(user: "\(getuid())", as: "chenyu")
    #expect(throws: StoreError.otherAgent(expected: "chenyu", found: "linxiao")) {
      try other.stranger().hello("linxiao")
    }
    #expect(throws: StoreError.otherAgent(expected: "chenyu", found: "system")) {
      try other.stranger().hello("system")
    }
    let welcome = try other.stranger().hello(nil)
    #expect(welcome.agent == "chenyu")
    #expect(!welcome.mayNameOthers)
    chmod(test.store.path + ".seats", 0o666)
    #expect(throws: StoreError.writableByOthers(path: test.store.path + ".seats")) {
      try other.stranger().hello(nil)
    }
  }

  @Test func `the owner without a seat names somebody later, and until then may only ask who is there`()
    throws
  {
    defer { server.stop() }
    let stranger = try server.stranger()
    #expect(try stranger.hello(nil).agent == nil)
    stranger.send(try WireFrame(.people, number: 2, Nothing()))
    #expect(try (stranger.answer(.peopleAnswer)?.value() as PeopleReply?)?.agents.count == 4)
    #expect(try stranger.hello("chenyu").agent == "chenyu")
    stranger.send(try WireFrame(.hello, number: 3, Hello(protocol: 1, program: "", agent: "linxiao")))
    #expect(try stranger.end() == .wrongFrame(.order))
    let early = try server.stranger()
    try early.hello(nil)
    try push(early, desk: "linxiao-AA", 1, test.ticket(ticket, .note("x")))
    #expect(try early.end() == .wrongFrame(.order))
  }

  @Test
  func `a flood is read no faster than it is answered, and whoever reads nothing does not fill the memory`()
    throws
  {
    defer { server.stop() }
    let stranger = try server.stranger()
    try stranger.hello("linxiao")
    let request = PullRequest(
      store: test.store.id, epoch: 1, schema: 1, scope: .everything, cursor: 0, limit: 1000)
    let thread = Thread {
      for number in 2..<20_000 {
        guard let frame = try? WireFrame(.pull, number: UInt32(number), request) else { return }
        stranger.send(frame.bytes)
      }
    }
    thread.start()
    usleep(300_000)
    try othersWork()
    let status = try server.remote("chenyu").serverStatus()
    #expect(status.waiting <= 16)
    // It reads at last, and everything comes.
    for _ in 0..<200 { #expect(try stranger.answer(.pulled) != nil) }
  }

  @Test func `more connections than there is room for are turned away`() throws {
    server.stop()
    let small = try TestServer(test, mostConnections: 2, name: "small")
    defer { small.stop() }
    let one = try small.remote()
    let two = try small.remote("chenyu")
    #expect(throws: StoreError.overloaded) { try small.stranger().hello("linxiao") }
    one.close()
    let limit = Date(timeIntervalSinceNow: PseudoTerminal.patience)
    var three: RemoteStore?
    while three == nil, Date() < limit { three = try? small.remote("tangyue") }
    #expect(three?.agent == "tangyue")
    withExtendedLifetime(two) {}
  }

  @Test func `half a frame and then silence ends after a while, and so does saying nothing`() throws {
    server.stop()
    let short = try TestServer(test, name: "short", patience: .init(hello: 1, frame: 2, stall: 2))
    defer { short.stop() }
    let silent = try short.stranger()
    let half = try short.stranger()
    try half.hello("linxiao")
    half.send([0, 0, 1, 0, 2, 0])
    let quiet = try short.remote("chenyu")
    #expect(try silent.end() == .wrongFrame(.silence))
    #expect(try half.end() == .wrongFrame(.silence))
    // Who has said hello and waits for news may be silent.
    #expect(try quiet.revision() > 0)
    #expect(quiet.isConnected)
  }
}
