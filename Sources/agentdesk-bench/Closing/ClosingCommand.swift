import ArgumentParser
import Assist
import Domain
import Foundation

/// What closing costs in keys, in each of the three generations.
struct ClosingCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "closing",
    abstract:
      "Closes the same tickets by hand, with templates and assisted; counts keys, characters, decisions.",
    discussion: """
      Closed tickets of a demo world come in again without category, fields and closing. A scripted agent brings each to the \
      end that it had, through the real screens over a real store. Records must be the same in every mode.
      """)

  @Option(help: "blank, template, assisted, or all.") var mode = "all"
  @Option(help: "Tickets to close.") var tickets = 200
  @Option(help: "Closed tickets besides, which the desk has learned from.") var history = 2000
  @Option(help: "Of the demo world; rules were written with seeds below 100.") var seed: UInt64 = 7_919
  @Flag(help: "One JSON object.") var json = false

  func run() throws {
    let modes = mode == "all" ? Closing.Mode.allCases : [Closing.Mode(rawValue: mode)].compactMap(\.self)
    guard !modes.isEmpty else { throw ValidationError("--mode is blank, template, assisted or all") }
    let now = WallClock.china.moment(CivilDate(year: 2026, month: 11, day: 20)!, secondOfDay: 10 * 3600)
    let world = try ClosingWorld(seed: seed, tickets: tickets, history: history, now: now)
    var results: [ClosingResult] = []
    for mode in modes { results.append(try ClosingResult.measure(mode, world)) }
    let report = ClosingReport(seed: seed, results: results)
    if json {
      print(try JSON.text(report))
    } else {
      print(report.text)
    }
    guard report.isComparable else { throw ExitCode(4) }
  }
}

/// The same three figures of one kind of tickets.
struct ClosingCost: Codable {
  var tickets: Int
  var keysMean: Double
  var keysMedian: Double
  var keysMost: Int
  var charactersMean: Double
  var decisionsMean: Double
}

struct ClosingResult: Codable {
  struct One: Codable {
    var ticket: String
    var keys: Int
    var characters: Int
    var decisions: Int
  }

  var mode: String
  var all: ClosingCost
  /// Tickets that needed the fewest keys in this mode: half of them, rounded up.
  var simpleHalf: ClosingCost
  /// What a reading of a ticket took; nil where nothing was read.
  var readP50Milliseconds: Double?
  var readP99Milliseconds: Double?
  /// Tickets that could not be closed, with the reason.
  var stuck: [String]
  /// By ticket: category, fields that the zone or the text needs, outcome, text.
  var records: [String: String]
  var perTicket: [One]

  static func measure(_ mode: Closing.Mode, _ world: ClosingWorld) throws -> ClosingResult {
    try Place.withTemporaryFolder { folder in
      let desk = try ClosingDesk(world, folder: folder, reads: mode == .assisted)
      defer { desk.close() }
      var ones: [One] = []
      var stuck: [String] = []
      var records: [String: String] = [:]
      for _ in 0..<world.truths.count {
        try desk.wait(seconds: 60)
        let (keys, characters) = (desk.keys, desk.characters)
        var agent = ScriptedAgent(desk, mode: mode)
        guard let id = try agent.takeNext(), let truth = world.truths[id] else {
          stuck.append("nothing to take")
          break
        }
        do {
          try agent.finish(truth, text: try world.text(truth, desk.ticket(id), desk.customer(of: id)))
          let ticket = try desk.ticket(id)
          records[id.text] = try Self.record(ticket, truth)
          ones.append(
            One(
              ticket: id.text, keys: desk.keys - keys, characters: desk.characters - characters,
              decisions: agent.decisions))
        } catch let trouble as ScriptedAgent.Trouble {
          stuck.append(trouble.description)
          for _ in 0..<4 { try desk.press("Esc") }
        }
      }
      let sorted = ones.sorted { $0.keys < $1.keys }
      return ClosingResult(
        mode: mode.rawValue, all: cost(sorted),
        simpleHalf: cost(Array(sorted.prefix((sorted.count + 1) / 2))),
        readP50Milliseconds: desk.readMilliseconds.p50, readP99Milliseconds: desk.readMilliseconds.p99,
        stuck: stuck, records: records, perTicket: ones)
    }
  }

