import Crypto
import Domain
import Foundation
import Glibc

/// The head of a store's log at one moment, signed with Ed25519 (RFC 8032): kept elsewhere it proves later, without any
/// desk, what the log contained.
package struct SignedHead: Hashable, Codable, Sendable {
  package var store: String
  package var epoch: Int64
  package var entry: Int64
  package var hash: AuditHash
  /// The store's clock, milliseconds since 1970.
  package var at: Int64
  /// The public key, as base64; whoever checks takes the key that they were given, not this one.
  package var key: String
  package var signature: String

  package init(_ head: AuditHead, of store: String, epoch: Int64, at now: Timestamp, key: SigningKey) throws {
    self.store = store
    self.epoch = epoch
    entry = head.number
    hash = head.hash
    at = now.milliseconds
    self.key = key.publicKey.text
    signature = ""
    signature = Base64(bytes: try key.sign(signed)).description
  }

  /// What is signed. The first line keeps it apart from whatever else the key may sign.
  private var signed: [UInt8] {
    Array("agentdesk audit head 1\n\(store)\n\(epoch)\n\(entry)\n\(hash)\n\(at)\n".utf8)
  }

  package func isSigned(by key: PublicKey) -> Bool {
    guard let signature = Base64(signature) else { return false }
    return key.isValid(signature.bytes, for: signed)
  }

  package var head: AuditHead { AuditHead(number: entry, hash: hash) }

  /// One line of JSON.
  package func text() throws -> String { try JSON.text(self) }

  /// - Throws: `keyUnreadable` for a file that is no signed head.
  package init(file path: String) throws {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8),
      let head = try? JSON.value(text, as: SignedHead.self)
    else { throw StoreError.keyUnreadable(path: path) }
    self = head
  }
}

package struct PublicKey: Sendable {
  private let key: Curve25519.Signing.PublicKey

  fileprivate init(_ key: Curve25519.Signing.PublicKey) { self.key = key }

  /// A file with one line of base64, or that text itself.
  package init(_ textOrPath: String) throws {
    let text = (try? String(contentsOfFile: textOrPath, encoding: .utf8)) ?? textOrPath
    guard let bytes = Base64(text.trimmingCharacters(in: .whitespacesAndNewlines))?.bytes,
      let key = try? Curve25519.Signing.PublicKey(rawRepresentation: bytes)
    else { throw StoreError.keyUnreadable(path: textOrPath) }
    self.key = key
  }

  package var text: String { Base64(bytes: key.rawRepresentation).description }

  var bytes: [UInt8] { Array(key.rawRepresentation) }

  func isValid(_ signature: [UInt8], for bytes: [UInt8]) -> Bool {
    key.isValidSignature(signature, for: bytes)
  }
}

/// A private key in a file of its own: one line, `agentdesk-signing-key ` and base64.
package struct SigningKey: Sendable {
  private static let mark = "agentdesk-signing-key "

  private let key: Curve25519.Signing.PrivateKey

  /// - Throws: `keyUnreadable`.
  package init(file path: String) throws {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8), text.hasPrefix(Self.mark),
      let bytes = Base64(text.dropFirst(Self.mark.count).trimmingCharacters(in: .whitespacesAndNewlines))?
        .bytes,
      let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: bytes)
    else { throw StoreError.keyUnreadable(path: path) }
    self.key = key
  }

  /// Makes a key at `path`, for its owner alone (0600), and its public half at `path.pub`. Nothing is overwritten.
  package static func create(at path: String) throws -> SigningKey {
    let key = Curve25519.Signing.PrivateKey()
    try write("\(mark)\(Base64(bytes: key.rawRepresentation))\n", to: path, mode: 0o600)
    try write("\(Base64(bytes: key.publicKey.rawRepresentation))\n", to: path + ".pub", mode: 0o644)
    return try SigningKey(file: path)
  }

  private static func write(_ text: String, to path: String, mode: mode_t) throws {
    let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
    guard file >= 0 else {
      throw errno == EEXIST ? StoreError.alreadyExists(path: path) : StoreError.system(path: path)
    }
    defer { close(file) }
    let bytes = Array(text.utf8)
    guard Glibc.write(file, bytes, bytes.count) == bytes.count, fsync(file) == 0 else {
      throw StoreError.system(path: path)
    }
  }

  package var publicKey: PublicKey { PublicKey(key.publicKey) }

  func sign(_ bytes: [UInt8]) throws -> [UInt8] { Array(try key.signature(for: bytes)) }
}
