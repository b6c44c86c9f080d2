import Domain
import GRDB

/// Reads rows back as values of the domain, in clear; masking is the business of what is shown.
struct RowReader {
  let db: Database

  func row(_ key: RowKey) throws -> Row? {
    switch key.kind {
    case .customer: try customer(CustomerID(key.id)).map(Row.customer)
    case .identity: try identity(IdentityID(key.id)).map(Row.identity)
    case .product: try first(Self.products + " WHERE id = ?", key.id, Self.product).map(Row.product)
    case .order: try first(Self.orders + " WHERE id = ?", key.id, Self.order).map(Row.order)
    case .bill: try first(Self.bills + " WHERE id = ?", key.id, Self.bill).map(Row.bill)
    case .ticket: try ticket(TicketID(key.id)).map(Row.ticket)
    case .contact: try contact(ContactID(key.id)).map(Row.contact)
    case .entry: try entry(EntryID(key.id)).map(Row.entry)
    case .attachment:
      try first(Self.attachments + " WHERE id = ?", key.id, Self.attachment).map(Row.attachment)
    case .agent: try agent(AgentID(key.id)).map(Row.agent)
    case .configuration:
      try first(Self.configurations + " WHERE id = ?", key.id, Self.configuration).map(Row.configuration)
    case .disclosure:
      try first(Self.disclosures + " WHERE id = ?", key.id, Self.disclosure).map(Row.disclosure)
    case .missedSearch:
      try first(Self.missedSearches + " WHERE id = ?", key.id, Self.missedSearch).map(Row.missedSearch)
    }
  }

  /// Rows of one kind with `after < rev <= upTo`, in the order in which they were written.
  func rows(_ kind: Row.Kind, after: Int64, upTo: Int64) throws -> [(revision: Int64, row: Row, place: Int64)]
  {
    var statement = try Prepared(db, Self.feeds[kind]!)
    statement.bind(after)
    statement.bind(upTo)
    return try rows(kind, &statement)
  }

  /// The rows of a statement that begins with `withPlace`.
  func rows(_ kind: Row.Kind, _ statement: inout Prepared) throws -> [(
    revision: Int64, row: Row, place: Int64
  )] {
    let place = statement.columnCount - 1
    func read(_ make: (borrowing Prepared) throws -> Row) throws -> [(Int64, Row, Int64)] {
      var result: [(Int64, Row, Int64)] = []
      while try statement.step() {
        result.append((statement.int(1), try make(statement), statement.int(place)))
      }
      return result
    }
    return switch kind {
    case .customer: try read { .customer(try Self.customer($0)) }
    case .identity: try read { .identity(try Self.identity($0)) }
    case .product: try read { .product(try Self.product($0)) }
    case .order: try read { .order(try Self.order($0)) }
    case .bill: try read { .bill(try Self.bill($0)) }
    case .ticket: try read { .ticket(try Self.ticket($0)) }
    case .contact: try read { .contact(try Self.contact($0)) }
    case .entry: try read { .entry(try Self.entry($0)) }
    case .attachment: try read { .attachment(try Self.attachment($0)) }
    case .agent: try read { .agent(try Self.agent($0)) }
    case .configuration: try read { .configuration(try Self.configuration($0)) }
    case .disclosure: try read { .disclosure(try Self.disclosure($0)) }
    case .missedSearch: try read { .missedSearch(try Self.missedSearch($0)) }
    }
  }

  private static func columns(_ kind: Row.Kind) -> String {
    switch kind {
    case .customer: customers
    case .identity: identities
    case .product: products
    case .order: orders
    case .bill: bills
    case .ticket: tickets
    case .contact: contacts
    case .entry: entries
    case .attachment: attachments
    case .agent: agents
    case .configuration: configurations
    case .disclosure: disclosures
    case .missedSearch: missedSearches
    }
  }

  /// Every column of a kind, and where the row stands.
  static let withPlace = Dictionary(
    uniqueKeysWithValues: Row.Kind.allCases.map {
      ($0, columns($0).replacing(" FROM ", with: ", row AS place FROM "))
    })

  private static let feeds = withPlace.mapValues { $0 + " WHERE rev > ? AND rev <= ? ORDER BY rev, row" }

