import ArgumentParser
import Domain
import Foundation
import Store

struct OutputOptions: ParsableArguments {
  @Flag(help: "Print one JSON object instead of a table.")
  var json = false
}

struct DemoOptionsGroup: ParsableArguments {
  @Option(help: "Tickets in the generated store.")
  var tickets = 10_000

  @Flag(help: "A store in which every ticket waits, so that the queue is as long as the store.")
  var waiting = false

  @Option(help: "Folder for generated stores, which are made once.")
  var cache = Place.cache

  func store() throws -> DemoStore {
    try DemoStore(tickets: tickets, kind: waiting ? .waiting : .usual, cache: cache)
  }

  func command(_ name: String) -> String {
    "agentdesk-bench \(name) --tickets \(tickets)\(waiting ? " --waiting" : "")"
  }
}

struct ScreenCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "screen",
    abstract: "The real program in a pseudo-terminal of 120×40: start, keys, find, typing, idle.")

  @OptionGroup var demo: DemoOptionsGroup
  @OptionGroup var output: OutputOptions

  @Option(help: "How often the program is started.")
  var runs = 10

  func run() throws {
    let command = "\(demo.command("screen")) --runs \(runs)"
    try Place.withTemporaryFolder { folder in
      try ScreenMeasure(demo: demo.store(), runs: runs, command: command, folder: folder).report()
        .print(asJSON: output.json)
    }
  }
}

struct MemoryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "memory", abstract: "Private memory of the program along a short piece of work.")

  @OptionGroup var demo: DemoOptionsGroup
  @OptionGroup var output: OutputOptions

  func run() throws {
    try MemoryMeasure.report(demo.store(), command: demo.command("memory")).print(asJSON: output.json)
  }
}

struct QueueCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "queue", abstract: "Pages of lists from the replica, without a screen.")

  @OptionGroup var demo: DemoOptionsGroup
  @OptionGroup var output: OutputOptions

  func run() throws {
    try ReplicaMeasures.queue(demo.store(), command: demo.command("queue")).print(asJSON: output.json)
  }
}

struct FindCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "find", abstract: "Find anything from the replica: identifiers, names, words.")

  @OptionGroup var demo: DemoOptionsGroup
  @OptionGroup var output: OutputOptions

  func run() throws {
    try ReplicaMeasures.find(demo.store(), command: demo.command("find")).print(asJSON: output.json)
  }
}

struct KnowledgeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "knowledge", abstract: "Knowledge search over generated articles.")

  @Option var articles = 100_000
  @Option var queries = 300
  @OptionGroup var output: OutputOptions

  func run() throws {
    try KnowledgeMeasure(articles: articles, queries: queries)
      .report(command: "agentdesk-bench knowledge --articles \(articles)").print(asJSON: output.json)
  }
}

struct AssistCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "assist",
    abstract:
      "A ticket read, a text inspected, rules over many records, quality with each key, similar tickets, learning."
  )

  @OptionGroup var demo: DemoOptionsGroup
  @OptionGroup var output: OutputOptions

  func run() throws {
    try AssistMeasure(demo: demo.store()).report(command: demo.command("assist")).print(asJSON: output.json)
  }
}

struct LifeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "life", abstract: "Create, note, claim, close: ours beside the same rows in plain C.")

  @Option(help: "Tickets a round.")
  var tickets = 200
  @Option var rounds = 3
  @OptionGroup var output: OutputOptions

  func run() throws {
    try TicketLife.report(
      tickets: tickets, rounds: rounds,
      command: "agentdesk-bench life --tickets \(tickets) --rounds \(rounds)"
    ).print(asJSON: output.json)
  }
}

struct LifecycleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lifecycle",
    abstract: "Milliseconds of create, note, claim and close of each ticket, as one JSON object.",
    discussion: "For comparisons with other programs: the store is made at PATH, every step is durable.")

  @Argument(help: "Where the store is made; must not exist.")
  var path: String
  @Argument(help: "How many tickets.")
  var tickets: Int
  @Option(help: "“store”: straight to the shared store. “desk”: through a replica, as the program does.")
  var through = TicketLife.Way.store

  func run() throws {
    print(try JSON.text(try TicketLife.measured(at: path, tickets: tickets, through: through)))
  }
}

extension TicketLife.Way: ExpressibleByArgument {}

struct SearchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "search",
    abstract:
      "Indexes articles, asks queries, and prints seconds, bytes, milliseconds and what was found, as one JSON object."
  )

  @Argument(help: "Articles as JSON Lines with id, title and body.")
  var documents: String
  @Argument(help: "Queries, one a line.")
  var queries: String
  @Argument(help: "A folder for the index.")
  var folder: String

  func run() throws {
    print(
      try JSON.text(try SearchBench.knowledge(documents: documents, queries: queries, folder: folder)))
  }
}

struct ClaimWorkerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "claim-worker",
    abstract: "One of several processes that claim the next ticket; starts when standard input closes.",
    discussion: "Writes a line “ticket milliseconds” for each claim to OUTPUT.")

  @Argument(help: "A SQLite file with open tickets; the shared store is made beside it.")
  var database: String
  @Argument var seconds: Double
  @Argument(help: "Microseconds of pause between two claims.")
  var think: Int
  @Argument(help: "The number of this process.")
  var worker: Int
  @Argument var output: String

  func run() throws {
    try ClaimRace(database: database, worker: worker).run(
      seconds: seconds, thinkMicroseconds: think, output: output)
  }
}
