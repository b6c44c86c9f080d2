import Assist
import Configuration
import Domain
import Foundation

/// A small world for screens: the real zones and templates, a customer who was charged twice, and a queue.
enum Fixture {
  static let resources = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Resources").path
  /// 2026-11-21 12:04:12 in China.
  static let now = WallClock.china.moment(
    CivilDate(year: 2026, month: 11, day: 21)!, secondOfDay: 12 * 3600 + 4 * 60 + 12)
  static let configuration: ConfigurationSet = {
    do { return try ResourceFolder(resources).load() } catch { return ConfigurationSet() }
  }()
  static let catalogues: [Language: StringCatalogue] = Dictionary(
    uniqueKeysWithValues: Language.allCases.map {
      ($0, StringCatalogue.load($0, resources: resources).strings)
    })
  static let me = AgentID("linxiao")
  static let colleague = AgentID("chenyu")

  static func day(_ text: String) -> CivilDate { CivilDate(text)! }

  static func world() -> MemoryDesk {
    var desk = MemoryDesk()
    desk.configuration = configuration
    for agent in configuration.agents { desk.agents[agent.id] = agent }
    desk.agents[me]?.presence = Presence(state: .ready, since: now.advanced(seconds: -751))
    addCustomers(to: &desk)
    let subjects: [(String, String, Channel, CategoryID, String)] = [
      (
        "王秀芳", "多扣了38元国际漫游包", .phone, "billing/duplicate-charge",
        "我上个月国际漫游包扣了两次，38元扣了两笔，请你们查一下。我的电话是13812342071。"
      ),
      ("李明", "宽带天天掉线", .wechat, "broadband/dropping", "晚上八点以后一直掉线，光猫红灯闪。"),
      ("陈建伟", "要求退订视频会员", .email, "subscriptions/video", "没有订过视频会员，每月扣 15 元，请退订并退费。"),
      ("赵丽", "携号转网授权码收不到", .app, "porting/auth-code", "发了短信一直没有收到授权码。"),
      ("孙国强", "套餐降档没有生效", .phone, "plans/not-effective", "上个月申请降到 59 元，这个月还是 129。"),
      (
        "Emma Wilson", "Charged twice for the roaming pack", .chat, "billing/duplicate-charge",
        "The roaming pack shows twice on my October bill."
      ),
    ]
    for (index, item) in subjects.enumerated() {
      add(item, index: index, age: Int64(252 - index * 41), to: &desk)
    }
    for index in subjects.count..<40 {
      add(subjects[index % 5], index: index, age: Int64(40 + index * 97), to: &desk)
    }
    return desk
  }

  private static func addCustomers(to desk: inout MemoryDesk) {
    let names = ["王秀芳", "李明", "陈建伟", "赵丽", "孙国强", "Emma Wilson"]
    for (index, name) in names.enumerated() {
      let id = CustomerID("c\(index)")
      desk.customers[id] = Customer(
        id: id, name: name, level: index == 0 ? .gold : .standard, since: day("2020-03-01"), city: "杭州",
        address: "浙江省杭州市西湖区文三路 90 号", language: index == 5 ? .english : .chinese,
        tags: index == 0 ? ["价格敏感", "常用微信"] : [], preferredChannel: .wechat,
        quietHours: index == 0 ? "22:00-08:00" : nil)
      let phone = Identity(
        id: IdentityID("i\(index)"), customer: id, kind: .phone, value: "1381234207\(index + 1)",
        isVerified: true)
      desk.identities[phone.id] = phone
    }
    let first = CustomerID("c0")
    desk.identities["w0"] = Identity(id: "w0", customer: first, kind: .wechat, value: "wx_xiufang88")
    desk.identities["k0"] = Identity(
      id: "k0", customer: first, kind: .idCard, value: "330106198503124527", isVerified: true)
    desk.products = [
      Product(
        id: "p0", customer: first, kind: .plan, name: "畅享 129 套餐", monthlyFee: Money(cents: 12900),
        startedOn: day("2024-03-01"), contractUntil: day("2027-03-01")),
      Product(
        id: "p1", customer: first, kind: .package, name: "国际漫游包", monthlyFee: Money(cents: 3800),
        startedOn: day("2026-10-02")),
    ]
    desk.orders = [
      Order(
        id: "o0", number: "D20261002-7731", customer: first, title: "订购 国际漫游包", state: .completed,
        placedOn: day("2026-10-02"), amount: Money(cents: 3800))
    ]
    func line(_ title: String, _ cents: Int64, _ on: String) -> Bill.Line {
      Bill.Line(title: title, amount: Money(cents: cents), chargedOn: day(on))
    }
    desk.bills = [
      Bill(
        id: "b0", number: "B202610-0071", customer: first, period: "2026-10",
        lines: [
          line("国际漫游包", 3800, "2026-10-02"), line("国际漫游包", 3800, "2026-10-02"),
          line("套餐月费", 12900, "2026-10-01"),
        ], isPaid: false),
      Bill(
        id: "b1", number: "B202609-0071", customer: first, period: "2026-09",
        lines: [line("套餐月费", 12900, "2026-09-01")]),
    ]
  }