  func first<Value>(_ sql: String, _ key: String, _ make: (borrowing Prepared) throws -> Value) throws
    -> Value?
  {
    var statement = try Prepared(db, sql)
    statement.bind(key)
    return try statement.step() ? make(statement) : nil
  }

  func all<Value>(_ sql: String, key: String? = nil, _ make: (borrowing Prepared) throws -> Value) throws
    -> [Value]
  {
    var statement = try Prepared(db, sql)
    if let key { statement.bind(key) }
    var result: [Value] = []
    while try statement.step() { result.append(try make(statement)) }
    return result
  }

  // MARK: - Customers

  static let customers = "SELECT id, rev, name, level, merged_into, rest FROM customer"

  static func customer(_ row: borrowing Prepared) throws -> Customer {
    var rest = row.record(5)
    var value = Customer(
      id: row.key(0), name: row.text(2), level: Customer.Level(rawValue: row.text(3)) ?? .standard,
      mergedInto: row.optionalKey(4))
    value.since = rest.optionalDate()
    value.city = rest.text()
    value.address = rest.text()
    value.language = Language(rawValue: rest.text()) ?? .chinese
    value.tags = rest.texts()
    value.risk = Customer.Risk(rawValue: rest.text()) ?? .low
    value.preferredChannel = rest.optionalText().flatMap(Channel.init(rawValue:))
    value.quietHours = rest.optionalText()
    value.version = rest.int()
    let count = rest.int()
    if count > 0 {
      // The number is from the file: what it promises need not be there.
      for _ in 0..<min(count, Int64(Customer.mostOfferAnswers)) {
        let offer: OfferID = rest.key()
        let answer = Offer.Answer(rawValue: rest.text()) ?? .later
        value.offerAnswers.append(OfferAnswer(offer: offer, answer: answer, at: rest.moment()))
      }
    }
    value.isLanguageNamed = rest.int() == 1
    try rest.check("customer", value.id.text)
    return value
  }

  func customer(_ id: CustomerID) throws -> Customer? {
    try first(Self.customers + " WHERE id = ?", id.text, Self.customer)
  }

  static let identities =
    "SELECT id, rev, customer, kind, value, normalized, is_verified FROM identity"

  static func identity(_ row: borrowing Prepared) throws -> Identity {
    var value = Identity(
      id: row.key(0), customer: row.key(2), kind: Identity.Kind(rawValue: row.text(3)) ?? .account,
      value: row.text(4), isVerified: row.bool(6))
    value.normalized = row.text(5)
    return value
  }

  func identity(_ id: IdentityID) throws -> Identity? {
    try first(Self.identities + " WHERE id = ?", id.text, Self.identity)
  }

  func identities(of customer: CustomerID) throws -> [Identity] {
    try all(Self.identities + " WHERE customer = ? ORDER BY row", key: customer.text, Self.identity)
  }

  static let products = "SELECT id, rev, customer, rest FROM product"

  static func product(_ row: borrowing Prepared) throws -> Product {
    var rest = row.record(3)
    let value = Product(
      id: row.key(0), customer: row.key(2), kind: Product.Kind(rawValue: rest.text()) ?? .service,
      name: rest.text(), state: Product.State(rawValue: rest.text()) ?? .active, monthlyFee: rest.money(),
      startedOn: rest.date(), endedOn: rest.optionalDate(), contractUntil: rest.optionalDate())
    try rest.check("product", value.id.text)
    return value
  }

  static let orders = "SELECT id, rev, customer, number, placed_on, rest FROM customer_order"

  static func order(_ row: borrowing Prepared) throws -> Order {
    var rest = row.record(5)
    let value = Order(
      id: row.key(0), number: row.text(3), customer: row.key(2), title: rest.text(),
      state: Order.State(rawValue: rest.text()) ?? .placed,
      placedOn: RecordReader.date(row.int(4)), amount: rest.money())
    try rest.check("customer_order", value.id.text)
    return value
  }

  static let bills = "SELECT id, rev, customer, number, period, rest FROM bill"

