/// Finds addresses down to the house in free text. A district or a city alone is none: outages are named by them.
///
/// Chinese ones are read from their end, the numbers of houses, in one pass: a pattern that tries every beginning would need
/// time that grows with a power of the text.
struct AddressPattern {
  func ranges(in text: String) -> [Range<Int>] {
    let scalars = Array(text.unicodeScalars)
    return chinese(scalars) + english(text)
  }

  // MARK: - Chinese

  private static let units = [
    "号楼", "号院", "单元", "号", "栋", "幢", "座", "楼", "层", "室", "户", "弄", "巷", "组", "队",
  ].map { Array($0.unicodeScalars) }
  private static let unitStarts = Set(units.compactMap(\.first))
  /// Ends of the names of places, from provinces to estates.
  private static let places = Set("省市州盟区县旗镇乡村路街道巷弄里屯苑园厦寓场舍".unicodeScalars)
  private static let buildings = Set("栋幢座元室户".unicodeScalars)
  /// Words that lead to an address are not a part of it.
  private static let leads = Set("在到是址于住寄往给：:".unicodeScalars)

  private func chinese(_ scalars: [Unicode.Scalar]) -> [Range<Int>] {
    var found: [Range<Int>] = []
    var index = 0
    while index < scalars.count {
      guard let first = house(scalars, at: index, after: found.last?.upperBound ?? 0) else {
        index += 1
        continue
      }
      var end = first.upperBound
      var count = 1
      // What follows at once belongs to the same house: 3栋1单元502室.
      while let next = following(scalars, end) {
        end = next
        count += 1
      }
      end = trailingDigits(scalars, end)
      let start = beginning(scalars, first.lowerBound, after: found.last?.upperBound ?? 0)
      let part = scalars[start..<end]
      if part.contains(where: Self.places.contains) || part.count(where: Self.buildings.contains) >= 2
        || count >= 3
      {
        found.append(start..<end)
      }
      index = max(end, index + 1)
    }
    return found
  }

  /// Digits and a unit whose unit begins at `index`; where the digits begin and the unit ends.
  private func house(_ scalars: [Unicode.Scalar], at index: Int, after floor: Int) -> Range<Int>? {
    guard Self.unitStarts.contains(scalars[index]), let end = unitEnd(scalars, index) else { return nil }
    var start = index
    while start > floor, index - start < 6, Self.isNumber(scalars[start - 1]) { start -= 1 }
    return start < index ? start..<end : nil
  }

  private func unitEnd(_ scalars: [Unicode.Scalar], _ index: Int) -> Int? {
    Self.units.first { unit in
      index + unit.count <= scalars.count && scalars[index..<index + unit.count].elementsEqual(unit)
    }.map { index + $0.count }
  }

  private func following(_ scalars: [Unicode.Scalar], _ end: Int) -> Int? {
    var index = end
    if index < scalars.count, scalars[index] == " " || scalars[index] == "，" || scalars[index] == "," {
      index += 1
    }
    let digits = index
    while index < scalars.count, index - digits < 6, Self.isNumber(scalars[index]) { index += 1 }
    guard index > digits, index < scalars.count, Self.unitStarts.contains(scalars[index]) else { return nil }
    return unitEnd(scalars, index)
  }

  /// 3栋2单元501.
  private func trailingDigits(_ scalars: [Unicode.Scalar], _ end: Int) -> Int {
    var index = end
    while index < scalars.count, index - end < 6, (0x30...0x39).contains(scalars[index].value) { index += 1 }
    return index
  }

  /// Back over the names of places, as far as they go.
  private func beginning(_ scalars: [Unicode.Scalar], _ house: Int, after floor: Int) -> Int {
    var start = house
    while start > floor, house - start < 40, Self.isName(scalars[start - 1]),
      !Self.leads.contains(scalars[start - 1])
    {
      start -= 1
    }
    // Before the first place stands its name, of six characters at most; what stands before that is the sentence.
    guard let place = scalars[start..<house].firstIndex(where: Self.places.contains) else {
      return max(start, house - 6)
    }
    return max(start, place - 6)
  }

  private static func isNumber(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x23: true
    default: "一二三四五六七八九十百零〇甲乙丙丁".unicodeScalars.contains(scalar)
    }
  }

  private static func isName(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isIdeographic || scalar.isASCII && (scalar.properties.isAlphabetic || isNumber(scalar))
  }

  // MARK: - English

  private func english(_ text: String) -> [Range<Int>] {
    let pattern =
      /(?:(?:Flat|Apt|Apartment|Unit|Room|Suite|Floor) ?[A-Za-z0-9\-]{1,6},? )?[0-9]{1,5}[A-Za-z]?,? (?:[A-Z][A-Za-z'’.]{1,20} ){1,4}?(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Boulevard|Blvd|Court|Ct|Place|Pl|Way|Terrace|Square|Sq|Close|Crescent)\b\.?(?:,? (?:Flat|Apt|Apartment|Unit|Room|Suite|Floor|#) ?[A-Za-z0-9\-]{1,6})?/
      .matchingSemantics(.unicodeScalar)
    return text.matches(of: pattern).map { match in
      let start = text.unicodeScalars.distance(from: text.startIndex, to: match.range.lowerBound)
      return start..<start + match.output.unicodeScalars.count
    }
  }
}
