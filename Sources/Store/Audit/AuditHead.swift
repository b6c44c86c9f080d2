import Crypto
import Domain

/// The hash of one entry of the log: SHA-256, 32 bytes. In messages and on screens it is hexadecimal.
package struct AuditHash: Hashable, Codable, Sendable, CustomStringConvertible {
  package let bytes: [UInt8]

  /// What the first entry is chained to.
  static let none = AuditHash(bytes: [UInt8](repeating: 0, count: 32))

  init(bytes: [UInt8]) { self.bytes = bytes }

  /// Nil when it is not 64 hexadecimal digits.
  package init?(_ text: String) {
    let digits = text.utf8.compactMap { Self.value($0) }
    guard digits.count == 64, text.utf8.count == 64 else { return nil }
    bytes = stride(from: 0, to: 64, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }

  private static func value(_ digit: UInt8) -> UInt8? {
    switch digit {
    case 0x30...0x39: digit - 0x30
    case 0x61...0x66: digit - 0x57
    default: nil
    }
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let hash = AuditHash(try container.decode(String.self)) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a hash")
    }
    self = hash
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }

  package var description: String { Digest.hexadecimal(bytes) }

  /// Sixteen digits, for sentences that people compare by eye.
  package var short: String { String(description.prefix(16)) }

  /// `SHA-256(0x01 ‖ number ‖ previous ‖ body)`; the number is eight bytes, the highest first. The leading byte keeps hashes of
  /// entries apart from every other digest of the program.
  static func entry(_ number: Int64, after previous: AuditHash, _ body: [UInt8]) -> AuditHash {
    var hash = SHA256()
    var head: [UInt8] = [0x01]
    head.reserveCapacity(41)
    for shift in stride(from: 56, through: 0, by: -8) {
      head.append(UInt8(truncatingIfNeeded: number >> shift))
    }
    head += previous.bytes
    hash.update(data: head)
    hash.update(data: body)
    return AuditHash(bytes: Array(hash.finalize()))
  }
}

/// How far the log of a store is: its last entry. Whoever has seen one can tell later whether the log still contains it.
package struct AuditHead: Hashable, Codable, Sendable {
  /// Entries are numbered 1, 2, 3, … without a gap; 0 is an empty log.
  package var number: Int64
  package var hash: AuditHash

  package init(number: Int64, hash: AuditHash) {
    self.number = number
    self.hash = hash
  }

  static let empty = AuditHead(number: 0, hash: .none)
}

/// A desk asks for the entries after one that it has seen, to check that the log goes on from there.
package struct AuditRequest: Hashable, Codable, Sendable {
  /// Entries an answer carries at most.
  package static let limit = 1024

  package var store: String
  package var epoch: Int64
  /// The entry that the desk has seen; nil asks for the head alone.
  package var after: Int64?

  package init(store: String, epoch: Int64, after: Int64?) {
    self.store = store
    self.epoch = epoch
    self.after = after
  }
}

package struct AuditReply: Hashable, Codable, Sendable {
  /// One entry as it is chained.
  package struct Link: Hashable, Codable, Sendable {
    package var hash: AuditHash
    /// Contains no personal data in clear; see `AuditEntry`.
    package var body: [UInt8]

    package init(hash: AuditHash, body: [UInt8]) {
      self.hash = hash
      self.body = body
    }
  }

  package var store: String
  package var head: AuditHead
  /// The store's hash of the entry that was asked from; nil when it has no such entry.
  package var start: AuditHash?
  /// The entries after it, in order.
  package var links: [Link]
}

extension AuditReply.Link {
  private enum CodingKeys: String, CodingKey { case hash, body }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    hash = try container.decode(AuditHash.self, forKey: .hash)
    body = Array(try container.decode(Base64.self, forKey: .body).bytes)
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(hash, forKey: .hash)
    try container.encode(Base64(bytes: body), forKey: .body)
  }
}
