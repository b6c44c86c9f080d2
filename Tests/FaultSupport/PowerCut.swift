import Domain
import Foundation
import Glibc

/// What a power cut leaves of files that `Tests/Faults/faults.c` watched: everything that was synced, and of what was written
/// since any sectors, or none. New names of files are gone where their folder was not synced; memory that processes shared is
/// gone.
package enum PowerCut {
  /// - Parameters:
  ///   - files: a folder with the files.
  ///   - shadow: the folder that the library filled.
  /// - Returns: how many bytes of what was written were not synced.
  @discardableResult
  package static func play(files: String, shadow: String, seed: UInt64) throws -> Int {
    var random = SplitMix64(seed)
    // Nothing, half, or almost all of it had been on its way to the disk.
    let part = [0, 50, 90][random.below(3)]
    var unsynced = 0
    try takeNames(shadow)
    for name in try FileManager.default.subpathsOfDirectory(atPath: files).sorted() {
      let path = files + "/" + name
      if name.hasSuffix("-shm") {
        unlink(path)
        continue
      }
      let image = "\(shadow)/" + path.replacingOccurrences(of: "/", with: "%")
      guard let synced = FileManager.default.contents(atPath: image) else { continue }
      let current = FileManager.default.contents(atPath: path) ?? Data()
      let ranges = ranges(of: FileManager.default.contents(atPath: image + ".pending") ?? Data())
      var result = synced
      if !ranges.isEmpty, current.count > result.count, random.below(100) < part {
        result.append(Data(count: current.count - result.count))
      } else if !ranges.isEmpty, current.count < result.count, random.below(100) < part {
        result = result.prefix(current.count)
      }
      for range in ranges {
        unsynced += range.count
        var start = range.lowerBound
        while start < range.upperBound {
          let end = min(range.upperBound, (start / 512 + 1) * 512)
          if end <= result.count, end <= current.count, random.below(100) < part {
            result.replaceSubrange(start..<end, with: current[start..<end])
          }
          start = end
        }
      }
      try result.write(to: URL(fileURLWithPath: path))
      try result.write(to: URL(fileURLWithPath: image))
      unlink(image + ".pending")
    }
    return unsynced
  }

  private static func takeNames(_ shadow: String) throws {
    for name in try FileManager.default.contentsOfDirectory(atPath: shadow) where name.hasSuffix(".names") {
      let text = try String(contentsOfFile: "\(shadow)/\(name)", encoding: .utf8)
      for line in text.split(separator: "\n").reversed() {
        let words = line.split(separator: "\t").map(String.init)
        if words.count == 2 { rename(words[1], words[0]) }
      }
      unlink("\(shadow)/\(name)")
    }
  }

  private static func ranges(of data: Data) -> [Range<Int>] {
    let numbers = data.withUnsafeBytes { Array($0.bindMemory(to: Int64.self)) }
    return stride(from: 0, to: numbers.count - 1, by: 2).map {
      Int(numbers[$0])..<Int(numbers[$0] + numbers[$0 + 1])
    }
  }
}
