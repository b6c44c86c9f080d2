import Foundation

/// The built program itself, run as people and scripts run it.
package enum Program {
  package struct Result: Sendable {
    package var code: Int32
    package var output: String
    package var errors: String

    /// The objects of JSON Lines output.
    package var lines: [[String: Any]] {
      output.split(separator: "\n").compactMap {
        (try? JSONSerialization.jsonObject(with: Data($0.utf8))) as? [String: Any]
      }
    }
  }

  /// The checkout that this file was built in.
  package static let checkout = String(#filePath.dropLast("/Tests/TestSupport/Program.swift".count))

  /// Beside the test bundle, in whichever build folder that is.
  package static let path: String = {
    for argument in CommandLine.arguments {
      guard let end = argument.range(of: "/AgentDeskPackageTests.xctest") else { continue }
      return String(argument[..<end.lowerBound]) + "/agentdesk"
    }
    return checkout + "/.build/debug/agentdesk"
  }()

  /// Data that is not part of the project: beside the checkout, or where `AGENTDESK_SHARED_DATA` says; nil where there is none.
  package static func sharedData(_ name: String) -> String? {
    let folders = [
      ProcessInfo.processInfo.environment["AGENTDESK_SHARED_DATA"], checkout + "/../shared/data",
    ]
    for case let folder? in folders where FileManager.default.fileExists(atPath: "\(folder)/\(name)") {
      return "\(folder)/\(name)"
    }
    return nil
  }
}

/// A home of its own for the program, gone when the test ends.
package final class ProgramHome {
  package let path: String
  /// Added to the environment of every run.
  package var environment: [String: String] = [:]

  package init() throws {
    path = NSTemporaryDirectory() + "agentdesk-home-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  package func file(_ name: String) -> String { "\(path)/\(name)" }

  package func write(_ name: String, _ bytes: Data) throws -> String {
    try bytes.write(to: URL(fileURLWithPath: file(name)))
    return file(name)
  }

  package func write(_ name: String, _ text: String) throws -> String { try write(name, Data(text.utf8)) }

  package func contents(_ name: String) -> String? {
    try? String(contentsOfFile: file(name), encoding: .utf8)
  }

  /// Runs the program to its end. What it prints goes through files: a pipe would block it when it is full.
  @discardableResult
  package func run(_ arguments: [String], input: Data = Data()) throws -> Program.Result {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Program.path)
    process.arguments = arguments
    var variables = ["AGENTDESK_HOME": path, "AGENTDESK_LANG": "en", "PATH": "/usr/bin:/bin", "HOME": path]
    variables["AGENTDESK_RESOURCES"] = Program.checkout + "/Resources"
    process.environment = variables.merging(environment) { _, own in own }
    let run = UUID().uuidString
    let (outputPath, errorPath) = (file("out-\(run)"), file("err-\(run)"))
    let inputPath = try write("in-\(run)", input)
    for name in [outputPath, errorPath] { try Data().write(to: URL(fileURLWithPath: name)) }
    process.standardInput = try FileHandle(forReadingFrom: URL(fileURLWithPath: inputPath))
    process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: outputPath))
    process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: errorPath))
    try process.run()
    process.waitUntilExit()
    defer {
      for name in [outputPath, errorPath, inputPath] { try? FileManager.default.removeItem(atPath: name) }
    }
    let code =
      process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
    return Program.Result(
      code: code,
      output: String(decoding: try Data(contentsOf: URL(fileURLWithPath: outputPath)), as: UTF8.self),
      errors: String(decoding: try Data(contentsOf: URL(fileURLWithPath: errorPath)), as: UTF8.self))
  }

  @discardableResult
  package func run(_ arguments: String..., input: String = "") throws -> Program.Result {
    try run(arguments, input: Data(input.utf8))
  }
}
