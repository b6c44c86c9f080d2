import Assist
import Domain
import Foundation
import Store

/// What assistance costs: a ticket that opens, a key in a reply, a customer with very many records, similar tickets, learning.
struct AssistMeasure {
  let demo: DemoStore
  /// Tickets that are read.
  var tickets = 200

  func report(command: String) throws -> Report {
    var report = Report("Assistance, \(demo.tickets) tickets", command: command)
    let replica = try Replica(path: demo.replica)
    defer { replica.close() }
    let refreshing = try elapsed { try replica.refreshSearch { _ in } }
    if refreshing > 1000 {
      report.remarks.append("The index was of an older version; renewed in \(Int(refreshing / 1000)) s.")
    }
    // That of now: a store may have been made before the newest rules and words were written.
    let configuration = try Place.configuration()
    let models = try learn(configuration, &report)
    let reader = TicketReader(configuration: configuration, models: models)
    let cases = try self.cases(replica, configuration)
    try read(cases, reader, replica, &report)
    try inspect(cases, configuration, models, &report)
    try diagnose(cases, configuration, &report)
    check(cases, reader, &report)
    try findSimilar(cases, replica, &report)
    try create(&report)
    return report
  }

  private static let clock = WallClock.china

  private struct Case {
    var clear: ClearTicket
    var input: ReadingInput
  }

  /// Tickets that wait, then the newest that are done, as if they had just come.
  private func cases(_ replica: Replica, _ configuration: ConfigurationSet) throws -> [Case] {
    func rows(_ scope: QueueQuery.Scope) throws -> [TicketID] {
      let query = QueueQuery(scope: scope, zones: demo.agent.zones)
      return try replica.queuePage(QueueRequest(query: query, edge: .first, limit: tickets)).rows.map(\.id)
    }
    return try (rows(.waiting) + rows(.done)).prefix(tickets).compactMap { id in
      guard var clear = try replica.clearTicket(id) else { return nil }
      clear.ticket.state = .open
      clear.zone = configuration.zones.first { $0.id == clear.ticket.zone }
      return Case(
        clear: clear, input: ReadingInput(clear, clock: Self.clock, now: clear.ticket.updatedAt))
    }
  }

  private static func add(_ report: inout Report, _ name: String, _ samples: Samples, target: Double? = nil) {
    report.add("\(name), p50", samples.p50)
    report.add("\(name), p99", samples.p99, target: target)
  }

  // MARK: - Learning

  private func learn(_ configuration: ConfigurationSet, _ report: inout Report) throws -> ReadingModels {
    let store = try SharedStore(path: demo.store)
    defer { store.close() }
    var options = LearningRound.Options()
    options.comparesPeople = false
    var closed: [ClosedTicket] = []
    let reading = try elapsed { closed = try store.closedTickets(newest: options.most) }
    var outcome: LearningRound.Outcome?
    let learning = try elapsed {
      outcome = try LearningRound(
        closed, categories: configuration.categories, present: nil, options: options,
        digest: SharedStore.digest
      ).run()
    }
    report.add("the newest \(closed.count) closes read", "s", reading / 1000)
    report.add("learned from them and judged", "s", learning / 1000)
    guard case .adopted(_, let trained)? = outcome else {
      report.remarks.append("Nothing was adopted: tickets were read without a model.")
      return .none
    }
    func model(_ use: LearnedModel.File.Use) throws -> TextModel? {
      try trained.first { $0.use == use }.map { try TextModel($0.bytes) }
    }
    return ReadingModels(category: try model(.category), priority: try model(.priority))
  }

  // MARK: - A ticket that opens

