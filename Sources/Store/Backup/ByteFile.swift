import Glibc

/// A file read or written from its beginning, with errors as facts.
final class ByteFile {
  let path: String
  private let file: Int32

  init(reading path: String) throws(StoreError) {
    self.path = path
    file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw .system(path: path) }
  }

  /// Empty, for its owner alone.
  init(creating path: String) throws(StoreError) {
    self.path = path
    unlink(path)
    file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw .system(path: path) }
  }

  deinit { close(file) }

  /// So many bytes, fewer only at the end.
  func read(_ size: Int) throws(StoreError) -> [UInt8] {
    var failure: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      while count < size {
        let got = Glibc.read(file, buffer.baseAddress! + count, size - count)
        if got < 0, errno == EINTR { continue }
        if got < 0 { failure = errno }
        guard got > 0 else { break }
        count += got
      }
    }
    guard failure == 0 else { throw .system(failure, path: path) }
    return bytes
  }

  func write(_ bytes: [UInt8]) throws(StoreError) {
    var offset = 0
    while offset < bytes.count {
      let put = bytes.withUnsafeBytes {
        Glibc.write(file, $0.baseAddress! + offset, bytes.count - offset)
      }
      if put < 0, errno == EINTR { continue }
      guard put > 0 else { throw .system(path: path) }
      offset += put
    }
  }

  func sync() throws(StoreError) {
    guard fsync(file) == 0 else { throw .system(path: path) }
  }

  // MARK: - Whole files

  static let blockSize = 1 << 20

  /// Puts a finished file in its place, so that it is there as a whole or not at all, also after a power cut.
  static func publish(_ temporary: String, as path: String) throws(StoreError) {
    try sync(temporary, O_RDONLY)
    guard rename(temporary, path) == 0 else { throw .system(path: path) }
    try syncFolder(StoreFile.folder(of: path))
  }

  /// A name is on the disk when its folder was synced, however well its file was.
  static func syncFolder(_ folder: String) throws(StoreError) { try sync(folder, O_RDONLY | O_DIRECTORY) }

  private static func sync(_ path: String, _ flags: Int32) throws(StoreError) {
    let file = open(path, flags | O_CLOEXEC)
    guard file >= 0 else { throw .system(path: path) }
    defer { close(file) }
    // Some file systems cannot sync a folder; there is nothing better to do on them.
    guard fsync(file) == 0 || errno == EINVAL else { throw .system(path: path) }
  }

  static func copy(_ source: String, to target: String) throws {
    let (input, output) = (try ByteFile(reading: source), try ByteFile(creating: target))
    while case let block = try input.read(blockSize), !block.isEmpty { try output.write(block) }
    try output.sync()
  }

  static func size(_ path: String) -> Int64? {
    var facts = stat()
    return stat(path, &facts) == 0 ? Int64(facts.st_size) : nil
  }
}
