import Domain
import GRDB
import Testing

@testable import Store

struct SearchFindTests {
  private static func fixture() throws -> SearchFixture {
    let fixture = try SearchFixture()
    var changes: [Change] = []
    changes += SearchFixture.customer("c1", "王晓芳", phone: "13812342071")
    changes += SearchFixture.customer("c2", "欧阳修文", phone: "13912341371")
    changes += SearchFixture.customer("c3", "陈建国", phone: "18600001371")
    changes += SearchFixture.customer("c4", "John Smith", phone: "15012345678")
    changes += SearchFixture.customer("c5", "曾小贤")
    changes.append(
      .identity(Identity(id: "i1", customer: "c1", kind: .email, value: "Fang.Wang@example.com")))
    changes.append(.identity(Identity(id: "i2", customer: "c2", kind: .idCard, value: "11010519491231002X")))
    changes.append(
      .order(
        Order(
          id: "o1", number: "DD20261018001", customer: "c3", title: "宽带装机", state: .placed,
          placedOn: SearchFixture.today, amount: Money(cents: 100))))
    changes.append(
      .bill(Bill(id: "b1", number: "ZD2026100042", customer: "c4", period: "2026-10", lines: [])))
    changes += SearchFixture.ticket(
      "t1", of: "c1", number: "2611-0417", subject: "国际漫游包多扣38元", messages: ["我上个月国际漫游包扣了两次，请退款"], at: 1)
    changes += SearchFixture.ticket(
      "t2", of: "c3", number: "2611-0418", subject: "宽带频繁掉线", messages: ["光猫红灯，请派师傅"], at: 2)
    changes += SearchFixture.ticket(
      "t3", of: "c2", number: "2610-11371", subject: "宽带测速不达标", messages: ["I was charged twice for roaming"],
      at: 3)
    changes += SearchFixture.ticket("t4", of: "c4", subject: "Refund 1024元", messages: ["退款还没到账"], at: 4)
    try fixture.write(changes)
    return fixture
  }

  private func targets(_ query: String, _ fixture: SearchFixture) throws -> [String] {
    try fixture.find(query).map { "\($0.evidence.rawValue) \($0.id)" }
  }

  @Test(arguments: [
    ("2071", "phone customer:c1"), ("13812342071", "phone customer:c1"),
    ("138 1234 2071", "phone customer:c1"),
    ("+86 138-1234-2071", "phone customer:c1"), ("１３８１２３", "phone customer:c1"),
    ("12342071", "phone customer:c1"),
    ("fang.wang", "identity customer:c1"), ("FANG.WANG@EXAMPLE.COM", "identity customer:c1"),
    ("11010519491231002x", "identity customer:c2"), ("002X", "identity customer:c2"),
    ("DD20261018001", "orderNumber customer:c3"), ("dd2026", "orderNumber customer:c3"),
    ("ZD2026100042", "billNumber customer:c4"), ("2611-0417", "ticketNumber ticket:t1"),
    ("26110417", "ticketNumber ticket:t1"), ("0417", "ticketNumber ticket:t1"),
    ("2611-041", "ticketNumber ticket:t1"),
    ("11371", "ticketNumber ticket:t3"), ("王晓芳", "name customer:c1"), ("王", "name customer:c1"),
    ("晓芳", "name customer:c1"), ("wangxiaof", "name customer:c1"), ("wxf", "name customer:c1"),
    ("欧阳", "name customer:c2"), ("ouyang", "name customer:c2"), ("oyxw", "name customer:c2"),
    ("smith", "name customer:c4"), ("john s", "name customer:c4"), ("zengxiaoxian", "name customer:c5"),
    ("zxx", "name customer:c5"), ("漫游包", "words ticket:t1"), ("charged tw", "words ticket:t3"),
    ("charging", "words ticket:t3"),
    ("退", "words ticket:t4"), ("1024", "words ticket:t4"), ("refu", "words ticket:t4"),
  ])
  func `everything is found by what one knows of it`(query: String, expected: String) throws {
    #expect(try targets(query, Self.fixture()).contains(expected))
  }

  @Test func `four digits are the end of a phone, the end of a ticket number, and an amount`() throws {
    let found = try targets("1371", Self.fixture())
    #expect(found.first == "ticketNumber ticket:t3")
    #expect(found.contains("phone customer:c2"))
    #expect(found.contains("phone customer:c3"))
  }

  @Test func `several words must all be explained`() throws {
    let fixture = try Self.fixture()
    #expect(try targets("欧阳 1371", fixture) == ["ticketNumber ticket:t3", "phone customer:c2"])
    #expect(try targets("陈1371", fixture) == ["phone customer:c3", "phone ticket:t2"])
    #expect(try targets("宽带 陈", fixture).contains("name ticket:t2"))
    #expect(try !targets("宽带 陈", fixture).contains { $0.hasSuffix("ticket:t3") })
    #expect(try targets("漫游 退款", fixture) == ["words ticket:t1"])
    #expect(try targets("漫游 光猫", fixture).isEmpty)
    #expect(try targets("王 1371", fixture).isEmpty)
  }

  @Test func `the newest ticket with a word comes first`() throws {
    #expect(try targets("宽带", Self.fixture()) == ["words ticket:t3", "words ticket:t2"])
    #expect(try targets("退款", Self.fixture()) == ["words ticket:t4", "words ticket:t1"])
  }

