import Glibc

import class Foundation.FileManager

/// The attachments of a backup: `BACKUP.files`, each under the digest of its bytes, sealed where the backup is.
struct AttachmentCopies {
  let source: String
  let target: String

  /// Names of complete files, `ab/abcdef…`.
  private static func names(in folder: String) -> [String] {
    let found = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
    return found.filter { name in
      let digest = name.split(separator: "/").last ?? ""
      return digest.utf8.count == 64 && digest.allSatisfy(\.isHexDigit)
    }.sorted()
  }

  /// Copies what is not there yet. A file that an earlier backup has is linked: it never changes.
  ///
  /// - Throws: `backupDiffers` when the bytes are not those that the name says.
  func save(sealing key: BackupKey?, earlier: String?) throws -> Int {
    let names = Self.names(in: source)
    for name in names {
      let place = "\(target)/\(name)"
      if key == nil, ByteFile.size(place) == ByteFile.size("\(source)/\(name)") { continue }
      try StoreFile.makeFolder(StoreFile.folder(of: place))
      if key == nil, let earlier, link("\(earlier)/\(name)", place) == 0 { continue }
      let temporary = place + ".new"
      defer { unlinkFile(temporary) }
      if let key {
        try SealedFile(key: key).seal("\(source)/\(name)", to: temporary)
      } else {
        try ByteFile.copy("\(source)/\(name)", to: temporary)
        try check(temporary, name)
      }
      try ByteFile.publish(temporary, as: place)
    }
    return names.count
  }

  /// Brings back what the store does not have.
  func restore(opening key: BackupKey?) throws -> Int {
    var count = 0
    for name in Self.names(in: source) {
      let place = "\(target)/\(name)"
      guard ByteFile.size(place) == nil else { continue }
      try StoreFile.makeFolder(StoreFile.folder(of: place))
      let temporary = place + ".new"
      defer { unlinkFile(temporary) }
      if try SealedFile.isSealed("\(source)/\(name)"), let key {
        try SealedFile(key: key).open("\(source)/\(name)", to: temporary)
      } else {
        try ByteFile.copy("\(source)/\(name)", to: temporary)
      }
      try check(temporary, name)
      try ByteFile.publish(temporary, as: place)
      count += 1
    }
    return count
  }

  private func check(_ path: String, _ name: String) throws {
    let size = Int(ByteFile.size(path) ?? 0)
    let digest = Digest.sha256(try ByteFile(reading: path).read(size))
    guard name.hasSuffix(digest) else { throw StoreError.backupDiffers(path: path, detail: "SHA-256") }
  }
}
