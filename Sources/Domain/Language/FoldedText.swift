/// A text as readers compare it: narrow forms, small ASCII letters, simplified characters, one kind of space and dash.
/// Every code point of the text has one here, so that a place in one is the same place in the other.
package struct FoldedText: Sendable {
  package let scalars: [Unicode.Scalar]

  package init(_ text: String) { scalars = text.unicodeScalars.map(Self.fold) }

  /// Each character by its usual reading: what sounds alike is alike.
  package init(sounding text: FoldedText) { scalars = text.scalars.map(Self.sound) }

  package var count: Int { scalars.count }

  /// A space where there is nothing: no reader needs to look for the end.
  package subscript(index: Int) -> Unicode.Scalar {
    index >= 0 && index < scalars.count ? scalars[index] : " "
  }

  package static func fold(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    let value = scalar.value
    if value < 0x80 {
      if value >= 0x41, value <= 0x5A { return Unicode.Scalar(UInt8(value + 32)) }
      return value < 0x20 && value != 0x0A ? " " : scalar
    }
    if value >= 0x4E00, value <= 0x9FFF {
      return Unicode.Scalar(TraditionalCharacters.simplified(value)) ?? scalar
    }
    if value >= 0xFF01, value <= 0xFF5E { return fold(Unicode.Scalar(value - 0xFEE0) ?? scalar) }
    switch value {
    case 0xA0, 0x3000, 0x2000...0x200A, 0x202F, 0x205F: return " "
    case 0x2010...0x2015, 0x2212, 0xFE58, 0xFE63: return "-"
    case 0x2018, 0x2019: return "'"
    case 0x301C, 0x223C: return "~"
    case 0xFFE5: return "¥"
    case 0x25CB, 0x25EF: return "〇"
    default: break
    }
    if let digit = digit(scalar) { return Unicode.Scalar(0x30 + digit) }
    return scalar
  }

  /// A character that stands for the usual reading of an ideograph; any other as it is. Without tones, and with the endings
  /// that many people do not tell apart (in, ing) still apart.
  package static func sound(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    guard isIdeograph(scalar), let reading = PinyinReadings.readings(of: scalar).first else { return scalar }
    return Unicode.Scalar(0xF0000 + UInt32(reading)) ?? scalar
  }

  /// Digits of other scripts and alphabets: 𝟏, ①, ٣.
  package static func digit(_ scalar: Unicode.Scalar) -> UInt8? {
    guard scalar.value >= 0xB2 else {
      return (0x30...0x39).contains(scalar.value) ? UInt8(scalar.value - 0x30) : nil
    }
    switch scalar.properties.numericType {
    case .decimal, .digit:
      guard let value = scalar.properties.numericValue, value >= 0, value <= 9 else { return nil }
      return UInt8(value)
    default: return nil
    }
  }

  package func stands(_ word: [Unicode.Scalar], at index: Int) -> Bool {
    guard index >= 0, index + word.count <= scalars.count else { return false }
    for offset in word.indices where scalars[index + offset] != word[offset] { return false }
    return true
  }

  /// As above, for a word that is written where it is asked for: asked at every place of a text, it must not make an array each time.
  package func stands(_ word: String, at index: Int) -> Bool {
    guard index >= 0 else { return false }
    var place = index
    for scalar in word.unicodeScalars {
      guard place < scalars.count, scalars[place] == scalar else { return false }
      place += 1
    }
    return true
  }

  /// Whether a word of letters may begin or end between `index - 1` and `index`.
  package func isBoundary(_ index: Int) -> Bool {
    !(Self.isWord(self[index - 1]) && Self.isWord(self[index]))
  }

  package static func isWord(_ scalar: Unicode.Scalar) -> Bool { isLetter(scalar) || isDigit(scalar) }

  package static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x61...0x7A, 0xC0...0x24F: true
    default: false
    }
  }

  package static func isDigit(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value >= 0x30 && scalar.value <= 0x39
  }

  package static func isIdeograph(_ scalar: Unicode.Scalar) -> Bool {
    (0x4E00...0x9FFF).contains(scalar.value) || (0x3400...0x4DBF).contains(scalar.value) || scalar == "〇"
  }

  package func skippingSpaces(_ index: Int) -> Int {
    var index = index
    while index < scalars.count, scalars[index] == " " { index += 1 }
    return index
  }
}

/// Words to be found in folded texts: each with a value, found at a place in one walk however many there are.
package struct WordTable<Value: Sendable>: Sendable {
  private struct Step: Hashable {
    var node: Int32
    var scalar: UInt32
  }

  private var steps: [Step: Int32] = [:]
  private var ends: [Int32: Value] = [:]
  private var beginnings: Set<Unicode.Scalar> = []

  package init() {}

  package init(_ words: [(String, Value)]) {
    for (word, value) in words { add(word, value) }
  }

  package var isEmpty: Bool { ends.isEmpty }

  /// - Parameter replacing: else the first value that is given to a word stays.
  package mutating func add(_ word: String, _ value: Value, replacing: Bool = false) {
    let scalars = word.trimmed.unicodeScalars.map(FoldedText.fold)
    guard let first = scalars.first else { return }
    beginnings.insert(first)
    var node: Int32 = 0
    for scalar in scalars {
      let step = Step(node: node, scalar: scalar.value)
      if let next = steps[step] {
        node = next
      } else {
        steps[step] = Int32(steps.count + 1)
        node = Int32(steps.count)
      }
    }
    if replacing || ends[node] == nil { ends[node] = value }
  }

  /// The longest word that stands at `start`; one of letters only where no other letter touches it.
  package func longest(in text: FoldedText, at start: Int) -> (value: Value, end: Int)? {
    guard start < text.count, beginnings.contains(text.scalars[start]), text.isBoundary(start) else {
      return nil
    }
    var node: Int32 = 0
    var index = start
    var found: (Value, Int)?
    while index < text.count, let next = steps[Step(node: node, scalar: text.scalars[index].value)] {
      node = next
      index += 1
      if let value = ends[node], text.isBoundary(index) { found = (value, index) }
    }
    return found
  }

  /// Every word that stands at `start`, shorter ones first.
  package func every(in text: FoldedText, at start: Int) -> [(value: Value, end: Int)] {
    guard start < text.count, beginnings.contains(text.scalars[start]), text.isBoundary(start) else {
      return []
    }
    var node: Int32 = 0
    var index = start
    var found: [(value: Value, end: Int)] = []
    while index < text.count, let next = steps[Step(node: node, scalar: text.scalars[index].value)] {
      node = next
      index += 1
      if let value = ends[node], text.isBoundary(index) { found.append((value, index)) }
    }
    return found
  }

  /// All words in the order of the text, the longest at each place, never overlapping.
  package func all(in text: FoldedText) -> [(value: Value, start: Int, end: Int)] {
    var found: [(value: Value, start: Int, end: Int)] = []
    var index = 0
    while index < text.count {
      if let word = longest(in: text, at: index) {
        found.append((word.value, index, word.end))
        index = word.end
      } else {
        index += 1
      }
    }
    return found
  }
}