  private func read(_ cases: [Case], _ reader: TicketReader, _ replica: Replica, _ report: inout Report)
    throws
  {
    var fetching = Samples()
    var reading = Samples()
    var alone = Samples()
    // What the desk keeps between two tickets is not a part of either.
    var closings: [ZoneID: [PastClosing]] = [:]
    for item in cases where closings[item.input.ticket.zone] == nil {
      closings[item.input.ticket.zone] = try replica.pastClosings(in: item.input.ticket.zone)
    }
    let followUps = try replica.followUps(now: .now)
    for item in cases {
      let now = item.input.now
      fetching.append(try elapsed { _ = try replica.clearTicket(item.input.ticket.id) })
      let history = ReadingHistory(
        closings: closings[item.input.ticket.zone] ?? [], followUps: followUps,
        solved: { (try? replica.solvedBefore($0, now: now)) ?? SolvedBefore() })
      reading.append(elapsed { _ = reader.read(item.input, history: history) })
      alone.append(elapsed { _ = reader.read(item.input) })
    }
    Self.add(&report, "a ticket and its records fetched", fetching)
    Self.add(&report, "a ticket read, with similar ones", reading, target: 10)
    Self.add(&report, "a ticket read, without them", alone)
  }

  /// As `assist inspect` does, without a process.
  private func inspect(
    _ cases: [Case], _ configuration: ConfigurationSet, _ models: ReadingModels, _ report: inout Report
  ) throws {
    let words = ReadingWords(configuration.words)
    let categories = CategoryReader(
      models: models, categories: configuration.categories, zones: configuration.zones)
    let context = TextFinds.Context(
      clock: Self.clock, catalogue: configuration.catalogue, calendars: configuration.calendars)
    var times = Samples()
    for item in cases {
      guard var input = Self.said(item) else { continue }
      input.customer = nil
      times.append(
        elapsed {
          _ = categories.read(input)
          _ = TextFinds(input.messages[0].text, at: input.now, context)
          _ = MoodReader.read(input, words: words)
          _ = RiskReader.read(input, words: words)
        })
    }
    Self.add(&report, "one text inspected: category, fields, mood, risk", times)
  }

  private static func said(_ item: Case) -> ReadingInput? {
    var input = item.input
    input.messages = Array(input.messages.filter(\.isFromCustomer).prefix(1))
    return input.messages.isEmpty ? nil : input
  }

  // MARK: - Records

  private static let bills = 1000
  private static let lines = 50

  /// The rules of each zone over a customer with as many bills as a company has.
  private func diagnose(_ cases: [Case], _ configuration: ConfigurationSet, _ report: inout Report) throws {
    guard let item = cases.first(where: { !($0.input.customer?.bills.isEmpty ?? true) }),
      var customer = item.input.customer
    else {
      report.remarks.append("No customer with a bill: nothing was diagnosed.")
      return
    }
    customer.bills = Self.manyBills(customer.customer.id, configuration, until: item.input.now)
    var usual = Samples()
    var many = Samples()
    var charged: Set<String> = []
    for zone in configuration.zones {
      for _ in 0..<5 {
        var input = item.input
        input.zone = zone
        input.ticket.zone = zone.id
        usual.append(
          elapsed {
            _ = Diagnosis.findings(
              input, outages: configuration.outages, catalogue: configuration.catalogue)
          })
        input.customer = customer
        var found: [Finding] = []
        many.append(
          elapsed {
            found = Diagnosis.findings(
              input, outages: configuration.outages, catalogue: configuration.catalogue)
          })
        charged.formUnion(found.filter { $0.evidence.contains(where: \.isBillLine) }.map(\.id))
      }
    }
    guard !charged.isEmpty else { throw BenchProblem.nothingFound("\(Self.bills) bills") }
    Self.add(&report, "rules of a zone over usual records", usual)
    Self.add(&report, "the same over \(Self.bills) bills of \(Self.lines) lines", many, target: 50)
    report.add("findings about lines of these bills", "findings", Double(charged.count))
  }

  /// A bill a month, going back; titles of the catalogue, two of the lines charged twice on each bill.
  private static func manyBills(
    _ customer: CustomerID, _ configuration: ConfigurationSet, until now: Timestamp
  )
    -> [Bill]
  {
    let today = clock.civil(now).date
    let names = configuration.catalogue.map(\.name.chinese)
    return (0..<bills).map { index in
      let month = today.year * 12 + today.month - 1 - index
      let (year, number) = (month / 12, month % 12 + 1)
      let day = CivilDate(year: year, month: number, day: 2 + index % 20) ?? today
      return Bill(
        id: BillID("bench-\(index)"), number: "B\(index)", customer: customer, period: day.monthText,
        lines: (0..<lines).map { line in
          Bill.Line(
            title: names.isEmpty ? "\(line)" : names[line % 48 % names.count],
            amount: Money(cents: Int64(100 + line % 48 * 50)), chargedOn: day)
        })
    }
  }

