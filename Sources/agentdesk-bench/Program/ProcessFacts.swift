import Foundation
import Glibc

/// What the kernel says about a process that runs.
struct ProcessFacts {
  let process: pid_t

  private func text(_ name: String) -> String {
    (try? String(contentsOfFile: "/proc/\(process)/\(name)", encoding: .utf8)) ?? ""
  }

  private func number(after key: String, in file: String) -> Double? {
    let line = text(file).split(separator: "\n").first { $0.hasPrefix(key) }
    return line.flatMap { Double($0.dropFirst(key.count).filter(\.isNumber)) }
  }

  /// Mebibytes that belong to this process alone.
  var privateMebibytes: Double? {
    guard let clean = number(after: "Private_Clean:", in: "smaps_rollup"),
      let dirty = number(after: "Private_Dirty:", in: "smaps_rollup")
    else { return nil }
    return (clean + dirty) / 1024
  }

  var residentMebibytes: Double? { number(after: "Rss:", in: "smaps_rollup").map { $0 / 1024 } }

  /// Milliseconds of processor time of all threads, also of those that have ended.
  var processorMilliseconds: Double {
    var clock: clockid_t = 0
    var time = timespec()
    guard clock_getcpuclockid(process, &clock) == 0, clock_gettime(clock, &time) == 0 else { return 0 }
    return Double(time.tv_sec) * 1000 + Double(time.tv_nsec) / 1_000_000
  }
}

/// Counts the write calls of a program to its terminal while it runs.
struct WriteTrace {
  private let process: Process
  private let file: String

  init?(of terminal: ProgramTerminal, file: String) {
    let program = "/usr/bin/strace"
    guard FileManager.default.isExecutableFile(atPath: program) else { return nil }
    process = Process()
    self.file = file
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = [
      "-f", "-qq", "-e", "trace=write", "-P", terminal.device, "-o", file, "-p", "\(terminal.process)",
    ]
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return nil }
    _ = terminal.listen(milliseconds: 500)
  }

  var count: Int {
    (try? String(contentsOfFile: file, encoding: .utf8))?.split(separator: "\n").count {
      $0.contains("write(")
    }
      ?? 0
  }

  func end() {
    process.terminate()
    process.waitUntilExit()
  }
}
