import Domain
import GRDB

// A key that is lost cannot name the next one. Only people can: whoever administers the store makes a new key and tells its
// fingerprint to everybody by another way than the store, and each desk takes the key when somebody there says that fingerprint.

extension PublicKey {
  /// What people compare: the first half of the SHA-256 of the key, in groups of four digits.
  package var fingerprint: String {
    let digits = Array(Digest.sha256(bytes).prefix(32))
    return stride(from: 0, to: digits.count, by: 4).map { String(digits[$0..<$0 + 4]) }.joined(separator: " ")
  }

  /// - Parameter text: a fingerprint as somebody may have written it down.
  func hasFingerprint(_ text: String) -> Bool {
    let typed = text.lowercased().filter { !$0.isWhitespace && $0 != ":" && $0 != "-" }
    return typed == fingerprint.filter { $0 != " " }
  }
}

extension SharedStore {
  /// The key that signs restores of this store; nil where it has none yet.
  package func adminKey() throws -> PublicKey? {
    try read { try AdminKey.known($0) }.map { try PublicKey($0) }
  }

  /// Makes a new key in place of one that was lost. The log says so, and desks follow it after somebody there has said its
  /// fingerprint.
  ///
  /// - Parameter file: where the new key goes; nil: beside the store.
  /// - Throws: `alreadyExists` where there is a file: perhaps nothing is lost.
  package func replaceAdminKey(at file: String?) throws -> PublicKey {
    let key = try SigningKey.create(at: file ?? AdminKey.file(beside: path)).publicKey
    try write { try AdminKey.replace(with: key, at: now(), $0) }
    return key
  }
}

extension AdminKey {
  static let offeredName = "admin_key_offered"
  private static let formerName = "admin_keys_former"

  /// In a store: the key, and an entry of the log.
  static func replace(with key: PublicKey, at now: Timestamp, _ db: Database) throws {
    let meta = Meta(db: db)
    let former = try known(db)
    guard former != key.text else { return }
    try meta.set(name, key.text)
    // The first one replaces nothing.
    guard let before = former else { return }
    try AuditLog(db: db).append(
      AuditEntry(.keyReplaced(before: before, key: key.text), revision: try meta.int("rev"), at: now))
  }

  /// In a replica: whatever key this desk has trusted, the present one first.
  static func trusted(_ db: Database) throws -> [PublicKey] {
    try ([known(db)].compactMap { $0 } + former(db)).map { try PublicKey($0) }
  }

  private static func former(_ db: Database) throws -> [String] {
    try Meta(db: db).text(formerName).map { try JSON.value($0) } ?? []
  }

  /// In a replica: a key that the store names and that this desk does not know. It signs nothing here until somebody says so.
  static func offered(_ db: Database) throws -> PublicKey? {
    try Meta(db: db).text(offeredName).map { try PublicKey($0) }
  }

  /// - Returns: whether it is another one than that of the desk, and was not offered before.
  static func offer(_ key: String?, _ db: Database) throws -> Bool {
    let meta = Meta(db: db)
    guard let key, let known = try known(db), key != known, (try? PublicKey(key)) != nil else { return false }
    guard try meta.text(offeredName) != key else { return false }
    try meta.set(offeredName, key)
    return true
  }

  static func trust(_ key: PublicKey, _ db: Database) throws {
    let meta = Meta(db: db)
    let former = try [known(db)].compactMap { $0 } + former(db)
    try meta.set(formerName, try JSON.text(former))
    try meta.set(name, key.text)
    try meta.set(offeredName, nil as String?)
  }
}

extension Replica {
  /// Notes the key that the store names now. Nothing is done with it.
  func offer(_ key: String?) throws {
    guard let key, try read({ try AdminKey.known($0) }) ?? key != key else { return }
    _ = try write(durably: false) { try AdminKey.offer(key, $0) }
  }

  /// The fingerprint of a key that the store names and this desk does not trust.
  package func offeredKey() throws -> String? { try read { try AdminKey.offered($0)?.fingerprint } }

  /// Takes the key that the store offers, because somebody who was told its fingerprint says so.
  ///
  /// - Returns: false where the store offers another key, or none.
  package func trustKey(fingerprint: String) throws -> Bool {
    try write(durably: true) { db in
      guard let key = try AdminKey.offered(db), key.hasFingerprint(fingerprint) else { return false }
      try AdminKey.trust(key, db)
      return true
    }
  }
}
