import ArgumentParser
import Domain

/// What closing costs in keys, in each of the three generations.
struct ClosingCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "closing",
    abstract:
      "Closes the same tickets by hand, with templates and assisted; counts keys, characters, decisions.",
    discussion: """
      Closed tickets of a demo world come in again without category, fields and closing. A scripted agent brings each to the \
      end that it had, through the real screens over a real store. Records must be those ends, and the same in every mode: else the exit code is 4.
      """)

  @Option(help: "blank, template, assisted, or all.") var mode = "all"
  @Option(help: "Tickets to close.") var tickets = 200
  @Option(help: "Closed tickets besides, which the desk has learned from.") var history = 2000
  @Option(help: "Of the demo world; rules were written with seeds below 100.") var seed: UInt64 = 7_919
  @Option(
    help:
      "needed: what the zone requires or the text says. complete: every value of the form, optional ones included."
  )
  var record = ClosingTruth.Extent.needed
  @Flag(help: "One JSON object.") var json = false

  func run() throws {
    let modes = mode == "all" ? Closing.Mode.allCases : [Closing.Mode(rawValue: mode)].compactMap(\.self)
    guard !modes.isEmpty else { throw ValidationError("--mode is blank, template, assisted or all") }
    guard tickets > 0 else { throw ValidationError("--tickets is at least 1") }
    let now = WallClock.china.moment(CivilDate(year: 2026, month: 11, day: 20)!, secondOfDay: 10 * 3600)
    let world = try ClosingWorld(seed: seed, tickets: tickets, history: history, extent: record, now: now)
    let report = ClosingReport(
      world, asked: tickets, seed: seed, extent: record,
      results: try modes.map { try ClosingResult.measure($0, world) })
    print(json ? try JSON.text(report) : report.text)
    guard report.isComparable else { throw ExitCode(4) }
  }
}

extension ClosingTruth.Extent: ExpressibleByArgument {}
