import Crypto
import Domain

/// What a backup is encrypted with: the content of a key file.
package struct BackupKey: Sendable {
  private let secret: SymmetricKey

  /// - Throws: `badKey` when the file cannot be read or has fewer than 32 bytes.
  package init(file path: String) throws(StoreError) {
    guard let bytes = try? ByteFile(reading: path).read(1 << 16), bytes.count >= 32 else {
      throw .badKey(path: path)
    }
    secret = SymmetricKey(data: bytes)
  }

  /// A key for one file: two files with the same salt would share their nonces.
  fileprivate func key(salt: [UInt8]) -> SymmetricKey {
    HKDF<SHA256>.deriveKey(
      inputKeyMaterial: secret, salt: salt, info: Array("agentdesk sealed file 1".utf8), outputByteCount: 32)
  }
}

/// An encrypted file: a head of 8 bytes `ADSEAL1\n` and 32 random ones, then frames of ChaCha20-Poly1305 (RFC 8439), each of
/// 65,536 bytes of text and 16 of tag; the last one is shorter.
///
/// The key is HKDF-SHA256 (RFC 5869) of the key file with the random bytes as salt. The nonce is a byte that is 1 in the
/// last frame, three zeros and the number of the frame, big-endian, so that nothing can be cut off, moved or left out; the
/// head is authenticated with every frame.
struct SealedFile {
  private static let mark = Array("ADSEAL1\n".utf8)
  private static let saltSize = 32
  private static let frame = 65_536
  private static let tag = 16

  let key: BackupKey

  static func isSealed(_ path: String) throws(StoreError) -> Bool {
    try ByteFile(reading: path).read(mark.count) == mark
  }

  func seal(_ source: String, to target: String) throws {
    var random = SystemRandomNumberGenerator()
    let salt = (0..<Self.saltSize).map { _ in UInt8.random(in: .min ... .max, using: &random) }
    let head = Self.mark + salt
    let key = key.key(salt: salt)
    let (input, output) = (try ByteFile(reading: source), try ByteFile(creating: target))
    try output.write(head)
    var number: UInt64 = 0
    while true {
      let text = try input.read(Self.frame)
      let isLast = text.count < Self.frame
      let box = try ChaChaPoly.seal(
        text, using: key, nonce: Self.nonce(number, isLast: isLast), authenticating: head)
      try output.write(Array(box.ciphertext) + Array(box.tag))
      if isLast { break }
      number += 1
    }
    try output.sync()
  }

  /// - Throws: `notABackup` when anything was changed or cut off, or the key is another one; `target` is removed then.
  func open(_ source: String, to target: String) throws {
    do {
      try decrypt(source, to: target)
    } catch {
      unlinkFile(target)
      guard error is StoreError else { throw StoreError.notABackup(path: source) }
      throw error
    }
  }

  private func decrypt(_ source: String, to target: String) throws {
    let (input, output) = (try ByteFile(reading: source), try ByteFile(creating: target))
    let head = try input.read(Self.mark.count + Self.saltSize)
    guard head.count == Self.mark.count + Self.saltSize, head.starts(with: Self.mark) else {
      throw StoreError.notABackup(path: source)
    }
    let key = key.key(salt: Array(head[Self.mark.count...]))
    var number: UInt64 = 0
    while true {
      let frame = try input.read(Self.frame + Self.tag)
      guard frame.count >= Self.tag else { throw StoreError.notABackup(path: source) }
      let isLast = frame.count < Self.frame + Self.tag
      let text = frame.count - Self.tag
      let box = try ChaChaPoly.SealedBox(
        nonce: Self.nonce(number, isLast: isLast), ciphertext: frame[..<text], tag: frame[text...])
      try output.write(Array(try ChaChaPoly.open(box, using: key, authenticating: head)))
      if isLast { break }
      number += 1
    }
    try output.sync()
  }

  private static func nonce(_ number: UInt64, isLast: Bool) throws -> ChaChaPoly.Nonce {
    try ChaChaPoly.Nonce(
      data: [isLast ? 1 : 0, 0, 0, 0] + (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * $0)) })
  }
}
