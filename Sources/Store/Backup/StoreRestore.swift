import Domain
import GRDB
import Glibc

/// What a restore did.
package struct RestoreReport: Hashable, Sendable {
  package var path: String
  package var store: String
  package var restoration: Restoration
  package var attachments: Int
  /// Where the store that was there before is kept now; nil when there was none, or when the backup had all of it.
  package var kept: String?
}

/// Puts a backup in the place of a store and begins a new history, so that desks notice, send again what they have, and
/// nothing that was saved is lost.
package struct StoreRestore {
  let backup: String
  let path: String
  let key: BackupKey?
  /// Also over a store that is newer, or open.
  let isReplacing: Bool
  /// The file of the key that signs it; nil: the one beside the store.
  let signer: String?
  /// The key is lost: `signer` takes its place, and desks follow when somebody there has said its fingerprint.
  let isNewKey: Bool
  let now: @Sendable () -> Timestamp

  package init(
    backup: String, to path: String, key: BackupKey? = nil, isReplacing: Bool = false,
    signer: String? = nil, isNewKey: Bool = false, now: @escaping @Sendable () -> Timestamp = { .now }
  ) {
    self.backup = backup
    self.path = path
    self.key = key
    self.isReplacing = isReplacing
    self.signer = signer
    self.isNewKey = isNewKey
    self.now = now
  }

  /// - Throws: `notABackup`, `backupNeedsKey`, `wrongStore` over a store with another id, `keyNeeded`, `signatureWrong`, and without `isReplacing`
  ///   `storeInUse`, `newerThanBackup` and `corrupt`; then the store is as it was.
  package func run() throws -> RestoreReport {
    let copy = StoreCopy(path: path + ".restoring")
    copy.remove()
    defer { copy.remove() }
    try open(to: copy)
    let facts = try BackupFacts.verified(copy.path, named: backup)
    let old = try standing(instead: facts)
    var restoration = restoration(facts, old)
    let signing = try AdminKey.signing(
      signer, store: path, known: old?.adminKey ?? facts.adminKey, isNew: isNewKey)
    try restoration.sign(for: facts.id, with: signing)
    let signed = restoration
    try copy.change { db in
      let meta = Meta(db: db)
      try meta.set("epoch", signed.epoch)
      try meta.set(Restoration.key(signed.epoch), try JSON.text(signed))
      guard let known = facts.auditHead else { return try meta.set(AdminKey.name, signed.key) }
      // The backup may be from before the present key.
      try AdminKey.replace(with: signing.publicKey, at: signed.at, db)
      let entry = AuditEntry(
        .restored(
          head: old?.auditHead ?? known, epoch: signed.epoch, signature: signed.signature ?? ""),
        revision: signed.revision, at: signed.at)
      try AuditLog(db: db).append(entry)
    }
    // Attachments first: no row may come back without its bytes.
    let attachments = try AttachmentCopies(source: backup + ".files", target: path + ".files")
      .restore(opening: key)
    let kept = try install(copy, restoration, old)
    let restored = try SharedStore(path: path, now: now)
    defer { restored.close() }
    guard try restored.read({ try BackupFacts($0) }).epoch == restoration.epoch else {
      throw StoreError.backupDiffers(path: path, detail: "epoch")
    }
    return RestoreReport(
      path: path, store: facts.id, restoration: restoration, attachments: attachments, kept: kept)
  }

  /// The backup in clear, as a file of our own beside the store.
  private func open(to copy: StoreCopy) throws {
    guard StoreFile.exists(backup) else { throw StoreError.missing(path: backup) }
    // A store with a log beside it is a running one, not a backup: the log would be missing.
    guard backup != path, ByteFile.size(backup + "-wal") ?? 0 == 0 else {
      throw StoreError.notABackup(path: backup)
    }
    try StoreFile.create(at: copy.path)
    if try SealedFile.isSealed(backup) {
      guard let key else { throw StoreError.backupNeedsKey(path: backup) }
      try SealedFile(key: key).open(backup, to: copy.path)
    } else {
      try ByteFile.copy(backup, to: copy.path)
    }
  }

  private func standing(instead backup: BackupFacts) throws -> BackupFacts? {
    guard StoreFile.exists(path) else { return nil }
    if !isReplacing, StoreFile.isInUse(path) { throw StoreError.storeInUse(path: path) }
    let old: BackupFacts
    do {
      let store = try SharedStore(path: path, now: now)
      defer { store.close() }
      old = try store.read { db in
        guard try BackupFacts.problems(db).isEmpty else { throw StoreError.corrupt(path: path) }
        return try BackupFacts(db)
      }
    } catch let error as StoreError {
      switch error {
      // What is damaged is moved aside, which desks that have it open would not notice.
      case .corrupt, .notAStore, .damaged:
        guard isReplacing else { throw error }
        guard !StoreFile.isInUse(path) else { throw StoreError.storeInUse(path: path) }
        return nil
      default: throw error
      }
    }
    guard old.id == backup.id else { throw StoreError.wrongStore(expected: backup.id, found: old.id) }
    guard isReplacing || (old.epoch, old.revision) <= (backup.epoch, backup.revision) else {
      throw StoreError.newerThanBackup(path: path, revision: old.revision, backup: backup.revision)
    }
    return old
  }

  /// Where nobody can say how many restores there were, the clock gives a number that no earlier one had.
  private func restoration(_ facts: BackupFacts, _ old: BackupFacts?) -> Restoration {
    // What both histories have in common may be less than the backup: there may have been restores since it was made.
    let common = old.map { old in
      old.restorations.filter { $0.epoch > facts.epoch }
        .reduce(Renewal(revision: facts.revision, places: facts.places)) {
          $0.and(Renewal(revision: $1.revision, places: $1.places))
        }
    }
    let next = max(facts.epoch, old?.epoch ?? 0) + 1
    return Restoration(
      epoch: old == nil ? max(next, now().milliseconds / 1000) : next, at: now(), revision: facts.revision,
      oldEpoch: old?.epoch, oldHead: old?.revision, oldAuditHead: old?.auditHead,
      places: common?.places ?? [:])
  }

  private func install(_ copy: StoreCopy, _ restoration: Restoration, _ old: BackupFacts?) throws -> String? {
    guard let old else {
      var kept: String?
      if StoreFile.exists(path) {
        let aside = "\(path).damaged-\(restoration.epoch)"
        kept = aside
        for suffix in ["", "-wal", "-shm"] { rename(path + suffix, aside + suffix) }
      }
      try ByteFile.publish(copy.path, as: path)
      return kept
    }
    let store = try SharedStore(path: path, now: now)
    defer { store.close() }
    var kept: String?
    if old.revision > restoration.revision {
      let aside = "\(path).before-\(restoration.epoch)"
      let whole = try StoreCopy.make(of: path, at: aside + ".new")
      try ByteFile.publish(whole.path, as: aside)
      kept = aside
    }
    try store.replaceContent(with: copy.path)
    return kept
  }
}