  // MARK: - Keys in a reply

  private static let keys = 500

  private func check(_ cases: [Case], _ reader: TicketReader, _ report: inout Report) {
    guard let item = cases.first(where: { $0.input.customer != nil }) else { return }
    let reading = reader.read(item.input)
    for (language, sentences) in Self.sentences {
      var text = ""
      while text.count < Self.keys { text += sentences[text.count % sentences.count] }
      text = String(text.prefix(Self.keys))
      var times = Samples()
      // The last hundred keys: the whole text is checked again with each.
      for length in (Self.keys - 100)...Self.keys {
        let draft = ReplyDraft(
          text: String(text.prefix(length)), language: language, ticket: item.input.ticket,
          zone: item.input.zone, customer: item.input.customer, mood: reading.mood, risk: reading.risk,
          amounts: reading.findings.compactMap(\.amount), words: reader.words(in: item.input.ticket.zone),
          clock: Self.clock, now: item.input.now)
        times.append(elapsed { _ = QualityCheck.findings(of: draft) })
      }
      let name = language == .chinese ? "Chinese" : "English"
      Self.add(&report, "quality of a reply of \(Self.keys) characters, a key, \(name)", times, target: 1)
    }
  }

  private static let sentences: [(Language, [String])] = [
    (
      .chinese,
      [
        "尊敬的客户：您好！关于您反映的国际漫游包重复计费，经核查 2026-10 账单确有两笔，每笔 38.00 元。", "我们已为您退回其中一笔，3 个工作日内到账，届时短信通知。",
        "给您带来不便，非常抱歉；如仍有疑问请致电 10169，报工单号 2611-0417。", "今后订购业务需您回复短信确认后才会开通，感谢您的理解与支持。",
      ]
    ),
    (
      .english,
      [
        "Dear customer, your bill of 2026-10 has the roaming pack twice at RMB 38.00 each. ",
        "We have returned one of them and it arrives within 3 working days. ",
        "We are sorry for the trouble; call 10169 with ticket 2611-0417 if anything is left. ",
        "From now on nothing paid starts before you have answered a text message. ",
      ]
    ),
  ]

  // MARK: - Similar tickets, a demo desk

  private func findSimilar(_ cases: [Case], _ replica: Replica, _ report: inout Report) throws {
    var times = Samples()
    var empty = 0
    for item in cases {
      let ticket = item.input.ticket
      let query = SimilarQuery(
        ticket: ticket.id,
        text: ([ticket.subject] + item.input.messages.filter(\.isFromCustomer).map(\.text)).joined(
          separator: "\n"), zone: ticket.zone, category: ticket.category, fields: ticket.fields)
      times.append(
        try elapsed {
          if try replica.solvedBefore(query, now: item.input.now).tickets.isEmpty { empty += 1 }
        })
    }
    Self.add(&report, "similar solved tickets", times, target: 10)
    if empty > 0 { report.remarks.append("\(empty) of \(cases.count) tickets are like no other.") }
  }

  private static let demoTickets = 2000

  private func create(_ report: inout Report) throws {
    let program = try Place.program()
    try Place.withTemporaryFolder { folder in
      let process = Process()
      process.executableURL = URL(fileURLWithPath: program)
      process.arguments = [
        "store", "init", folder + "/demo.store", "--demo", "--tickets", String(Self.demoTickets),
      ]
      process.environment = ProcessInfo.processInfo.environment.merging(
        ["AGENTDESK_HOME": folder, "AGENTDESK_RESOURCES": try Place.resources()]
      ) { $1 }
      process.standardOutput = FileHandle.nullDevice
      process.standardError = FileHandle.nullDevice
      let time = try elapsed {
        try process.run()
        process.waitUntilExit()
      }
      report.add(
        "a demo desk of \(Self.demoTickets) tickets made, which has learned", "s",
        process.terminationStatus == 0 ? time / 1000 : nil)
    }
  }
}

extension Finding.Evidence {
  fileprivate var isBillLine: Bool { if case .billLine = row { true } else { false } }
}
