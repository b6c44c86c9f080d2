import Domain

/// Somebody in an import: how the person is known, and what is said about a new one.
struct PersonLine {
  static let identityKeys: [(key: String, kind: Identity.Kind)] = [
    ("phone", .phone), ("email", .email), ("wechat", .wechat), ("app", .app), ("account", .account),
    ("id_card", .idCard), ("bank_card", .bankCard),
  ]
  static let keys =
    ["id", "name", "level", "city", "address", "language", "tags"] + identityKeys.map(\.key)

  var id: CustomerID?
  var identities: [(kind: Identity.Kind, value: String)] = []
  var name: String?
  var level: Customer.Level?
  var city: String?
  var address: String?
  var language: Language?
  var tags: [String]

  init(_ fields: LineFields) throws(LineProblem) {
    id = try fields.text("id", limit: 100).map { CustomerID($0) }
    for (key, kind) in Self.identityKeys {
      guard let value = try fields.text(key, limit: 300) else { continue }
      let identity = Identity(id: "", customer: "", kind: kind, value: value)
      guard IdentityRules.isPlausible(identity) else { throw .identityEmpty(fields.name(key)) }
      identities.append((kind, value.trimmed))
    }
    guard id != nil || !identities.isEmpty else { throw .identityMissing }
    name = try fields.text("name", limit: 200)?.trimmed
    level = try fields.oneOf("level", Customer.Level.self)
    city = try fields.text("city", limit: 100)?.trimmed
    address = try fields.text("address", limit: 500)?.trimmed
    language = try fields.oneOf("language", Language.self)
    tags = try fields.texts("tags", limit: 50, each: 100)
  }
}

/// One ticket of an import, checked on its own: what the store knows comes later.
struct TicketLine {
  struct Close {
    var disposition: String
    var text: String
  }

  private static let keys = [
    "external_id", "zone", "category", "channel", "subject", "created_at", "priority", "language", "tags",
    "customer",
    "messages", "fields", "claim", "close",
  ]

  var externalID: String?
  var zone: String
  var category: String?
  var channel: Channel
  var subject: String
  var createdAt: Timestamp?
  var priority: Ticket.Priority
  var language: Language?
  var tags: [String]
  var person: PersonLine
  var messages: [(isCustomer: Bool, agent: String?, at: Timestamp?, text: String)]
  var fields: [(key: String, value: String)]
  var isClaimed: Bool
  var close: Close?

  init(_ json: JSON, now: Timestamp) throws(LineProblem) {
    let line = try LineFields(json, keys: Self.keys)
    externalID = try Self.externalID(line)
    zone = try line.requiredText("zone", limit: 100)
    category = try line.text("category", limit: 100)
    guard let channel = try line.oneOf("channel", Channel.self) else { throw .missing("channel") }
    self.channel = channel
    subject = try line.requiredText("subject", limit: 1000).trimmed
    createdAt = try line.moment("created_at", now: now)
    priority = try Self.priority(line)
    language = try line.oneOf("language", Language.self)
    tags = try line.texts("tags", limit: 50, each: 100)
    guard let customer = line.value("customer") else { throw .missing("customer") }
    person = try PersonLine(LineFields(customer, path: "customer", keys: PersonLine.keys))
    messages = []
    var last: Timestamp?
    for (index, item) in try line.list("messages", limit: 10_000).enumerated() {
      let path = "messages[\(index)]"
      let fields = try LineFields(item, path: path, keys: ["from", "at", "text", "agent"])
      let from = try fields.requiredText("from", limit: 20)
      guard from == "customer" || from == "agent" else {
        throw .notOneOf("\(path).from", from, allowed: ["customer", "agent"])
      }
      let at = try fields.moment("at", now: now)
      if let at, let last, at < last { throw .messagesOutOfOrder(index) }
      last = at ?? last
      messages.append(
        (
          from == "customer", try fields.text("agent", limit: 100), at,
          try fields.requiredText("text", limit: 1 << 20)
        ))
    }
    fields = try line.values("fields")
    isClaimed = try line.flag("claim") ?? false
    close = nil
    if let value = line.value("close") {
      let fields = try LineFields(value, path: "close", keys: ["disposition", "text"])
      close = Close(
        disposition: try fields.requiredText("disposition", limit: 100),
        text: try fields.requiredText("text", limit: 1 << 20))
    }
  }

  private static func externalID(_ line: LineFields) throws(LineProblem) -> String? {
    guard let text = try line.text("external_id", limit: 100) else { return nil }
    let isPlain = text.unicodeScalars.allSatisfy { scalar in
      scalar.value > 0x20 && !(0x7F..<0xA0).contains(scalar.value) && !scalar.properties.isWhitespace
    }
    guard isPlain else { throw .invalidKey("external_id") }
    return text
  }

