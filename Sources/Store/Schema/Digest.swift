import Crypto

/// Digests of contents.
enum Digest {
  /// FNV-1a, 64 bits (Fowler, Noll and Vo): spreads terms over codes and tells whether a cached text is still the stored one.
  /// Not for anything that somebody may want to forge.
  struct Short {
    private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

    mutating func add(_ unit: UInt64) { value = (value ^ unit) &* 0x100_0000_01B3 }

    mutating func add(_ text: String) {
      for byte in text.utf8 { add(UInt64(byte)) }
    }
  }

  static func short(_ bytes: some Sequence<UInt8>) -> Int64 {
    var digest = Short()
    for byte in bytes { digest.add(UInt64(byte)) }
    return Int64(bitPattern: digest.value)
  }

  static func short(_ text: String) -> Int64 { short(text.utf8) }

  /// SHA-256 (FIPS 180-4) as 64 hexadecimal digits.
  static func sha256(_ bytes: [UInt8]) -> String {
    hexadecimal(SHA256.hash(data: bytes))
  }

  static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}
