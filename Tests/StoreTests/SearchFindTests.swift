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

  @Test func `any number of last digits finds exactly what ends with them`() throws {
    var random = Sequence(seed: 7)
    let fixture = try SearchFixture()
    var phones: [String] = []
    var numbers: [String] = []
    var changes: [Change] = []
    for place in 0..<150 {
      // Few different digits, so that ends of every length are shared.
      let phone = "1" + (0..<10).map { _ in String(random.next(2)) }.joined()
      let number =
        "26\(random.next(2))1-" + (0..<4 + random.next(4)).map { _ in String(random.next(2)) }.joined()
      phones.append(phone)
      numbers.append(number)
      changes += SearchFixture.customer("c\(place)", "客户", phone: phone)
      changes += SearchFixture.ticket("t\(place)", of: "c\(place)", number: number, subject: "宽带")
    }
    try fixture.write(changes)
    for isRebuilt in [false, true] {
      if isRebuilt { try fixture.rebuild() }
      for length in 4...11 {
        for place in 0..<20 {
          let end = String(phones[place].suffix(length))
          let found = try fixture.find(end).filter { $0.evidence == .phone }.map(\.id)
            .filter { $0.hasPrefix("customer") }
          let wanted = phones.indices.filter { phones[$0].hasSuffix(end) || phones[$0].hasPrefix(end) }
          #expect(Set(found).isSubset(of: wanted.map { "customer:c\($0)" }), "\(end)")
          // A search shows twenty numbers that begin so, forty that end so, the newest first, and twenty tickets.
          if wanted.count <= 20 { #expect(found.count == wanted.count, "\(end)") }
          let digits = String(numbers[place].filter { $0 != "-" }.suffix(length))
          let tickets = try fixture.find(digits).filter { $0.evidence == .ticketNumber }.map(\.id)
          let ending = numbers.indices.filter { numbers[$0].filter { $0 != "-" }.hasSuffix(digits) }
          let beginning = numbers.indices.filter {
            digits.count > 4 && numbers[$0].hasPrefix("\(digits.prefix(4))-\(digits.dropFirst(4))")
          }
          let newest = ending.reversed().filter { !beginning.contains($0) }.prefix(20 - beginning.count)
          #expect(Set(tickets) == Set((beginning + newest).map { "ticket:t\($0)" }), "\(digits)")
        }
      }
    }
  }

  @Test func `names and numbers are known before words are searched, and the results begin with them`() throws
  {
    let fixture = try Self.fixture()
    for (query, count) in [("王", 1), ("0417", 1), ("13812342071", 2), ("退款", 0), ("欧阳 1371", 0), ("没有", 0)] {
      var first: [[FindHit]] = []
      let all = try fixture.database.read { db in
        try FindIndex().find(db, query) { first.append($0) }
      }
      #expect(first.map(\.count) == (count == 0 ? [] : [count]), "\(query)")
      for hits in first { #expect(Array(all.prefix(hits.count)) == hits) }
    }
  }

  @Test func `a row that another ticket has now is not found by the old number`() throws {
    let fixture = try Self.fixture()
    try fixture.write(
      SearchFixture.ticket("t2", of: "c3", number: "2612-777001", subject: "宽带频繁掉线", at: 2))
    #expect(try !targets("0418", fixture).contains("ticketNumber ticket:t2"))
    #expect(try targets("777001", fixture).contains("ticketNumber ticket:t2"))
  }

  @Test func `an end of a number leads to its row and to no other`() throws {
    #expect(FindTail(.identity, of: "123") == nil)
    #expect(FindTail(.identity, of: "lilei.28054@example.net") == nil)
    #expect(FindTail(.identity, of: "wx-123") == nil)
    #expect(
      FindTail(.ticket, of: "2611-0417")?.keys.lowerBound
        == FindTail(.ticket, of: "26110417")?.keys.lowerBound)
    let numbers = [
      "11010519491231002X", "110105194912310020", "13812342071", "wx_2071", "0000", "00000", "999999999",
    ]
    let last = Int64(1) << 30 - 1
    #expect(FindTail(.ticket, of: "9999")?.key(row: last + 1) == nil)
    for kind in [FindTail.Kind.identity, .ticket] {
      for number in numbers {
        for row in [0, 1, last] {
          let key = try #require(FindTail(kind, of: number)?.key(row: row))
          for other in numbers {
            for length in 4...18 where other.suffix(length).dropLast().allSatisfy(\.isNumber) {
              let end = String(other.suffix(length))
              let keys = try #require(FindTail(kind, of: end)).keys
              let isSame = String(number.suffix(9)).hasSuffix(String(end.suffix(9)))
              #expect(keys.contains(key) == isSame, "\(number) \(end)")
              let otherKind = try #require(FindTail(kind == .ticket ? .identity : .ticket, of: end))
              #expect(!otherKind.keys.contains(key))
            }
          }
        }
      }
    }
  }

  @Test func `an index of the first version is brought up to date without making all of it again`() throws {
    let fixture = try Self.fixture()
    try fixture.rebuild()
    let queries = ["2071", "11371", "002X", "漫游 退款", "宽带", "1371", "2611-0417", "欧阳"]
    let before = try queries.map { try targets($0, fixture) }
    let blocks = try fixture.database.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM find_block") }
    try fixture.database.write { db in
      try db.execute(
        sql: """
          DROP TABLE find_tail;
          DROP TABLE find_code;
          CREATE TABLE find_tail(
            kind INTEGER NOT NULL, tail TEXT NOT NULL, target INTEGER NOT NULL, PRIMARY KEY(kind, tail, target)
          ) WITHOUT ROWID;
          INSERT INTO find_tail VALUES(0, '2071', 1);
          """)
      try SearchIndexing.rebuild(db, since: 1, articles: [], synonyms: [])
    }
    #expect(try queries.map { try targets($0, fixture) } == before)
    #expect(
      try fixture.database.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM find_block") } == blocks)
  }

  @Test func `tickets in every block are found, newest first, whether written or waiting`() throws {
    let fixture = try SearchFixture()
    // Blocks of two groups of 64: words of one, of both, and of none of the newer.
    let rows: [Int64] = [5, 32_768 * 3, 32_768 * 63 + 9, 32_768 * 64, 32_768 * 130 + 1]
    try fixture.write(SearchFixture.customer("c1", "王晓芳"))
    for (place, row) in rows.enumerated() {
      try fixture.write(
        SearchFixture.ticket("t\(place)", of: "c1", subject: place % 2 == 0 ? "宽带 掉线" : "宽带 漫游"))
      try fixture.database.write { db in
        // Rows far apart, without the millions between them.
        try db.execute(sql: "UPDATE ticket SET row = ? WHERE id = ?", arguments: [row, "t\(place)"])
        try db.execute(
          sql: "UPDATE find_pending SET ticket = ? WHERE seq = (SELECT max(seq) FROM find_pending)",
          arguments: [row])
      }
    }
    func check(_ state: Comment) throws {
      #expect(try targets("宽带", fixture) == (0..<5).reversed().map { "words ticket:t\($0)" }, state)
      #expect(try targets("宽带 漫游", fixture) == ["words ticket:t3", "words ticket:t1"], state)
      #expect(try targets("掉线", fixture) == ["words ticket:t4", "words ticket:t2", "words ticket:t0"], state)
      #expect(try targets("掉线 漫游", fixture).isEmpty, state)
    }
    try check("waiting")
    try fixture.database.write { db in while try WordIndex(db).fold(atLeast: 1) {} }
    let noted = "SELECT key, blocks FROM find_code ORDER BY key"
    let folded = try fixture.database.read { try GRDB.Row.fetchAll($0, sql: noted) }
    try check("folded")
    try fixture.database.write { try WordIndex($0).summarize() }
    #expect(try fixture.database.read { try GRDB.Row.fetchAll($0, sql: noted) } == folded)
    try check("rebuilt")
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