  private static func priority(_ line: LineFields) throws(LineProblem) -> Ticket.Priority {
    guard let text = try line.text("priority", limit: 20) else { return .normal }
    guard let priority = try? Ticket.Priority(option: text) else {
      throw .notOneOf("priority", text, allowed: ["urgent", "high", "normal", "low"])
    }
    return priority
  }
}

/// One customer of an import with the records.
struct CustomerLine {
  private static let keys =
    PersonLine.keys + ["since", "risk", "preferred_channel", "quiet_hours", "products", "orders", "bills"]

  var person: PersonLine
  var since: CivilDate?
  var risk: Customer.Risk?
  var preferredChannel: Channel?
  var quietHours: String?
  /// Without key and customer, which are known later.
  var products: [Product] = []
  var orders: [Order] = []
  var bills: [Bill] = []

  init(_ json: JSON) throws(LineProblem) {
    let line = try LineFields(json, keys: Self.keys)
    person = try PersonLine(line)
    since = try line.day("since")
    risk = try line.oneOf("risk", Customer.Risk.self)
    preferredChannel = try line.oneOf("preferred_channel", Channel.self)
    quietHours = try Self.hours(line)
    for (index, item) in try line.list("products", limit: 200).enumerated() {
      products.append(try Self.product(item, "products[\(index)]"))
    }
    for (index, item) in try line.list("orders", limit: 2000).enumerated() {
      orders.append(try Self.order(item, "orders[\(index)]"))
    }
    for (index, item) in try line.list("bills", limit: 500).enumerated() {
      bills.append(try Self.bill(item, "bills[\(index)]"))
    }
  }

  private static func hours(_ line: LineFields) throws(LineProblem) -> String? {
    guard let text = try line.text("quiet_hours", limit: 20) else { return nil }
    let parts = text.split(separator: "-").map { $0.split(separator: ":").map { Int($0) } }
    let isRight =
      text.utf8.count == 11 && parts.count == 2
      && parts.allSatisfy { part in
        guard part.count == 2, let hour = part[0], let minute = part[1] else { return false }
        return (0...24).contains(hour) && (0...59).contains(minute)
      }
    guard isRight else { throw .notTime("quiet_hours", text) }
    return text
  }

  private static func product(_ json: JSON, _ path: String) throws(LineProblem) -> Product {
    let fields = try LineFields(
      json, path: path,
      keys: ["name", "kind", "state", "monthly_fee", "started_on", "ended_on", "contract_until"])
    let kind = try fields.oneOf("kind", Product.Kind.self) ?? .service
    let state = try fields.oneOf("state", Product.State.self) ?? .active
    return Product(
      id: "", customer: "", kind: kind, name: try fields.requiredText("name", limit: 200), state: state,
      monthlyFee: try fields.money("monthly_fee"), startedOn: try fields.requiredDay("started_on"),
      endedOn: try fields.day("ended_on"), contractUntil: try fields.day("contract_until"))
  }

  private static func order(_ json: JSON, _ path: String) throws(LineProblem) -> Order {
    let fields = try LineFields(json, path: path, keys: ["number", "title", "state", "placed_on", "amount"])
    let state = try fields.oneOf("state", Order.State.self) ?? .completed
    return Order(
      id: "", number: try fields.requiredText("number", limit: 60), customer: "",
      title: try fields.requiredText("title", limit: 200), state: state,
      placedOn: try fields.requiredDay("placed_on"), amount: try fields.money("amount"))
  }

  private static func bill(_ json: JSON, _ path: String) throws(LineProblem) -> Bill {
    let fields = try LineFields(json, path: path, keys: ["number", "period", "paid", "lines"])
    let period = try fields.requiredText("period", limit: 7)
    guard period.utf8.count == 7, CivilDate(period + "-01") != nil else {
      throw .notDay(fields.name("period"), period)
    }
    var lines: [Bill.Line] = []
    for (index, item) in try fields.list("lines", limit: 1000).enumerated() {
      let line = try LineFields(
        item, path: "\(path).lines[\(index)]", keys: ["title", "amount", "charged_on"])
      lines.append(
        Bill.Line(
          title: try line.requiredText("title", limit: 200), amount: try line.money("amount"),
          chargedOn: try line.requiredDay("charged_on")))
    }
    return Bill(
      id: "", number: try fields.requiredText("number", limit: 60), customer: "", period: period,
      lines: lines,
      isPaid: try fields.flag("paid") ?? true)
  }
}
