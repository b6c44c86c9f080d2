import Foundation
import Glibc

/// The machine that the figures were taken on.
enum Machine {
  static var load: [Double] {
    var averages = [0.0, 0.0, 0.0]
    getloadavg(&averages, 3)
    return averages
  }

  static var description: String {
    let processors = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    let model = processors.split(separator: "\n").first { $0.hasPrefix("model name") }?
      .split(separator: ":").last?.trimmingCharacters(in: .whitespaces)
    let kernel = (try? String(contentsOfFile: "/proc/sys/kernel/osrelease", encoding: .utf8)) ?? ""
    let cores = ProcessInfo.processInfo.activeProcessorCount
    let gibibytes = Double(ProcessInfo.processInfo.physicalMemory) / 1_073_741_824
    return "\(cores) cores of \(model ?? "an unnamed processor"), \(Int(gibibytes.rounded())) GiB, "
      + "Linux \(kernel.trimmingCharacters(in: .whitespacesAndNewlines))"
  }

  /// The median time, in milliseconds, to append 4 KiB to a file of `folder` and synchronise it.
  static func syncFloor(in folder: String) -> Double? {
    let path = folder + "/sync-floor"
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard file >= 0 else { return nil }
    defer {
      close(file)
      unlink(path)
    }
    let block = [UInt8](repeating: 0x5A, count: 4096)
    var samples = Samples()
    for _ in 0..<60 {
      samples.append(
        elapsed({
          _ = write(file, block, block.count)
          fdatasync(file)
        }))
    }
    return samples.p50
  }
}
