import Domain
import Glibc
import Store

/// What a process that may end at any moment has said and heard: one line a fact, written before the next step is taken, in
/// a file that no fault reaches.
package final class FaultJournal: Sendable {
  package enum Fact: Hashable, Sendable {
    /// It begins to save an operation; it may be saved or not.
    case trying(OperationID)
    /// The desk said "saved".
    case saved(OperationID)
    /// The desk said that it could not.
    case failed(OperationID, reason: String)
    /// What the store answered, and in which of its histories.
    case told(OperationID, epoch: Int64, isAccepted: Bool)
    /// The store said that it keeps these bytes.
    case kept(digest: String)
    /// How long it took to save an operation that no answer was waited for.
    case written(milliseconds: Double)
    /// From a claim to its answer.
    case claimed(milliseconds: Double)
    /// Everything was delivered.
    case drained
    case trouble(String)
  }

  package let path: String
  private let file: Int32

  package init(appendingTo path: String) throws {
    self.path = path
    file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw FaultProblem("\(path): \(String(cString: strerror(errno)))") }
  }

  deinit { close(file) }

  package func write(_ fact: Fact) {
    let line = Array((Self.line(fact) + "\n").utf8)
    _ = Glibc.write(file, line, line.count)
  }

  private static func line(_ fact: Fact) -> String {
    switch fact {
    case .trying(let id): "trying\t\(id)"
    case .saved(let id): "saved\t\(id)"
    case .written(let milliseconds): "written\t\(milliseconds)"
    case .failed(let id, let reason): "failed\t\(id)\t\(oneLine(reason))"
    case .told(let id, let epoch, let isAccepted): "told\t\(id)\t\(epoch)\t\(isAccepted)"
    case .kept(let digest): "kept\t\(digest)"
    case .claimed(let milliseconds): "claimed\t\(milliseconds)"
    case .drained: "drained"
    case .trouble(let reason): "trouble\t\(oneLine(reason))"
    }
  }

  private static func oneLine(_ text: String) -> String {
    String(text.map { $0.isNewline || $0 == "\t" ? " " : $0 })
  }

  /// Everything in the file; a line that the end of the process cut off says nothing.
  package static func facts(of path: String) throws -> [Fact] {
    guard let file = fopen(path, "r") else { return [] }
    defer { fclose(file) }
    var text: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = fread(&block, 1, block.count, file), count > 0 { text += block[..<count] }
    let whole = text.lastIndex(of: UInt8(ascii: "\n")).map { text[..<$0] } ?? []
    return String(decoding: whole, as: UTF8.self).split(separator: "\n").compactMap { fact(String($0)) }
  }

  private static func fact(_ line: String) -> Fact? {
    let words = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    switch (words.first, words.count) {
    case ("trying", 2): return .trying(OperationID(words[1]))
    case ("saved", 2): return .saved(OperationID(words[1]))
    case ("written", 2): return Double(words[1]).map { .written(milliseconds: $0) }
    case ("failed", 3): return .failed(OperationID(words[1]), reason: words[2])
    case ("told", 4):
      return Int64(words[2]).map { .told(OperationID(words[1]), epoch: $0, isAccepted: words[3] == "true") }
    case ("kept", 2): return .kept(digest: words[1])
    case ("claimed", 2): return Double(words[1]).map { .claimed(milliseconds: $0) }
    case ("drained", 1): return .drained
    case ("trouble", 2): return .trouble(words[1])
    default: return nil
    }
  }
}

/// What keeps a campaign from going on.
package struct FaultProblem: Error, CustomStringConvertible {
  package let description: String

  package init(_ description: String) { self.description = description }
}

/// Milliseconds of a clock that nobody sets.
func milliseconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) * 1000 + Double(time.tv_nsec) / 1_000_000
}
