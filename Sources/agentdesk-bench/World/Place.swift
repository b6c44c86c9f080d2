import Configuration
import Domain
import Foundation
import Glibc

/// Where things are: resources, the program beside this one, the folder for generated worlds.
enum Place {
  static func resources() throws -> String {
    guard let folder = ResourceLocator.find() else { throw BenchProblem.noResources }
    return folder
  }

  /// The program that people use, built with this one.
  static func program() throws -> String {
    let own = ResourceLocator.executable ?? CommandLine.arguments[0]
    let path = (own as NSString).deletingLastPathComponent + "/agentdesk"
    guard access(path, X_OK) == 0 else { throw BenchProblem.noProgram(path) }
    return path
  }

  /// Of the checkout that the resources belong to.
  static func performancePage() throws -> String {
    (try resources() as NSString).deletingLastPathComponent + "/docs/performance.md"
  }

  static var cache: String { NSTemporaryDirectory() + "agentdesk-bench" }

  /// A new folder that only this user may read; whoever asks removes it.
  static func temporary() throws -> String {
    var template = Array((NSTemporaryDirectory() + "agentdesk-bench-XXXXXX").utf8CString)
    guard mkdtemp(&template) != nil else { throw BenchProblem.system("mkdtemp", errno) }
    return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  static func withTemporaryFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
    let folder = try temporary()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try body(folder)
  }

  static func configuration() throws -> ConfigurationSet { try ResourceFolder(resources()).load() }

  static func say(_ text: String) {
    FileHandle.standardError.write(Data((text + "\n").utf8))
  }
}

extension ConfigurationSet {
  /// Who sits at the measured desk.
  func worker() throws -> Agent {
    guard let agent = agents.first(where: { $0.has(.work) }) else { throw BenchProblem.noAgent }
    return agent
  }
}