  static func bill(_ row: borrowing Prepared) throws -> Bill {
    var rest = row.record(5)
    var value = Bill(
      id: row.key(0), number: row.text(3), customer: row.key(2), period: row.text(4), lines: [],
      isPaid: rest.bool())
    for _ in 0..<rest.count() {
      value.lines.append(Bill.Line(title: rest.text(), amount: rest.money(), chargedOn: rest.date()))
    }
    value.refunds = rest.refunds()
    try rest.check("bill", value.id.text)
    return value
  }

  func bill(_ id: BillID) throws -> Bill? { try first(Self.bills + " WHERE id = ?", id.text, Self.bill) }

  // MARK: - Tickets

  static let tickets = """
    SELECT id, rev, number, customer, zone, category, subject, preview, state, priority, owner, channel, \
    created_at, updated_at, waiting_since, pending_until, is_unread, reminder_at, merged_into, rest \
    FROM ticket
    """

  static func ticket(_ row: borrowing Prepared) throws -> Ticket {
    var rest = row.record(19)
    let version = rest.int()
    let team: TeamID? = rest.optionalKey()
    let language = Language(rawValue: rest.text()) ?? .chinese
    let fields = rest.dictionary()
    let tags = rest.texts()
    let steps = rest.texts()
    var value = Ticket(
      id: row.key(0), customer: row.key(3), zone: row.key(4), category: row.optionalKey(5),
      subject: row.text(6), priority: Ticket.Priority(rawValue: Int(row.int(9))) ?? .normal,
      language: language, channel: Channel(rawValue: row.text(11)) ?? .phone, createdAt: row.moment(12),
      createdBy: rest.key())
    value.version = version
    value.team = team
    value.fields = fields
    value.tags = tags
    value.steps = steps
    value.number = row.optionalText(2)
    value.preview = row.text(7)
    value.state = Ticket.State(code: row.int(8))
    value.owner = row.optionalKey(10)
    value.updatedAt = row.moment(13)
    value.waitingSince = row.optionalMoment(14)
    value.pendingUntil = row.optionalMoment(15)
    value.isUnread = row.bool(16)
    value.mergedInto = row.optionalKey(18)
    value.contact = rest.optionalKey()
    value.firstRepliedAt = rest.optionalMoment()
    value.pendingSince = rest.optionalMoment()
    value.pendingReason = rest.optionalText()
    value.solvedAt = rest.optionalMoment()
    value.closedAt = rest.optionalMoment()
    value.disposition = rest.optionalText()
    if rest.bool() {
      value.closing = Closing(
        text: rest.text(), mode: Closing.Mode(rawValue: rest.text()) ?? .blank,
        template: rest.optionalKey(), keys: rest.optionalInt().map { Int($0) },
        milliseconds: rest.optionalInt())
    }
    value.reopenCount = Int(rest.int())
    for _ in 0..<rest.count() {
      value.links.append(
        Ticket.Link(
          ticket: rest.key(), relation: Ticket.Link.Relation(rawValue: rest.text()) ?? .related))
    }
    if rest.bool(), let at = row.optionalMoment(17) {
      value.reminder = Ticket.Reminder(at: at, text: rest.text(), agent: rest.key())
    }
    if value.closing != nil {
      value.closing?.characters = rest.optionalInt().map { Int($0) }
      let (record, suggestions) = (rest.optionalText(), rest.optionalText())
      do {
        value.closing?.record = try record.map { try JSON.value($0) }
        value.closing?.suggestions = try suggestions.map { try JSON.value($0) } ?? []
      } catch {
        throw StoreError.damaged(table: "ticket", key: value.id.text)
      }
    }
    if rest.bool() { value.closing?.isMachineDrafted = true }
    value.skippedSteps = rest.dictionary()
    value.alerts = rest.alerts()
    value.isLanguageNamed = rest.bool()
    try rest.check("ticket", value.id.text)
    return value
  }

  func ticket(_ id: TicketID) throws -> Ticket? {
    try first(Self.tickets + " WHERE id = ?", id.text, Self.ticket)
  }

  static let contacts =
    "SELECT id, rev, ticket, customer, channel, state, agent, arrived_at, rest FROM contact"

