import Domain
import Glibc

/// The bytes of attachments, once under their digest: `STORE.files/ab/abcdef…`. Files, because the agent's own programs open
/// them, and because a large picture has no business in a write-ahead log.
struct AttachmentFolder {
  /// 64 MiB.
  static let largest: Int64 = 64 << 20

  let path: String

  init(store path: String) { self.path = path + ".files" }

  /// Keeps the bytes and answers their SHA-256. What is there already is not written again.
  func store(_ bytes: [UInt8]) throws -> String {
    guard Int64(bytes.count) <= Self.largest else {
      throw StoreError.attachmentTooLarge(limit: Self.largest, size: Int64(bytes.count))
    }
    let digest = Digest.sha256(bytes)
    let target = file(digest)
    var facts = stat()
    if stat(target, &facts) == 0, facts.st_size == bytes.count {
      try settle(digest)
      return digest
    }
    try StoreFile.makeFolder(StoreFile.folder(of: target))
    let temporary = "\(target).\(getpid()).new"
    do {
      try write(bytes, to: temporary)
      guard rename(temporary, target) == 0 else { throw StoreError.system(path: target) }
      try settle(digest)
    } catch {
      unlink(temporary)
      throw error
    }
    return digest
  }

  private func write(_ bytes: [UInt8], to path: String) throws(StoreError) {
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw .system(path: path) }
    defer { close(file) }
    try write(bytes, to: file, path: path)
    guard fsync(file) == 0 else { throw .system(path: path) }
  }

  func write(_ bytes: [UInt8], to file: Int32, path: String) throws(StoreError) {
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.write(file, $0.baseAddress! + written, bytes.count - written)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw .system(path: path) }
      written += count
    }
  }

  /// Makes a file that is complete the one with this digest.
  func keep(_ path: String, file: Int32, as digest: String) throws(StoreError) {
    let target = self.file(digest)
    try StoreFile.makeFolder(StoreFile.folder(of: target))
    guard fsync(file) == 0, rename(path, target) == 0 else { throw .system(path: target) }
    try settle(digest)
  }

  /// Syncs the folders of a file, also of one that somebody else has just put there: only then it may be said to be kept.
  func settle(_ digest: String) throws(StoreError) {
    try ByteFile.syncFolder(StoreFile.folder(of: file(digest)))
    try ByteFile.syncFolder(path)
  }

  /// A file that is not there is removed already.
  func remove(_ digest: String) {
    guard Self.isDigest(digest) else { return }
    unlink(file(digest))
  }

  static func isDigest(_ text: String) -> Bool {
    text.utf8.count == 64 && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
  }

  /// Where the bytes are, for a program that opens them.
  func location(_ digest: String) throws(StoreError) -> String {
    guard Self.isDigest(digest) else { throw .attachmentMissing(digest: digest) }
    let file = file(digest)
    guard access(file, R_OK) == 0 else { throw .attachmentMissing(digest: digest) }
    return file
  }

  func bytes(_ digest: String) throws -> [UInt8] {
    let path = try location(digest)
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw StoreError.system(path: path) }
    defer { close(file) }
    var facts = stat()
    guard fstat(file, &facts) == 0 else { throw StoreError.system(path: path) }
    let size = Int(facts.st_size)
    return [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      while count < size {
        let got = read(file, buffer.baseAddress! + count, size - count)
        if got < 0, errno == EINTR { continue }
        guard got > 0 else { break }
        count += got
      }
    }
  }

  private func file(_ digest: String) -> String { "\(path)/\(digest.prefix(2))/\(digest)" }
}
