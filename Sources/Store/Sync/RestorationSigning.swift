import Domain
import GRDB

// A restore can undo what everybody was told. Desks turn to a new history only where the key of their store has signed which
// history ended, how far its log was, and what of it was lost: whoever only has the file cannot make them forget.

extension Restoration {
  /// What is signed. The first line keeps it apart from whatever else the key may sign.
  private func signed(of store: String) -> [UInt8] {
    func text(_ value: (some CustomStringConvertible)?) -> String { value.map { $0.description } ?? "-" }
    let lines =
      [
        "agentdesk restoration 1", store, "\(epoch)", "\(at.milliseconds)", "\(revision)", text(oldEpoch),
        text(oldHead), text(oldAuditHead?.number), text(oldAuditHead?.hash),
      ] + places.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    return Array((lines.joined(separator: "\n") + "\n").utf8)
  }

  mutating func sign(for store: String, with key: SigningKey) throws {
    self.key = key.publicKey.text
    signature = Base64(bytes: try key.sign(signed(of: store))).description
  }

  func isSigned(by key: PublicKey, for store: String) -> Bool {
    guard let signature = signature.flatMap({ Base64($0) }) else { return false }
    return key.isValid(signature.bytes, for: signed(of: store))
  }
}

/// The key whose restores the desks of a store follow; its public half is in the store and in every replica.
enum AdminKey {
  static let name = "admin_key"

  static func known(_ db: Database) throws -> String? { try Meta(db: db).text(name) }

  /// The first one that a replica hears of stays: a store that names another one later is not believed.
  static func learn(_ key: String?, _ db: Database) throws {
    guard let key, try known(db) == nil else { return }
    try Meta(db: db).set(name, key)
  }

  /// The private half lies beside the store until somebody puts it where the store's administrators cannot read it.
  static func file(beside store: String) -> String { store + ".key" }

  /// The key that signs a restore: that of the store, or its first one.
  ///
  /// - Parameter isNew: the key is lost, another one takes its place; made where the file is not there.
  /// - Throws: `keyNeeded` where the store has a key and nobody brought it, `signatureWrong` for another one.
  static func signing(_ path: String?, store: String, known: String?, isNew: Bool = false) throws
    -> SigningKey
  {
    let file = path ?? Self.file(beside: store)
    if isNew { return StoreFile.exists(file) ? try SigningKey(file: file) : try SigningKey.create(at: file) }
    if path == nil, !StoreFile.exists(file) {
      guard known == nil else { throw StoreError.keyNeeded(path: file) }
      return try SigningKey.create(at: file)
    }
    let key = try SigningKey(file: file)
    guard known == nil || known == key.publicKey.text else { throw StoreError.signatureWrong(path: file) }
    return key
  }
}

extension SharedStore {
  /// Gives a new store the key that signs its restores, in a file beside it.
  package func makeAdminKey() throws {
    guard try read({ try AdminKey.known($0) }) == nil else { return }
    let key = try SigningKey.create(at: AdminKey.file(beside: path))
    try write { try AdminKey.learn(key.publicKey.text, $0) }
  }
}

extension Replica {
  /// - Throws: `restoreNotSigned` where the new history is not one that the key of the store has signed; a desk that knows no
  ///   key yet takes the one that signed it. Restores before the last one may be signed by a key that this desk trusted then.
  func check(_ restorations: [Restoration], epoch: Int64) throws {
    try read { db in
      let store = try Meta(db: db).text("store_id") ?? ""
      guard let last = restorations.last, last.epoch == epoch,
        let text = try AdminKey.known(db) ?? last.key, let key = try? PublicKey(text)
      else { throw StoreError.restoreNotSigned(epoch: epoch) }
      let keys = try AdminKey.trusted(db) + [key]
      guard
        restorations.allSatisfy({ restoration in
          keys.contains { restoration.isSigned(by: $0, for: store) }
            || restoration.epoch < epoch && restoration.signature == nil
        }),
        last.isSigned(by: key, for: store)
      else { throw StoreError.restoreNotSigned(epoch: epoch) }
    }
  }
}
