import Domain
import Foundation
import GRDB
import Testing

@testable import Store

struct SolvedBeforeTests {
  private static let now = Timestamp(seconds: 1_763_800_000)
  private static let day: Int64 = 86_400

  /// A ticket that was solved so many days ago.
  private static func solved(
    _ id: String, _ subject: String, _ message: String, category: String, template: String?, daysAgo: Int64,
    fields: [String: String] = [:], customer: String = "c1"
  ) -> [Change] {
    let at = Timestamp(seconds: now.milliseconds / 1000 - daysAgo * day)
    var ticket = Ticket(
      id: TicketID(id), customer: CustomerID(customer), zone: "billing-dispute",
      category: CategoryID(category),
      subject: subject, channel: .chat, createdAt: at, createdBy: "linxiao")
    ticket.state = .closed
    ticket.disposition = "refunded"
    ticket.closing = Closing(text: "已处理", mode: .template, template: template.map { TemplateID($0) })
    ticket.closedAt = at
    ticket.fields = fields
    return [.ticket(ticket), .entry(SearchFixture.entry("\(id)-0", of: id, message))]
  }

  private static func open(_ id: String, _ subject: String, _ message: String) -> [Change] {
    SearchFixture.ticket(id, of: "c1", subject: subject, messages: [message])
  }

  private static func query(_ text: String, category: String? = nil, ticket: String? = nil, limit: Int = 5)
    -> SimilarQuery
  {
    SimilarQuery(
      ticket: ticket.map { TicketID($0) }, text: text, zone: "billing-dispute",
      category: category.map { CategoryID($0) }, limit: limit)
  }

  private static func fixture() throws -> SearchFixture {
    let fixture = try SearchFixture()
    var changes = SearchFixture.customer("c1", "王芳", phone: "13812342071")
    let subjects = [
      ("宽带断网", "家里宽带一直红灯，上不了网"), ("套餐变更", "想换一个便宜的套餐"),
      ("发票抬头", "电子发票的抬头写错了"), ("信号弱", "地下室没有信号"), ("销户", "号码不用了想注销"),
    ]
    for number in 0..<40 {
      let (subject, message) = subjects[number % subjects.count]
      changes += solved(
        "f\(number)", subject, "\(message)，编号\(number)", category: "other/\(number % 5)", template: "other",
        daysAgo: Int64(number))
    }
    changes += solved(
      "dup", "重复扣费", "这个月视频会员扣了两次钱，请退一次", category: "billing/duplicate", template: "refund-once",
      daysAgo: 3)
    changes += solved(
      "dup2", "重复扣费", "视频会员被扣两次，号码13812342071", category: "billing/duplicate", template: "refund-once",
      daysAgo: 50)
    changes += solved(
      "dup3", "会员扣费", "视频会员没订过却扣了钱，王芳来电", category: "billing/unknown", template: "cancel",
      daysAgo: 5)
    changes += open("now", "会员扣两次", "视频会员这个月扣了两次钱")
    changes += open("other", "会员扣两次", "视频会员这个月扣了两次钱，也没退")
    try fixture.write(changes)
    return fixture
  }

  private static func find(_ fixture: SearchFixture, _ query: SimilarQuery) throws -> SolvedBefore {
    try fixture.database.read { try SolvedBefore.find($0, query, now: now) }
  }

  @Test func `solved tickets that say the same come first, those of the category before others`() throws {
    let found = try Self.find(
      try Self.fixture(),
      Self.query("会员扣两次\n视频会员这个月扣了两次钱", category: "billing/duplicate", ticket: "now"))
    #expect(found.tickets.map(\.id.text).prefix(2) == ["dup", "dup2"])
    #expect(!found.tickets.contains { $0.id == "now" || $0.id == "other" })
    let first = try #require(found.tickets.first)
    #expect(first.template == "refund-once" && first.disposition == "refunded" && first.isSameCategory)
    #expect(first.words.contains { $0.contains("视频会员") })
    #expect(found.tickets.map(\.score) == found.tickets.map(\.score).sorted(by: >))
  }

