import Domain
import Foundation

/// Text as search compares it: ASCII for full-width forms, lower case, no accents, simplified characters.
///
/// Everything works on scalars, one folded scalar for one of the original, so that a place in the folded text is a place
/// in the original.
enum SearchText {
  /// What stands between words.
  static let gap: UInt32 = 0x20

  static func fold(_ text: String) -> [UInt32] {
    var folded: [UInt32] = []
    folded.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars { folded.append(fold(scalar.value)) }
    return folded
  }

  /// The folded text as a string: how names and synonyms are compared.
  static func folded(_ text: String) -> String { string(fold(text)[...]) }

  static func string(_ scalars: ArraySlice<UInt32>) -> String {
    var view = String.UnicodeScalarView()
    for scalar in scalars { view.append(Unicode.Scalar(scalar) ?? " ") }
    return String(view)
  }

  static func fold(_ scalar: UInt32) -> UInt32 {
    if scalar < 0x80 {
      return scalar >= 0x41 && scalar <= 0x5A ? scalar + 32 : scalar
    }
    if scalar >= 0x4E00 { return foldWide(scalar) }
    if scalar >= 0xC0, scalar < 0x250 { return latin[Int(scalar - 0xC0)] }
    if scalar >= 0x370, scalar < 0x590 { return lowercase(scalar) }
    return scalar
  }

  private static func foldWide(_ scalar: UInt32) -> UInt32 {
    if scalar <= 0x9FFF { return TraditionalCharacters.simplified(scalar) }
    if scalar >= 0xFF01, scalar <= 0xFF5E { return fold(scalar - 0xFEE0) }
    return scalar
  }

  private static func lowercase(_ scalar: UInt32) -> UInt32 {
    guard let value = Unicode.Scalar(scalar) else { return gap }
    let mapping = value.properties.lowercaseMapping.unicodeScalars
    return mapping.count == 1 ? mapping.first!.value : scalar
  }

  /// Latin letters with accents, by their first scalar after canonical decomposition, in lower case.
  private static let latin: [UInt32] = (UInt32(0xC0)..<0x250).map { scalar in
    guard let value = Unicode.Scalar(scalar) else { return gap }
    let base = String(value).decomposedStringWithCanonicalMapping.unicodeScalars.first?.value ?? scalar
    return base < 0x80 ? fold(base) : lowercase(base)
  }

  /// Characters that are written without spaces between words: Han, kana, hangul.
  static func isIdeograph(_ scalar: UInt32) -> Bool {
    scalar >= 0x3040
      && ((scalar >= 0x4E00 && scalar <= 0x9FFF) || (scalar >= 0x3400 && scalar <= 0x4DBF)
        || scalar <= 0x30FF || (scalar >= 0xAC00 && scalar <= 0xD7A3)
        || (scalar >= 0xF900 && scalar <= 0xFAFF) || (scalar >= 0x20000 && scalar <= 0x3FFFF))
  }

  /// Letters and digits of scripts that put spaces between words.
  static func isWordPart(_ scalar: UInt32) -> Bool {
    if scalar < 0x80 {
      return (scalar >= 0x61 && scalar <= 0x7A) || (scalar >= 0x30 && scalar <= 0x39)
        || (scalar >= 0x41 && scalar <= 0x5A)
    }
    if scalar >= 0xC0, scalar < 0x250 { return scalar != 0xD7 && scalar != 0xF7 }
    if scalar >= 0x370, scalar < 0x1200 { return Unicode.Scalar(scalar)?.properties.isAlphabetic ?? false }
    return false
  }

  /// A run of ideographs or one word, as a range of the folded text.
  struct Run: Equatable {
    var start: Int
    var end: Int
    var isIdeographic: Bool
  }

  /// The longest word; what is longer is cut into pieces of this length, so that no text makes a term of a megabyte.
  static let longestWord = 40

  /// Runs in order. An apostrophe inside a word belongs to it (`don't`), a possessive `'s` does not.
  static func runs(_ folded: [UInt32]) -> [Run] {
    var runs: [Run] = []
    var index = 0
    let count = folded.count
    while index < count {
      if isIdeograph(folded[index]) {
        let start = index
        repeat { index += 1 } while index < count && isIdeograph(folded[index])
        runs.append(Run(start: start, end: index, isIdeographic: true))
      } else if isWordPart(folded[index]) {
        let start = index
        repeat { index += 1 } while index < count && index - start < longestWord && isWordPart(folded[index])
        runs.append(Run(start: start, end: index, isIdeographic: false))
        index = skipPossessive(folded, index)
      } else {
        index += 1
      }
    }
    return runs
  }

  private static func skipPossessive(_ folded: [UInt32], _ index: Int) -> Int {
    guard index + 1 < folded.count, folded[index] == 0x27 || folded[index] == 0x2019 else { return index }
    let isAlone = index + 2 >= folded.count || !isWordPart(folded[index + 2])
    return isAlone && (folded[index + 1] == 0x73 || folded[index + 1] == 0x74) ? index + 2 : index
  }

  /// The term of a word: its stem when it consists of letters, else the word.
  static func term(_ word: ArraySlice<UInt32>) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(word.count)
    for scalar in word {
      guard scalar < 0x80 else { return string(word) }
      bytes.append(UInt8(scalar))
    }
    return String(decoding: PorterStemmer.stem(bytes), as: UTF8.self)
  }
}

/// A term of the knowledge index as a number: exact for one or two characters, a hash for words and pairs of words.
struct TermCode: Hashable, Comparable {
  let value: UInt64

  static func character(_ scalar: UInt32) -> TermCode { TermCode(value: UInt64(scalar) << 21) }

  static func pair(_ first: UInt32, _ second: UInt32) -> TermCode {
    TermCode(value: UInt64(first) << 21 | UInt64(second))
  }

  static func word(_ stem: String) -> TermCode {
    var digest = Digest.Short()
    digest.add(stem)
    return TermCode(value: digest.value >> 2 | 1 << 61)
  }

  /// Two words side by side.
  static func words(_ first: TermCode, _ second: TermCode) -> TermCode {
    let mixed = (first.value &* 0x9E37_79B9_7F4A_7C15) ^ (second.value &* 0xD6E8_FEB8_6659_FD93)
    return TermCode(value: (mixed ^ mixed >> 29) >> 2 | 1 << 61)
  }

  /// The characters of a term of one or two; empty for words.
  var characters: [UInt32] {
    guard value < 1 << 61 else { return [] }
    let second = UInt32(value & 0x1F_FFFF)
    return second == 0 ? [UInt32(value >> 21)] : [UInt32(value >> 21), second]
  }

  static func < (left: TermCode, right: TermCode) -> Bool { left.value < right.value }
}
