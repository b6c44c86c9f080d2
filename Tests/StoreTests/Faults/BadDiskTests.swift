import Domain
import FaultSupport
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Store

/// Calls that fail as they do on a bad or full disk.
@Suite(.serialized) struct BadDiskTests {
  private let home: FaultHome

  init() throws { home = try FaultHome() }

  /// Which calls fail, and how.
  enum Trouble: String, CaseIterable, Sendable {
    case badWrite, badSync, badTruncation, fullWrite, fullTruncation, shortWrite

    var variables: [String: String] {
      switch self {
      case .badWrite: ["FAULT_FAIL": "eio", "FAULT_CALLS": "w"]
      case .badSync: ["FAULT_FAIL": "eio", "FAULT_CALLS": "s"]
      case .badTruncation: ["FAULT_FAIL": "eio", "FAULT_CALLS": "t"]
      case .fullWrite: ["FAULT_FAIL": "enospc", "FAULT_CALLS": "w"]
      case .fullTruncation: ["FAULT_FAIL": "enospc", "FAULT_CALLS": "t"]
      case .shortWrite: ["FAULT_FAIL": "short", "FAULT_CALLS": "w"]
      }
    }
  }

  @Test(arguments: Trouble.allCases)
  func `a desk on which any one call fails goes on or ends, and has saved what it said`(
    _ trouble: Trouble
  ) throws {
    var (number, failed, ended) = (1, 0, 0)
    while true {
      let place = try home.place()
      let faults = trouble.variables.merging(["FAULT_PATH": place.files, "FAULT_AT": "\(number)"]) { $1 }
      let code = try place.run(place.desk(), faults)
      // An error, never a crash.
      #expect(code == 0 || code == 3, "\(trouble) \(number): code \(code), \(place.said)")
      let facts = try FaultJournal.facts(of: place.journals + "/desk-0.journal")
      let isNoticed = facts.contains {
        switch $0 {
        case .failed, .trouble: true
        default: false
        }
      }
      if code == 3 { ended += 1 }
      if isNoticed { failed += 1 }
      #expect(try place.check().violations == [], "\(trouble) \(number)")
      number += FaultTools.stride(usual: 3)
      // Behind the last call nothing fails any more; so far behind, no run has gone on.
      if code == 0, !isNoticed, number > Self.limit(trouble) { break }
    }
    print("\(trouble): places=\(number - 1) noticed=\(failed) ended=\(ended)")
    if trouble == .badWrite || trouble == .badSync { #expect(failed + ended > 0) }
  }

  private static func limit(_ trouble: Trouble) -> Int {
    switch trouble {
    case .badWrite, .fullWrite, .shortWrite: 120
    case .badSync: 40
    case .badTruncation, .fullTruncation: 6
    }
  }

  @Test(arguments: ["eio", "enospc", "short"])
  func `a command on a bad disk says a sentence, and says that it saved only what it saved`(
    _ fault: String
  ) throws {
    let home = try ProgramHome()
    home.environment["AGENTDESK_AGENT"] = "linxiao"
    let path = home.file("team.store")
    #expect(
      try home.run("store", "init", path, "--demo", "--tickets", "3").code == 0)
    let number = try #require(
      try home.run("ticket", "list", "--store", path, "--json").lines.first?["number"] as? String)
    var said: Set<String> = []
    var kept: [String] = []
    for place in stride(from: 1, to: 90, by: FaultTools.stride(usual: 8)) {
      home.environment["LD_PRELOAD"] = FaultTools.library
      home.environment["FAULT_PATH"] = home.path
      home.environment["FAULT_FAIL"] = fault
      home.environment["FAULT_CALLS"] = fault == "eio" ? "ws" : "w"
      home.environment["FAULT_AT"] = "\(place)"
      let result = try home.run("ticket", "note", number, "note-\(place).", "--store", path)
      for variable in ["LD_PRELOAD", "FAULT_PATH", "FAULT_FAIL", "FAULT_CALLS", "FAULT_AT"] {
        home.environment[variable] = nil
      }
      if result.code == 0 {
        kept.append("note-\(place).")
      } else {
        #expect(result.code == 3, "\(place): code \(result.code), \(result.errors)")
        let sentence = result.errors.trimmingCharacters(in: .whitespacesAndNewlines)
        #expect(sentence.hasSuffix(".") && !sentence.contains("\n"), "\(place): \(sentence)")
        said.insert(sentence)
      }
    }
    #expect(!said.isEmpty && !kept.isEmpty)
    let shown = try home.run("ticket", "show", number, "--store", path, "--json").output
    for note in kept { #expect(shown.components(separatedBy: note).count == 2, "\(note)") }
    #expect(try home.run("store", "check", "--store", path).code == 0)
    print("\(fault): \(said.sorted())")
  }

  @Test(arguments: ["eio", "enospc", "short"])
  func `a server on a bad disk acknowledges nothing that is not durable, and goes on when the disk is well`(
    _ fault: String
  ) throws {
    let place = try home.place()
    let faults = [
      "FAULT_PATH": place.store, "FAULT_FAIL": fault, "FAULT_CALLS": "wst", "FAULT_WHILE": place.flag,
      // Everything fails at last, and before that one call in eight by chance.
      "FAULT_RATE": "1200", "FAULT_SEED": "7", "FAULT_SHADOW": place.shadow,
    ]
    var server = try place.serve(FaultTools.preload.merging(faults) { $1 })
    try FaultProcess.waitForServer(place.socket)
    let desk = try FaultProcess(
      [FaultTools.desk] + place.desk("unix:" + place.socket, operations: nil).arguments, words: place.words)
    /// For three more of such facts: what a process on its way says may still be of the time before.
    func wait(_ what: String, _ isSuch: (FaultJournal.Fact) -> Bool) throws {
      func count() throws -> Int {
        try FaultJournal.facts(of: place.journals + "/desk-0.journal").count(where: isSuch)
      }
      let (goal, limit) = (try count() + 3, Date(timeIntervalSinceNow: PseudoTerminal.patience))
      while try count() < goal {
        try #require(Date() < limit, "\(what): it does not. \(place.said)")
        usleep(10_000)
      }
    }
    var ended = 0
    for round in 0..<FaultTools.size("AGENTDESK_BAD_DISKS", usual: 4) {
      try wait("the desk saves") { if case .saved = $0 { true } else { false } }
      try place.setTrouble(true)
      try wait("the disk is bad") { if case .trouble = $0 { true } else { false } }
      try place.setTrouble(false)
      if !server.isRunning {
        #expect(server.wait() < 128, "round \(round): the server crashed: \(place.said)")
        ended += 1
        server = try place.serve(FaultTools.preload.merging(faults) { $1 })
        try FaultProcess.waitForServer(place.socket)
      }
    }
    try wait("the desk goes on") { if case .saved = $0 { true } else { false } }
    #expect(desk.isRunning, "\(place.said)")
    desk.kill()
    server.kill()
    // The machine of the server loses its power; the desk is on another one.
    try PowerCut.play(files: place.files, shadow: place.shadow, seed: 5)
    let report = try place.check()
    #expect(report.violations == [])
    let facts = try FaultJournal.facts(of: place.journals + "/desk-0.journal")
    let troubles = facts.filter { if case .trouble = $0 { true } else { false } }
    #expect(!troubles.isEmpty, "the disk was never bad")
    print("\(fault): saved=\(report.saved) troubles=\(troubles.count) ended=\(ended)")
  }
}
