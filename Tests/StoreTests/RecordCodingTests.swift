import Domain
import GRDB
import Testing

@testable import Store

/// Rows come back from their columns as they were written, and damaged bytes are an error.
struct RecordCodingTests {
  private static var rows: [Row] {
    let moment = Timestamp(milliseconds: 1_790_000_000_123)
    let date = CivilDate("2026-10-01")!
    var ticket = Ticket(
      id: "t1", customer: "c1", zone: "billing", category: "bill/double", subject: "多扣\u{0}费",
      priority: .urgent,
      language: .english, channel: .wechat, createdAt: moment, createdBy: "linxiao")
    ticket.number = "2610-0001"
    ticket.state = .closed
    ticket.owner = "linxiao"
    ticket.team = "care"
    ticket.fields = ["period": "2026-10", "amount": "38.00"]
    ticket.tags = ["投诉", ""]
    ticket.steps = ["verify"]
    ticket.contact = "k1"
    ticket.preview = "我"
    ticket.waitingSince = moment
    ticket.firstRepliedAt = moment
    ticket.pendingSince = moment
    ticket.pendingUntil = Timestamp(milliseconds: -5)
    ticket.pendingReason = "等客户"
    ticket.solvedAt = moment
    ticket.closedAt = moment
    ticket.disposition = "refunded"
    ticket.closing = Closing(text: "已退", mode: .template, template: "any", keys: 12, milliseconds: 9000)
    ticket.reopenCount = 3
    ticket.mergedInto = "t2"
    ticket.links = [Ticket.Link(ticket: "t3", relation: .splitFrom)]
    ticket.reminder = Ticket.Reminder(at: moment, text: "回访", agent: "linxiao")
    ticket.isUnread = true
    ticket.version = 7
    ticket.isLanguageNamed = true
    var contact = Contact(id: "k1", ticket: "t1", customer: "c1", channel: .phone, arrivedAt: moment)
    contact.move(to: .answered, at: moment, by: "linxiao")
    contact.move(to: .held, at: moment, by: nil)
    contact.wrapUpCode = "done"
    let kinds: [TimelineEntry.Kind] = [
      .customerMessage, .reply, .note, .stateChanged(from: nil, to: .new),
      .stateChanged(from: .open, to: .closed),
      .fieldChanged(field: "a", from: nil, to: "b"), .categoryChanged(from: "a", to: nil),
      .zoneChanged(from: "a", to: "b"), .priorityChanged(from: .low, to: .urgent),
      .subjectChanged(from: "a", to: ""), .ownerChanged(from: nil, to: "x"),
      .transferred(team: "care", agent: nil),
      .contactChanged("k1", .abandoned), .attached("f1"), .linked("t2", .duplicates), .unlinked("t2"),
      .merged("t2"), .absorbed("t3"), .reminderSet(moment), .reminded(moment),
      .stepChanged(step: "verify", isDone: true),
      .closed(disposition: "refunded", mode: .assisted),
      .raised(.selfHarm, .critical, Reason("risk.self_harm", ["word": "不想活"])), .attended(.selfHarm),
    ]
    let authors: [TimelineEntry.Author] = [.customer, .system, .agent("linxiao")]
    let entries = kinds.enumerated().map { index, kind in
      TimelineEntry(
        id: EntryID("e\(index)"), ticket: "t1", contact: index % 2 == 0 ? "k1" : nil, at: moment,
        author: authors[index % 3], kind: kind, body: index % 4 == 0 ? "" : "正文",
        releasesAt: index % 3 == 0 ? moment : nil, struckAt: index % 5 == 0 ? moment : nil)
    }
    var named = Customer(id: "c3", name: "", language: .english)
    named.isLanguageNamed = true
    var answered = named
    answered.id = "c4"
    answered.offerAnswers = [OfferAnswer(offer: "o", answer: .later, at: moment)]
    return [
      .customer(named), .customer(answered),
      .customer(
        Customer(
          id: "c1", name: "王晓芳", level: .gold, since: date, city: "上海", address: "徐汇", language: .english,
          tags: ["a", "b"], risk: .high, preferredChannel: .sms, quietHours: "22:00-08:00", mergedInto: "c2",
          version: 4)),
      .customer(Customer(id: "c2", name: "")),
      .identity(
        Identity(id: "i1", customer: "c1", kind: .phone, value: "+86 138-1234-2071", isVerified: true)),
      .product(
        Product(
          id: "p1", customer: "c1", kind: .broadband, name: "千兆", state: .suspended,
          monthlyFee: Money(cents: -1),
          startedOn: date, endedOn: date, contractUntil: nil)),
      .order(
        Order(
          id: "o1", number: "DD1", customer: "c1", title: "换套餐", state: .inProgress, placedOn: date,
          amount: Money(cents: 12_900))),
      .bill(
        Bill(
          id: "b1", number: "ZD1", customer: "c1", period: "2026-10",
          lines: [Bill.Line(title: "漫游", amount: Money(cents: 3800), chargedOn: date)], isPaid: false)),
      .ticket(ticket),
      .ticket(
        Ticket(
          id: "t2", customer: "c1", zone: "z", subject: "", channel: .app, createdAt: moment, createdBy: "x")),
      .contact(contact),
      .attachment(
        Attachment(id: "f1", ticket: "t1", name: "账单.png", mediaType: "image/png", byteCount: 9, digest: "ab")
      ),
      .agent(Sample.agent("linxiao", [.agent, .lead])),
      .configuration(
        ConfigurationRow(kind: .zone, id: "zone/a", zone: nil, position: 1, body: "{}")),
      .configuration(
        ConfigurationRow(
          kind: ConfigurationRow.Kind(rawValue: "of-tomorrow"), id: "tomorrow/a", zone: nil, position: 1,
          body: "{}")),
      .disclosure(
        Disclosure(id: "d1", customer: "c1", agent: "linxiao", at: moment, field: "phone", reason: "核身")),
      .missedSearch(MissedSearch(query: "不存在", language: .chinese, count: 2)),
    ] + entries.map(Row.entry)
  }

