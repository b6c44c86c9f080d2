import Domain

/// A word or phrase as a team writes it, ready to be found: see `AssistanceWords` for what `*`, `#` and `…` mean.
struct WordPattern: Sendable {
  enum Part: Hashable, Sendable {
    case text([Unicode.Scalar])
    /// A number in digits or words.
    case number
    /// At most `widestGap` characters that end no clause.
    case gap
  }

  static let widestGap = 12

  let parts: [Part]
  /// The last word may go on: `complain*`.
  let isOpen: Bool
  /// How much of the pattern is text: of two at one place the longer one says more.
  let weight: Int

  /// Nil where nothing is left to look for, or where it would begin with something that stands everywhere.
  init?(_ word: String) {
    var scalars = word.trimmed.unicodeScalars.map(FoldedText.fold)
    isOpen = scalars.last == "*"
    if isOpen { scalars.removeLast() }
    var parts: [Part] = []
    var text: [Unicode.Scalar] = []
    func isSpecial(_ scalar: Unicode.Scalar) -> Bool { scalar == "…" || scalar == "#" }
    for (index, scalar) in scalars.enumerated() {
      guard isSpecial(scalar) else {
        // A space beside a gap is a part of the gap.
        let isBesideGap =
          scalar == " "
          && ((index > 0 && isSpecial(scalars[index - 1]))
            || (index + 1 < scalars.count && isSpecial(scalars[index + 1])))
        if !isBesideGap { text.append(scalar) }
        continue
      }
      if !text.isEmpty { parts.append(.text(text)) }
      text = []
      parts.append(scalar == "#" ? .number : .gap)
    }
    if !text.isEmpty { parts.append(.text(text)) }
    guard case .text(let first)? = parts.first, !first.isEmpty, parts.last != .gap else { return nil }
    self.parts = parts
    weight = parts.reduce(0) { sum, part in if case .text(let text) = part { sum + text.count } else { sum } }
  }

  var first: [Unicode.Scalar] { if case .text(let text)? = parts.first { text } else { [] } }

  /// Where the pattern ends when it stands at `start`.
  func end(in text: FoldedText, at start: Int) -> Int? { end(in: text, at: start, from: 0) }

  private func end(in text: FoldedText, at start: Int, from place: Int) -> Int? {
    guard place < parts.count else { return start }
    let isLast = place + 1 == parts.count
    switch parts[place] {
    case .text(let wanted):
      guard let end = Self.end(of: wanted, in: text, at: start) else { return nil }
      if isLast { return isOpen ? wordEnd(text, end) : Self.isEnd(text, end) ? end : nil }
      // Before a gap or a number a word is whole as well.
      guard Self.isEnd(text, end) || parts[place + 1] == .number else { return nil }
      return self.end(in: text, at: end, from: place + 1)
    case .number:
      let begin = text.skippingSpaces(start)
      guard let end = Self.numberEnd(text, begin) else { return nil }
      return isLast ? end : self.end(in: text, at: text.skippingSpaces(end), from: place + 1)
    case .gap:
      guard case .text(let wanted) = parts[place + 1] else {
        return self.end(in: text, at: start, from: place + 1)
      }
      // Words of letters are longer than characters: a gap of letters may be three times as wide.
      var (index, room) = (start, Self.widestGap * 3)
      while room >= 0, index < text.count, !Clause.ends(text.scalars[index]) {
        if text.scalars[index] == wanted.first, Self.isBegin(text, index),
          let end = self.end(in: text, at: index, from: place + 1)
        {
          return end
        }
        room -= FoldedText.isLetter(text.scalars[index]) || text.scalars[index] == " " ? 1 : 3
        index += 1
      }
      return nil
    }
  }

  private func wordEnd(_ text: FoldedText, _ start: Int) -> Int {
    var index = start
    while index < text.count, FoldedText.isWord(text.scalars[index]), index - start < 40 { index += 1 }
    return index
  }

  /// Behind `wanted` at `start`; a space in it is any number of spaces, and Chinese characters and digits may be written apart.
  private static func end(of wanted: [Unicode.Scalar], in text: FoldedText, at start: Int) -> Int? {
    var index = start
    for (offset, scalar) in wanted.enumerated() {
      if scalar == " " {
        let next = text.skippingSpaces(index)
        guard next > index else { return nil }
        index = next
        continue
      }
      if offset > 0, text[index] == " ", text[index + 1] == scalar, wanted[offset - 1] != " ",
        !FoldedText.isLetter(scalar), !FoldedText.isLetter(wanted[offset - 1])
      {
        index += 1
      }
      guard index < text.count, text.scalars[index] == scalar else { return nil }
      index += 1
    }
    return index
  }

  static func isBegin(_ text: FoldedText, _ index: Int) -> Bool { isBetween(text[index - 1], text[index]) }

  private static func isEnd(_ text: FoldedText, _ index: Int) -> Bool {
    isBetween(text[index - 1], text[index])
  }

  /// Letters and digits are not torn apart; a number beside a word may be.
  private static func isBetween(_ left: Unicode.Scalar, _ right: Unicode.Scalar) -> Bool {
    !(FoldedText.isLetter(left) && FoldedText.isLetter(right))
      && !(FoldedText.isDigit(left) && FoldedText.isDigit(right))
  }

  private static let chineseNumerals = Set("零〇一二两三四五六七八九十百千几多半无数好".unicodeScalars)
  private static let englishNumerals = [
    "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "twelve", "several", "many", "a",
    "an", "one", "twenty", "countless",
  ].map { Array($0.unicodeScalars) }

  static func numberEnd(_ text: FoldedText, _ start: Int) -> Int? {
    var index = start
    while index < text.count, index - start < 12,
      FoldedText.isDigit(text.scalars[index]) || chineseNumerals.contains(text.scalars[index])
    {
      index += 1
    }
    if index > start { return index }
    for word in englishNumerals where text.stands(word, at: start) && text.isBoundary(start + word.count) {
      return start + word.count
    }
    return nil
  }
}

/// Where people make a pause: what stands in one clause belongs together.
enum Clause {
  static func ends(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case ",", ".", "!", "?", ";", ":", "。", "、", "，", "！", "？", "；", "：", "\n", "\r", "…", "~", "|": true
    default: false
    }
  }

  static func endsSentence(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case ".", "!", "?", ";", "。", "\n", "\r": true
    default: false
    }
  }
}
