import Domain

/// The records of one reading in columns of whole numbers, so that a rule compares without looking at texts: money in cents,
/// dates in days since 1970, months as year × 12 + month − 1, texts as the place in `TextPool`.
final class RecordTables {
  /// A property without a value.
  static let none = Int64.min

  struct Table {
    var count = 0
    var columns: [String: [Int64]] = [:]
    /// Properties that hold several texts.
    var lists: [String: [[Int64]]] = [:]
    /// What the row is, by its place.
    var rows: [Finding.Evidence.Row] = []
    /// Rows whose text is made only when they are shown.
    var lines: [(bill: Int32, line: Int32)] = []
  }

  let input: ReadingInput
  let texts = TextPool()
  let today: CivilDate
  private let outages: [Outage]
  private let names: [Int64: Int64]
  private var tables: [RecordKind: Table] = [:]
  /// Oldest first, whatever order the profile has.
  private lazy var bills: [Bill] = Self.oldestFirst(input.customer?.bills ?? [], by: \.period)

  init(_ input: ReadingInput, outages: [Outage], catalogue: [CatalogueItem]) {
    self.input = input
    self.outages = outages
    today = input.clock.civil(input.now).date
    var names: [Int64: Int64] = [:]
    for item in catalogue {
      let id = texts.id(item.id)
      for name in [item.name.chinese, item.name.english] + item.aliases {
        let name = texts.id(name)
        if names[name] == nil { names[name] = id }
      }
    }
    self.names = names
  }

  subscript(kind: RecordKind) -> Table {
    if let table = tables[kind] { return table }
    let table = made(kind)
    tables[kind] = table
    return table
  }

  private func made(_ kind: RecordKind) -> Table {
    let profile = input.customer
    switch kind {
    case .bill: return billTable()
    case .billLine: return lineTable()
    case .order: return orderTable(Self.oldestFirst(profile?.orders ?? [], by: \.placedOn))
    case .product: return productTable(Self.oldestFirst(profile?.products ?? [], by: \.startedOn))
    case .outage: return outageTable()
    case .earlierTicket: return visitTable(Self.oldestFirst(profile?.visits ?? [], by: \.at))
    case .message: return messageTable()
    case .customer: return customerTable()
    case .ticket: return ticketTable()
    case .form: return formTable()
    }
  }

  private static func oldestFirst<Row, Key: Comparable>(_ rows: [Row], by key: KeyPath<Row, Key>) -> [Row] {
    var isRising = true
    var isFalling = true
    for (left, right) in zip(rows, rows.dropFirst()) {
      if right[keyPath: key] < left[keyPath: key] { isRising = false }
      if left[keyPath: key] < right[keyPath: key] { isFalling = false }
      if !isRising, !isFalling { break }
    }
    if isRising { return rows }
    if isFalling { return rows.reversed() }
    return rows.enumerated().sorted {
      ($0.element[keyPath: key], $0.offset) < ($1.element[keyPath: key], $1.offset)
    }.map(\.element)
  }

  // MARK: - Tables

  private func billTable() -> Table {
    var table = Table()
    table.count = bills.count
    table.columns = [
      "number": bills.map { texts.id($0.number) }, "period": bills.map { Self.month($0.period) },
      "total": bills.map { $0.total.cents }, "paid": bills.map { $0.isPaid ? 1 : 0 },
    ]
    table.rows = bills.map { .bill($0.id, number: $0.number, period: $0.period, total: $0.total) }
    return table
  }

