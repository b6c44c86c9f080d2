import ArgumentParser
import Assist
import Configuration
import Desk
import Domain
import Store

/// Runs the test cases of a folder, or the rules of a zone on a real ticket.
struct AdminTestZone: HeadlessCommand {
  static var configuration: CommandConfiguration { .words("test-zone", "admin.test-zone") }

  @OptionGroup var global: GlobalOptions
  @Argument(help: .words("test-zone.folder", value: "folder"), completion: .directory) var folder: String?
  @Option(help: .words("test-zone.zone", value: "id")) var zone: [String] = []
  @Option(help: .words("test-zone.ticket", value: "ref")) var ticket: String?

  func perform(_ context: CommandContext) throws {
    guard (folder == nil) != (ticket == nil) else { throw CommandFailure.oneOf(["FOLDER", "--ticket"]) }
    if let ticket { return try explain(ticket, context) }
    try runTests(ResourceFolder(folder ?? ""), context)
  }

  // MARK: - Test cases

  private func runTests(_ folder: ResourceFolder, _ context: CommandContext) throws {
    let (set, tests) = try folder.loadTests()
    for name in zone where !set.zones.contains(where: { $0.id.text == name }) {
      throw CommandFailure.invalid(option: "--zone", value: name, allowed: set.zones.map(\.id.text))
    }
    let wanted = tests.filter { zone.isEmpty || zone.contains($0.ticket.zone.text) }
    guard !wanted.isEmpty else { throw CommandFailure.noTests(folder.path) }
    var failed = 0
    for test in wanted {
      guard let zone = set.zones.first(where: { $0.id == test.ticket.zone }) else { continue }
      let result = ZoneTestRun.run(test, zone: zone, catalogue: set.catalogue)
      if !result.isPassed { failed += 1 }
      report(result, context)
    }
    if !context.output.isJSON {
      context.output.say(
        context.strings("cli.test-zone.sum", ["passed": wanted.count - failed, "failed": failed]))
    }
    if failed > 0 { throw ExitCode(CommandFailure.Code.refused.rawValue) }
  }

  private func report(_ result: ZoneTestRun.Result, _ context: CommandContext) {
    let (output, strings) = (context.output, context.strings)
    let test = result.test
    if output.isJSON {
      output.put([
        "file": .text(test.file), "line": JSON(test.line), "zone": .text(test.ticket.zone.text),
        "name": .text(test.name), "passed": JSON(result.isPassed),
        "differences": .array(
          result.differences.map {
            ["line": JSON($0.line), "message": .text(strings.sentence(for: $0.reason))]
          }),
        "findings": .array(result.findings.map { JSON(finding: $0, strings) }),
      ])
      return
    }
    output.say(
      "\(strings(result.isPassed ? "cli.test-zone.passed" : "cli.test-zone.failed"))  \(test.file):\(test.line)  \(test.name)"
    )
    for difference in result.differences {
      output.say("  \(test.file):\(difference.line): \(strings.sentence(for: difference.reason))")
    }
  }

  // MARK: - A real ticket

  private func explain(_ reference: String, _ context: CommandContext) throws {
    let desk = try context.openDesk()
    defer { desk.close() }
    let ticket = try desk.ticket(reference)
    guard let clear = try desk.replica.clearTicket(ticket.id) else {
      throw CommandFailure.ticketUnknown(reference)
    }
    let zone = clear.zone
    let input = ReadingInput(clear, clock: .local, now: .now)
    let explanations = Diagnosis.explanations(
      input, outages: try desk.replica.outages(), catalogue: try desk.replica.catalogue())
    for item in explanations { report(item, zone, desk) }
    if explanations.isEmpty, !desk.output.isJSON { desk.output.say(desk.strings("cli.test-zone.no-rules")) }
  }

  private func report(_ item: RuleExplanation, _ zone: Zone?, _ desk: HeadlessDesk) {
    let (output, strings) = (desk.output, desk.strings)
    if output.isJSON {
      var json: JSON = [
        "rule": .text(item.rule), "name": .text(item.name[desk.language]),
        "fired": JSON(!item.findings.isEmpty),
        "findings": .array(item.findings.map { JSON(finding: $0, strings) }),
      ]
      if let stop = item.stop {
        json = json.adding([
          JSON.Pair("pattern", JSON(stop.pattern + 1)), JSON.Pair("verb", .text(stop.verb.rawValue)),
          JSON.Pair("record", .text(stop.record.rawValue)), JSON.Pair("line", JSON(stop.line)),
          JSON.Pair("message", .text(strings.sentence(for: stop.reason))),
        ])
      }
      return output.put(json)
    }
    for finding in item.findings {
      output.say("✓ \(item.rule)  \(finding.says[desk.language])")
      for evidence in finding.evidence { output.say("    \(evidence.name): \(evidence.row.shown)") }
    }
    if let stop = item.stop {
      output.say(
        "· \(item.rule)  "
          + strings(
            "cli.test-zone.stopped",
            [
              "file": "zones/\(zone?.id.text ?? "").yaml", "line": stop.line, "pattern": stop.pattern + 1,
              "why": strings.sentence(for: stop.reason),
            ]))
    }
  }
}

extension JSON {
  fileprivate init(finding: Finding, _ strings: StringCatalogue) {
    self = [
      "rule": .text(finding.rule), "says": .text(finding.says[strings.language]),
      "strength": .text(finding.strength.rawValue), "amount": JSON(finding.amount?.description),
      "refund": JSON(finding.suggestion.refund?.amount.description),
      "template": JSON(finding.suggestion.template?.text), "step": JSON(finding.suggestion.step),
      "about_ticket": JSON(finding.isAboutTicket),
      "evidence": .array(
        finding.evidence.map { ["name": .text($0.name), "row": .text($0.row.shown)] }),
    ]
  }
}