  /// Work that was done: today, yesterday and a year ago, for the page of results.
  static func addHistory(to desk: inout MemoryDesk) {
    let days: [(name: String, daysAgo: Int64, closes: Int, reopened: Int)] = [
      ("n", 0, 5, 1), ("y", 1, 4, 0), ("l", 365, 8, 2),
    ]
    for day in days {
      for index in 0..<day.closes {
        let at = now.advanced(seconds: -day.daysAgo * 86400 - Int64(index + 1) * 1200)
        let id = TicketID("\(day.name)\(index)")
        let template = configuration.templates[index % 2]
        var ticket = Ticket(
          id: id, customer: "c1", zone: index % 2 == 0 ? "billing-dispute" : "unsubscribe", subject: "",
          channel: .phone, createdAt: at, createdBy: me)
        ticket.state = .closed
        ticket.closedAt = at
        ticket.closing = Closing(
          text: "", mode: index == 2 ? .blank : .template, template: index == 2 ? nil : template.id,
          keys: 7 + index, milliseconds: Int64(21_000 + index * 3500))
        desk.tickets[id] = ticket
        func add(_ number: Int, _ kind: TimelineEntry.Kind, _ at: Timestamp, _ author: TimelineEntry.Author) {
          desk.entries.append(
            TimelineEntry(id: EntryID("\(id)-\(number)"), ticket: id, at: at, author: author, kind: kind))
        }
        add(1, .closed(disposition: "refunded", mode: index == 2 ? .blank : .template), at, .agent(me))
        add(2, .stateChanged(from: .open, to: .closed), at, .agent(me))
        if index < day.reopened {
          add(3, .stateChanged(from: .closed, to: .open), at.advanced(seconds: 400), .customer)
        }
        var contact = Contact(
          id: ContactID("k\(id)"), ticket: id, customer: "c1", channel: .phone, state: .wrappedUp, agent: me,
          arrivedAt: at.advanced(seconds: -300))
        contact.answeredAt = at.advanced(seconds: -280 + Int64(index) * 11)
        contact.heldMilliseconds = index == 1 ? 45_000 : 0
        contact.endedAt = at.advanced(seconds: -35)
        contact.wrappedUpAt = at
        desk.contacts[contact.id] = contact
      }
    }
  }

  private static func add(
    _ item: (String, String, Channel, CategoryID, String), index: Int, age: Int64, to desk: inout MemoryDesk
  ) {
    let arrived = now.advanced(seconds: -age)
    let customer = desk.customers.values.first { $0.name == item.0 }!
    let zone = desk.category(item.3)!.zone!
    let id = TicketID("t\(index)")
    let new = NewTicket(
      customer: customer.id, zone: zone, category: item.3, subject: item.1,
      priority: index == 0 ? .high : index == 2 ? .urgent : .normal, language: customer.language,
      channel: item.2,
      contact: ContactID("k\(index)"), message: item.4, arrivedAt: arrived)
    let operation = Operation(
      id: OperationID("seed\(padded(index, 3))"), actor: Agent.system.id, at: arrived,
      action: .ticket(id, .create(new)))
    let outcome = desk.run(operation, at: arrived)
    precondition(outcome == .accepted, "the fixture is wrong: \(outcome)")
  }
}

extension Fixture {
  /// Reads tickets as the program does, where nothing has been learned yet.
  static let reader = TicketReader(configuration: configuration)
}
