import ArgumentParser
import CFloor
import Foundation
import Store
import Synchronization

struct SimulateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate",
    abstract:
      "Runs the real desk and store under lost messages, killed processes and restores, one world a seed.",
    discussion:
      "Ends with 1 when a run broke a rule, or when a planted fault was not found. The same seed does the same again."
  )

  @Option(help: "FIRST..LAST, both included.")
  var seeds = "1..1000"
  @Option(
    help:
      "A mistake that the simulation must find: \(PlantedFault.allCases.map(\.rawValue).joined(separator: ", "))."
  )
  var fault: String?
  @Flag(help: "Back the store up and restore it meanwhile.")
  var restore = false
  @Option(help: "Runs at once.")
  var threads = ProcessInfo.processInfo.activeProcessorCount
  @OptionGroup var output: OutputOptions

  private struct Result: Codable {
    var seeds: UInt64
    var violations: Int
    var fault: String?
    var restore: Bool
    var operations: Int
    var kills: Int
    var restores: Int
    var grants: Int
    var lost: Int
    var doubleGrants: Int
    var seconds: Double
    var seedsPerSecond: Double
    var failingSeed: UInt64?
    var violation: String?

    private enum CodingKeys: String, CodingKey {
      case seeds, violations, fault, restore, operations, kills, restores, grants, lost
      case doubleGrants = "double_grants"
      case seconds
      case seedsPerSecond = "seeds_per_second"
      case failingSeed = "failing_seed"
      case violation
    }
  }

  func run() throws {
    let range = try bounds()
    let planted = try fault.map { name in
      guard let fault = PlantedFault(rawValue: name) else {
        throw ValidationError("There is no fault \(name).")
      }
      return fault
    }
    floor_count_no_memory()
    let start = monotonicMilliseconds()
    let total = try runAll(range, planted)
    let seconds = (monotonicMilliseconds() - start) / 1000
    let result = Result(
      seeds: total.seeds, violations: total.failures.count, fault: fault, restore: restore,
      operations: total.counts.operations, kills: total.counts.kills, restores: total.counts.restores,
      grants: total.counts.grants,
      lost: total.failures.filter { $0.text.contains("in the ledger 0 times") }.count,
      doubleGrants: total.failures.filter { $0.text.contains("but belonged to") }.count, seconds: seconds,
      seedsPerSecond: Double(total.seeds) / seconds, failingSeed: total.failures.first?.seed,
      violation: total.failures.first?.text)
    print(try output.json ? JSON.text(result) : sentence(result))
    if total.failures.isEmpty != (planted == nil) { throw ExitCode(1) }
  }

  private func bounds() throws -> ClosedRange<UInt64> {
    let ends = seeds.components(separatedBy: "..").map { UInt64($0) }
    guard ends.count == 2, let first = ends[0], let last = ends[1], first <= last else {
      throw ValidationError("--seeds takes FIRST..LAST.")
    }
    return first...last
  }

  private struct Total {
    var next: UInt64
    var seeds: UInt64 = 0
    var counts = Simulation.Counts()
    var failures: [(seed: UInt64, text: String)] = []
  }

  /// Each thread takes the next seed; with a planted fault the first failure is enough.
  private func runAll(_ range: ClosedRange<UInt64>, _ fault: PlantedFault?) throws -> Total {
    let world = try SimulationWorld()
    let total = Mutex(Total(next: range.lowerBound))
    let restores = restore
    DispatchQueue.concurrentPerform(iterations: max(1, threads)) { _ in
      while true {
        let seed = total.withLock { total -> UInt64? in
          guard total.next <= range.upperBound, fault == nil || total.failures.isEmpty else { return nil }
          defer { total.next += 1 }
          return total.next
        }
        guard let seed else { return }
        var counts = Simulation.Counts()
        var failure: String?
        do {
          let simulation = try Simulation(seed: seed, in: world, fault: fault, restores: restores)
          defer { counts = simulation.counts }
          try simulation.run()
        } catch {
          failure = "\(error)"
        }
        total.withLock { total in
          total.seeds += 1
          total.counts.operations += counts.operations
          total.counts.kills += counts.kills
          total.counts.restores += counts.restores
          total.counts.grants += counts.grants
          if let failure { total.failures.append((seed, failure)) }
        }
      }
    }
    return total.withLock { total in
      total.failures.sort { $0.seed < $1.seed }
      return total
    }
  }

  private func sentence(_ result: Result) -> String {
    var lines = [
      "\(result.seeds) seeds, \(result.violations) violations, \(result.operations) operations, \(result.kills) kills, "
        + "\(result.restores) restores, \(result.grants) grants",
      String(format: "%.1f s, %.1f seeds a second", result.seconds, result.seedsPerSecond),
    ]
    if let seed = result.failingSeed { lines.append("seed \(seed): \(result.violation ?? "")") }
    return lines.joined(separator: "\n")
  }
}