  @Test func `every kind of row comes back as it was written, and once more when it is written again`() throws
  {
    let test = try TestStore()
    try test.store.write { db in
      for round in 1...2 as ClosedRange<Int64> {
        for row in Self.rows { try RowWriter(db: db).put(row, revision: round) }
        for row in Self.rows { #expect(try RowReader(db: db).row(row.key) == row) }
      }
      for row in Self.rows {
        let snapshot = try #require(try RowSnapshot(of: row.key, db))
        let copy = try snapshot.bytes.withUnsafeBytes {
          try RowSnapshot(reading: RecordReader($0), of: row.key.kind)
        }
        try RowWriter(db: db).remove(row.key)
        #expect(try RowReader(db: db).row(row.key) == nil)
        try copy.write(db)
        #expect(try RowReader(db: db).row(row.key) == row)
      }
    }
  }

  @Test func `damaged bytes are an error or a value, never a crash`() throws {
    let test = try TestStore()
    var random = SplitMix64(5)
    try test.store.write { db in
      for row in Self.rows {
        try RowWriter(db: db).put(row, revision: 1)
        guard try Self.rest(of: row.key, db) != nil else { continue }
        for _ in 0..<200 {
          var bytes = try #require(try Self.rest(of: row.key, db))
          let kept = bytes
          for _ in 0...random.below(3) where !bytes.isEmpty {
            bytes[random.below(bytes.count)] = UInt8(random.below(256))
          }
          if random.chance(0.3) { bytes.removeLast(random.below(bytes.count + 1)) }
          try Self.set(bytes, of: row.key, db)
          do {
            _ = try RowReader(db: db).row(row.key)
          } catch let error as StoreError {
            #expect(error == .damaged(table: row.key.kind.table, key: row.key.id))
          }
          try Self.set(kept, of: row.key, db)
        }
      }
    }
  }

  private static func rest(of key: RowKey, _ db: Database) throws -> [UInt8]? {
    guard ![.identity, .attachment, .agent, .configuration, .disclosure, .missedSearch].contains(key.kind)
    else {
      return nil
    }
    return try RowReader(db: db).first("SELECT rest FROM \(key.kind.table) WHERE id = ?", key.id) {
      $0.blob(0)
    }
  }

  private static func set(_ bytes: [UInt8], of key: RowKey, _ db: Database) throws {
    var statement = try Prepared(db, "UPDATE \(key.kind.table) SET rest = ? WHERE id = ?")
    statement.bind(bytes)
    statement.bind(key.id)
    try statement.run()
  }
}
