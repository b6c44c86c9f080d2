import Domain
import Foundation
import GRDB
import Synchronization
import Testing

@testable import Store

/// Desk and store in turn.
struct ExchangeTests {
  @Test func `a ticket goes from created to closed and a second desk sees each step`() throws {
    let test = try TestStore()
    let desk = try test.desk("linxiao")
    let other = try test.desk("chenyu", store: test.reopened())
    let customer = try desk.makeCustomer(test)
    let ticket = try desk.makeTicket(test, customer: customer)
    #expect(try other.synchronize().changed.contains(RowKey(.ticket, ticket.text)))
    let shown = try #require(try other.replica.ticket(ticket))
    #expect(shown.state == .new)
    #expect(shown.number == "2609-0001")

    #expect(try desk.submit(test.ticket(ticket, .claim)) == .accepted)
    #expect(try desk.submit(test.ticket(ticket, .note("已核对账单"))) == .accepted)
    #expect(try desk.submit(test.ticket(ticket, .setFields(["period": "2026-10"]))) == .accepted)
    let version = try desk.replica.version(of: ticket)
    let closing = Closing(text: "王女士您好，已退费。", mode: .template)
    #expect(
      try desk.submit(test.ticket(ticket, .close(disposition: "refunded", closing), basedOn: version))
        == .accepted)

