import Domain
import Foundation
import Testing

@testable import Store

/// A small number of seeds; `agentdesk-bench simulate` runs as many as wanted.
///
/// `AGENTDESK_SEEDS=FIRST-LAST` chooses the seeds; a failure names its own.
struct SimulationTests {
  private static let world = Result { try SimulationWorld() }

  private static var seeds: ClosedRange<UInt64> {
    let parts = (ProcessInfo.processInfo.environment["AGENTDESK_SEEDS"] ?? "").split(separator: "-")
    guard parts.count == 2, let first = UInt64(parts[0]), let last = UInt64(parts[1]), first <= last else {
      return 1...100
    }
    return first...last
  }

  @Test(arguments: [false, true])
  func
    `whatever is lost, doubled, killed or restored, every saved operation is done exactly once and all copies agree`(
      _ restores: Bool
    ) throws
  {
    let world = try Self.world.get()
    for seed in Self.seeds {
      do {
        try Simulation(seed: seed, in: world, restores: restores).run()
      } catch {
        Issue.record("seed \(seed): \(error)")
        return
      }
    }
  }

  @Test(arguments: PlantedFault.allCases)
  func `a planted fault is found`(_ fault: PlantedFault) throws {
    let world = try Self.world.get()
    #expect(throws: (any Error).self) {
      for seed in 1...300 as ClosedRange<UInt64> {
        try Simulation(seed: seed, in: world, fault: fault, restores: fault.needsRestores).run()
      }
    }
  }
}
