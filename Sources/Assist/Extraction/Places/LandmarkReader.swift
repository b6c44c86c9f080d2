import Domain

/// A place that is no address: 地铁2号线望潮街至星桥路区间, 启航广场地下停车场负二层, "Yunzhou East Station, waiting hall".
struct LandmarkReader {
  private static let cues = WordTable<Bool>(
    ["在", "进", "住", "地址", "位置", "位于", "到", "唯独", "去", "at", "inside", "near", "in", "address", "place"].map {
      ($0, true)
    })

  private static let endings = WordTable<Bool>(
    [
      "区间", "站", "地铁站", "车站", "候车厅", "停车场", "图书馆", "体育馆", "体育场", "浴场", "医院", "住院部", "门诊", "服务区", "看台", "市场",
      "广场", "商场", "超市", "大厦", "机场", "航站楼", "学校",
      "大学", "中学", "小学", "公园", "景区", "小区", "写字楼", "酒店", "宾馆", "食堂", "宿舍", "教学楼", "办公楼", "科技园", "产业园", "工业园",
      "地下室", "车库", "电梯", "隧道", "高速", "路口", "村", "码头",
    ].map { ($0, true) })

  private static let nouns: Set<String> = [
    "station", "airport", "plaza", "mall", "park", "hospital", "university", "school", "library", "centre",
    "center", "market", "beach", "hotel", "metro", "line", "floor",
    "hall", "block", "level", "wards", "stand", "building", "tower", "square", "garage", "tunnel", "motorway",
    "area", "subway", "road", "street", "bridge", "stadium", "village",
  ]

  private static let verbs = WordTable<Bool>(
    [
      "上网", "使用", "打", "通话", "连", "经常", "一直", "仅", "都", "信号", "没", "室内", "的", "用", "从", "就", "也", "有", "时",
      "附近", "这", "因", "，",
    ].map { ($0, true) })

  static func find(in text: String) -> [(value: String, start: Int, end: Int)] {
    let folded = FoldedText(text)
    let original = Array(text.unicodeScalars)
    var found: [(value: String, start: Int, end: Int)] = []
    var index = 0
    while index < folded.count {
      guard let cue = cues.longest(in: folded, at: index) else {
        index += 1
        continue
      }
      var start = folded.skippingSpaces(cue.end)
      if [":", "是", "为"].contains(folded[start]) { start = folded.skippingSpaces(start + 1) }
      let end = FoldedText.isLetter(folded[index]) ? english(folded, original, start) : chinese(folded, start)
      if let end, end > start {
        found.append((String(String.UnicodeScalarView(original[start..<end])), start, end))
        index = end
      } else {
        index = cue.end
      }
    }
    return found
  }

  /// To the last ending before a mark or a verb, and a floor behind it.
  private static func chinese(_ text: FoldedText, _ start: Int) -> Int? {
    var index = start
    var end: Int?
    while index < text.count, index - start < 30 {
      let scalar = text[index]
      guard FoldedText.isIdeograph(scalar) || FoldedText.isWord(scalar) || scalar == " " else { break }
      if let ending = endings.longest(in: text, at: index), index > start {
        end = floor(text, ending.end)
        index = max(ending.end, end ?? 0)
        continue
      }
      if index > start, verbs.longest(in: text, at: index) != nil { break }
      index += 1
    }
    return end.map { $0 - start >= 3 ? $0 : start }
  }

  private static func floor(_ text: FoldedText, _ end: Int) -> Int {
    var index = text.skippingSpaces(end)
    let first = index
    while index - first < 10,
      FoldedText.isWord(text[index]) || text[index] == " " || DateReader.isChineseNumeral(text[index])
        || ["负", "座", "栋", "号", "地", "下"].contains(text[index])
    {
      index += 1
    }
    return ["层", "楼"].contains(text[index]) && index > first ? index + 1 : end
  }

  /// Capitalised words and nouns of places, over commas; at least one noun.
  private static func english(_ text: FoldedText, _ original: [Unicode.Scalar], _ start: Int) -> Int? {
    guard (0x41...0x5A).contains(start < original.count ? original[start].value : 0) else { return nil }
    var index = start
    var end: Int?
    var (words, hasNoun, segmentHasNoun) = (0, false, false)
    while words < 14, FoldedText.isWord(text[index]) {
      var last = index
      while FoldedText.isWord(text[last]) { last += 1 }
      let word = String(String.UnicodeScalarView(text.scalars[index..<last]))
      let isProper = FoldedText.isDigit(text[index]) || (0x41...0x5A).contains(original[index].value)
      let isNoun = nouns.contains(word)
      guard
        isProper || isNoun
          || [
            "between", "and", "of", "on", "the", "waiting", "car", "service", "second", "first", "third",
            "south", "north", "east", "west", "bathing",
          ].contains(word)
      else { break }
      words += 1
      segmentHasNoun = segmentHasNoun || isNoun
      if isProper || isNoun { end = last }
      hasNoun = hasNoun || isNoun
      if text[last] == ",", segmentHasNoun || hasNoun {
        segmentHasNoun = false
        index = text.skippingSpaces(last + 1)
      } else if text[last] == " " {
        index = text.skippingSpaces(last)
      } else {
        break
      }
    }
    return hasNoun ? end : nil
  }
}