  @Test func `what is answered names nobody`() throws {
    let fixture = try Self.fixture()
    let found = try Self.find(
      fixture,
      Self.query("王芳来电 13812342071 会员扣费\n王芳来电视频会员没订过却扣了钱 13812342071", category: "billing/unknown"))
    #expect(found.tickets.first?.id == "dup3")
    for ticket in found.tickets {
      #expect(!ticket.words.contains { $0.contains("王芳") || $0.contains("2071") }, "\(ticket.words)")
    }
  }

  @Test func `a ticket that comes back counts for no template until it is solved again`() throws {
    let fixture = try Self.fixture()
    func counts() throws -> [TemplateID: [Int]] {
      let found = try Self.find(fixture, Self.query("扣了两次", category: "billing/duplicate"))
      return Dictionary(
        uniqueKeysWithValues: found.templates.map { ($0.template, [$0.last30Days, $0.last90Days]) })
    }
    let first = try counts()
    #expect(first["refund-once"] == [1, 2])
    var reopened = Self.solved(
      "dup", "重复扣费", "x", category: "billing/duplicate", template: "refund-once", daysAgo: 3)
    guard case .ticket(var ticket) = reopened[0] else { return }
    ticket.state = .open
    ticket.closedAt = nil
    reopened[0] = .ticket(ticket)
    try fixture.write(reopened)
    let reopenedCounts = try counts()
    #expect(reopenedCounts["refund-once"] == [0, 1])
    try fixture.write(
      Self.solved("dup", "重复扣费", "x", category: "billing/duplicate", template: "cancel", daysAgo: 0))
    let again = try counts()
    #expect(again["refund-once"] == [0, 1])
    #expect(again["cancel"] == [1, 1])
  }

  @Test func `counts that grew with every write are those of a rebuilt index`() throws {
    let fixture = try Self.fixture()
    try fixture.write(
      Self.solved("dup2", "重复扣费", "x", category: "billing/unknown", template: "cancel", daysAgo: 80))
    func dump() throws -> [String] {
      try fixture.database.read { db in
        try RowReader(db: db).all(
          """
          SELECT category || zone || template || ':' || day || ':' || count FROM find_closing
          JOIN find_outcome ON id = outcome WHERE count > 0 ORDER BY 1
          """
        ) { $0.text(0) }
      }
    }
    let grown = try dump()
    #expect(grown.count > 10)
    try fixture.rebuild()
    let rebuilt = try dump()
    #expect(rebuilt == grown)
  }

  @Test func `a ticket that leaves the desk leaves the counts`() throws {
    let fixture = try Self.fixture()
    try fixture.database.write { db in
      for id in ["dup", "dup2"] { try FindEraser(db: db).erase(RowKey(.ticket, id)) }
    }
    let found = try Self.find(fixture, Self.query("会员扣两次", category: "billing/duplicate"))
    #expect(!found.templates.contains { $0.template == "refund-once" && $0.last90Days > 0 })
  }

  @Test(arguments: [
    "", " ", "\u{0}\u{1b}[31m", "' OR 1=1 --", String(repeating: "扣", count: 100_000),
    String(repeating: "e\u{301}", count: 5_000), "\u{202E}退款\u{202C}", "👨‍👩‍👧‍👦🏳️‍🌈", "%_*\"",
  ])
  func `any text is only a text`(_ text: String) throws {
    let fixture = try Self.fixture()
    let found = try Self.find(fixture, Self.query(text, category: "billing/duplicate", limit: 3))
    #expect(found.tickets.count <= 3)
    for ticket in found.tickets { #expect((0...1).contains(ticket.score)) }
  }

  @Test func `without a word the newest of the category are shown`() throws {
    let found = try Self.find(try Self.fixture(), Self.query("", category: "billing/duplicate", limit: 2))
    #expect(Set(found.tickets.map(\.id.text)) == ["dup", "dup2"])
    for ticket in found.tickets { #expect(ticket.words.isEmpty) }
  }
}
