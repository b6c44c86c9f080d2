import Domain
import FaultSupport
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Store

/// Real processes that end by SIGKILL at a chosen place, or at any.
@Suite(.serialized) struct KilledProcessTests {
  private let home: FaultHome

  init() throws { home = try FaultHome() }

  /// Tries the places 1, 1 + stride, … on two threads until one is behind the end of the run.
  ///
  /// - Parameter attempt: ends the process at that place; false when it ended by itself.
  private func everywhere(
    stride: Int, atLeast least: Int, _ attempt: @escaping @Sendable (Int) throws -> Bool
  ) {
    let next = Atomic(0)
    let end = Atomic(Int.max)
    let count = Atomic(0)
    DispatchQueue.concurrentPerform(iterations: 2) { _ in
      while true {
        let place = 1 + stride * next.add(1, ordering: .relaxed).oldValue
        guard place < end.load(ordering: .relaxed) else { return }
        do {
          if try attempt(place) {
            count.add(1, ordering: .relaxed)
          } else {
            end.min(place, ordering: .relaxed)
          }
        } catch {
          Issue.record("place \(place): \(error)")
          if !(error is StoreError) { end.store(0, ordering: .relaxed) }
        }
      }
    }
    let (kills, places) = (count.load(ordering: .relaxed), end.load(ordering: .relaxed))
    print("kills=\(kills) places=\(places - 1)")
    #expect(kills * stride >= least)
  }

  /// A desk that is killed, opened again, and looked at. False when it came to its end.
  private func killed(_ variable: String, _ number: Int, isFilled: Bool) throws -> Bool {
    let place = try home.place(isFilled: isFilled)
    let code = try place.run(
      place.desk(), [variable: "\(number)", "FAULT_PATH": place.files])
    guard code == 0 || code == 128 + SIGKILL else {
      throw FaultProblem("code \(code) at \(number): \(place.said)")
    }
    let report = try place.check()
    #expect(report.violations == [], "\(variable)=\(number)")
    if code == 0 { #expect(report.saved > 3 && report.grants > 0) }
    return code != 0
  }

  @Test func `a desk that is killed before any statement has saved what it said, once`() throws {
    everywhere(stride: FaultTools.stride(usual: 5), atLeast: 200) {
      try killed("FAULT_KILL_STATEMENT", $0, isFilled: true)
    }
  }

  @Test func `a desk that is killed before any statement of its first fill begins again`() throws {
    everywhere(stride: FaultTools.stride(usual: 11), atLeast: 200) {
      try killed("FAULT_KILL_STATEMENT", $0, isFilled: false)
    }
  }

  @Test func `a desk that is killed in any write, sync or truncation has saved what it said, once`() throws {
    everywhere(stride: FaultTools.stride(usual: 4), atLeast: 50) {
      try killed("FAULT_KILL_CALL", $0, isFilled: true)
    }
  }

  @Test func `a server that is killed before any statement loses nothing that it answered`() throws {
    everywhere(stride: FaultTools.stride(usual: 13), atLeast: 100) { number in
      let place = try home.place()
      var server = try place.serve(
        FaultTools.preload.merging(["FAULT_KILL_STATEMENT": "\(number)"]) { $1 })
      // It may end before anybody can reach it.
      while server.isRunning, (try? UnixLink(path: place.socket).open()) == nil { usleep(5000) }
      var isKilled = false
      let desk = try FaultProcess(
        [FaultTools.desk] + place.desk("unix:" + place.socket).arguments, words: place.words)
      while desk.isRunning {
        if !server.isRunning {
          #expect(server.wait() == 128 + SIGKILL, "\(place.said)")
          isKilled = true
          server = try place.serve()
        }
        usleep(5000)
      }
      #expect(desk.wait() == 0, "\(place.said)")
      server.kill()
      let report = try place.check()
      #expect(report.violations == [], "statement \(number)")
      #expect(report.saved > 3)
      return isKilled
    }
  }

  @Test(arguments: [false, true])
  func `desks and their server are killed at random, and nothing is lost or doubled`(
    isServed: Bool
  ) throws {
    let place = try home.place()
    var options = FaultFleet.Options()
    options.desks = 4
    options.tickets = FaultHome.tickets
    options.isServed = isServed
    options.environment = FaultTools.environment
    let fleet = FaultFleet(
      folder: place.files, journals: place.journals, agents: ["linxiao", "chenyu", "tangyue"],
      programs: FaultTools.programs, options: options)
    try fleet.start()
    let kills = FaultTools.size("AGENTDESK_KILLS", usual: 40) / 2
    for _ in 0..<kills {
      fleet.wait(milliseconds: 20...250)
      #expect(try fleet.startMissing() == 0, "a process ended by itself: \(place.said)")
      try fleet.killOne()
      // Somebody looks at the file meanwhile, as `store check` does.
      let store = try SharedStore(path: place.store)
      store.checkpointIfIdle()
      store.close()
    }
    try fleet.waitUntilSaved(kills)
    fleet.killAll()
    let report = try fleet.check()
    print(
      "served=\(isServed) kills=\(kills) saved=\(report.saved) ledger=\(report.ledger) lost=\(report.lost) doubled=\(report.doubled) grants=\(report.grants) double_grants=\(report.doubleGrants)"
    )
    #expect(report.violations == [])
    #expect(report.lost == 0 && report.doubleGrants == 0)
    #expect(report.saved > kills)
  }

  @Test func `the check of these tests finds what is lost, doubled, granted twice or from nowhere`() throws {
    let place = try home.place()
    #expect(try place.run(place.desk(operations: 30), [:]) == 0)
    #expect(try place.check().violations == [])
    let journal = try FaultJournal(appendingTo: place.journals + "/desk-0.journal")
    journal.write(.saved("nowhere"))
    #expect(try place.check().lost == 1)
    let store = try SharedStore(path: place.store)
    defer { store.close() }
    try store.write { db in
      for (number, actor) in ["linxiao", "chenyu"].enumerated() {
        try db.execute(
          sql: """
            INSERT INTO operation(rev, id, desk, seq, schema, actor, aggregate, at, received_at, payload, result)
            VALUES (\(100_000 + number), 'stranger-\(number)', 'stranger', \(number), 1, '\(actor)', 'ticket:x', 1, 1,
            '{"claim":{}}', '')
            """)
      }
      try db.execute(sql: "DELETE FROM entry WHERE body LIKE 'fault %'")
    }
    let report = try place.check()
    #expect(report.doubleGrants == 1)
    #expect(report.violations.contains { $0.contains("nobody tried") })
    #expect(report.violations.contains { $0.contains("different") })
    #expect(report.violations.contains { $0.contains("shows") })
    #expect(report.violations.contains { $0.contains("the log") })
  }
}
