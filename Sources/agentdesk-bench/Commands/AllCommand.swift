import ArgumentParser
import Foundation

/// Everything, into docs/performance.md.
struct AllCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "all", abstract: "Measures everything and writes the tables into docs/performance.md.")

  @Flag(help: "10,000 tickets and 10,000 articles only.")
  var quick = false
  @Option(help: "Folder for generated stores, which are made once.")
  var cache = Place.cache
  @Option(help: "The page whose tables are replaced; default: docs/performance.md beside Resources.")
  var page: String?

  func run() throws {
    let sizes = quick ? [10_000] : [10_000, 1_000_000]
    var reports: [Report] = []
    func add(_ report: Report) {
      print(report.table)
      reports.append(report)
    }
    add(
      try TicketLife.report(tickets: 200, rounds: 3, command: "agentdesk-bench life --tickets 200 --rounds 3")
    )
    for size in sizes {
      for kind in DemoStore.Kind.allCases {
        let demo = try DemoStore(tickets: size, kind: kind, cache: cache)
        let options = "--tickets \(size)\(kind == .waiting ? " --waiting" : "")"
        try Place.withTemporaryFolder { folder in
          add(
            try ScreenMeasure(
              demo: demo, runs: 10, command: "agentdesk-bench screen \(options)", folder: folder
            ).report())
        }
        add(try ReplicaMeasures.queue(demo, command: "agentdesk-bench queue \(options)"))
        guard kind == .usual else { continue }
        add(try ReplicaMeasures.find(demo, command: "agentdesk-bench find \(options)"))
        add(try MemoryMeasure.report(demo, command: "agentdesk-bench memory \(options)"))
        add(try AssistMeasure(demo: demo).report(command: "agentdesk-bench assist \(options)"))
      }
    }
    let articles = quick ? 10_000 : 100_000
    add(
      try KnowledgeMeasure(articles: articles, queries: 300)
        .report(command: "agentdesk-bench knowledge --articles \(articles)"))
    try PerformancePage(path: page ?? Place.performancePage()).replaceTables(with: reports)
  }
}