  private static func cost(_ ones: [One]) -> ClosingCost {
    let count = Double(max(1, ones.count))
    let keys = ones.map(\.keys).sorted()
    return ClosingCost(
      tickets: ones.count, keysMean: Double(keys.reduce(0, +)) / count,
      keysMedian: keys.isEmpty
        ? 0 : Double(keys[(keys.count - 1) / 2] + keys[keys.count / 2]) / 2,
      keysMost: keys.last ?? 0,
      charactersMean: Double(ones.reduce(0) { $0 + $1.characters }) / count,
      decisionsMean: Double(ones.reduce(0) { $0 + $1.decisions }) / count)
  }

  /// What has to be the same in every mode, as one text.
  private static func record(_ ticket: Ticket?, _ truth: ClosingWorld.Truth) throws -> String {
    guard let ticket else { return "missing" }
    let fields = ticket.fields.filter { truth.fields[$0.key] != nil }.sorted { $0.key < $1.key }
      .map { "\($0.key)=\($0.value)" }
    return
      ([ticket.state.rawValue, ticket.category?.text ?? "", ticket.disposition ?? ""] + fields
      + [ticket.closing?.text ?? ""]).joined(separator: "\n")
  }
}

struct ClosingReport: Codable {
  var seed: UInt64
  var results: [ClosingResult]
  /// Tickets whose record is the same in every mode that was measured.
  var sameRecords: Int
  /// Keys of 3.0 divided by those of 1.0 and of 2.0, over all tickets.
  var ofBlank: Double?
  var ofTemplate: Double?

  init(seed: UInt64, results: [ClosingResult]) {
    self.seed = seed
    self.results = results
    let first = results.first?.records ?? [:]
    sameRecords = first.filter { id, record in results.allSatisfy { $0.records[id] == record } }.count
    func keys(_ mode: Closing.Mode) -> Double? { results.first { $0.mode == mode.rawValue }?.all.keysMean }
    if let assisted = keys(.assisted) {
      ofBlank = keys(.blank).map { assisted / max(1, $0) }
      ofTemplate = keys(.template).map { assisted / max(1, $0) }
    }
  }

  /// Nothing stuck, and the same records everywhere.
  var isComparable: Bool {
    results.allSatisfy { $0.stuck.isEmpty && $0.records.count == sameRecords }
  }

  var text: String {
    func number(_ value: Double) -> String { String(format: "%.1f", value) }
    var lines = ["seed \(seed), same records: \(sameRecords)"]
    for result in results {
      let all = result.all
      lines.append(
        "\(result.mode): \(all.tickets) tickets, keys mean \(number(all.keysMean)) median \(number(all.keysMedian)), "
          + "characters \(number(all.charactersMean)), decisions \(number(all.decisionsMean)); simple half: keys mean "
          + "\(number(result.simpleHalf.keysMean)), most \(result.simpleHalf.keysMost)")
      if let p50 = result.readP50Milliseconds, let p99 = result.readP99Milliseconds {
        lines.append(
          "  one reading: p50 \(String(format: "%.2f", p50)) ms, p99 \(String(format: "%.2f", p99)) ms")
      }
      for trouble in result.stuck.prefix(8) { lines.append("  stuck: \(trouble)") }
    }
    if let ofBlank { lines.append("3.0 / 1.0: \(String(format: "%.3f", ofBlank))") }
    if let ofTemplate { lines.append("3.0 / 2.0: \(String(format: "%.3f", ofTemplate))") }
    return lines.joined(separator: "\n")
  }
}

extension ClosingWorld {
  /// What the customer reads when the ticket is closed right: the same text by every way.
  func text(_ truth: Truth, _ ticket: Ticket?, _ customer: CustomerProfile?) throws -> String {
    guard var ticket else { return "" }
    ticket.fields = truth.fields
    ticket.category = truth.category
    let zone = configuration.zones.first { $0.id == ticket.zone }
    let language = truth.language
    var values = Assist.TemplateValues.of(
      ticket, customer: customer, clearName: truth.customerName, zone: zone,
      categoryName: configuration.categories.first { $0.id == truth.category }?.name[language] ?? "",
      agent: agent, teamName: configuration.teams.first { $0.id == agent.team }?.name[language] ?? "",
      dispositionName: zone?.dispositions.first { $0.id == truth.template.disposition }?.name[language] ?? "",
      clock: .china, now: now, language: language)
    for choice in truth.template.choices {
      guard let index = truth.choices[choice.id] else { continue }
      values["choice.\(choice.id)"] = choice.options[index][language]
    }
    return try TemplateFilling(truth.template, language: language).fill(values) { $0 }.text
  }
}
