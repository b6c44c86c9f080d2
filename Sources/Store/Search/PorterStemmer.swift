/// The suffix stripping algorithm of M. F. Porter (Program 14(3), 1980): `charged`, `charges` and `charging` are one term.
enum PorterStemmer {
  /// The stem of a lower-case word; words with digits and words shorter than three letters stay as they are.
  static func stem(_ word: [UInt8]) -> [UInt8] {
    guard word.count > 2, word.allSatisfy({ $0 >= 0x61 && $0 <= 0x7A }) else { return word }
    var stemmer = Work(bytes: word)
    stemmer.removePlural()
    stemmer.removePastAndProgressive()
    stemmer.turnFinalY()
    stemmer.replace(doubleSuffixes) { $0 > 0 }
    stemmer.replace(shortSuffixes) { $0 > 0 }
    stemmer.removeLongSuffix()
    stemmer.tidyEnd()
    return stemmer.bytes
  }

  private static func pair(_ suffix: StaticString, _ replacement: StaticString) -> ([UInt8], [UInt8]) {
    (bytes(suffix), bytes(replacement))
  }

  private static func bytes(_ text: StaticString) -> [UInt8] {
    text.withUTF8Buffer { Array($0) }
  }

  private static let doubleSuffixes = [
    pair("ational", "ate"), pair("tional", "tion"), pair("enci", "ence"), pair("anci", "ance"),
    pair("izer", "ize"), pair("abli", "able"), pair("alli", "al"), pair("entli", "ent"), pair("eli", "e"),
    pair("ousli", "ous"), pair("ization", "ize"), pair("ation", "ate"), pair("ator", "ate"),
    pair("alism", "al"), pair("iveness", "ive"), pair("fulness", "ful"), pair("ousness", "ous"),
    pair("aliti", "al"), pair("iviti", "ive"), pair("biliti", "ble"),
  ]

  private static let shortSuffixes = [
    pair("icate", "ic"), pair("ative", ""), pair("alize", "al"), pair("iciti", "ic"), pair("ical", "ic"),
    pair("ful", ""), pair("ness", ""),
  ]

  private static let longSuffixes: [[UInt8]] = [
    bytes("ement"), bytes("ance"), bytes("ence"), bytes("able"), bytes("ible"), bytes("ment"), bytes("ant"),
    bytes("ent"), bytes("ism"), bytes("ate"), bytes("iti"), bytes("ous"), bytes("ive"), bytes("ize"),
    bytes("ion"), bytes("al"), bytes("er"), bytes("ic"), bytes("ou"),
  ]

  private struct Work {
    var bytes: [UInt8]

    private func isConsonant(_ index: Int) -> Bool {
      switch bytes[index] {
      case UInt8(ascii: "a"), UInt8(ascii: "e"), UInt8(ascii: "i"), UInt8(ascii: "o"), UInt8(ascii: "u"):
        false
      case UInt8(ascii: "y"): index == 0 || !isConsonant(index - 1)
      default: true
      }
    }

    /// The number of vowel-consonant sequences in the first `count` letters: `m` of the paper.
    private func measure(_ count: Int) -> Int {
      var measure = 0
      var wasVowel = false
      for index in 0..<count {
        let isVowel = !isConsonant(index)
        if wasVowel, !isVowel { measure += 1 }
        wasVowel = isVowel
      }
      return measure
    }

    private func hasVowel(_ count: Int) -> Bool { (0..<count).contains { !isConsonant($0) } }

    private var endsInDoubleConsonant: Bool {
      bytes.count > 1 && bytes[bytes.count - 1] == bytes[bytes.count - 2] && isConsonant(bytes.count - 1)
    }

    /// Consonant, vowel, consonant at the end of the first `count` letters, the last one not w, x or y.
    private func endsShort(_ count: Int) -> Bool {
      guard count > 2, isConsonant(count - 1), !isConsonant(count - 2), isConsonant(count - 3) else {
        return false
      }
      return ![UInt8(ascii: "w"), UInt8(ascii: "x"), UInt8(ascii: "y")].contains(bytes[count - 1])
    }

    private func hasSuffix(_ suffix: [UInt8]) -> Bool {
      bytes.count > suffix.count && bytes.suffix(suffix.count).elementsEqual(suffix)
    }

    private func hasSuffix(_ suffix: StaticString) -> Bool {
      suffix.withUTF8Buffer { bytes.count > $0.count && bytes.suffix($0.count).elementsEqual($0) }
    }

    mutating func removePlural() {
      guard bytes.last == UInt8(ascii: "s") else { return }
      if hasSuffix("sses") || hasSuffix("ies") {
        bytes.removeLast(2)
      } else if !hasSuffix("ss") {
        bytes.removeLast()
      }
    }

    mutating func removePastAndProgressive() {
      if hasSuffix("eed") {
        if measure(bytes.count - 3) > 0 { bytes.removeLast() }
        return
      }
      if hasSuffix("ed"), hasVowel(bytes.count - 2) {
        bytes.removeLast(2)
      } else if hasSuffix("ing"), hasVowel(bytes.count - 3) {
        bytes.removeLast(3)
      } else {
        return
      }
      if hasSuffix("at") || hasSuffix("bl") || hasSuffix("iz") {
        bytes.append(UInt8(ascii: "e"))
      } else if endsInDoubleConsonant {
        let last = bytes[bytes.count - 1]
        if ![UInt8(ascii: "l"), UInt8(ascii: "s"), UInt8(ascii: "z")].contains(last) { bytes.removeLast() }
      } else if measure(bytes.count) == 1, endsShort(bytes.count) {
        bytes.append(UInt8(ascii: "e"))
      }
    }

    mutating func turnFinalY() {
      if bytes.last == UInt8(ascii: "y"), hasVowel(bytes.count - 1) {
        bytes[bytes.count - 1] = UInt8(ascii: "i")
      }
    }

    mutating func replace(_ suffixes: [([UInt8], [UInt8])], where allows: (Int) -> Bool) {
      guard let (suffix, replacement) = suffixes.first(where: { hasSuffix($0.0) }) else { return }
      guard allows(measure(bytes.count - suffix.count)) else { return }
      bytes.removeLast(suffix.count)
      bytes += replacement
    }

    mutating func removeLongSuffix() {
      guard let suffix = longSuffixes.first(where: { hasSuffix($0) }) else { return }
      let kept = bytes.count - suffix.count
      guard measure(kept) > 1 else { return }
      if suffix.elementsEqual("ion".utf8) {
        let last = bytes[kept - 1]
        guard last == UInt8(ascii: "s") || last == UInt8(ascii: "t") else { return }
      }
      bytes.removeLast(suffix.count)
    }

    mutating func tidyEnd() {
      if bytes.last == UInt8(ascii: "e") {
        let measure = measure(bytes.count - 1)
        if measure > 1 || (measure == 1 && !endsShort(bytes.count - 1)) { bytes.removeLast() }
      }
      if bytes.last == UInt8(ascii: "l"), endsInDoubleConsonant, measure(bytes.count) > 1 {
        bytes.removeLast()
      }
    }
  }
}