    #expect(try other.synchronize().isNews)
    let detail = try #require(try other.replica.ticketDetail(ticket))
    #expect(detail.ticket.state == .closed)
    #expect(detail.entries.contains { $0.kind == .note && $0.body == "已核对账单" })
    #expect(detail.templates.map(\.id) == ["any", "double"])
    #expect(detail.contacts.map(\.state) == [.wrappedUp])
  }

  @Test func `of two desks that claim the same ticket one gets it and the other is told who has it`() throws {
    let test = try TestStore()
    let desk = try test.desk("linxiao")
    let other = try test.desk("chenyu", store: test.reopened())
    let ticket = try desk.makeTicket(test, customer: desk.makeCustomer(test))
    _ = try other.synchronize()
    #expect(try desk.submit(test.ticket(ticket, .claim)) == .accepted)
    #expect(
      try other.submit(test.ticket(ticket, .claim, by: "chenyu")) == .refused(.alreadyOwned(by: "linxiao")))
    #expect(try other.replica.ticket(ticket)?.owner == "linxiao")
    #expect(try other.replica.notSent().isEmpty)
  }

  @Test func `what is saved while the store is away is shown, waits, and arrives`() throws {
    let test = try TestStore()
    let away = AwayTransport(test.store)
    let desk = try test.desk("linxiao", transport: away)
    let ticket = try desk.makeTicket(test, customer: desk.makeCustomer(test))
    away.isAway = true
    #expect(try desk.save(test.ticket(ticket, .note("离线备注"))) == .accepted)
    #expect(try desk.synchronize().offline != nil)
    #expect(try desk.replica.waiting() == SyncStatus(queued: 1, refused: 0, offlineSince: test.clock.now))
    let detail = try #require(try desk.replica.ticketDetail(ticket))
    #expect(detail.isWaitingForStore)
    #expect(detail.entries.last?.body == "离线备注")
    away.isAway = false
    #expect(try desk.synchronize().answered.map(\.outcome) == [.accepted])
    #expect(try desk.replica.waiting() == SyncStatus())
    #expect(try desk.replica.ticketDetail(ticket)?.isWaitingForStore == false)
  }

  @Test func `a refused operation keeps its text on the list of what was not sent until it is dismissed`()
    throws
  {
    let test = try TestStore()
    let away = AwayTransport(test.store)
    let desk = try test.desk("linxiao", transport: away)
    let other = try test.desk("chenyu", store: test.reopened())
    let ticket = try desk.makeTicket(test, customer: desk.makeCustomer(test))
    #expect(try desk.submit(test.ticket(ticket, .claim)) == .accepted)
    #expect(try desk.submit(test.ticket(ticket, .setFields(["period": "2026-10"]))) == .accepted)
    away.isAway = true
    let version = try desk.replica.version(of: ticket)
    let close = test.ticket(
      ticket, .close(disposition: "refunded", Closing(text: "写了很久的结案", mode: .blank)), basedOn: version)
    #expect(try desk.save(close) == .accepted)
    #expect(try desk.replica.ticket(ticket)?.state == .closed)
    _ = try other.synchronize()
    #expect(
      try other.submit(test.ticket(ticket, .receive(message: "等一下", contact: nil), by: "chenyu")) == .accepted
    )
    away.isAway = false
    _ = try desk.synchronize()
    #expect(try desk.replica.ticket(ticket)?.state == .open)
    let notSent = try desk.replica.notSent()
    #expect(notSent.map(\.operation) == [close])
    #expect(try desk.replica.status().refused == 1)
    try desk.replica.dismissNotSent(close.id)
    #expect(try desk.replica.notSent().isEmpty)
  }

  @Test func `an operation that the desk itself sees to be wrong is refused at once and nothing is kept`()
    throws
  {
    let test = try TestStore()
    let desk = try test.desk()
    let ticket = try desk.makeTicket(test, customer: desk.makeCustomer(test))
    try desk.replica.saveDraft(Draft(ticket: ticket, slot: .note, body: " ", savedAt: test.clock.now))
    let empty = test.ticket(ticket, .note(" "))
    #expect(try desk.save(empty, clearing: DraftKey(ticket: ticket, slot: .note)) == .refused(.textMissing))
    #expect(try !desk.replica.hasSaved(empty.id))
    #expect(try desk.replica.drafts().count == 1)
  }

  @Test func `a claim that no store has answered is known after a restart, until it is answered`() throws {
    let test = try TestStore()
    let away = AwayTransport(test.store)
    let desk = try test.desk(transport: away)
    let ticket = try desk.makeTicket(test, customer: desk.makeCustomer(test))
    #expect(try desk.replica.unansweredClaims().isEmpty)
    away.isAway = true
    // A note that says the word is no claim.
    _ = try desk.save(test.ticket(ticket, .note("\"claim\"")))
    let claim = test.ticket(ticket, .claim)
    #expect(throws: StoreError.self) { try desk.submit(claim) }
    #expect(try desk.replica.unansweredClaims() == [claim])
    away.isAway = false
    _ = try desk.synchronize()
    #expect(try desk.replica.outcome(of: claim.id) == .accepted)
    #expect(try desk.replica.unansweredClaims().isEmpty)
  }

  @Test func `saving an operation removes the draft it came from`() throws {
    let test = try TestStore()
    let desk = try test.desk()
    let ticket = try desk.makeTicket(test, customer: desk.makeCustomer(test))
    for slot in [Draft.Slot.note, .reply] {
      try desk.replica.saveDraft(Draft(ticket: ticket, slot: slot, body: "写到一半", savedAt: test.clock.now))
    }
    #expect(
      try desk.save(test.ticket(ticket, .note("写完")), clearing: DraftKey(ticket: ticket, slot: .note))
        == .accepted)
    #expect(try desk.replica.drafts().map(\.slot) == [.reply])
  }

  @Test func `a desk that was killed has its drafts and its outbox when it comes back`() throws {
    let test = try TestStore()
    let away = AwayTransport(test.store)
    let desk = try test.desk(transport: away)
    let ticket = try desk.makeTicket(test, customer: desk.makeCustomer(test))
    away.isAway = true
    #expect(try desk.save(test.ticket(ticket, .note("没发出去"))) == .accepted)
    try desk.replica.saveDraft(Draft(ticket: ticket, slot: .reply, body: "写到一半", savedAt: test.clock.now))
    desk.replica.close()
    let again = try test.desk(replica: "linxiao.replica")
    #expect(try again.replica.drafts().map(\.body) == ["写到一半"])
    #expect(again.desk == desk.desk)
    #expect(try test.store.ledger(of: again.desk).count == 3)
  }

  @Test func `a long outbox is sent in many messages and its refusals leave the screen`() throws {
    let test = try TestStore()
    let away = AwayTransport(test.store)
    let desk = try test.desk(transport: away)
    let other = try test.desk("chenyu", store: test.reopened())
    let ticket = try desk.makeTicket(test, customer: desk.makeCustomer(test))
    _ = try other.synchronize()
    away.isAway = true
    #expect(try desk.save(test.ticket(ticket, .claim)) == .accepted)
    for index in 1..<128 { #expect(try desk.save(test.ticket(ticket, .note("备注 \(index)"))) == .accepted) }
    #expect(try other.submit(test.ticket(ticket, .claim, by: "chenyu")) == .accepted)
    #expect(try desk.replica.ticket(ticket)?.owner == "linxiao")
    away.isAway = false
    let report = try desk.synchronize()
    #expect(report.answered.count == 128)
    #expect(try desk.replica.waiting() == SyncStatus(queued: 0, refused: 1))
    let detail = try #require(try desk.replica.ticketDetail(ticket))
    #expect(detail.ticket.owner == "chenyu")
    #expect(detail.entries.filter { $0.kind == .note }.map(\.body) == (1..<128).map { "备注 \($0)" })
  }

  @Test func `a replica of another store is refused`() throws {
    let test = try TestStore()
    let desk = try test.desk()
    desk.close()
    let other = try SharedStore.create(at: test.folder("other.store"), configuration: Sample.configuration)
    #expect(throws: StoreError.wrongStore(expected: test.store.id, found: other.id)) {
      try test.connection(store: other, replica: Replica(path: desk.replica.path), "linxiao")
    }
  }

  @Test func `somebody who is not in the store cannot open a desk`() throws {
    let test = try TestStore()
    #expect(throws: StoreError.unknownAgent("nobody")) { try test.desk("nobody") }
  }

  @Test func `a second desk of the same person gets a replica with a number`() throws {
    let test = try TestStore()
    let first = try Replica.free(in: test.folder.path, for: "linxiao")
    let second = try Replica.free(in: test.folder.path, for: "linxiao")
    #expect(first.path.hasSuffix("/linxiao.replica"))
    #expect(second.path.hasSuffix("/linxiao-2.replica"))
    let one = try test.connection(store: test.store, replica: first, "linxiao")
    let two = try test.connection(store: test.reopened(), replica: second, "linxiao")
    #expect(one.desk != two.desk)
    #expect(throws: StoreError.replicaInUse(path: first.path)) { try Replica(path: first.path) }
  }

  @Test func `a changed folder reaches other desks as what changed, and agents keep their presence`() throws {
    let test = try TestStore()
    let desk = try test.desk()
    let admin = try test.desk("admin", store: test.reopened())
    #expect(
      try desk.submit(
        test.operation("linxiao", .agent("linxiao", .setPresence(.ready, reason: nil, ticket: nil))))
        == .accepted)
    var set = Sample.configuration
    set.zones[0].name = Sample.text("账单投诉")
    set.articles.removeFirst()
    set.articles.append(Sample.article("porting", "携号转网"))
    set.agents.removeAll { $0.id == "chenyu" }
    #expect(try admin.submit(test.operation("admin", .configuration(.apply(set)))) == .accepted)
    let changed = try desk.synchronize().changed
    #expect(
      changed == [
        RowKey(.configuration, "zone/billing"), RowKey(.configuration, "article/zh-Hans/roaming"),
        RowKey(.configuration, "article/zh-Hans/porting"), RowKey(.agent, "chenyu"),
      ])
    #expect(try desk.replica.zone("billing")?.name.chinese == "账单投诉")
    #expect(try desk.replica.article("roaming", .chinese) == nil)
    #expect(try desk.replica.agent("linxiao")?.presence.state == .ready)
    #expect(try desk.replica.agent("chenyu")?.isActive == false)
    #expect(
      try desk.replica.searchKnowledge("携号", language: .chinese, today: CivilDate("2026-10-01")!).map(\.id)
        == ["porting"])
  }

  @Test func `a removed identity leaves every desk, and comes back when it is added again`() throws {
    let test = try TestStore()
    let desk = try test.desk()
    let other = try test.desk("chenyu", store: test.reopened())
    let customer = try desk.makeCustomer(test)
    let identity = Identity(id: "wx", customer: customer, kind: .wechat, value: "fang_wx")
    for round in 0..<2 {
      #expect(
        try desk.submit(test.operation("linxiao", .customer(customer, .addIdentity(identity)))) == .accepted)
      _ = try other.synchronize()
      #expect(try other.replica.customerProfile(customer)?.identities.count == 2, "round \(round)")
      #expect(
        try desk.submit(test.operation("linxiao", .customer(customer, .removeIdentity("wx")))) == .accepted)
      _ = try other.synchronize()
      #expect(try other.replica.customerProfile(customer)?.identities.count == 1, "round \(round)")
    }
  }

  @Test func `personal data is masked, and clear only for whoever asks after a disclosure`() throws {
    let test = try TestStore()
    let desk = try test.desk()
    let customer = try desk.makeCustomer(test)
    let ticket = try desk.makeTicket(
      test, customer: customer, subject: "号码13812342071多扣费", message: "我是王晓芳，电话13812342071")
    #expect(try desk.submit(test.ticket(ticket, .note("回电 13812342071"))) == .accepted)
    let detail = try #require(try desk.replica.ticketDetail(ticket))
    #expect(detail.ticket.subject == "号码138****2071多扣费")
    #expect(detail.entries.allSatisfy { !$0.body.contains("13812342071") })
    let profile = try #require(detail.customer)
    #expect(profile.customer.name == "王*芳")
    #expect(profile.customer.address == "上海市徐汇区******")
    #expect(profile.identities.map(\.value) == ["138****2071"])
    let page = try desk.replica.queuePage(
      QueueRequest(query: QueueQuery(scope: .waiting), edge: .first, limit: 10))
    #expect(page.rows.map(\.customerName) == ["王*芳"])
    #expect(page.rows.map(\.preview) == ["我是王*芳，电话138****2071"])
    #expect(try desk.replica.clearValue(of: "phone", customer: customer) == "13812342071")
    #expect(try desk.replica.clearValue(of: "name", customer: customer) == "王晓芳")
    #expect(
      try desk.replica.templateValues(ticket: ticket)
        == TemplateValues(customerName: "王晓芳", familyName: "王", phone: "138****2071"))
  }

  @Test func `a merged ticket shows its timeline in the other one, and a merged customer its visits`() throws
  {
    let test = try TestStore()
    let desk = try test.desk("tangyue")
    let (left, right) = (
      try desk.makeCustomer(test, "李雷", phone: "13900000001"),
      try desk.makeCustomer(test, "李磊", phone: "13900000002")
    )
    let first = try desk.makeTicket(test, customer: left, message: "第一次来电")
    let second = try desk.makeTicket(test, customer: right, message: "第二次来电")
    #expect(try desk.submit(test.ticket(second, .merge(into: first), by: "tangyue")) == .accepted)
    #expect(try desk.submit(test.ticket(first, .absorb(second), by: "tangyue")) == .accepted)
    let detail = try #require(try desk.replica.ticketDetail(first))
    #expect(detail.entries.contains { $0.ticket == first && $0.kind == .absorbed(second) })
    #expect(detail.entries.contains { $0.ticket == second && $0.kind == .merged(first) })
    #expect(detail.entries.filter { $0.kind == .customerMessage }.map(\.body) == ["第一次来电", "第二次来电"])
    #expect(try desk.submit(test.operation("tangyue", .customer(right, .merge(into: left)))) == .accepted)
    for id in [left, right] {
      let profile = try #require(try desk.replica.customerProfile(id))
      #expect(profile.customer.id == left)
      #expect(profile.ticketCount == 2)
      #expect(profile.merged.map(\.id) == [right])
      #expect(profile.identities.count == 2)
    }
  }

  @Test func `desks see what others have open and who types, until they look away or vanish`() throws {
    let test = try TestStore()
    let desk = try test.desk("linxiao")
    let other = try test.desk("chenyu", store: test.reopened())
    desk.look(at: "t1", isTyping: true)
    #expect(other.viewers() == [Viewer(agent: "linxiao", ticket: "t1", isTyping: true)])
    #expect(desk.viewers().isEmpty)
    other.look(at: "t1")
    #expect(desk.viewers() == [Viewer(agent: "chenyu", ticket: "t1", isTyping: false)])
    desk.look(at: nil)
    #expect(other.viewers().isEmpty)
    test.clock.advance(seconds: 16)
    #expect(desk.viewers().isEmpty)
  }

  @Test func `a desk that watches takes what others do without being asked`() async throws {
    let test = try TestStore()
    let desk = try test.desk("linxiao")
    let other = try test.desk("chenyu", store: test.reopened())
    let ticket = try desk.makeTicket(test, customer: desk.makeCustomer(test))
    _ = try other.synchronize()
    let (news, continuation) = AsyncStream.makeStream(of: Bool.self)
    try other.startWatching { report in
      if case .success(let report) = report, report.changed.contains(RowKey(.ticket, ticket.text)) {
        continuation.yield(true)
      }
    }
    #expect(try desk.submit(test.ticket(ticket, .claim)) == .accepted)
    for await _ in news { break }
    other.stopWatching()
    #expect(try other.replica.ticket(ticket)?.owner == "linxiao")
  }

  @Test func `a full disk refuses nothing for good: what was saved is sent when there is room`() throws {
    let test = try TestStore()
    let desk = try test.desk()
    let ticket = try desk.makeTicket(test, customer: desk.makeCustomer(test))
    let revision = try test.store.revision()
    let pages = try test.store.limitPages(to: nil)
    _ = try test.store.limitPages(to: pages)
    let long = test.ticket(ticket, .note(String(repeating: "长", count: 200_000)))
    #expect(try desk.save(long) == .accepted)
    #expect(try desk.synchronize().offline == .diskFull(path: test.store.path))
    #expect(try test.store.revision() == revision)
    #expect(try desk.replica.status().queued == 1)
    _ = try test.store.limitPages(to: 1_000_000)
    #expect(try desk.synchronize().answered.map(\.outcome) == [.accepted])
  }
}

