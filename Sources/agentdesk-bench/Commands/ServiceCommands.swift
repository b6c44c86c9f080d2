import ArgumentParser
import Foundation
import Store

struct ClaimsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "claims",
    abstract: "Many desks claim tickets of one store; each ticket is tried by two desks at once.",
    discussion: "Adds tickets to the store that is named. A served store must be the caller's own.")

  @Option(help: "The store: file:PATH or unix:PATH.")
  var store: String
  @Option var desks = 32
  @Option var tickets = 10_000
  @OptionGroup var output: OutputOptions

  func run() throws {
    try print(ClaimsMeasure.run(store: store, desks: desks, tickets: tickets), output)
  }
}

struct LagCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lag", abstract: "From a note sent at one desk until every other desk has it.",
    discussion: "Adds a ticket to the store that is named; left out, a new one is made and used as file:.")

  @Option(help: "The store: file:PATH or unix:PATH.")
  var store: String?
  @Option var desks = 2
  @Option var operations = 200
  @OptionGroup var output: OutputOptions

  func run() throws {
    if let store { return try measure(store) }
    try Place.withTemporaryFolder { folder in
      let path = "\(folder)/lag.store"
      try SharedStore.create(at: path, configuration: Place.configuration()).close()
      try measure(path)
    }
  }

  private func measure(_ store: String) throws {
    try print(LagMeasure.run(store: store, desks: desks, operations: operations), output)
  }
}

/// One JSON object, or its keys and values in lines.
private func print(_ result: some Encodable, _ output: OutputOptions) throws {
  let encoder = JSONEncoder()
  encoder.outputFormatting = output.json ? [.sortedKeys] : [.sortedKeys, .prettyPrinted]
  Swift.print(String(decoding: try encoder.encode(result), as: UTF8.self))
}
