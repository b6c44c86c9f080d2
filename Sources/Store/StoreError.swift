import Domain
import GRDB
import GRDBSQLite
import Glibc

/// What can go wrong with a store or a replica: facts. `sentence` turns them into words of the string catalogue.
///
/// The names of the cases and of their values are the codes of the protocol (docs/protocol.md): a case is added, never renamed.
package enum StoreError: Error, Hashable, Codable, Sendable {
  /// An address that no store can have.
  case unsupportedAddress(String)
  /// The command works on the file itself, and this address is of another kind.
  case notAFile(address: String)
  case missing(path: String)
  case alreadyExists(path: String)
  /// The file is not one of ours.
  case notAStore(path: String)
  /// It was written by a newer program.
  case newerVersion(path: String, found: Int, known: Int)
  /// The folder is on NFS, SMB or FUSE, where WAL cannot work.
  case networkFolder(path: String, system: String)
  case readOnly(path: String)
  case diskFull(path: String)
  /// The disk could not read, write or sync: whether the last change is on it is not known.
  case diskFailed(path: String)
  case corrupt(path: String)
  /// One row cannot be read.
  case damaged(table: String, key: String)
  /// A message or a replica belongs to another store.
  case wrongStore(expected: String, found: String)
  /// Another process has this replica open.
  case replicaInUse(path: String)
  case busy(path: String)
  /// An operation id came again with another content.
  case operationReused(OperationID)
  /// The store misses operations that this desk no longer has.
  case sequenceGap(desk: String, from: Int64)
  /// The history of the store is not the one that this replica has seen: an older file was put back.
  case otherEpoch(expected: Int64, found: Int64)
  /// The log of the store is not the one that this desk has seen: entries of it are gone or different.
  case logChanged(seen: AuditHead, found: AuditHead)
  /// The file, or text, is no key and no signed head of this program.
  case keyUnreadable(path: String)
  /// The signature of a head is not one of this key.
  case signatureWrong(path: String)
  /// The store is older than what this desk has from it: an older file was put back.
  case wentBack(path: String, head: Int64, cursor: Int64)
  /// A file that is no backup, is cut off, was changed, or needs another key.
  case notABackup(path: String)
  case backupNeedsKey(path: String)
  /// A key file that is missing or too short to be one.
  case badKey(path: String)
  /// A copy that is not what was copied.
  case backupDiffers(path: String, detail: String)
  /// A store that a restore would throw away: it is newer than the backup.
  case newerThanBackup(path: String, revision: Int64, backup: Int64)
  case storeInUse(path: String)
  /// Something that would be lost by going on: what is wrong with a store has to be looked at first.
  case notSound(path: String, findings: Int)
  /// The disk has not enough room for what was asked; bytes.
  case noRoom(path: String, needed: Int64, free: Int64)
  case attachmentTooLarge(limit: Int64, size: Int64)
  case attachmentMissing(digest: String)
  case unknownAgent(AgentID)
  /// Nobody answers at this address now; why is a code of `SystemFault`, or the last words of `ssh`.
  case unreachable(address: String, detail: String)
  /// The store does not know this user of the host.
  case notAuthorized(user: Int64)
  /// Somebody wanted to act under another name than their own.
  case otherAgent(expected: AgentID, found: AgentID)
  /// The other side speaks another version of the protocol.
  case otherProtocol(found: Int, known: Int)
  /// The key that signs restores of this store is not where it was looked for.
  case keyNeeded(path: String)
  /// A history that the key of the store has not signed: this desk does not follow it.
  case restoreNotSigned(epoch: Int64)
  /// An operation in a format that the store does not understand: a newer one, or one that is no longer read.
  case otherSchema(found: Int, known: Int)
  /// The store has rows that this desk's program cannot read.
  case programTooOld(found: Int, needed: Int)
  case wrongFrame(WireFault)
  /// Another process serves this store already.
  case alreadyServed(path: String)
  /// The server ends.
  case closing
  /// The server has as many connections as it can.
  case overloaded
  /// A file that says who comes in and that others than its owner may write.
  case writableByOthers(path: String)
  /// Everything else: a code of `SystemFault`, or the words of SQLite.
  case failed(path: String, detail: String)

  /// One sentence that says what was wrong, where, and what to do.
  package func sentence(_ words: StringCatalogue) -> String {
    switch self {
    case .unsupportedAddress(let address): words("error.store.unsupportedAddress", ["address": address])
    case .missing(let path): words("error.store.missing", ["path": path])
    case .alreadyExists(let path): words("error.store.alreadyExists", ["path": path])
    case .notAStore(let path): words("error.store.notAStore", ["path": path])
    case .newerVersion(let path, let found, let known):
      words("error.store.newerVersion", ["path": path, "found": found, "known": known])
    case .networkFolder(let path, let system):
      words("error.store.networkFolder", ["path": path, "system": system])
    case .readOnly(let path): words("error.store.readOnly", ["path": path])
    case .diskFull(let path): words("error.store.diskFull", ["path": path])
    case .diskFailed(let path): words("error.store.diskFailed", ["path": path])
    case .corrupt(let path): words("error.store.corrupt", ["path": path])
    case .damaged(let table, let key): words("error.store.damaged", ["table": table, "key": key])
    case .wrongStore(let expected, let found):
      words("error.store.wrongStore", ["expected": expected, "found": found])
    case .replicaInUse(let path): words("error.store.replicaInUse", ["path": path])
    case .busy(let path): words("error.store.busy", ["path": path])
    case .operationReused(let id): words("error.store.operationReused", ["id": id])
    case .sequenceGap(let desk, let from): words("error.store.sequenceGap", ["desk": desk, "from": from])
    case .otherEpoch(let expected, let found):
      words("error.store.otherEpoch", ["expected": expected, "found": found])
    case .logChanged(let seen, let found):
      words(
        "error.store.logChanged",
        [
          "seen": seen.number, "seenHash": seen.hash.short, "found": found.number,
          "foundHash": found.hash.short,
        ])
    case .keyUnreadable(let path): words("error.store.keyUnreadable", ["path": path])
    case .signatureWrong(let path): words("error.store.signatureWrong", ["path": path])
    case .wentBack(let path, let head, let cursor):
      words("error.store.wentBack", ["path": path, "head": head, "cursor": cursor])
    case .notABackup(let path): words("error.store.notABackup", ["path": path])
    case .backupNeedsKey(let path): words("error.store.backupNeedsKey", ["path": path])
    case .badKey(let path): words("error.store.badKey", ["path": path])
    case .backupDiffers(let path, let detail):
      words("error.store.backupDiffers", ["path": path, "detail": detail])
    case .newerThanBackup(let path, let revision, let backup):
      words("error.store.newerThanBackup", ["path": path, "revision": revision, "backup": backup])
    case .storeInUse(let path): words("error.store.storeInUse", ["path": path])
    case .notSound(let path, let findings):
      words("error.store.notSound", ["path": path, "count": findings])
    case .noRoom(let path, let needed, let free):
      words(
        "error.store.noRoom",
        ["path": path, "needed": (needed + 1_048_575) >> 20, "free": free >> 20])
    case .attachmentTooLarge(let limit, let size):
      words("error.store.attachmentTooLarge", ["limit": limit >> 20, "size": (size + 1_048_575) >> 20])
    case .attachmentMissing(let digest): words("error.store.attachmentMissing", ["digest": digest])
    case .unknownAgent(let agent): words("error.store.unknownAgent", ["agent": agent])
    case .notAFile(let address): words("error.store.notAFile", ["address": address])
    case .unreachable(let address, let detail):
      words("error.store.unreachable", ["address": address, "detail": words.reason(detail)])
    case .notAuthorized(let user): words("error.store.notAuthorized", ["user": user])
    case .otherAgent(let expected, let found):
      words("error.store.otherAgent", ["expected": expected, "found": found])
    case .otherProtocol(let found, let known):
      words("error.store.otherProtocol", ["found": found, "known": known])
    case .keyNeeded(let path): words("error.store.keyNeeded", ["path": path])
    case .restoreNotSigned(let epoch): words("error.store.restoreNotSigned", ["epoch": epoch])
    case .otherSchema(let found, let known):
      words("error.store.otherSchema", ["found": found, "known": known])
    case .programTooOld(let found, let needed):
      words("error.store.programTooOld", ["found": found, "needed": needed])
    case .wrongFrame(let fault):
      words("error.store.wrongFrame", ["fault": words("error.wire.\(fault.rawValue)")])
    case .alreadyServed(let path): words("error.store.alreadyServed", ["path": path])
    case .closing: words("error.store.closing")
    case .overloaded: words("error.store.overloaded")
    case .failed(let path, let detail):
      words("error.store.failed", ["path": path, "detail": words.reason(detail)])
    case .writableByOthers(let path): words("error.store.writableByOthers", ["path": path])
    }
  }

  /// As much of it as one line of a screen takes, where the sentence has more to say.
  package func line(_ words: StringCatalogue) -> String {
    switch self {
    case .logChanged: words("error.store.logChanged.line")
    case .diskFull: words("error.store.diskFull.line")
    case .diskFailed: words("error.store.diskFailed.line")
    default: sentence(words)
    }
  }

  /// All of it, in paragraphs, for somebody who has to do something about it.
  ///
  /// - Parameter replica: the file of the desk that met it.
  package func page(_ words: StringCatalogue, replica: String) -> String {
    let (seen, found): (AuditHead, AuditHead)
    switch self {
    case .logChanged(let first, let second): (seen, found) = (first, second)
    case .diskFull(let path), .diskFailed(let path):
      return [
        sentence(words), words("error.store.disk.page.kept"), words("error.store.disk.page.do"),
        "  df -h \(StoreFile.folder(of: path))", words("error.store.disk.page.after"),
      ].joined(separator: "\n\n")
    default: return sentence(words)
    }
    func part(_ name: String, _ values: KeyValuePairs<String, any CustomStringConvertible> = [:]) -> String {
      words("error.store.logChanged.page.\(name)", values)
    }
    let heads = [
      part("seen", ["seen": seen.number, "seenHash": seen.hash.short]),
      part("found", ["found": found.number, "foundHash": found.hash.short]),
    ]
    return [
      part("what"), heads.joined(separator: "\n"), part("kept"), part("do"),
      "  " + part("command", ["replica": replica]), part("after"),
    ].joined(separator: "\n\n")
  }

  /// The fact behind an error of SQLite or the system that came up while `path` was used.
  static func of(_ error: any Error, path: String) -> any Error {
    guard let error = error as? DatabaseError else { return error }
    switch error.resultCode {
    case .SQLITE_FULL: return StoreError.diskFull(path: path)
    case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH: return StoreError.readOnly(path: path)
    case .SQLITE_CANTOPEN: return StoreError.readOnly(path: path)
    case .SQLITE_CORRUPT: return StoreError.corrupt(path: path)
    case .SQLITE_NOTADB: return StoreError.notAStore(path: path)
    case .SQLITE_BUSY, .SQLITE_LOCKED: return StoreError.busy(path: path)
    // Memory that processes share is a file too: it grows where there is room.
    case .SQLITE_IOERR where error.extendedResultCode == .SQLITE_IOERR_SHMSIZE:
      return StoreError.diskFull(path: path)
    case .SQLITE_IOERR: return StoreError.diskFailed(path: path)
    case .SQLITE_INTERRUPT: return CancellationError()
    default: return StoreError.failed(path: path, detail: error.message ?? "\(error.extendedResultCode)")
    }
  }

  /// The fact behind `errno` after a call on `path` failed.
  static func system(_ number: Int32 = errno, path: String) -> StoreError {
    switch number {
    case EACCES, EPERM, EROFS: .readOnly(path: path)
    case ENOSPC, EDQUOT: .diskFull(path: path)
    case EIO: .diskFailed(path: path)
    case ENOENT, ENOTDIR: .missing(path: path)
    case EISDIR: .notAStore(path: path)
    default: .failed(path: path, detail: SystemFault.code(number))
    }
  }
}
