import Foundation
import Glibc
import Store

/// A process of a campaign: started, ended by force, waited for.
package final class FaultProcess {
  private let process = Process()

  /// - Parameter words: its standard error goes to the end of this file.
  package init(
    _ command: [String], environment: [String: String] = [:], words: String? = nil
  ) throws {
    process.executableURL = URL(fileURLWithPath: command[0])
    process.arguments = Array(command.dropFirst())
    let inherited = ProcessInfo.processInfo.environment
    let kept = ["PATH", "HOME", "TMPDIR", "AGENTDESK_RESOURCES"].reduce(into: [String: String]()) {
      $0[$1] = inherited[$1]
    }
    process.environment = kept.merging(environment) { _, own in own }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    if let words {
      let file = open(words, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
      guard file >= 0 else { throw FaultProblem("\(words): \(String(cString: strerror(errno)))") }
      process.standardError = FileHandle(fileDescriptor: file, closeOnDealloc: true)
    }
    try process.run()
  }

  package var isRunning: Bool { process.isRunning }

  /// How it ended: its code, or 128 and the signal.
  package func wait() -> Int32 {
    process.waitUntilExit()
    return process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
  }

  @discardableResult
  package func kill() -> Int32 {
    Glibc.kill(process.processIdentifier, SIGKILL)
    return wait()
  }

  @discardableResult
  package func stop() -> Int32 {
    process.terminate()
    return wait()
  }

  /// Waits so long for a served store to answer.
  package static func waitForServer(_ socket: String, seconds: Double = 60) throws {
    let limit = milliseconds() + seconds * 1000
    while milliseconds() < limit {
      if (try? UnixLink(path: socket).open()) != nil { return }
      usleep(10_000)
    }
    throw FaultProblem("nobody serves \(socket)")
  }
}
