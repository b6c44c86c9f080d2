import Domain
import GRDB
import Glibc

/// What a backup holds.
package struct BackupReport: Hashable, Sendable {
  package var path: String
  package var store: String
  package var epoch: Int64
  /// Everything up to here is in it; desks may forget operations up to here.
  package var revision: Int64
  package var operations: Int64
  package var bytes: Int64
  package var attachments: Int
  package var isEncrypted: Bool
}

extension SharedStore {
  /// Copies the store while others work, looks at the copy as at a stranger's file, syncs it, gives it its name, and only then
  /// tells the desks that they need not keep longer what is in it.
  ///
  /// - Parameters:
  ///   - path: where it is kept; an earlier backup of that name is replaced. Attachments go to `PATH.files`.
  ///   - key: encrypts the backup and its attachments.
  ///   - earlier: another backup whose attachments are linked instead of copied.
  /// - Throws: `alreadyExists` when something else than a backup is at `path`, `backupDiffers`, and errors of the disk.
  @discardableResult
  package func backUp(to path: String, key: BackupKey? = nil, earlier: String? = nil) throws -> BackupReport {
    try Self.refuseToOverwrite(path, store: self.path)
    try StoreFile.makeFolder(StoreFile.folder(of: path))
    let before = try read { try BackupFacts($0) }
    // Where it is encrypted, nothing in clear leaves the folder of the store.
    let copy = try StoreCopy.make(of: self.path, at: key == nil ? path + ".new" : self.path + ".copy")
    defer { copy.remove() }
    let facts = try Self.verified(copy.path, isCopyOf: before)
    // Before the copy has its name: whoever finds a backup has all of it.
    let attachments = try AttachmentCopies(source: self.path + ".files", target: path + ".files")
      .save(sealing: key, earlier: earlier.map { $0 + ".files" })
    if let key { try seal(copy, to: path, key) } else { try ByteFile.publish(copy.path, as: path) }
    try write { db in
      let meta = Meta(db: db)
      // Restored meanwhile: the copy is of a history that is gone.
      guard try meta.int("epoch") == facts.epoch else { return }
      try meta.set("safe_rev", max(try meta.int("safe_rev"), facts.revision))
      try meta.set("backup_at", now().milliseconds)
      try meta.set("backup_path", path)
    }
    return BackupReport(
      path: path, store: facts.id, epoch: facts.epoch, revision: facts.revision, operations: facts.operations,
      bytes: ByteFile.size(path) ?? 0, attachments: attachments, isEncrypted: key != nil)
  }

  private static func verified(_ copy: String, isCopyOf before: BackupFacts) throws -> BackupFacts {
    let facts = try BackupFacts.verified(copy)
    guard facts.id == before.id else { throw StoreError.backupDiffers(path: copy, detail: "store") }
    guard facts.epoch >= before.epoch, facts.epoch > before.epoch || facts.revision >= before.revision,
      facts.epoch > before.epoch || facts.operations >= before.operations
    else { throw StoreError.backupDiffers(path: copy, detail: "revision") }
    return facts
  }

  /// What was encrypted is decrypted again and compared before it counts.
  private func seal(_ copy: StoreCopy, to path: String, _ key: BackupKey) throws {
    let (sealed, opened) = (path + ".new", self.path + ".check")
    defer {
      unlinkFile(sealed)
      unlinkFile(opened)
    }
    try SealedFile(key: key).seal(copy.path, to: sealed)
    try SealedFile(key: key).open(sealed, to: opened)
    let (left, right) = (try ByteFile(reading: copy.path), try ByteFile(reading: opened))
    while true {
      let block = try left.read(ByteFile.blockSize)
      guard try right.read(ByteFile.blockSize) == block else {
        throw StoreError.backupDiffers(path: path, detail: "key")
      }
      if block.isEmpty { break }
    }
    try ByteFile.publish(sealed, as: path)
  }

  /// Only a backup may be replaced by a backup: never a store, and never somebody's other file.
  private static func refuseToOverwrite(_ path: String, store: String) throws {
    guard StoreFile.exists(path) else { return }
    // Before it is opened: closing a file of this process would drop the locks on it.
    guard StoreFile.inode(path) != StoreFile.inode(store) else { throw StoreError.alreadyExists(path: path) }
    let isBackup = try SealedFile.isSealed(path) || (try? BackupFacts.verified(path)) != nil
    guard isBackup, ByteFile.size(path + "-wal") == nil, ByteFile.size(path + ".turn") == nil
    else {
      throw StoreError.alreadyExists(path: path)
    }
  }

  /// When a backup was last verified; nil when there was none in this history.
  package func lastBackup() throws -> (at: Timestamp, revision: Int64)? {
    try read { db in
      let meta = Meta(db: db)
      let at = try meta.int("backup_at")
      return at == 0 ? nil : (Timestamp(milliseconds: at), try meta.int("safe_rev"))
    }
  }
}
