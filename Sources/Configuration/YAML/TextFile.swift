import Glibc

/// Bytes of a file that a team edits, checked before any parser sees them.
struct TextFile {
  /// As it is named in problems.
  var name: String
  var text: String

  /// Above the largest file that anybody writes by hand.
  static let largestFile = 2 << 20

  /// Nil when a problem was added.
  static func read(_ path: String, name: String, limit: Int = largestFile, into log: ProblemLog) -> TextFile?
  {
    switch bytes(at: path, limit: limit) {
    case .failure(let failure):
      log.add(failure.kind, file: name, line: nil)
      return nil
    case .success(let bytes):
      return check(bytes, name: name, into: log)
    }
  }

  struct ReadFailure: Error {
    var kind: ConfigurationProblem.Kind
  }

  static func bytes(at path: String, limit: Int) -> Result<[UInt8], ReadFailure> {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      let code = errno
      return .failure(ReadFailure(kind: code == ENOENT ? .fileMissing : .fileUnreadable(code: code)))
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      return .failure(ReadFailure(kind: .fileUnreadable(code: errno)))
    }
    // A pipe or a device would be read without end.
    guard status.st_mode & S_IFMT == S_IFREG else {
      return .failure(ReadFailure(kind: .fileUnreadable(code: EINVAL)))
    }
    guard status.st_size <= limit else { return .failure(ReadFailure(kind: .fileTooLarge(limit: limit))) }
    let size = Int(status.st_size)
    var failure: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      while count < size {
        let got = Glibc.read(descriptor, buffer.baseAddress! + count, size - count)
        if got < 0 && errno == EINTR { continue }
        if got < 0 { failure = errno }
        if got <= 0 { break }
        count += got
      }
    }
    return failure == 0 ? .success(bytes) : .failure(ReadFailure(kind: .fileUnreadable(code: failure)))
  }

  static func check(_ bytes: [UInt8], name: String, into log: ProblemLog) -> TextFile? {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      log.add(.notUTF8, file: name, line: firstBadLine(bytes))
      return nil
    }
    var line = 1
    var isFirst = true
    for scalar in text.unicodeScalars {
      defer { isFirst = false }
      if scalar == "\n" {
        line += 1
      } else if isUnsafe(scalar), !(isFirst && scalar == "\u{FEFF}") {
        log.add(.unsafeCharacter(describe(scalar)), file: name, line: line)
        return nil
      }
    }
    return TextFile(name: name, text: text.first == "\u{FEFF}" ? String(text.dropFirst()) : text)
  }

  /// Characters that nobody types and that make a text read differently from what it is: controls, bidirectional marks,
  /// invisible ones.
  static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09, 0x0A, 0x0D: false
    case 0x00..<0x20, 0x7F..<0xA0: true
    case 0x200B, 0x200E, 0x200F, 0x202A...0x202E, 0x2060, 0x2066...0x2069, 0xFEFF: true
    default: false
    }
  }

  static func describe(_ scalar: Unicode.Scalar) -> String {
    let digits = String(scalar.value, radix: 16, uppercase: true)
    return "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }

  private static func firstBadLine(_ bytes: [UInt8]) -> Int {
    var line = 1
    var start = 0
    for (index, byte) in bytes.enumerated() where byte == 0x0A {
      if String(validating: bytes[start..<index], as: UTF8.self) == nil { return line }
      start = index + 1
      line += 1
    }
    return line
  }
}

/// Names of a folder, sorted; nil when it cannot be read. Names that begin with a dot or end with `~` are editors' files.
func folderNames(_ path: String) -> [String]? {
  guard let folder = opendir(path) else { return nil }
  defer { closedir(folder) }
  var names: [String] = []
  while let entry = readdir(folder) {
    let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
      pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
    }
    if !name.hasPrefix("."), !name.hasSuffix("~") { names.append(name) }
  }
  return names.sorted()
}

func isFolder(_ path: String) -> Bool {
  var status = stat()
  return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
}