  private func lineTable() -> Table {
    var table = Table()
    table.count = bills.reduce(0) { $0 + $1.lines.count }
    var title: [Int64] = []
    var amount: [Int64] = []
    var charged: [Int64] = []
    var period: [Int64] = []
    var number: [Int64] = []
    var paid: [Int64] = []
    title.reserveCapacity(table.count)
    amount.reserveCapacity(table.count)
    charged.reserveCapacity(table.count)
    period.reserveCapacity(table.count)
    number.reserveCapacity(table.count)
    paid.reserveCapacity(table.count)
    table.lines.reserveCapacity(table.count)
    var day = DayCounter()
    for (index, bill) in bills.enumerated() {
      let month = Self.month(bill.period)
      let billNumber = texts.id(bill.number)
      for (place, line) in bill.lines.enumerated() {
        title.append(texts.id(line.title))
        amount.append(line.amount.cents)
        charged.append(day.days(line.chargedOn))
        period.append(month)
        number.append(billNumber)
        paid.append(bill.isPaid ? 1 : 0)
        table.lines.append((Int32(index), Int32(place)))
      }
    }
    table.columns = [
      "title": title, "amount": amount, "charged_on": charged, "period": period, "bill": number, "paid": paid,
      "catalogue": title.map { names[$0] ?? Self.none },
      "refundable": table.lines.map { bills[Int($0.bill)].refundable(ofLine: Int($0.line)).cents },
    ]
    return table
  }

  private func orderTable(_ orders: [Order]) -> Table {
    var table = Table()
    table.count = orders.count
    table.columns = [
      "title": orders.map { texts.id($0.title) }, "number": orders.map { texts.id($0.number) },
      "state": orders.map { texts.id($0.state.rawValue) },
      "placed_on": orders.map { Int64($0.placedOn.daysSinceEpoch) }, "amount": orders.map(\.amount.cents),
    ]
    table.rows = orders.map { .order($0.id, number: $0.number, title: $0.title, placedOn: $0.placedOn) }
    return table
  }

  private func productTable(_ products: [Product]) -> Table {
    var table = Table()
    table.count = products.count
    func days(_ date: CivilDate?) -> Int64 { date.map { Int64($0.daysSinceEpoch) } ?? Self.none }
    let names = products.map { texts.id($0.name) }
    table.columns = [
      "name": names, "kind": products.map { texts.id($0.kind.rawValue) },
      "state": products.map { texts.id($0.state.rawValue) }, "fee": products.map(\.monthlyFee.cents),
      "started_on": products.map { days($0.startedOn) }, "ended_on": products.map { days($0.endedOn) },
      "contract_until": products.map { days($0.contractUntil) },
      "catalogue": names.map { self.names[$0] ?? Self.none },
    ]
    table.rows = products.map { .product($0.id, name: $0.name, contractUntil: $0.contractUntil) }
    return table
  }

  private func outageTable() -> Table {
    let place = OutagePlace(input)
    let found = Self.oldestFirst(
      outages.compactMap { outage in
        place.area(of: outage).map { (outage: outage, area: $0, from: outage.from) }
      },
      by: \.from)
    var table = Table()
    table.count = found.count
    func day(_ moment: Timestamp?) -> Int64 { moment.map { days($0) } ?? Self.none }
    table.columns = [
      "id": found.map { texts.id($0.outage.id.text) }, "from": found.map { day($0.from) },
      "until": found.map { day($0.outage.until) }, "promised": found.map { day($0.outage.promised) },
      "open": found.map { item in
        item.from <= input.now && item.outage.until.map { $0 > input.now } ?? true ? 1 : 0
      },
      "area": found.map { texts.id($0.area) },
      "cause": found.map { texts.id($0.outage.cause[input.ticket.language]) },
    ]
    table.lists = ["services": found.map { $0.outage.services.map(texts.id) }]
    table.rows = found.map {
      .outage($0.outage.id, area: $0.area, cause: $0.outage.cause, promised: $0.outage.promised)
    }
    return table
  }

