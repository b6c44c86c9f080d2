import Domain
import GRDB

/// What a closing text needs of the customer: the only place where a name leaves the store in clear without a disclosure,
/// because it goes into what the customer is told.
package struct TemplateValues: Hashable, Sendable {
  package var customerName: String
  /// The family name as it stands in a salutation: 王, 欧阳, Smith.
  package var familyName: String
  /// Masked.
  package var phone: String
}

extension Replica {
  /// The customer 360, masked. A customer that was merged is shown as the one it was merged into.
  package func customerProfile(_ id: CustomerID) throws -> CustomerProfile? {
    try read { try profile(of: id, $0) }
  }

  package func customer(holding kind: Identity.Kind, _ value: String) throws -> CustomerID? {
    try read { db in
      try DatabaseState(db: db, cache: cache, numbering: nil)
        .holder(of: kind, normalized: Identity.normalize(value, kind: kind))
    }
  }

  /// A value in clear, for whoever has just saved the operation that discloses it; nothing else may ask.
  ///
  /// - Parameter field: `name`, `address`, the id of an identity, or the kind of one (`phone`, `idCard`, …; the first of it).
  package func clearValue(of field: String, customer id: CustomerID) throws -> String? {
    try read { db in
      let reader = RowReader(db: db)
      let id = try survivor(of: id, db)
      switch field {
      case "name": return try reader.customer(id)?.name
      case "address": return try reader.customer(id)?.address
      default:
        let identities = try ([id] + mergedCustomers(into: id, db).map(\.id)).flatMap(reader.identities)
        return (identities.first { $0.id.text == field } ?? identities.first { $0.kind.rawValue == field })?
          .value
      }
    }
  }

  /// The values that fill the closing templates of a ticket.
  package func templateValues(ticket: TicketID) throws -> TemplateValues? {
    try read { db in
      let reader = RowReader(db: db)
      guard let ticket = try reader.ticket(ticket) else { return nil }
      let id = try survivor(of: ticket.customer, db)
      guard let customer = try reader.customer(id) else { return nil }
      let phone = try reader.identities(of: id).first { $0.kind == .phone }?.value
      return TemplateValues(
        customerName: customer.name, familyName: Self.familyName(customer.name),
        phone: phone.map(Masking.phone) ?? "")
    }
  }

  /// Family names of two characters that are common enough to be recognised; every other Chinese name begins with one.
  private static let longFamilyNames: Set<String> = [
    "欧阳", "司马", "上官", "诸葛", "司徒", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "夏侯", "轩辕", "端木", "长孙", "宇文", "独孤",
    "南宫", "申屠", "拓跋", "百里", "呼延", "东郭", "西门",
  ]

  static func familyName(_ name: String) -> String {
    guard let first = name.first, !first.isASCII else {
      return name.split(separator: " ").last.map(String.init) ?? name
    }
    let two = String(name.prefix(2))
    return longFamilyNames.contains(two) && name.count > 2 ? two : String(first)
  }

  // MARK: - Parts

  /// - Parameter isMasked: false for the reader of this desk alone.
  func profile(of id: CustomerID, _ db: Database, isMasked: Bool = true) throws -> CustomerProfile? {
    let reader = RowReader(db: db)
    let id = try survivor(of: id, db)
    guard let customer = try reader.customer(id) else { return nil }
    let merged = try mergedCustomers(into: id, db)
    let all = [id] + merged.map(\.id)
    let identities = try all.flatMap(reader.identities)
    let products = try all.flatMap {
      try reader.all(RowReader.products + " WHERE customer = ? ORDER BY row", key: $0.text, RowReader.product)
    }
    var orders = try all.flatMap {
      try reader.all(RowReader.orders + " WHERE customer = ?", key: $0.text, RowReader.order)
    }
    var bills = try all.flatMap {
      try reader.all(RowReader.bills + " WHERE customer = ?", key: $0.text, RowReader.bill)
    }
    orders.sort { ($0.placedOn, $0.number) > ($1.placedOn, $1.number) }
    bills.sort { ($0.period, $0.number) > ($1.period, $1.number) }
    for index in bills.indices {
      for place in bills[index].refunds.indices {
        bills[index].refunds[place].reason = Masking.text(bills[index].refunds[place].reason)
        bills[index].refunds[place].decision = Masking.text(bills[index].refunds[place].decision)
      }
    }
    let (visits, count) = try visits(of: all, db)
    return CustomerProfile(
      customer: isMasked ? masked(customer) : customer,
      identities: isMasked ? identities.map(masked) : identities, products: products, orders: orders,
      bills: bills, visits: visits, ticketCount: count, merged: merged.map(masked))
  }

  /// Newest first, at most 50.
  private func visits(of customers: [CustomerID], _ db: Database) throws -> ([CustomerProfile.Visit], Int) {
    var visits: [CustomerProfile.Visit] = []
    var count = 0
    for customer in customers {
      var counting = try Prepared(
        db, "SELECT count(*) FROM ticket INDEXED BY ticket_customer WHERE customer = ?")
      counting.bind(customer)
      if try counting.step() { count += Int(counting.int(0)) }
      visits += try RowReader(db: db).all(
        """
        SELECT id, number, created_at, channel, subject, zone, state, category FROM ticket INDEXED BY ticket_customer \
        WHERE customer = ? ORDER BY created_at DESC, row DESC LIMIT 50
        """, key: customer.text
      ) {
        CustomerProfile.Visit(
          id: $0.key(0), number: $0.optionalText(1), at: $0.moment(2),
          channel: Channel(rawValue: $0.text(3)) ?? .phone, subject: Masking.text($0.text(4)),
          zone: $0.key(5), category: $0.optionalKey(7), state: Ticket.State(code: $0.int(6)))
      }
    }
    if customers.count > 1 { visits.sort { $0.at > $1.at } }
    return (Array(visits.prefix(50)), count)
  }

  /// Who a customer is shown as: itself, or the one it was merged into at last.
  func survivor(of id: CustomerID, _ db: Database) throws -> CustomerID {
    var id = id
    for _ in 0..<16 {
      guard let next = try RowReader(db: db).customer(id)?.mergedInto, next != id else { break }
      id = next
    }
    return id
  }

  func mergedCustomers(into id: CustomerID, _ db: Database) throws -> [Customer] {
    var found: [Customer] = []
    var next = [id]
    while let target = next.popLast(), found.count < 100 {
      let merged = try RowReader(db: db).all(
        RowReader.customers + " WHERE merged_into = ? ORDER BY row", key: target.text, RowReader.customer)
      for customer in merged where customer.id != id && !found.contains(where: { $0.id == customer.id }) {
        found.append(customer)
        next.append(customer.id)
      }
    }
    return found
  }

  // MARK: - Masking

  private func masked(_ customer: Customer) -> Customer {
    var customer = customer
    customer.name = Masking.name(customer.name)
    customer.address = Masking.address(customer.address)
    return customer
  }

  private func masked(_ identity: Identity) -> Identity {
    var identity = identity
    identity.value = Masking.identity(identity.value, kind: identity.kind)
    identity.normalized = Masking.identity(identity.normalized, kind: identity.kind)
    return identity
  }
}
