import Domain
import FaultSupport
import Foundation
import TestSupport
import Testing

@testable import Store

/// Everything that was not synced is lost, or any part of it, and all processes end at once.
@Suite(.serialized) struct PowerCutTests {
  private let home: FaultHome

  init() throws { home = try FaultHome() }

  private struct Cuts {
    var rounds = 0
    var unsynced = 0
    var saved = 0
    var lost = 0
    var violations: [String] = []
  }

  /// Desks work, the power goes, everything is opened again and looked at; again on the same files, round after round.
  private func cut(
    rounds: Int, isServed: Bool, faults: [String: String] = [:], untilLost: Bool = false
  ) throws -> Cuts {
    var place = try home.place()
    var result = Cuts()
    for round in 0..<rounds {
      try place.forgetUnsynced()
      var options = FaultFleet.Options()
      options.tickets = FaultHome.tickets
      options.isServed = isServed
      options.seed = UInt64(round + 1)
      options.pause = 200
      options.environment = FaultTools.preload.merging(
        ["FAULT_PATH": place.files, "FAULT_SHADOW": place.shadow, "FAULT_SEED": "\(round)"]) { $1 }
        .merging(faults) { $1 }
      let fleet = FaultFleet(
        folder: place.files, journals: place.journals, agents: ["linxiao", "chenyu", "tangyue"],
        programs: FaultTools.programs, options: options)
      try fleet.start()
      try fleet.waitUntilSaved(12)
      fleet.wait(milliseconds: 0...600)
      fleet.killAll()
      result.rounds += 1
      result.unsynced += try PowerCut.play(files: place.files, shadow: place.shadow, seed: UInt64(round))
      var report = FaultCheck.Report()
      do { report = try fleet.check() } catch { report.violations = ["\(error)"] }
      result.saved = report.saved
      result.lost += report.lost
      result.violations += report.violations
      if untilLost, result.lost > 0 { return result }
      if !report.violations.isEmpty {
        place = try home.place()
      }
    }
    print(
      "served=\(isServed) faults=\(faults.count) rounds=\(result.rounds) saved=\(result.saved) unsynced_bytes=\(result.unsynced) lost=\(result.lost) violations=\(result.violations.count)"
    )
    return result
  }

  private static let rounds = FaultTools.size("AGENTDESK_POWER_CUTS", usual: 6)

  @Test(arguments: [false, true]) func `what was acknowledged survives a power cut`(isServed: Bool) throws {
    let result = try cut(rounds: Self.rounds, isServed: isServed)
    #expect(result.violations == [])
    #expect(result.saved > 50)
    #expect(result.unsynced > 0, "nothing was ever on its way to the disk: the test tries nothing")
  }

  @Test func `a power cut after syncs that failed takes nothing that was acknowledged`() throws {
    let result = try cut(
      rounds: Self.rounds, isServed: false,
      faults: ["FAULT_FAIL": "eio", "FAULT_CALLS": "s", "FAULT_RATE": "300"])
    #expect(result.violations == [])
    #expect(result.saved > 50)
  }

  @Test func `with synchronous=NORMAL a power cut loses what was acknowledged, and this is found`() throws {
    let result = try cut(
      rounds: 60, isServed: false, faults: ["FAULT_NORMAL": "1"], untilLost: true)
    #expect(!result.violations.isEmpty)
    #expect(result.lost > 0)
  }
}
