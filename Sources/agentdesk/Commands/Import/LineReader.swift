import Glibc

/// The lines of a file or of standard input, one at a time, whatever they hold.
struct LineReader {
  enum Line {
    case whole([UInt8])
    /// Longer than the limit: its beginning. `copyRest` gives the rest.
    case tooLong([UInt8])
  }

  private let descriptor: Int32
  private let limit: Int
  private var buffer: [UInt8] = []
  private var start = 0
  private var hasEnded = false
  /// Bytes that left the buffer.
  private var passed = 0

  /// Where the next line begins, in bytes from where reading began.
  var position: Int { passed + start }

  init(descriptor: Int32, limit: Int = 4 << 20) {
    self.descriptor = descriptor
    self.limit = limit
  }

  /// Nil at the end. The line break is not part of a line.
  mutating func next() throws(FileFailure) -> Line? {
    var searched = start
    while true {
      if let end = buffer[searched...].firstIndex(of: 0x0A) {
        let line = Array(buffer[start..<end])
        start = end + 1
        return .whole(line)
      }
      searched = buffer.count
      if searched - start > limit {
        let line = Array(buffer[start...])
        start = buffer.count
        return .tooLong(line)
      }
      if hasEnded {
        guard start < buffer.count else { return nil }
        let line = Array(buffer[start...])
        start = buffer.count
        return .whole(line)
      }
      let moved = start
      try fill()
      searched -= moved
    }
  }

  /// Hands over what follows of a line that was too long, piece by piece.
  mutating func copyRest(_ take: ([UInt8]) throws(FileFailure) -> Void) throws(FileFailure) {
    while true {
      if let end = buffer[start...].firstIndex(of: 0x0A) {
        try take(Array(buffer[start..<end]))
        start = end + 1
        return
      }
      try take(Array(buffer[start...]))
      start = buffer.count
      if hasEnded { return }
      try fill()
    }
  }

  private mutating func fill() throws(FileFailure) {
    buffer.removeFirst(start)
    passed += start
    start = 0
    let old = buffer.count
    buffer.append(contentsOf: [UInt8](repeating: 0, count: 1 << 16))
    let got = buffer.withUnsafeMutableBytes { bytes -> Int in
      while true {
        let got = read(descriptor, bytes.baseAddress! + old, 1 << 16)
        if got >= 0 || errno != EINTR { return got }
      }
    }
    guard got >= 0 else { throw FileFailure(path: "", code: errno) }
    buffer.removeLast((1 << 16) - got)
    hasEnded = got == 0
  }
}

/// The system said no to a file.
struct FileFailure: Error, Hashable {
  var path: String
  var code: Int32
}

/// A file that is made when the first bytes come.
struct LazyFile {
  /// Where it is, or will be; another name where the first one is taken.
  private(set) var path: String
  private let replaces: Bool
  private var descriptor: Int32 = -1

  /// - Parameter replaces: whether a file of that name may be overwritten. Otherwise `NAME-2`, `NAME-3` … are tried: what an
  ///   earlier run kept may be the only copy.
  init(path: String, replaces: Bool) {
    self.path = path
    self.replaces = replaces
  }

  var isMade: Bool { descriptor >= 0 }

  mutating func write(_ bytes: [UInt8]) throws(FileFailure) {
    if descriptor < 0 { try make() }
    var offset = 0
    while offset < bytes.count {
      let put = bytes.withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress! + offset, bytes.count - offset)
      }
      if put < 0 && errno == EINTR { continue }
      guard put > 0 else { throw FileFailure(path: path, code: errno) }
      offset += put
    }
  }

  /// What was written survives a power cut.
  func synchronize() throws(FileFailure) {
    if descriptor >= 0, fsync(descriptor) != 0 { throw FileFailure(path: path, code: errno) }
  }

  private mutating func make() throws(FileFailure) {
    let first = path
    for number in 2...1000 {
      // What it holds is personal data: nobody else may read it.
      descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | (replaces ? O_TRUNC : O_EXCL), 0o600)
      if descriptor >= 0 { return }
      guard errno == EEXIST else { throw FileFailure(path: path, code: errno) }
      path = numbered(first, number)
    }
    throw FileFailure(path: first, code: EEXIST)
  }

  /// `a.rejects-2.jsonl`.
  private func numbered(_ path: String, _ number: Int) -> String {
    guard let dot = path.lastIndex(of: "."), path.lastIndex(of: "/").map({ $0 < dot }) ?? true else {
      return "\(path)-\(number)"
    }
    return "\(path[..<dot])-\(number)\(path[dot...])"
  }

  mutating func close() {
    if descriptor >= 0 { Glibc.close(descriptor) }
    descriptor = -1
  }
}
