import ArgumentParser
import Domain
import Store

struct CustomerImportCommand: HeadlessCommand {
  static var configuration: CommandConfiguration { .words("import", "customer.import") }

  @OptionGroup var global: GlobalOptions
  @Argument(help: .words("import.file", value: "file"), completion: .file()) var file: String
  @Option(help: .words("import.rejects", value: "path"), completion: .file()) var rejects: String?

  func perform(_ context: CommandContext) throws {
    let desk = try context.openDesk()
    defer { desk.close() }
    guard desk.agent.has(.work) || desk.agent.has(.importRecords) else {
      throw CommandFailure.missingRight(.importRecords)
    }
    let lines = try LineImport(desk, file: file, rejects: rejects)
    var customers = CustomerImport(desk)
    try lines.run { try customers.take($0) }
    try lines.report(customers: customers.created)
  }
}

/// Customers of an import, a batch at a time.
struct CustomerImport {
  private let desk: HeadlessDesk
  private var delivery: BulkDelivery
  private var people: PersonMatcher

  init(_ desk: HeadlessDesk) {
    self.desk = desk
    delivery = BulkDelivery(desk.connection)
    people = PersonMatcher(desk)
  }

  var created: Int { people.created }

  mutating func take(_ lines: [(line: LineImport.Line, json: JSON)]) throws -> [LineImport.Result] {
    var operations: [Operation] = []
    var ranges: [Result<Range<Int>, LineProblem>] = []
    for (_, json) in lines {
      let start = operations.count
      do {
        try plan(CustomerLine(json), &operations)
        ranges.append(.success(start..<operations.count))
      } catch let problem as LineProblem {
        operations.removeSubrange(start...)
        ranges.append(.failure(problem))
      }
    }
    let outcomes = try delivery.send(operations)
    return ranges.map { range in
      switch range {
      case .failure(let problem): return .rejected(problem)
      case .success(let range):
        for index in range {
          if case .refused(let refusal) = outcomes[index] { return .rejected(.refused(refusal)) }
        }
        return range.isEmpty ? .known : .imported
      }
    }
  }

  private mutating func plan(_ line: CustomerLine, _ operations: inout [Operation]) throws {
    let records = line.products.isEmpty && line.orders.isEmpty && line.bills.isEmpty ? nil : line
    if records != nil, !desk.agent.has(.importRecords) {
      throw LineProblem.refused(.missingRight(.importRecords))
    }
    let (id, making) = try people.match(line.person)
    let isNew = making.contains { if case .customer(_, .create) = $0.action { true } else { false } }
    operations += making.map { completed($0, line) }
    if !isNew, let known = try desk.replica.customerRecord(id) {
      let wanted = changed(known, line)
      if wanted != known { operations.append(desk.operation(.customer(id, .update(wanted)))) }
    }
    guard let records else { return }
    operations.append(
      desk.operation(
        .customer(
          id,
          .importRecords(
            products: records.products.map { product in
              var product = product
              // The same product begun on the same day is the same record, however often it is imported.
              product.id = ProductID("\(id):\(product.kind.rawValue):\(product.startedOn):\(product.name)")
              product.customer = id
              return product
            },
            orders: records.orders.map { order in
              var order = order
              order.id = OrderID("\(id):\(order.number)")
              order.customer = id
              return order
            },
            bills: records.bills.map { bill in
              var bill = bill
              bill.id = BillID("\(id):\(bill.number)")
              bill.customer = id
              return bill
            }))))
  }

  /// A new customer has everything from the start.
  private func completed(_ operation: Operation, _ line: CustomerLine) -> Operation {
    guard case .customer(let id, .create(let customer, let identities)) = operation.action else {
      return operation
    }
    var operation = operation
    operation.action = .customer(id, .create(changed(customer, line), identities: identities))
    return operation
  }

  private func changed(_ customer: Customer, _ line: CustomerLine) -> Customer {
    var customer = customer
    customer.name = line.person.name ?? customer.name
    customer.level = line.person.level ?? customer.level
    customer.city = line.person.city ?? customer.city
    customer.address = line.person.address ?? customer.address
    if let language = line.person.language {
      customer.language = language
      customer.isLanguageNamed = true
    }
    if !line.person.tags.isEmpty { customer.tags = line.person.tags }
    customer.since = line.since ?? customer.since
    customer.risk = line.risk ?? customer.risk
    customer.preferredChannel = line.preferredChannel ?? customer.preferredChannel
    customer.quietHours = line.quietHours ?? customer.quietHours
    return customer
  }
}