  static func contact(_ row: borrowing Prepared) throws -> Contact {
    var rest = row.record(8)
    var value = Contact(
      id: row.key(0), ticket: row.key(2), customer: row.key(3),
      channel: Channel(rawValue: row.text(4)) ?? .phone, state: Contact.State(code: row.int(5)),
      agent: row.optionalKey(6), arrivedAt: row.moment(7))
    value.offeredAt = rest.optionalMoment()
    value.answeredAt = rest.optionalMoment()
    value.heldAt = rest.optionalMoment()
    value.heldMilliseconds = rest.int()
    value.endedAt = rest.optionalMoment()
    value.wrappedUpAt = rest.optionalMoment()
    value.abandonedAt = rest.optionalMoment()
    value.wrapUpCode = rest.optionalText()
    value.verification = rest.verification()
    try rest.check("contact", value.id.text)
    return value
  }

  func contact(_ id: ContactID) throws -> Contact? {
    try first(Self.contacts + " WHERE id = ?", id.text, Self.contact)
  }

  func contacts(of ticket: TicketID) throws -> [Contact] {
    try all(Self.contacts + " WHERE ticket = ? ORDER BY row", key: ticket.text, Self.contact)
  }

  static let entries = "SELECT id, rev, ticket, at, kind, author, body, rest, row FROM entry"

  static func entry(_ row: borrowing Prepared) throws -> TimelineEntry {
    var rest = row.record(7)
    let contact: ContactID? = rest.optionalKey()
    let releasesAt = rest.optionalMoment()
    let struckAt = rest.optionalMoment()
    var value = TimelineEntry(
      id: row.key(0), ticket: row.key(2), contact: contact, at: row.moment(3),
      author: TimelineEntry.Author(column: row.text(5)),
      kind: TimelineEntry.Kind(code: row.int(4), &rest), body: row.text(6), releasesAt: releasesAt,
      struckAt: struckAt)
    if rest.bool() { value.isMachineDrafted = true }
    try rest.check("entry", value.id.text)
    return value
  }

  func entry(_ id: EntryID) throws -> TimelineEntry? {
    try first(Self.entries + " WHERE id = ?", id.text, Self.entry)
  }

  static let attachments =
    "SELECT id, rev, ticket, name, media_type, byte_count, digest FROM attachment"

  static func attachment(_ row: borrowing Prepared) throws -> Attachment {
    Attachment(
      id: row.key(0), ticket: row.key(2), name: row.text(3), mediaType: row.text(4),
      byteCount: row.int(5), digest: row.text(6))
  }

  // MARK: - People and configuration

  static let agents = "SELECT id, rev, body FROM agent"

  static func agent(_ row: borrowing Prepared) throws -> Agent { try JSON.value(row.text(2)) }

  func agent(_ id: AgentID) throws -> Agent? {
    try first(Self.agents + " WHERE id = ?", id.text, Self.agent)
  }

  static let configurations = "SELECT id, rev, kind, zone, position, body FROM configuration"

  static func configuration(_ row: borrowing Prepared) throws -> ConfigurationRow {
    ConfigurationRow(
      kind: ConfigurationRow.Kind(rawValue: row.text(2)), id: row.text(0), zone: row.optionalKey(3),
      position: row.int(4), body: row.text(5))
  }

  static let disclosures = "SELECT id, rev, customer, agent, at, field, reason FROM disclosure"

  static func disclosure(_ row: borrowing Prepared) throws -> Disclosure {
    Disclosure(
      id: row.key(0), customer: row.key(2), agent: row.key(3), at: row.moment(4), field: row.text(5),
      reason: row.text(6))
  }

  static let missedSearches = "SELECT id, rev, query, language, count FROM missed_search"

  static func missedSearch(_ row: borrowing Prepared) throws -> MissedSearch {
    MissedSearch(
      query: row.text(2), language: Language(rawValue: row.text(3)) ?? .chinese, count: row.int(4))
  }
}

extension RecordReader {
  /// Damaged bytes are an error that names the row: a value made of defaults must never be shown or saved as if it were real.
  func check(_ table: String, _ key: String) throws(StoreError) {
    if isDamaged { throw .damaged(table: table, key: key) }
  }
}