  @Test func `pairs of characters that stand apart are no word`() throws {
    let fixture = try Self.fixture()
    try fixture.write(SearchFixture.ticket("t9", of: "c1", subject: "退款给了，款项到账中"))
    #expect(try !targets("退款项", fixture).contains("words ticket:t9"))
  }

  @Test func `nothing personal is shown in clear`() throws {
    let fixture = try Self.fixture()
    try fixture.write(
      SearchFixture.ticket(
        "t8", of: "c1", subject: "请回电13812342071", messages: ["我的卡号 11010519491231002X 退订"]))
    for query in ["2071", "王晓芳", "wxf", "退订", "回电", "请回电1381", "11010519491231002x", "smith", "fang.wang"] {
      for hit in try fixture.find(query) {
        let text = hit.title + hit.detail
        for secret in ["13812342071", "王晓芳", "11010519491231002X", "Smith", "fang.wang@"] {
          #expect(!text.contains(secret), "\(query): \(text)")
        }
        for match in hit.detailMatches { #expect(match.start < match.end && match.end <= hit.detail.count) }
      }
    }
  }

  @Test func `what changed is found as it is now`() throws {
    let fixture = try Self.fixture()
    try fixture.write([.customer(Customer(id: "c1", name: "李晓芳"))])
    #expect(try targets("王晓芳", fixture).isEmpty)
    #expect(try targets("李晓芳", fixture) == ["name customer:c1"])
    var ticket = Ticket(
      id: "t2", customer: "c3", zone: "billing-dispute", subject: "携号转网", channel: .chat,
      createdAt: Timestamp(seconds: 2), createdBy: "linxiao")
    ticket.number = "2611-0418"
    try fixture.write([.ticket(ticket)])
    #expect(try targets("携号", fixture) == ["words ticket:t2"])
    #expect(try targets("掉线", fixture).isEmpty)
    try fixture.write([.entry(SearchFixture.entry("t1-9", of: "t1", "补充：光猫也坏了"))])
    #expect(try targets("漫游 光猫", fixture) == ["words ticket:t1"])
  }

  @Test func `a merged customer leads to the one that is shown`() throws {
    let fixture = try Self.fixture()
    var merged = Customer(id: "c5", name: "曾小贤")
    merged.mergedInto = "c1"
    try fixture.write([.customer(merged)])
    #expect(try targets("曾小贤", fixture) == ["name customer:c1"])
  }

  @Test func `an index that was folded and rebuilt finds the same`() throws {
    var random = Sequence(seed: 3)
    let words = ["退款", "重复扣费", "宽带", "掉线", "漫游", "refund", "charged", "套餐", "携号转网", "2026", "账单"]
    let names = ["王芳", "李娜", "欧阳锋", "陈伟", "John Smith", "张三丰"]
    let fixture = try SearchFixture()
    for (place, name) in names.enumerated() {
      try fixture.write(SearchFixture.customer("c\(place)", name, phone: "138000\(10000 + place * 1371)"))
    }
    for place in 0..<300 {
      let text = (0..<1 + random.next(4)).map { _ in words[random.next(words.count)] }.joined(separator: " ")
      try fixture.write(
        SearchFixture.ticket(
          "t\(place)", of: "c\(random.next(names.count))", number: "2611-\(1000 + place)", subject: text))
      if place % 3 == 0 {
        let body = words[random.next(words.count)]
        try fixture.write([.entry(SearchFixture.entry("e\(place)", of: "t\(random.next(place + 1))", body))])
      }
    }
    let queries = words + names + ["退款 宽带", "陈 宽带", "1001", "2611-10", "wf", "oyf", "refu", "带", "11371"]
    let before = try queries.map { try targets($0, fixture) }
    try fixture.database.write { db in
      for _ in 0..<30 { _ = try WordIndex(db).fold(atLeast: 1) }
    }
    #expect(try queries.map { try targets($0, fixture) } == before, "half folded")
    try fixture.database.write { db in while try WordIndex(db).fold(atLeast: 1) {} }
    let left = try fixture.database.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM find_pending") }
    #expect(left == 0)
    #expect(try queries.map { try targets($0, fixture) } == before, "folded")
    try fixture.rebuild()
    #expect(try queries.map { try targets($0, fixture) } == before, "rebuilt")
  }

  @Test func `lists of rows survive being written`() {
    var random = Sequence(seed: 11)
    for _ in 0..<200 {
      let spread = [3, 200, 20_000, 32_768][random.next(4)]
      let rows = Set((0..<random.next(300)).map { _ in UInt16(random.next(spread)) }).sorted()
      #expect(WordIndex.decode(WordIndex.encode(rows)) == rows)
      let postings = rows.map { (UInt32($0) + 8192) << 8 | UInt32(1 + random.next(255)) }
        .filter { ($0 >> 8) < 8192 + 4096 }
      var decoded: [UInt32] = []
      Postings.encode(postings[...]).withUnsafeBytes { Postings.decode($0, block: 2, into: &decoded) }
      #expect(decoded == postings)
    }
  }

  @Test func `damaged lists are cut off, not followed`() {
    var random = Sequence(seed: 5)
    for _ in 0..<500 {
      var data = WordIndex.encode((0..<50).map { UInt16($0 * 600) })
      for _ in 0..<3 { data[random.next(data.count)] = UInt8(random.next(256)) }
      for row in WordIndex.decode(data) { #expect(row < 32_768) }
    }
  }
}
