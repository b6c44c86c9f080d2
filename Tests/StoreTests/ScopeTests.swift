import Domain
import Testing

@testable import Store

/// What a desk gets that does not want everything.
struct ScopeTests {
  private let test: TestStore
  private let desk: DeskConnection

  init() throws {
    test = try TestStore()
    desk = try test.desk("tangyue")
  }

  private func ticket(_ zone: ZoneID, phone: String) throws -> TicketID {
    try desk.makeTicket(test, customer: desk.makeCustomer(test, phone: phone), zone: zone)
  }

  private func pull(_ scope: DeskScope, after cursor: Int64 = 0) throws -> PullReply {
    try test.store.pull(
      PullRequest(
        store: test.store.id, epoch: 1, schema: 1, scope: .desk(scope), cursor: cursor, limit: 1000))
  }

  private func keys(_ items: [PullReply.Item], _ kind: Row.Kind) -> Set<String> {
    Set(items.map(\.row.key).filter { $0.kind == kind }.map(\.id))
  }

  private var billing: DeskScope {
    DeskScope(agent: "linxiao", zones: ["billing"], since: test.clock.now.advanced(seconds: -86_400))
  }

  @Test func `a desk gets the open tickets of its zones with what belongs to them, and all configuration`()
    throws
  {
    let mine = try ticket("billing", phone: "13800000001")
    let other = try ticket("broadband", phone: "13800000002")
    let reply = try pull(billing)
    #expect(keys(reply.items, .ticket) == [mine.text])
    #expect(keys(reply.items, .customer).count == 1)
    #expect(
      reply.items.allSatisfy {
        if case .entry(let entry) = $0.row { entry.ticket == mine } else { true }
      })
    let whole = try test.store.pull(
      PullRequest(store: test.store.id, epoch: 1, schema: 1, scope: .everything, cursor: 0, limit: 1000))
    #expect(keys(reply.items, .configuration) == keys(whole.items, .configuration))
    #expect(keys(reply.items, .agent) == keys(whole.items, .agent))
    #expect(reply.newCursor == whole.newCursor)
    #expect(reply.evictions == [other])
  }

  @Test func `a ticket that goes to another zone is evicted, and comes back with its customer`() throws {
    let id = try ticket("billing", phone: "13800000001")
    let cursor = try pull(billing).newCursor
    #expect(
      try desk.submit(
        test.ticket(id, .transfer(zone: "broadband", team: nil, agent: nil, note: "宽带"), by: "tangyue"))
        == .accepted)
    let gone = try pull(billing, after: cursor)
    #expect(gone.evictions == [id])
    #expect(keys(gone.items, .ticket).isEmpty)
    #expect(keys(gone.items, .entry).isEmpty)
    #expect(
      try desk.submit(
        test.ticket(id, .transfer(zone: "billing", team: nil, agent: nil, note: "还是计费"), by: "tangyue"))
        == .accepted)
    let back = try pull(billing, after: gone.newCursor)
    #expect(keys(back.items, .ticket) == [id.text])
    #expect(keys(back.items, .customer).count == 1)
    #expect(back.evictions == [])
  }

  @Test func `one's own ticket stays in the scope whatever its zone, and a done one for a while`() throws {
    let id = try ticket("broadband", phone: "13800000001")
    #expect(try desk.submit(test.ticket(id, .claim, by: "tangyue")) == .accepted)
    var scope = billing
    scope.agent = "tangyue"
    #expect(keys(try pull(scope).items, .ticket) == [id.text])
    #expect(
      try desk.submit(test.ticket(id, .setFields(["period": "2026-10"]), by: "tangyue")) == .accepted)
    let version = try desk.replica.version(of: id)
    #expect(
      try desk.submit(
        test.ticket(
          id, .close(disposition: "refunded", Closing(text: "已退费", mode: .template)), by: "tangyue",
          basedOn: version)) == .accepted)
    #expect(keys(try pull(scope).items, .ticket) == [id.text])
    test.clock.advance(seconds: 1)
    scope.since = test.clock.now
    #expect(keys(try pull(scope).items, .ticket).isEmpty)
  }

  private func fetch(_ subject: FetchRequest.Subject) throws -> FetchReply {
    try test.store.fetch(FetchRequest(store: test.store.id, epoch: 1, subject: subject))
  }

  @Test func `what is outside the scope is fetched by key, number, identity and customer`() throws {
    let id = try ticket("broadband", phone: "13800000001")
    #expect(try desk.submit(test.ticket(id, .note("备注"), by: "tangyue")) == .accepted)
    let number = try #require(try desk.replica.ticket(id)?.number)
    let customer = try #require(try desk.replica.ticket(id)?.customer)
    for subject in [FetchRequest.Subject.ticket(id, entriesBefore: nil), .ticketNumber(number)] {
      let reply = try fetch(subject)
      #expect(keys(reply.items, .ticket) == [id.text])
      #expect(keys(reply.items, .customer) == [customer.text])
      #expect(keys(reply.items, .identity).count == 1)
      #expect(keys(reply.items, .entry).count >= 2)
      #expect(keys(reply.items, .contact).count == 1)
      #expect(reply.head == (try test.store.revision()))
      #expect(!reply.hasMore)
    }
    for subject in [
      FetchRequest.Subject.customer(customer, ticketsBefore: nil),
      .identity(.phone, normalized: Identity.normalize("13800000001", kind: .phone)),
    ] {
      let reply = try fetch(subject)
      #expect(keys(reply.items, .customer) == [customer.text])
      #expect(keys(reply.items, .ticket) == [id.text])
    }
    #expect(try fetch(.ticketNumber("2609-9999")).items.isEmpty)
    #expect(try fetch(.record("none")).items.isEmpty)
  }

  @Test func `a long timeline comes in parts, newest first, none twice`() throws {
    let id = try ticket("billing", phone: "13800000001")
    let notes = (0..<450).map { Action.ticket(id, .note("备注 \($0)")) }
    var delivery = BulkDelivery(desk, identifiers: test.identifiers)
    _ = try delivery.send(notes.map { test.operation("tangyue", $0) })
    var before: Int64?
    var found: [String] = []
    while true {
      let reply = try fetch(.ticket(id, entriesBefore: before))
      let entries = reply.items.filter { $0.row.key.kind == .entry }
      before = entries.first?.place
      found = entries.map(\.row.key.id) + found
      if !reply.hasMore { break }
    }
    #expect(found.count == Set(found).count)
    #expect(found.count >= 450)
    let order = try test.store.read { db in
      try RowReader(db: db).all("SELECT id FROM entry WHERE ticket = ? ORDER BY row", key: id.text) {
        $0.text(0)
      }
    }
    #expect(found == order)
  }

  @Test func `a scope is written as it always was, or as an object`() throws {
    #expect(try JSON.text([PullScope.everything]) == #"["everything"]"#)
    let scope = PullScope.desk(billing)
    #expect(try JSON.value(try JSON.text([scope]), as: [PullScope].self) == [scope])
    #expect(throws: (any Error).self) { try JSON.value(#"["nothing"]"#, as: [PullScope].self) }
  }
}
