import Domain

extension AddressReader {
  private struct Segment {
    var start: Int
    var end: Int
    var part: FoundAddress.Part?
    /// Capital letters and numbers throughout: it may be the name of an estate or a city.
    var isName: Bool
  }

  private static let roads: Set<String> = [
    "road", "rd", "street", "st", "avenue", "ave", "lane", "ln", "boulevard", "blvd", "alley", "drive",
    "highway", "square", "crescent", "close",
  ]
  private static let units: [String: FoundAddress.Part] = [
    "room": .room, "flat": .room, "apt": .room, "apartment": .room, "suite": .room, "building": .building,
    "block": .building, "tower": .building, "bldg": .building,
    "unit": .unit, "floor": .floor, "level": .floor,
  ]

  static func isEnglishStart(_ text: FoldedText, _ index: Int) -> Bool {
    (FoldedText.isDigit(text[index]) || FoldedText.isLetter(text[index])) && text.isBoundary(index)
  }

  /// Segments between commas, from one that has the form of a part of an address.
  func english(at start: Int, from covered: Int) -> FoundAddress? {
    guard start >= covered, let first = segment(at: start), first.part != nil || first.isName,
      first.start == start
    else { return nil }
    // A lone name begins an address only where a part follows it.
    var segments = [first]
    while segments.count < 8, text[segments[segments.count - 1].end] == "," {
      let next = text.skippingSpaces(segments[segments.count - 1].end + 1)
      guard let segment = segment(at: next), segment.part != nil || segment.isName else { break }
      segments.append(segment)
    }
    guard segments.contains(where: { $0.part == .road || $0.part == .room || $0.part == .building }),
      segments.contains(where: { $0.part == .road || $0.part == .district }) || segments.count >= 3
    else { return nil }
    var parts: [FoundAddress.Part: String] = [:]
    for (index, segment) in segments.enumerated() {
      let value = string(segment.start, segment.end)
      if segment.part == .road, let space = houseNumberEnd(segment) {
        parts[.number] = string(segment.start, space.end)
        parts[.road] = string(space.next, segment.end)
      } else if let part = segment.part {
        parts[part] = parts[part] ?? value
      } else if segments[..<index].contains(where: { $0.part == .road || $0.part == .district }) {
        parts[parts[.city] == nil ? .city : .province] = value
      } else {
        parts[.estate] = value
      }
    }
    guard let last = segments.last else { return nil }
    return FoundAddress(value: string(start, last.end), parts: parts, start: start, end: last.end)
  }

  private func houseNumberEnd(_ segment: Segment) -> (end: Int, next: Int)? {
    var index = segment.start
    if has("no. ", index) || has("no ", index) {
      index = text.skippingSpaces(index + (has("no. ", index) ? 4 : 3))
    }
    guard FoldedText.isDigit(text[index]) else { return nil }
    while FoldedText.isWord(text[index]) || text[index] == "-" { index += 1 }
    return text[index] == " " ? (index, text.skippingSpaces(index)) : nil
  }

  /// Up to the next comma, mark or small word: at most six words.
  private func segment(at start: Int) -> Segment? {
    guard Self.isEnglishStart(text, start) else { return nil }
    var words: [(text: String, start: Int, end: Int)] = []
    var index = start
    while words.count < 6, index < text.count, FoldedText.isWord(text[index]) {
      var end = index
      while end < text.count, end - index < 24,
        FoldedText.isWord(text[end]) || (["'", "-"].contains(text[end]) && FoldedText.isWord(text[end + 1]))
      { end += 1 }
      let word = String(String.UnicodeScalarView(text.scalars[index..<end]))
      let isProper = FoldedText.isDigit(text[index]) || (0x41...0x5A).contains(original[index].value)
      guard
        isProper || Self.units[word] != nil || Self.roads.contains(word) || word == "no"
          || ["district", "county", "city", "province", "of"].contains(word) && !words.isEmpty
      else { break }
      words.append((word, index, end))
      if Self.roads.contains(word), words.count >= 2,
        text[end] != " " || !Self.isNextProper(text, original, end)
      {
        break
      }
      if text[end] == ".", word == "no" { end += 1 }
      guard text[end] == " " else { break }
      index = text.skippingSpaces(end)
    }
    guard let last = words.last else { return nil }
    var part: FoundAddress.Part?
    let texts = words.map(\.text)
    if let unit = Self.units[texts[0]], words.count == 2, words[1].end - words[1].start <= 6,
      texts[1].contains(where: \.isNumber) || texts[1].count <= 2
    {
      part = unit
    } else if words.count == 2, let unit = Self.units[texts[1]], unit == .floor {
      part = unit
    } else if words.count >= 2, Self.roads.contains(last.text) {
      part = .road
    } else if words.count >= 2, last.text == "district" || last.text == "county" {
      part = .district
    } else if words.count >= 2, last.text == "province" {
      part = .province
    } else if words.count >= 2, last.text == "city" {
      part = .city
    }
    let isName =
      words.allSatisfy { !FoldedText.isDigit(text[$0.start]) || part != nil }
      && (0x41...0x5A).contains(original[start].value)
    return Segment(start: start, end: last.end, part: part, isName: isName)
  }

  private static func isNextProper(_ text: FoldedText, _ original: [Unicode.Scalar], _ index: Int) -> Bool {
    let next = text.skippingSpaces(index)
    return next < original.count && (0x41...0x5A).contains(original[next].value)
  }
}
