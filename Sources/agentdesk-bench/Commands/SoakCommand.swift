import ArgumentParser
import Domain
import FaultSupport
import Foundation
import Store

struct SoakCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "soak",
    abstract:
      "Real desks at a real server, ended by SIGKILL again and again; backups, checkpoints, and one restore.",
    discussion:
      "Ends with 1 when anything that was saved is lost, anything is doubled, or any other rule is broken.")

  @Option var minutes = 5.0
  @Option(name: .customLong("kill-every"), help: "Seconds between two kills.")
  var killEvery = 2.0
  @Option var desks = 6
  @Option var tickets = 40
  @Option(help: "Microseconds between two operations of a desk.")
  var pause: UInt32 = 2000
  @Option(help: "Without a server: the desks open the file.")
  var direct = false
  @Option(help: "A folder that is made for the store, the replicas and what was said, and stays.")
  var keep: String?
  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard minutes > 0, killEvery > 0, (1...200).contains(desks), tickets > 0 else {
      throw ValidationError("--minutes, --kill-every, --tickets and --desks are above 0.")
    }
  }

  func run() throws {
    let result = try keep.map(soak) ?? Place.withTemporaryFolder(soak)
    let encoder = JSONEncoder()
    encoder.outputFormatting = output.json ? [.sortedKeys] : [.sortedKeys, .prettyPrinted]
    print(String(decoding: try encoder.encode(result), as: UTF8.self))
    if result.violations > 0 { throw ExitCode(1) }
  }

  private func soak(_ folder: String) throws -> Soak.Result {
    try Soak(
      folder: folder, seconds: minutes * 60, killEvery: killEvery, desks: desks, tickets: tickets,
      pause: pause, isServed: !direct
    ).run()
  }
}

/// One desk of a soak, in a process of its own.
struct SoakDeskCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "soak-desk", abstract: "What soak starts.", shouldDisplay: false)

  @Argument var arguments: [String] = []

  func run() throws { try FaultDesk(arguments: arguments).run() }
}