/// A way to the store that can be cut.
final class AwayTransport: StoreTransport {
  private let store: SharedStore
  private let away = Mutex(false)

  init(_ store: SharedStore) { self.store = store }

  var isAway: Bool {
    get { away.withLock { $0 } }
    set { away.withLock { $0 = newValue } }
  }

  func push(_ request: PushRequest) throws -> PushReply {
    if isAway { throw StoreError.missing(path: store.path) }
    return try store.push(request)
  }

  func audit(_ request: AuditRequest) throws -> AuditReply {
    if isAway { throw StoreError.missing(path: store.path) }
    return try store.audit(request)
  }

  func fetch(_ request: Store.FetchRequest) throws -> FetchReply {
    if isAway { throw StoreError.missing(path: store.path) }
    return try store.fetch(request)
  }

  func pull(_ request: PullRequest) throws -> PullReply {
    if isAway { throw StoreError.missing(path: store.path) }
    return try store.pull(request)
  }
}

extension SharedStore {
  func ledger(of desk: String) throws -> [String] {
    try read { db in
      try RowReader(db: db).all("SELECT id FROM operation WHERE desk = ? ORDER BY rev", key: desk) {
        $0.text(0)
      }
    }
  }

  /// The file must not grow beyond so many pages; answers how many it has.
  func limitPages(to count: Int64?) throws -> Int64 {
    try queue.writeWithoutTransaction { db in
      if let count { try db.execute(sql: "PRAGMA max_page_count = \(count)") }
      let statement = try Prepared(db, "PRAGMA page_count")
      _ = try statement.step()
      return statement.int(0)
    }
  }
}