  private func visitTable(_ visits: [CustomerProfile.Visit]) -> Table {
    let visits = visits.filter { $0.id != input.ticket.id && $0.at <= input.ticket.createdAt }
    var table = Table()
    table.count = visits.count
    table.columns = [
      "number": visits.map { $0.number.map(texts.id) ?? Self.none },
      "subject": visits.map { texts.id($0.subject) },
      "zone": visits.map { texts.id($0.zone.text) },
      "category": visits.map { $0.category.map { texts.id($0.text) } ?? Self.none },
      "opened_on": visits.map { days($0.at) }, "state": visits.map { texts.id($0.state.rawValue) },
      "channel": visits.map { texts.id($0.channel.rawValue) },
    ]
    table.rows = visits.map { .ticket($0.id, number: $0.number, subject: $0.subject, at: $0.at) }
    return table
  }

  private func messageTable() -> Table {
    var table = Table()
    for (index, message) in input.messages.enumerated() where message.isFromCustomer {
      table.count += 1
      table.columns["text", default: []].append(texts.id(message.text))
      table.columns["written_on", default: []].append(days(message.at))
      table.rows.append(.message(index))
    }
    return table
  }

  private func customerTable() -> Table {
    guard let customer = input.customer?.customer else { return Table() }
    var table = Table()
    table.count = 1
    table.columns = [
      "level": [texts.id(customer.level.rawValue)], "risk": [texts.id(customer.risk.rawValue)],
      "city": [customer.city.isEmpty ? Self.none : texts.id(customer.city)],
      "since": [customer.since.map { Int64($0.daysSinceEpoch) } ?? Self.none],
    ]
    table.lists = ["tags": [customer.tags.map(texts.id)]]
    table.rows = [.customer]
    return table
  }

  private func ticketTable() -> Table {
    let ticket = input.ticket
    var table = Table()
    table.count = 1
    table.columns = [
      "category": [ticket.category.map { texts.id($0.text) } ?? Self.none],
      "subject": [texts.id(ticket.subject)],
      "opened_on": [days(ticket.createdAt)], "channel": [texts.id(ticket.channel.rawValue)],
      "priority": [Int64(ticket.priority.rawValue)],
    ]
    table.lists = ["tags": [ticket.tags.map(texts.id)]]
    table.rows = [.thisTicket]
    return table
  }

  private func formTable() -> Table {
    var table = Table()
    table.count = 1
    for field in input.zone?.fields ?? [] {
      let value = input.ticket.fields[field.id] ?? ""
      let number: Int64? =
        switch field.kind {
        case .money: Money(value)?.cents
        case .date: CivilDate(value).map { Int64($0.daysSinceEpoch) }
        default: value.isEmpty ? nil : texts.id(value)
        }
      table.columns[field.id] = [number ?? Self.none]
    }
    table.rows = [.form]
    return table
  }

  // MARK: - Rows

  func evidence(_ kind: RecordKind, _ row: Int) -> Finding.Evidence.Row {
    let table = self[kind]
    guard kind == .billLine else { return table.rows[row] }
    let place = table.lines[row]
    let bill = bills[Int(place.bill)]
    let line = bill.lines[Int(place.line)]
    return .billLine(
      bill.id, number: bill.number, period: bill.period, line: Int(place.line), title: line.title,
      amount: line.amount, chargedOn: line.chargedOn)
  }

  /// What a line still has to give.
  func refundable(_ row: Int) -> Money {
    let place = self[.billLine].lines[row]
    return bills[Int(place.bill)].refundable(ofLine: Int(place.line))
  }

  private func days(_ moment: Timestamp) -> Int64 { Int64(input.clock.civil(moment).date.daysSinceEpoch) }

  /// `2026-10`; anything else is no month.
  static func month(_ period: String) -> Int64 {
    let parts = period.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2, let year = Int64(parts[0]), let month = Int64(parts[1]),
      (1...9999).contains(year),
      (1...12).contains(month)
    else { return none }
    return year * 12 + month - 1
  }
}

/// Days since 1970 of dates that mostly repeat.
private struct DayCounter {
  private var last: (date: CivilDate, days: Int64)?

  mutating func days(_ date: CivilDate) -> Int64 {
    if let last, last.date == date { return last.days }
    let days = Int64(date.daysSinceEpoch)
    last = (date, days)
    return days
  }
}
