import ArgumentParser
import Configuration
import DemoWorld
import Domain

/// How fast a demo world is made, without a store: what loading it costs beyond that is the store's.
struct WorldCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "world", abstract: "Makes a demo world and throws it away.")

  @Option(help: "Number of tickets.") var tickets = 1_000_000
  @Option(help: "The seed of the world.") var seed: UInt64 = 1

  func run() throws {
    let folder = ResourceFolder(try Place.resources())
    let clock = ContinuousClock()
    let began = clock.now
    let configuration = try folder.load()
    let material = try folder.loadDemoMaterial()
    let loaded = clock.now
    let world = try DemoWorld(
      DemoOptions(seed: seed, tickets: tickets, now: .now, clock: .local), material: material,
      configuration: configuration)
    var rows = 0
    for batch in world.batches() { rows += batch.changes.count }
    let made = clock.now
    func seconds(_ duration: Duration) -> Double {
      Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
    }
    let making = seconds(made - loaded)
    print(
      """
      {"tickets":\(world.ticketCount),"customers":\(world.customerCount),"rows":\(rows),\
      "files_seconds":\(seconds(loaded - began)),"world_seconds":\(making),\
      "tickets_per_second":\(Int(Double(world.ticketCount) / making))}
      """)
  }
}
