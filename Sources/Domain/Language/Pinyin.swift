/// Chinese typed with Latin letters: whole syllables (`tuikuan`), the beginning of the last one (`tuik`), or initials (`tk`).
package enum Pinyin {
  /// The most readings that a word is indexed under: characters that are read in several ways multiply.
  private static let mostReadings = 8

  /// Full readings and initials of a word of ideographs: `tuikuan` and `tk`. Empty when a character has no reading.
  package static func keys(of word: [UInt32]) -> (full: [String], initials: [String]) {
    var full = [""]
    var initials = [""]
    for scalar in word {
      let syllables = syllables(of: scalar)
      guard !syllables.isEmpty else { return ([], []) }
      full = combine(full, syllables)
      var letters: [String] = []
      for syllable in syllables where !letters.contains(String(syllable.prefix(1))) {
        letters.append(String(syllable.prefix(1)))
      }
      initials = combine(initials, letters)
    }
    return (full, initials)
  }

  private static func combine(_ left: [String], _ right: [String]) -> [String] {
    var result: [String] = []
    for head in left {
      for tail in right where result.count < mostReadings { result.append(head + tail) }
    }
    return result
  }

  /// The readings of a character, the usual one first.
  static func syllables(of scalar: UInt32) -> [String] {
    guard let value = Unicode.Scalar(scalar) else { return [] }
    return PinyinReadings.readings(of: value).map { PinyinReadings.syllables[Int($0)] }
  }

  /// How letters may be cut into syllables; the last one of each may be only begun. At most four ways.
  package static func segmentations(of letters: [UInt8]) -> [[String]] {
    guard !letters.isEmpty, letters.count <= 48 else { return [] }
    var found: [[String]] = []
    var path: [String] = []
    cut(letters, from: 0, &path, &found)
    return found
  }

  private static func cut(
    _ letters: [UInt8], from start: Int, _ path: inout [String], _ found: inout [[String]]
  ) {
    guard found.count < 4 else { return }
    if start == letters.count {
      found.append(path)
      return
    }
    let longest = min(6, letters.count - start)
    for length in stride(from: longest, through: 1, by: -1) {
      let piece = String(decoding: letters[start..<start + length], as: UTF8.self)
      let isEnd = start + length == letters.count
      guard known.contains(piece) || (isEnd && beginnings.contains(piece)) else { continue }
      path.append(piece)
      cut(letters, from: start + length, &path, &found)
      path.removeLast()
    }
  }

  private static let known = Set(PinyinReadings.syllables)

  private static let beginnings: Set<String> = {
    var beginnings: Set<String> = []
    for syllable in PinyinReadings.syllables {
      for length in 1...syllable.count { beginnings.insert(String(syllable.prefix(length))) }
    }
    return beginnings
  }()

  /// Where characters of `text` are read as `letters`: as syllables, the last one perhaps only begun, or by initials.
  /// The first such place, half-open. Looks at every character of a list of thousands with each key, so it makes nothing.
  package static func match(_ letters: [UInt8], in text: [UInt32]) -> Range<Int>? {
    guard letters.count > 1 else { return nil }
    for start in text.indices {
      if let end = matchEnd(letters, 0, text, start) { return start..<end }
    }
    guard text.count >= letters.count else { return nil }
    for start in 0...text.count - letters.count {
      let isMatch = letters.indices.allSatisfy { offset in
        readings(of: text[start + offset]).contains { syllableBytes[Int($0)].first == letters[offset] }
      }
      if isMatch { return start..<start + letters.count }
    }
    return nil
  }

  /// The letters of something typed that may be pinyin: two or more, with nothing else between; nil for the rest.
  package static func letters(of typed: String) -> [UInt8]? {
    let letters = Array(typed.lowercased().utf8)
    return letters.count > 1 && letters.allSatisfy { (0x61...0x7A).contains($0) } ? letters : nil
  }

  private static func readings(of scalar: UInt32) -> ArraySlice<UInt16> {
    Unicode.Scalar(scalar).map { PinyinReadings.readings(of: $0) } ?? []
  }

  private static let syllableBytes = PinyinReadings.syllables.map { Array($0.utf8) }

  private static func matchEnd(_ letters: [UInt8], _ offset: Int, _ text: [UInt32], _ index: Int) -> Int? {
    if offset == letters.count { return index }
    guard index < text.count else { return nil }
    for reading in readings(of: text[index]) {
      let syllable = syllableBytes[Int(reading)]
      let rest = letters[offset...]
      if rest.starts(with: syllable) {
        if let end = matchEnd(letters, offset + syllable.count, text, index + 1) { return end }
      } else if offset > 0, syllable.starts(with: rest) {
        return index + 1
      }
    }
    return nil
  }
}
