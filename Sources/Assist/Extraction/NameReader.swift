import Domain

/// A personal name that stands behind a word which announces one, or alone where people sign.
package struct FoundName: Hashable, Sendable {
  /// In clear.
  package var value: String
  /// Code points from the start of the text, half-open.
  package var start: Int
  package var end: Int

  package var masked: String { Masking.name(value) }
}

package struct NameReader {
  private let text: FoldedText
  private let original: [Unicode.Scalar]

  package static func find(in text: String) -> [FoundName] {
    NameReader(text: FoldedText(text), original: Array(text.unicodeScalars)).all()
  }

  private enum Cue: Sendable {
    /// Whatever follows is a name.
    case sure
    /// 我是 may be followed by anything: a name has to end there.
    case perhaps
    case english
    case englishPerhaps
  }

  private static let cues = WordTable<Cue>([
    ("我叫", .sure), ("名叫", .sure), ("名字叫", .sure), ("名字是", .sure), ("姓名", .sure), ("机主", .sure),
    ("机主姓名", .sure), ("机主是", .sure),
    ("户名", .sure), ("户主", .sure), ("户主是", .sure), ("联系人", .sure), ("收件人", .sure), ("开户人", .sure),
    ("来电人", .sure), ("投诉人", .sure),
    ("本人姓名", .sure), ("登记人", .sure), ("我是", .perhaps), ("本人", .perhaps), ("我这边是", .perhaps),
    ("这里是", .perhaps), ("市民", .perhaps),
    ("my name is", .english), ("my name's", .english), ("name is", .english), ("the name is", .english),
    ("name", .englishPerhaps),
    ("account holder", .englishPerhaps), ("account holder is", .english), ("this is", .englishPerhaps),
    ("i am", .englishPerhaps),
    ("i'm", .englishPerhaps), ("caller", .englishPerhaps), ("holder", .englishPerhaps),
    ("speaking with", .englishPerhaps),
    ("regards", .englishPerhaps), ("sincerely", .englishPerhaps), ("thanks", .englishPerhaps),
    ("yours", .englishPerhaps),
  ])

  private func all() -> [FoundName] {
    var found: [FoundName] = []
    var index = 0
    while index < text.count {
      if let cue = Self.cues.longest(in: text, at: index) {
        if let name = name(behind: cue.end, cue.value) {
          found.append(name)
          index = name.end
        } else {
          index = cue.end
        }
      } else if text[index] == "\n" || index == 0,
        let name = signature(at: text[index] == "\n" ? index + 1 : 0)
      {
        found.append(name)
        index = name.end
      } else {
        index += 1
      }
    }
    return found
  }

  private func make(_ start: Int, _ end: Int) -> FoundName {
    FoundName(value: String(String.UnicodeScalarView(original[start..<end])), start: start, end: end)
  }

  private func name(behind end: Int, _ cue: Cue) -> FoundName? {
    var index = end
    while index < text.count, index - end < 4,
      [" ", ":", "是", "为", "叫", "「", "\"", "\n", ",", "-"].contains(text[index])
    { index += 1 }
    switch cue {
    case .sure, .perhaps:
      return chinese(at: index, isSure: cue == .sure && (index > end || text[end - 1] != "人"))
    case .english: return english(at: index, least: 1)
    case .englishPerhaps: return english(at: index, least: text[end] == ":" ? 1 : 2) ?? spoken(at: index)
    }
  }

  // MARK: - Chinese

  /// What looks like a name behind 我是 and is none.
  private static let notNames = Set(
    [
      "金卡", "白金卡", "银卡", "高中生", "单身", "家长", "家属", "房东", "房客", "农民", "文员", "经理", "游客", "本人", "方言", "成年人", "时候",
      "从来", "常客", "和我", "后来",
      "那个", "那边", "云帆", "向你", "都要", "于是", "全家", "双卡", "万一", "老人", "用户", "机主", "户主", "有问题", "能不能", "安装", "易怒",
    ].map { $0.unicodeScalars.map(FoldedText.fold) })

  private func chinese(at start: Int, isSure: Bool) -> FoundName? {
    guard let given = Surnames.end(in: text, at: start) else { return nil }
    var end = given
    while end < text.count, end - given < 3, FoldedText.isIdeograph(text[end]) { end += 1 }
    for length in [2, 1] where end - given >= length {
      let last = given + length
      guard endsName(last, isSure: isSure && length == 2) else { continue }
      if Self.notNames.contains(Array(text.scalars[start..<last])) { return nil }
      if [text[last - 1]].contains(where: {
        ["的", "了", "在", "是", "号", "反", "说", "住", "用", "想", "要"].contains($0)
      }) {
        continue
      }
      return make(start, last)
    }
    return nil
  }

  /// A mark, the end, a title, or where the cue is sure a word that goes on.
  private func endsName(_ index: Int, isSure: Bool) -> Bool {
    let next = text[index]
    if !FoldedText.isIdeograph(next) { return true }
    for word in ["先生", "女士", "小姐", "同学", "老师", "反映", "称"] where stands(word, index) { return true }
    return isSure
      && ["的", "电", "号", "手", "联", "身", "住", "来", "想", "要", "在", "咨", "投", "表", "这", "办", "，", "反", "我", "证"]
        .contains(next)
  }

  private func stands(_ word: String, _ index: Int) -> Bool {
    text.stands(Array(word.unicodeScalars), at: index)
  }

  /// A line, or the last word of the text, that is a name and nothing else.
  private func signature(at start: Int) -> FoundName? {
    guard start > 0 else { return nil }
    if let name = chinese(at: start, isSure: false),
      text[name.end] == "\n" || text[name.end] == " " || name.end == text.count
    {
      return name
    }
    guard let name = english(at: start, least: 2), name.end >= text.count || text[name.end] == "\n" else {
      return nil
    }
    return name
  }

  // MARK: - English

  private static let notEnglish: Set<String> = [
    "the", "a", "an", "my", "not", "so", "very", "ridiculous", "about", "to", "in", "on", "at", "is", "it",
    "i", "we", "you", "yunfan", "telecom", "mr",
    "mrs", "ms", "hello", "hi", "dear", "please", "thanks", "regards", "phone", "number", "speaking", "here",
    "calling", "matter",
  ]

  /// One to three capitalised words.
  private func english(at start: Int, least: Int) -> FoundName? {
    var index = start
    var words = 0
    var end = start
    while words < 3, index < text.count, isCapital(index), text.isBoundary(index) {
      var last = index
      while last < text.count,
        FoldedText.isLetter(text[last])
          || (["'", "-"].contains(text[last]) && FoldedText.isLetter(text[last + 1]))
      { last += 1 }
      guard last - index >= 2 || text[last] == ".", last - index <= 20 else { break }
      if Self.notEnglish.contains(String(String.UnicodeScalarView(text.scalars[index..<last]))) { break }
      words += 1
      end = last
      if text[last] == ".", last - index == 1 { last += 1 }
      guard text[last] == " ", last + 1 < text.count else { break }
      index = last + 1
    }
    return words >= least ? make(start, end) : nil
  }

  /// "this is Emily speaking"
  private func spoken(at start: Int) -> FoundName? {
    guard let name = english(at: start, least: 1) else { return nil }
    let next = text.skippingSpaces(name.end)
    return ["speaking", "calling", "here"].contains { stands($0, next) } ? name : nil
  }

  private func isCapital(_ index: Int) -> Bool {
    let value = FoldedText.fold(original[index]) == original[index] ? 0 : original[index].value
    return (0x41...0x5A).contains(value) || (0xC0...0xDE).contains(original[index].value)
  }
}
