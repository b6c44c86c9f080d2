import Domain
import Testing

@testable import Store

/// A desk that keeps a part of the store.
struct DeskScopeTests {
  private let test: TestStore
  /// Keeps everything and does the work.
  private let lead: DeskConnection

  init() throws {
    test = try TestStore()
    lead = try test.desk("tangyue")
  }

  private func desk(
    _ zones: Set<ZoneID> = ["billing"], days: Int = 3, through service: (any StoreService)? = nil
  )
    throws -> DeskConnection
  {
    let clock = test.clock
    return try DeskConnection(
      store: service ?? test.store, replica: Replica(path: test.folder("part.replica")), agent: "linxiao",
      now: { clock.now }, identifiers: test.identifiers,
      window: DeskWindow(agent: "linxiao", zones: zones, days: days))
  }

  private func ticket(_ zone: ZoneID, _ name: String = "王晓芳", phone: String) throws -> TicketID {
    try lead.makeTicket(
      test, customer: lead.makeCustomer(test, name, phone: phone), zone: zone, message: "路由器闪红灯")
  }

  private func transfer(_ id: TicketID, to zone: ZoneID) throws {
    #expect(
      try lead.submit(
        test.ticket(id, .transfer(zone: zone, team: nil, agent: nil, note: "转"), by: "tangyue")) == .accepted)
  }

  private func close(_ id: TicketID) throws {
    #expect(try lead.submit(test.ticket(id, .claim, by: "tangyue")) == .accepted)
    #expect(try lead.submit(test.ticket(id, .setFields(["period": "2026-10"]), by: "tangyue")) == .accepted)
    #expect(
      try lead.submit(
        test.ticket(
          id, .close(disposition: "refunded", Closing(text: "已退费", mode: .template)), by: "tangyue",
          basedOn: lead.replica.version(of: id))) == .accepted)
  }

  private func rows(_ desk: DeskConnection, _ table: String) throws -> Int {
    try desk.replica.read { try RowReader(db: $0).all("SELECT 1 FROM \(table)") { $0.int(0) }.count }
  }

  @Test func `a new desk is filled with its part, and what leaves it goes with its words`() throws {
    let mine = try ticket("billing", phone: "13800000001")
    _ = try ticket("broadband", "赵敏", phone: "13800000002")
    let desk = try desk()
    #expect(try rows(desk, "ticket") == 1)
    #expect(try rows(desk, "customer") == 1)
    #expect(try !desk.replica.find("路由器").isEmpty)
    try transfer(mine, to: "broadband")
    _ = try desk.synchronize()
    for table in [
      "ticket", "entry", "contact", "customer", "identity", "find_name", "find_tail", "find_ticket",
      "find_block", "find_pending",
    ] {
      #expect(try rows(desk, table) == 0, "\(table)")
    }
    #expect(try desk.replica.find("路由器").isEmpty)
    #expect(try rows(desk, "configuration") == rows(lead, "configuration"))
  }

  @Test func `a ticket that comes into the scope comes with its past`() throws {
    let id = try ticket("broadband", phone: "13800000001")
    for number in 0..<3 { _ = try lead.submit(test.ticket(id, .note("备注 \(number)"), by: "tangyue")) }
    let desk = try desk()
    #expect(try rows(desk, "ticket") == 0)
    try transfer(id, to: "billing")
    _ = try desk.synchronize()
    #expect(try desk.replica.ticketDetail(id) == lead.replica.ticketDetail(id))
    #expect(try rows(desk, "entry") == rows(lead, "entry"))
  }

  @Test func `a ticket that was asked for before it was there comes with its past all the same`() throws {
    let desk = try desk()
    let id: TicketID = test.identifiers.next()
    #expect(try !desk.bring(id))
    let ticket = NewTicket(
      customer: try lead.makeCustomer(test, "王晓芳", phone: "13800000001"), zone: "broadband", subject: "红灯",
      channel: .phone)
    #expect(try lead.submit(test.ticket(id, .create(ticket), by: "tangyue")) == .accepted)
    _ = try lead.submit(test.ticket(id, .note("先前的备注"), by: "tangyue"))
    _ = try desk.synchronize()
    try transfer(id, to: "billing")
    _ = try desk.synchronize()
    #expect(try desk.replica.ticketDetail(id) == lead.replica.ticketDetail(id))
  }

  @Test func `what is done leaves as days pass, though nothing changed`() throws {
    let id = try ticket("billing", phone: "13800000001")
    try close(id)
    let desk = try desk(days: 3)
    #expect(try rows(desk, "ticket") == 1)
    test.clock.advance(seconds: 5 * 86_400)
    _ = try desk.synchronize()
    #expect(try rows(desk, "ticket") == 0)
    #expect(try rows(desk, "customer") == 0)
  }

  @Test func `what has a draft or waits to be sent stays, and is up to date`() throws {
    let id = try ticket("billing", phone: "13800000001")
    let desk = try desk()
    try desk.replica.saveDraft(Draft(ticket: id, slot: .note, body: "还没写完", savedAt: test.clock.now))
    try transfer(id, to: "broadband")
    _ = try lead.submit(test.ticket(id, .note("别人的备注"), by: "tangyue"))
    _ = try desk.synchronize()
    #expect(try desk.replica.ticketDetail(id) == lead.replica.ticketDetail(id))
    try desk.replica.deleteDraft(DraftKey(ticket: id, slot: .note))
    _ = try lead.submit(test.ticket(id, .note("再一条"), by: "tangyue"))
    _ = try desk.synchronize()
    #expect(try desk.replica.ticket(id) == nil)
  }

  @Test func `what is not here is brought when it is opened or looked for, and goes when it changes`() throws
  {
    let id = try ticket("broadband", "赵敏", phone: "13800000002")
    let number = try #require(try lead.replica.ticket(id)?.number)
    for query in ["13800000002", "赵敏", number] {
      let desk = try desk()
      defer {
        desk.close()
        for suffix in ["", "-wal", "-shm", ".lock"] { unlinkFile(test.folder("part.replica") + suffix) }
      }
      #expect(try desk.replica.find(query).isEmpty)
      #expect(try desk.bring(named: query))
      #expect(try !desk.replica.find(query).isEmpty, "\(query)")
      #expect(try !desk.replica.isWhole(id))
      #expect(try desk.bring(id))
      #expect(try desk.replica.ticketDetail(id) == lead.replica.ticketDetail(id))
      #expect(try !desk.bring(id))
      _ = try lead.submit(test.ticket(id, .note("变了"), by: "tangyue"))
      _ = try desk.synchronize()
      #expect(try desk.replica.ticket(id) == nil)
      #expect(try desk.replica.find(number).isEmpty)
    }
  }

  @Test func `another scope brings what was missing and drops what is too much`() throws {
    let first = try ticket("billing", phone: "13800000001")
    let second = try ticket("broadband", phone: "13800000002")
    var desk = try desk(["billing"])
    #expect(try desk.replica.ticket(first) != nil)
    desk.close()
    desk = try self.desk(["broadband"])
    #expect(try desk.replica.ticket(first) == nil)
    #expect(try desk.replica.ticketDetail(second) == lead.replica.ticketDetail(second))
  }

  @Test func `a served store answers all of it in frames`() throws {
    let server = try TestServer(test)
    defer { server.stop() }
    let mine = try ticket("billing", phone: "13800000001")
    let other = try ticket("broadband", "赵敏", phone: "13800000002")
    let remote = try server.remote()
    defer { remote.close() }
    let desk = try desk(through: remote)
    #expect(try rows(desk, "ticket") == 1)
    #expect(try desk.bring(named: "赵敏"))
    #expect(try desk.bring(other))
    #expect(try desk.replica.ticketDetail(other) == lead.replica.ticketDetail(other))
    try transfer(mine, to: "broadband")
    _ = try desk.synchronize()
    #expect(try desk.replica.ticket(mine) == nil)
  }

  @Test func `a desk whose program is too old sends, and gets nothing`() throws {
    let id = try ticket("billing", phone: "13800000001")
    let desk = try test.desk("chenyu")
    try test.store.requireSchema(Operation.currentSchema + 1)
    let note = test.ticket(id, .note("还能送出"), by: "chenyu")
    #expect(try desk.save(note) == .accepted)
    let cursor = try desk.replica.cursor()
    #expect(
      try desk.synchronize().offline
        == .programTooOld(found: Operation.currentSchema, needed: Operation.currentSchema + 1))
    #expect(try desk.outcome(of: note.id) == .accepted)
    #expect(try desk.replica.status().queued == 0)
    #expect(try desk.replica.cursor() == cursor)
  }

  @Test func `operations of an older format are brought up to date, and newer ones are not guessed at`()
    throws
  {
    let rules = OldProgram.rules
    let note = test.ticket("t", .note("旧"))
    let envelope = try Envelope(store: test.store.id, desk: "d", sequence: 1, operation: note)
    let old = try OldProgram.envelope(envelope)
    #expect(old.payload != envelope.payload)
    #expect(try rules.operation(old.payload, schema: old.schema) == note)
    #expect(
      throws: StoreError.otherSchema(found: Operation.currentSchema + 1, known: Operation.currentSchema)
    ) {
      try rules.operation(envelope.payload, schema: Operation.currentSchema + 1)
    }
    #expect(throws: StoreError.otherSchema(found: 0, known: Operation.currentSchema)) {
      try SchemaRules.known.operation(old.payload, schema: 0)
    }
  }
}
