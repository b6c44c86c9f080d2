import Domain

// For text that leaves the desk: one name too many costs nothing there, one too few is a person's name.
extension NameReader {
  private static let titles = words("先生|女士|小姐|太太|师傅|阿姨|叔叔|大爷|大妈|同学|老师|经理")
  private static let cues = words(
    "我叫|名叫|叫做|姓名|名字|我是|本人|机主|户主|联系人|收件人|收货人|客户|经办人|持卡人|开户人")
  private static let links = Set(":是为叫 ".unicodeScalars)
  /// Where a word of either list can begin.
  private static let starts = Set((titles + cues).compactMap(\.first))

  private static func words(_ list: String) -> [[Unicode.Scalar]] {
    list.split(separator: "|").map { Array($0.unicodeScalars) }
  }

  /// Wherever a name may stand: what ``find(in:)`` is sure of, everything that begins like a name behind a word that introduces one or
  /// before a form of address, and a last line that looks like nothing else. In code points, half-open; they may overlap.
  static func suspected(in text: String) -> [Range<Int>] {
    let folded = FoldedText(text)
    return find(in: text).map { $0.start..<$0.end } + suspectedChinese(folded) + suspectedEnglish(text)
      + suspectedSignature(folded, Array(text.unicodeScalars))
  }

  private static func suspectedChinese(_ text: FoldedText) -> [Range<Int>] {
    var found: [Range<Int>] = []
    for index in text.scalars.indices where starts.contains(text.scalars[index]) {
      if let cue = cues.first(where: { text.stands($0, at: index) }) {
        var start = index + cue.count
        while start < text.count, start - index - cue.count < 3, links.contains(text.scalars[start]) {
          start += 1
        }
        if let end = nameEnd(text, start), end > start + 1 { found.append(start..<end) }
      }
      if titles.contains(where: { text.stands($0, at: index) }) {
        // 欧阳女士, 王小芳女士, 王女士: the shortest that begins with a family name.
        for length in 1...4 where length <= index {
          let start = index - length
          guard let given = Surnames.end(in: text, at: start, includingRare: true), given <= index,
            index - given <= 2
          else { continue }
          found.append(start..<index)
          break
        }
      }
    }
    return found
  }

  /// A family name and at most two characters.
  private static func nameEnd(_ text: FoldedText, _ start: Int) -> Int? {
    guard let given = Surnames.end(in: text, at: start, includingRare: true) else { return nil }
    var end = given
    while end < text.count, end - given < 2, FoldedText.isIdeograph(text.scalars[end]) { end += 1 }
    return end
  }

  private static func suspectedEnglish(_ text: String) -> [Range<Int>] {
    var found: [Substring] = []
    let titled =
      /\b(?:(?:[Mm][Rr][Ss]?|M[SsXx]|Prof|PROF)\.? (\p{Latin}[\p{Latin}'’\-]{1,20}(?: \p{Lu}[\p{Latin}'’\-]{1,20}){0,2})|(?:Miss|MISS|Dr|DR|Sir|SIR|Madam|MADAM)\.? (\p{Lu}[\p{Latin}'’\-]{1,20}(?: \p{Lu}[\p{Latin}'’\-]{1,20}){0,2}))/
    found += text.matches(of: titled).compactMap { $0.output.1 ?? $0.output.2 }
    let named =
      /(?:[Mm]y name is|[Mm]y name's|[Nn]ame:|[Cc]ontact:|[Hh]older:|[Rr]ecipient:) ?(\p{Latin}[\p{Latin}'’\-]{1,20}(?: \p{Lu}[\p{Latin}'’\-]{1,20}){0,2})/
    found += text.matches(of: named).map(\.output.1)
    let introduced =
      /\b(?:I am|I'm|I’m|[Tt]his is|[Rr]egards,|[Ss]incerely,|[Tt]hanks,|[Cc]heers,)\s{1,3}(\p{Lu}[\p{Ll}'’\-]{1,20}(?: \p{Lu}[\p{Ll}'’\-]{1,20}){0,2})\b/
    found += text.matches(of: introduced).map(\.output.1)
    return found.map { part in
      let start = text.unicodeScalars.distance(from: text.startIndex, to: part.startIndex)
      return start..<start + part.unicodeScalars.count
    }
  }

  /// A last line that is nothing but a name.
  private static func suspectedSignature(_ text: FoldedText, _ scalars: [Unicode.Scalar]) -> [Range<Int>] {
    guard let line = scalars.lastIndex(of: "\n").map({ $0 + 1 }), line < scalars.count else { return [] }
    var start = line
    while start < scalars.count, " -—".unicodeScalars.contains(scalars[start]) { start += 1 }
    if let end = nameEnd(text, start), end == scalars.count, end > start + 1 { return [start..<end] }
    let words = scalars[start...].split(separator: " ")
    let isLatin =
      (1...3).contains(words.count)
      && words.allSatisfy { word in
        word.count <= 20 && word.count >= 2 && (word.first?.properties.isUppercase ?? false)
          && word.dropFirst().allSatisfy {
            $0.properties.isAlphabetic && $0.properties.isLowercase || "'’-".unicodeScalars.contains($0)
          }
      }
    return isLatin ? [start..<scalars.count] : []
  }
}