extension SharedStore {
  /// Writes another store's content over this one, in one transaction: desks that have the file open go on with it.
  func replaceContent(with path: String) throws {
    do {
      var reading = Configuration()
      reading.readonly = true
      let source = try DatabaseQueue(path: path, configuration: reading)
      defer { try? source.close() }
      try turnstile.hold { try source.backup(to: queue) }
      try queue.writeWithoutTransaction { try StoreFile.makeDurable($0, path: self.path) }
    } catch {
      throw StoreError.of(error, path: self.path)
    }
    bell.ring()
    if StoreFile.walSize(self.path) > Self.idleLog { try checkpoint() }
  }
}

extension StoreFile {
  /// Whether somebody has the database open: every connection in WAL mode holds a shared lock on byte 128 of the `-shm` file
  /// (`UNIX_SHM_DMS` of SQLite). The lock is asked for on behalf of the descriptor, so that connections of this process count.
  ///
  /// The descriptor stays open: closing it would drop the locks that SQLite holds in this process.
  static func isInUse(_ path: String) -> Bool {
    let file = open(path + "-shm", O_RDWR | O_CLOEXEC)
    guard file >= 0 else { return false }
    var probe = flock()
    probe.l_type = Int16(F_WRLCK)
    probe.l_whence = Int16(SEEK_SET)
    probe.l_start = 128
    probe.l_len = 1
    guard fcntl(file, openFileDescriptionGetLock, &probe) == 0 else { return false }
    return probe.l_type != Int16(F_UNLCK)
  }

  /// `F_OFD_GETLK` of Linux, which the module map of the C library does not have.
  private static let openFileDescriptionGetLock: Int32 = 36
}
