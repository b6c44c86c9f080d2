import Domain
import FaultSupport
import Foundation
import TestSupport
import Testing

@testable import Store

/// A small store and a filled replica, of which every try gets a copy.
final class FaultHome: Sendable {
  static let tickets = 3

  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder(inMemory: true)
    let store = try SharedStore.create(
      at: folder("template") + "/team.store", configuration: Sample.configuration)
    try FaultWorld.fill(store, tickets: Self.tickets, zone: "billing", by: "tangyue")
    let replica = try Replica(path: folder("template") + "/desk-0.replica")
    try DeskConnection(store: store, replica: replica, agent: "linxiao").close()
    store.close()
  }

  /// - Parameter isFilled: with the replica; without, a desk begins with an empty one.
  func place(isFilled: Bool = true) throws -> FaultPlace {
    let place = try FaultPlace()
    for name in ["team.store"] + (isFilled ? ["desk-0.replica"] : []) {
      try FileManager.default.copyItem(
        atPath: folder("template") + "/" + name, toPath: place.files + "/" + name)
    }
    return place
  }
}

/// Where one try happens: the files that faults reach, and the others.
final class FaultPlace: Sendable {
  private let folder: TemporaryFolder
  let files: String
  let journals: String
  let shadow: String

  init() throws {
    folder = try TemporaryFolder(inMemory: true)
    (files, journals, shadow) = (folder("files"), folder("journals"), folder("shadow"))
    for path in [files, journals, shadow] {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }
  }

  var store: String { files + "/team.store" }
  var socket: String { files + "/sock" }
  /// Faults happen while it is there.
  var flag: String { folder("trouble") }
  var words: String { journals + "/words" }

  func setTrouble(_ isOn: Bool) throws {
    if isOn { try Data().write(to: URL(fileURLWithPath: flag)) } else { unlinkFile(flag) }
  }

  /// What was written until now counts as synced.
  func forgetUnsynced() throws {
    try FileManager.default.removeItem(atPath: shadow)
    try FileManager.default.createDirectory(atPath: shadow, withIntermediateDirectories: true)
  }

  /// - Parameter operations: nil: until it is ended.
  func desk(_ address: String? = nil, operations: Int? = 8, seed: UInt64 = 3) -> FaultDesk {
    var desk = FaultDesk(
      address: address ?? "file:" + store, replica: files + "/desk-0.replica",
      journal: journals + "/desk-0.journal", agent: "linxiao")
    desk.tickets = FaultHome.tickets
    desk.operations = operations
    desk.seed = seed
    return desk
  }

  func run(_ desk: FaultDesk, _ faults: [String: String]) throws -> Int32 {
    try FaultProcess(
      [FaultTools.desk] + desk.arguments, environment: faults.merging(FaultTools.preload) { own, _ in own },
      words: words
    ).wait()
  }

  func serve(_ faults: [String: String] = [:]) throws -> FaultProcess {
    try FaultProcess(
      [FaultTools.programs.agentdesk, "store", "serve", "--store", "file:" + store, "--socket", socket],
      environment: faults.merging(FaultTools.environment) { own, _ in own }, words: words)
  }

  func check() throws -> FaultCheck.Report {
    try FaultCheck(
      store: store,
      desks: [
        .init(replica: files + "/desk-0.replica", journal: journals + "/desk-0.journal", agent: "linxiao")
      ], tickets: FaultHome.tickets
    ).run()
  }

  /// What the processes said.
  var said: String { (try? String(contentsOfFile: words, encoding: .utf8)) ?? "" }
}

/// The programs and the library.
enum FaultTools {
  static let desk = BuiltProgram.path("fault-desk")
  static let programs = FaultFleet.Programs(desk: [desk], agentdesk: BuiltProgram.path("agentdesk"))
  static let environment = [
    "AGENTDESK_RESOURCES": Program.checkout + "/Resources", "AGENTDESK_LANG": "en",
    "AGENTDESK_HOME": NSTemporaryDirectory() + "agentdesk-faults",
  ]
  static let preload = environment.merging(["LD_PRELOAD": library]) { own, _ in own }

  /// Built once, from C, by whichever compiler there is: the Swift toolchain needs one to link.
  static let library: String = {
    let path = BuiltProgram.path("libfaults.so")
    let temporary = path + ".\(getpid())"
    for compiler in ["cc", "clang", "gcc"] {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      process.arguments = [
        compiler, "-O1", "-shared", "-fPIC", "-o", temporary, Program.checkout + "/Tests/Faults/faults.c",
        "-ldl", "-pthread",
      ]
      process.standardError = FileHandle.nullDevice
      guard (try? process.run()) != nil else { continue }
      process.waitUntilExit()
      if process.terminationStatus == 0, rename(temporary, path) == 0 { return path }
    }
    fatalError("no C compiler builds Tests/Faults/faults.c")
  }()

  /// The whole of a campaign, or so many tries of it that nobody waits.
  static func size(_ variable: String, usual: Int) -> Int {
    ProcessInfo.processInfo.environment[variable].flatMap { Int($0) } ?? usual
  }

  /// 1 with `AGENTDESK_EVERY_STATEMENT`: every place is tried; else every `usual`-th one.
  static func stride(usual: Int) -> Int {
    ProcessInfo.processInfo.environment["AGENTDESK_EVERY_STATEMENT"] != nil ? 1 : usual
  }
}
