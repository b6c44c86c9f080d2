import Domain

extension DateReader {
  func chinese(at start: Int) -> Part? {
    if let part = relativeDay(at: start) ?? ago(at: start) ?? recent(at: start) { return part }
    if let year = year(at: start) { return within(year, start: start) }
    if let part = relativeMonth(at: start) ?? week(at: start) { return part }
    if let part = quarter(at: start, year: nil) ?? monthAndDay(at: start, year: nil) { return part }
    return holiday(at: start, year: nil) ?? lunar(at: start, year: nil) ?? partOfMonth(at: start)
      ?? bareDay(at: start)
  }

  func has(_ word: String, _ index: Int) -> Bool { text.stands(word, at: index) }

  /// The first of the words that stands at `index`; longer ones are given first.
  func first(_ words: [String], _ index: Int) -> Int? {
    words.first { has($0, index) }.map { index + $0.unicodeScalars.count }
  }

  // MARK: - Days

  private static let days = WordTable<Int>([
    ("大前天", -3), ("大前日", -3), ("前天", -2), ("前日", -2), ("前儿", -2), ("前晚", -2), ("前夜", -2), ("昨天", -1),
    ("昨日", -1),
    ("昨儿", -1), ("昨儿个", -1), ("昨晚", -1), ("昨夜", -1), ("昨晨", -1), ("昨早", -1), ("今天", 0), ("今日", 0), ("今儿", 0),
    ("今儿个", 0), ("今早", 0), ("今晨", 0), ("今晚", 0), ("今夜", 0), ("明天", 1), ("明日", 1), ("明儿", 1), ("明早", 1),
    ("明晚", 1),
    ("后天", 2), ("后日", 2), ("大后天", 3),
  ])

  private func relativeDay(at start: Int) -> Part? {
    guard let word = Self.days.longest(in: text, at: start) else { return nil }
    let last = text[word.end - 1]
    if last == "日", text[start] == "前" || text[start] == "后", FoldedText.isIdeograph(text[start - 1]) {
      return nil
    }
    if text[start] == "前" || text[start] == "后",
      ["目", "以", "之", "天", "月", "年", "先", "然", "今", "过", "事", "随", "此", "最", "往", "饭", "午"]
        .contains(text[start - 1])
    {
      return nil
    }
    let end = ["晚", "夜", "早", "晨"].contains(last) ? word.end - 1 : word.end
    return timed(.day(today.moved(days: word.value), end: end))
  }

  private static let beforeBareDay: Set<Unicode.Scalar> = [
    "的", "在", "到", "从", "于", "至", "是", "说", "了", "我", "你", "们", "和", "跟", "就", "月", "好", "自", "打", "这",
  ]

  /// 3号, where nothing says that it is a house, a line or a person.
  private func bareDay(at start: Int) -> Part? {
    guard let number = integer(at: start), (1...31).contains(number.value) else { return nil }
    guard text[number.end] == "号", canFollowDay(number.end + 1) else { return nil }
    let before = text[start - 1]
    if FoldedText.isIdeograph(before), !Self.beforeBareDay.contains(before) { return nil }
    if before == "月", ["每", "个"].contains(text[start - 2]) { return nil }
    if FoldedText.isWord(before) || before == "." || before == "-" || before == "#" || before == "第" {
      return nil
    }
    guard let date = latestDay(number.value) else { return nil }
    return timed(.day(date, end: number.end + 1, assumption: .month))
  }

  private func latestDay(_ day: Int) -> CivilDate? {
    for months in 0..<3 {
      let first = today.firstOfMonth.moved(months: -months)
      if let date = self.day(first.year, first.month, day), date <= today { return date }
    }
    return nil
  }

  private static let notDay: Set<Unicode.Scalar> = [
    "楼", "线", "门", "院", "机", "房", "店", "厅", "码", "井", "栋", "幢", "单", "公", "地", "基", "位", "出", "口", "站", "柜",
    "窗", "桌", "座",
    "室", "坪", "馆", "为", "客", "坐", "路", "街", "元", "本", "语", "用", "常", "租", "均", "子", "文",
  ]

  private func canFollowDay(_ index: Int) -> Bool { !Self.notDay.contains(text[index]) }

  // MARK: - Years and months

  private static let years = WordTable<Int>([
    ("大前年", -3), ("前年", -2), ("去年", -1), ("上一年", -1), ("今年", 0), ("本年度", 0), ("本年", 0), ("明年", 1), ("后年", 2),
  ])

  private func year(at start: Int) -> (value: Int, end: Int)? {
    if let word = Self.years.longest(in: text, at: start) {
      if text[start] == "前" || text[start] == "后", Self.isAfterNumber(text[start - 1]) { return nil }
      return (today.year + word.value, word.end)
    }
    guard let number = integer(at: start), text[number.end] == "年" else { return nil }
    if (1990...2100).contains(number.value) { return (number.value, number.end + 1) }
    // 25年10月; 25年 alone is how long.
    guard (10...60).contains(number.value), number.end - start == 2, let month = integer(at: number.end + 1),
      (1...12).contains(month.value), text[month.end] == "月"
    else { return nil }
    return (2000 + number.value, number.end + 1)
  }

  private static func isAfterNumber(_ scalar: Unicode.Scalar) -> Bool {
    ["个", "天", "以", "之", "目"].contains(scalar) || isChineseNumeral(scalar) || FoldedText.isDigit(scalar)
  }

  /// What stands behind a year.
  private func within(_ year: (value: Int, end: Int), start: Int) -> Part? {
    var index = text.skippingSpaces(year.end)
    if text[index] == "的" { index += 1 }
    if let part = quarter(at: index, year: year.value) ?? monthAndDay(at: index, year: year.value)
      ?? holiday(at: index, year: year.value) ?? lunar(at: index, year: year.value)
    {
      return part
    }
    guard let first = day(year.value, 1, 1) else { return nil }
    // 去年底 and 去年年底.
    let place = text[index] == "年" ? index + 1 : year.end
    if let end = self.first(["年底", "底", "末"], place), canFollowDay(end) {
      return Part(first.moved(months: 10), first.moved(months: 12), .range, end: end)
    }
    if let end = self.first(["初"], place) { return Part(first, first.moved(months: 2), .range, end: end) }
    if let end = self.first(["中"], place), text[index] == "年" {
      return Part(first.moved(months: 5), first.moved(months: 7), .range, end: end)
    }
    if let end = self.first(["夏天", "暑假"], index) {
      return Part(first.moved(months: 6), first.moved(months: 8), .range, end: end)
    }
    if let end = self.first(["这个时候", "同期", "这时候", "今天", "今日"], index) {
      return .day(today.moved(months: 12 * (year.value - today.year)), end: end)
    }
    // 年费, 年租: not a year.
    if ["费", "租", "卡", "付", "级", "龄", "薪"].contains(text[year.end]), !has("费用", year.end) { return nil }
    return Part(first, first.moved(months: 12), .year, end: year.end)
  }

  private func relativeMonth(at start: Int) -> Part? {
    guard let (offset, from) = relation(at: start) else { return nil }
    var index = from
    let hasMeasure = text[index] == "个"
    if hasMeasure { index += 1 }
    guard text[index] == "月" else { return nil }
    index += 1
    if !hasMeasure, ["费", "租", "卡"].contains(text[index]), text[index + 1] != "用" { return nil }
    if ["亮", "球", "饼", "光"].contains(text[index]) { return nil }
    let first = today.firstOfMonth.moved(months: offset)
    return days(of: first, at: index, assumption: nil) ?? .month(first, end: index)
  }

  /// Before these characters of a relation stands the beginning of another word: 马上, 晚上, 网上, 以下, 基本, 首次, 每当.
  private static let notRelations: [Unicode.Scalar: Set<Unicode.Scalar>] = [
    "上": [
      "以", "马", "晚", "早", "网", "路", "身", "线", "楼", "加", "赶", "遇", "碰", "手", "车", "街", "世", "事", "实", "基", "穿",
      "连",
      "关", "跟", "交", "算", "用", "装", "接", "续", "床", "桌", "墙", "地", "会", "之",
    ],
    "下": ["以", "线", "楼", "一", "地", "余", "剩", "手", "乡", "之", "如", "留", "停", "等", "当"],
    "本": ["基", "日", "成", "原", "根", "书", "资", "版", "样", "文"],
    "次": ["每", "首", "多", "几", "初", "再", "这", "上", "下", "一", "两", "三"],
    "当": ["每", "相", "应", "适", "正"],
  ]

  /// 上上, 上, 这, 本, 下: how many months or weeks away.
  private func relation(at start: Int) -> (offset: Int, end: Int)? {
    guard Self.notRelations[text[start]]?.contains(text[start - 1]) != true else { return nil }
    for (word, offset) in [
      ("上上上", -3), ("上上", -2), ("上一", -1), ("上", -1), ("这一", 0), ("这", 0), ("本", 0), ("当", 0), ("下下", 2),
      ("下一", 1), ("下", 1), ("次", 1),
    ] where has(word, start) {
      return (offset, start + word.unicodeScalars.count)
    }
    return nil
  }

  /// Behind a month: a day, a part of the month, 份.
  private func days(of first: CivilDate, at start: Int, assumption: FoundPeriod.Assumption?) -> Part? {
    var index = start
    if text[index] == "份" { index += 1 }
    let isAttached = text[index] != " "
    index = text.skippingSpaces(index)
    if text[index] == "的" { index += 1 }
    if let (from, to, end) = third(of: first, at: index) {
      var part = Part(from, to, .range, end: end, assumption: assumption)
      if assumption == .year { part.next = next(third(of: first.moved(months: 12), at: index)) }
      return part
    }
    if let number = integer(at: index), (1...31).contains(number.value) {
      let unit = text[number.end]
      let hasUnit = (unit == "日" || unit == "号") && canFollowDay(number.end + 1)
      let isBare =
        isAttached && index == start && !hasUnit && isBareDay(index, number.end, month: first.month)
        && canEndBare(number.end)
      if hasUnit || isBare,
        let date = day(first.year, first.month, number.value)
          ?? (assumption == .year ? latest(first.month, number.value) : nil)
      {
        let end = hasUnit ? number.end + 1 : number.end
        return range(from: date, end: end, assumption) ?? timed(.day(date, end: end, assumption: assumption))
      }
    }
    return index > start && text[start] == "份" ? .month(first, end: start + 1, assumption: assumption) : nil
  }

  /// 10月1日到7日, 10月1-7日.
  private func range(from date: CivilDate, end: Int, _ assumption: FoundPeriod.Assumption?) -> Part? {
    let joiner = text.skippingSpaces(end)
    guard let next = first(["到", "至", "-", "~"], joiner), let number = integer(at: text.skippingSpaces(next)),
      ["日", "号"].contains(text[number.end]), let last = day(date.year, date.month, number.value), last > date
    else { return nil }
    var part = Part(date, last.moved(days: 1), .range, end: number.end + 1, assumption: assumption)
    part.next = FoundPeriod.Days(from: date.moved(months: 12), to: last.moved(months: 12).moved(days: 1))
    return part
  }

  private func next(_ part: (from: CivilDate, to: CivilDate, end: Int)?) -> FoundPeriod.Days? {
    part.map { FoundPeriod.Days(from: $0.from, to: $0.to) }
  }

  /// Behind a month a day may lack 日: 10月12, 十月十二. 一 begins too many other words (一直, 一共), and so do the other digits;
  /// only 十月一 is a day by itself.
  private func isBareDay(_ start: Int, _ end: Int, month: Int) -> Bool {
    if FoldedText.isDigit(text[start]) { return true }
    if month == 10, text[start] == "一", end == start + 1 { return !Self.behindOne.contains(text[end]) }
    return end - start >= 2 && (start..<end).contains { ["十", "廿", "卅"].contains(text[$0]) }
  }

  /// What follows 一 in words that are no day: 一直, 一共, 一起, 一样, 一般, 一下, 一些, 一定, 一切.
  private static let behindOne: Set<Unicode.Scalar> = [
    "直", "共", "起", "样", "般", "下", "些", "定", "切", "旦", "概", "边", "会", "方", "半", "口", "再", "律", "味", "向", "两",
    "次",
    "天", "个", "岁", "条", "笔", "块", "元", "分", "月", "年", "周", "季", "度", "通", "堆", "二", "三",
  ]

  private func canEndBare(_ index: Int) -> Bool {
    let next = text[index]
    if FoldedText.isWord(next) || next == "." || next == "-" && !FoldedText.isDigit(text[index + 1]) {
      return false
    }
    return !Self.measures.contains(next) && !Self.isChineseNumeral(next) && !has("小时", index)
  }

  /// Behind a number these say how many.
  private static let measures: Set<Unicode.Scalar> = [
    "个", "条", "笔", "元", "块", "次", "天", "年", "月", "点", "时", "分", "兆", "户", "人", "折", "份", "多", "几", "来", "余",
    "万", "亿",
    "角", "毛", "钱", "度", "秒", "周", "项", "期", "张", "台", "部", "家", "位", "名", "倍", "种", "遍", "趟", "级", "%", "℃",
  ]

  /// 初, 中, 底, 上旬: ten days each, the last to the end of the month.
  private func third(of first: CivilDate, at index: Int) -> (from: CivilDate, to: CivilDate, end: Int)? {
    let (tenth, twentieth) = (first.moved(days: 10), first.moved(days: 20))
    if let end = self.first(["上旬", "初"], index) { return (first, tenth, end) }
    if let end = self.first(["中旬", "中"], index), !["国", "午", "间"].contains(text[end]) {
      return (tenth, twentieth, end)
    }
    if let end = self.first(["下旬", "月底", "底", "末"], index) {
      return (twentieth, first.moved(months: 1), end)
    }
    return nil
  }

  /// 月底, 月初 of the month that has come that far.
  private func partOfMonth(at start: Int) -> Part? {
    if let first = day(today.year, 1, 1), text[start] == "年", !Self.isAfterNumber(text[start - 1]),
      !FoldedText.isIdeograph(text[start - 1]) || text[start - 1] == "是"
    {
      if has("年初", start) {
        return Part(first, first.moved(months: 2), .range, end: start + 2, assumption: .year)
      }
      if has("年底", start) || has("年末", start) {
        let begin = today.month >= 11 ? first.moved(months: 10) : first.moved(months: -2)
        return Part(begin, begin.moved(months: 2), .range, end: start + 2, assumption: .year)
      }
    }
    let isMonth = text[start] == "月"
    guard isMonth || has("上旬", start) || has("中旬", start) || has("下旬", start) else { return nil }
    if isMonth, Self.isAfterNumber(text[start - 1]) || ["每", "按", "包"].contains(text[start - 1]) {
      return nil
    }
    let place = isMonth ? start + 1 : start
    for months in 0..<2 {
      let first = today.firstOfMonth.moved(months: -months)
      guard let (from, to, end) = third(of: first, at: place) else { return nil }
      if isSoon(start) { return Part(from, to, .range, end: end) }
      guard from <= today else { continue }
      var part = Part(from, to, .range, end: end, assumption: .month)
      part.next = next(third(of: first.moved(months: 1), at: place))
      return part
    }
    return nil
  }

  /// 马上月底了, 快周末了: the one that comes.
  private func isSoon(_ start: Int) -> Bool {
    ["马上", "快到", "快", "临近", "即将", "等到"].contains { has($0, start - $0.unicodeScalars.count) }
  }

  private func monthAndDay(at start: Int, year: Int?) -> Part? {
    guard let number = integer(at: start), (1...12).contains(number.value), text[number.end] == "月" else {
      return nil
    }
    if ["饼", "亮", "球", "光", "租", "卡"].contains(text[number.end + 1]) { return nil }
    let first: CivilDate
    var assumption: FoundPeriod.Assumption?
    if let year {
      guard let day = day(year, number.value, 1) else { return nil }
      first = day
    } else {
      guard let day = latestMonth(number.value) else { return nil }
      first = day
      assumption = .year
    }
    guard var part = days(of: first, at: number.end + 1, assumption: assumption) else {
      return .month(first, end: number.end + 1, assumption: assumption)
    }
    // A day of this month that is to come was last year's; 29 February was in some other year.
    if year == nil, part.from > today, part.granularity != .month,
      let before = days(of: first.moved(months: -12), at: number.end + 1, assumption: assumption)
    {
      part = before
    }
    return part
  }

  // MARK: - Quarters and halves of a year

  private func quarter(at start: Int, year: Int?) -> Part? {
    func part(_ index: Int, _ months: Int, _ end: Int) -> Part? {
      var assumption: FoundPeriod.Assumption?
      var chosen = year ?? today.year
      if year == nil, day(chosen, index * months + 1, 1).map({ $0 > today }) ?? false {
        chosen -= 1
      }
      if year == nil { assumption = .year }
      return day(chosen, index * months + 1, 1).map {
        Part($0, $0.moved(months: months), months == 3 ? .quarter : .range, end: end, assumption: assumption)
      }
    }
    if has("上半年", start) { return part(0, 6, start + 3) }
    if has("下半年", start) { return part(1, 6, start + 3) }
    if has("上季度", start) || has("上个季度", start) || has("上一季度", start) {
      let first = CivilDate(year: today.year, month: (today.month - 1) / 3 * 3 + 1, day: 1) ?? today
      return Part(first.moved(months: -3), first, .quarter, end: start + (has("上季度", start) ? 3 : 4))
    }
    if has("这个季度", start) || has("本季度", start) {
      let first = CivilDate(year: today.year, month: (today.month - 1) / 3 * 3 + 1, day: 1) ?? today
      return Part(first, first.moved(months: 3), .quarter, end: start + (has("本季度", start) ? 3 : 4))
    }
    let place = text[start] == "第" ? start + 1 : start
    guard let number = integer(at: place), (1...4).contains(number.value), has("季度", number.end) else {
      return nil
    }
    return part(number.value - 1, 3, number.end + 2)
  }

  // MARK: - Weeks

  private static let weekNames = ["星期", "礼拜", "周"]

  private func week(at start: Int) -> Part? {
    let monday = today.moved(days: 1 - today.weekday)
    if let (offset, from) = relation(at: start), !has("次", start), !has("当", start) {
      let index = text[from] == "个" ? from + 1 : from
      guard let end = first(Self.weekNames, index) else { return nil }
      let first = monday.moved(days: 7 * offset)
      if let (day, end) = weekday(at: end), !isOtherWord(end - 1, start) {
        return timed(.day(first.moved(days: day - 1), end: end))
      }
      if text[end] == "末" { return Part(first.moved(days: 5), first.moved(days: 7), .range, end: end + 1) }
      return Part(first, first.moved(days: 7), .week, end: end)
    }
    guard let end = first(Self.weekNames, start), !["每", "隔", "逢"].contains(text[start - 1]),
      !Self.isAfterNumber(text[start - 1])
    else { return nil }
    if text[end] == "末" {
      let saturday = monday.moved(days: 5)
      if isSoon(start) { return Part(saturday, saturday.moved(days: 2), .range, end: end + 1) }
      let first = saturday <= today ? saturday : saturday.moved(days: -7)
      return Part(first, first.moved(days: 2), .range, end: end + 1, assumption: .week)
    }
    guard let (day, last) = weekday(at: end), !["次", "天", "个", "岁"].contains(text[last]) else { return nil }
    let date = monday.moved(days: day - 1)
    return timed(.day(date <= today ? date : date.moved(days: -7), end: last, assumption: .week))
  }

  /// 上周一直, 上周三次, 上周天天: what looks like the day of a week begins another word. 从上周一起 is a day.
  private func isOtherWord(_ index: Int, _ start: Int) -> Bool {
    let next = text[index + 1]
    if ["次", "个", "岁"].contains(next) { return true }
    switch text[index] {
    case "一":
      let isSince = ["从", "自", "打", "由"].contains(text[start - 1])
      if isSince, next == "起" || has("直到", index + 1) { return false }
      if next == "点" {
        return !Self.isChineseNumeral(text[index + 2]) && !FoldedText.isDigit(text[index + 2])
          && !["钟", "半", "多", "左", "整", "前"].contains(text[index + 2])
      }
      return Self.behindOne.subtracting(["二", "三"]).contains(next)
    case "二": return ["话", "维", "手", "天"].contains(next)
    case "三": return ["番", "天"].contains(next)
    case "天": return next == "天" && text[index + 2] != "气"
    case "日": return next == "常"
    default: return next == "天"
    }
  }

  private func weekday(at index: Int) -> (day: Int, end: Int)? {
    let names: [Unicode.Scalar: Int] = ["一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "日": 7, "天": 7]
    if let day = names[text[index]] { return (day, index + 1) }
    if let day = Int(String(text[index])), (1...7).contains(day), !FoldedText.isDigit(text[index + 1]) {
      return (day, index + 1)
    }
    return nil
  }

  // MARK: - How long ago

  /// 三天前, 半个月前, 两年半前, 几天前.
  private func ago(at start: Int) -> Part? {
    if let part = shortlyBefore(at: start) { return part }
    guard let (amount, unit, end) = span(at: start) else { return nil }
    // 25日前 is before the 25th, 2018年以前 before that year.
    if text[end - 1] == "日" || unit == "年" && amount >= 100 { return nil }
    guard let last = first(["以前", "之前", "前"], end), !["端", "台", "面", "后", "往"].contains(text[last]) else {
      return nil
    }
    return past(amount, unit, end: last)
  }

  private func past(_ amount: Double, _ unit: String, end: Int) -> Part? {
    func whole(_ value: Double) -> Int { Int(value.rounded()) }
    switch unit {
    case "分钟", "小时":
      let minutes = minuteOfDay - whole(unit == "小时" ? amount * 60 : amount)
      let days = minutes.floorDivided(by: 1440)
      var part = Part.day(today.moved(days: days), end: end)
      part.granularity = .time
      let minute = minutes - days * 1440
      part.minutes = minute..<minute + 1
      return part
    case "天": return .day(today.moved(days: -whole(amount)), end: end)
    case "周": return .day(today.moved(days: -whole(amount * 7)), end: end)
    case "月":
      if amount == 0.5 { return .day(today.moved(days: -15), end: end) }
      let isHalf = amount.truncatingRemainder(dividingBy: 1) != 0
      let date = today.moved(months: -Int(amount)).moved(days: isHalf ? -15 : 0)
      return isHalf ? .day(date, end: end) : .month(date.firstOfMonth, end: end)
    default: return .month(today.moved(months: -whole(amount * 12)).firstOfMonth, end: end)
    }
  }

  /// A number with its unit: 三天, 半个月, 一个半月, 两年半.
  private func span(at start: Int) -> (amount: Double, unit: String, end: Int)? {
    var index = start
    var amount: Double
    if text[start] == "半" {
      amount = 0.5
      index += 1
    } else if text[start] == "俩" {
      amount = 2
      index += 1
    } else {
      guard let number = integer(at: start), number.value <= 10_000 else { return nil }
      amount = Double(number.value)
      index = number.end
    }
    index = text.skippingSpaces(index)
    let hasMeasure = text[index] == "个"
    if hasMeasure { index += 1 }
    if hasMeasure, text[index] == "半" {
      amount += 0.5
      index += 1
    }
    if text[index] == "多", !hasMeasure { index += 1 }
    for (word, unit) in [
      ("分钟", "分钟"), ("小时", "小时"), ("钟头", "小时"), ("天", "天"), ("日", "天"), ("星期", "周"), ("礼拜", "周"), ("周", "周"),
      ("月", "月"), ("年", "年"),
    ] where has(word, index) {
      // 三月 is a month, 三个月 is how long; 三日 is a day.
      if unit == "月", !hasMeasure { return nil }
      if word == "日", !FoldedText.isDigit(text[start]) { return nil }
      var end = index + word.unicodeScalars.count
      if text[end] == "半" {
        amount += 0.5
        end += 1
      }
      if text[end] == "多" { end += 1 }
      return (amount, unit, end)
    }
    return nil
  }

  private static let vague: [(String, Int, Int)] = [
    ("前几天", 7, 1), ("前些天", 10, 2), ("前两天", 3, 1), ("前段时间", 60, 7), ("前阵子", 60, 7), ("前些日子", 30, 5),
    ("几天前", 7, 2),
    ("好几天前", 10, 3), ("前几个月", 180, 30), ("几个月前", 180, 60), ("几周前", 42, 14), ("几个星期前", 42, 14), ("这几天", 5, -1),
    ("这两天", 2, -1),
    ("最近几天", 7, -1), ("近几天", 7, -1), ("最近两天", 2, -1), ("近两天", 2, -1), ("这段时间", 30, -1), ("最近一段时间", 30, -1),
    ("近期", 30, -1),
    ("这阵子", 30, -1),
  ]
  private static let vagueWords = WordTable<Int>(vague.enumerated().map { ($1.0, $0) })

  private func shortlyBefore(at start: Int) -> Part? {
    guard let word = Self.vagueWords.longest(in: text, at: start) else { return nil }
    let (_, first, last) = Self.vague[word.value]
    return Part(
      today.moved(days: -first), today.moved(days: 1 - max(0, last)), .range, end: word.end,
      assumption: .vague)
  }

  /// 近半年, 最近三个月, 过去一周, 半年来: up to today.
  private func recent(at start: Int) -> Part? {
    if let begin = first(["最近这", "最近", "过去这", "过去", "近", "这", "前", "头"], start) {
      guard let (amount, unit, end) = span(at: text.skippingSpaces(begin)), unit != "分钟" else { return nil }
      if text[start] == "前" || text[start] == "头" || (text[start] == "这" && amount == 1) { return nil }
      return until(today, amount, unit, end: end)
    }
    guard let (amount, unit, end) = span(at: start), let last = first(["以来", "来"], end),
      !["电", "回", "自", "说", "看"].contains(text[last])
    else { return nil }
    return until(today, amount, unit, end: last)
  }

  private func until(_ day: CivilDate, _ amount: Double, _ unit: String, end: Int) -> Part? {
    guard let before = past(amount, unit, end: end) else { return nil }
    var from = before.from
    if unit == "月" || unit == "年" {
      let months = unit == "年" ? amount * 12 : amount
      from = amount == 0.5 && unit == "月" ? from : today.moved(months: -Int(months.rounded()))
    }
    return Part(from, day.moved(days: 1), .range, end: end)
  }

  // MARK: - Holidays and the lunar calendar

  func holiday(at start: Int, year: Int?) -> Part? {
    guard let word = Holidays.words.longest(in: text, at: start) else { return nil }
    if ["路", "街", "广", "大", "村", "店", "桥", "小", "区"].contains(text[word.end]) { return nil }
    if Self.isChineseNumeral(text[start]),
      Self.isChineseNumeral(text[start - 1]) || Self.isChineseNumeral(text[word.end])
        || ["点", "个", "楼", "号"].contains(text[word.end])
    {
      return nil
    }
    // 不过年底, 超过年限.
    if text[start] == "过",
      ["不", "超", "越", "经", "通", "度", "错"].contains(text[start - 1])
        || ["限", "份", "度", "费", "检", "龄"].contains(text[word.end])
    {
      return nil
    }
    let index = text.skippingSpaces(word.end)
    let suffix = Holidays.suffixes.longest(in: text, at: index)
    let isWhole = suffix?.value ?? (Holidays.isLong(word.value) && !has("大年", start))
    var end = suffix?.end ?? word.end
    func stretch(_ year: Int) -> (from: CivilDate, to: CivilDate)? {
      isWhole
        ? holidays.stretch(word.value, year) : holidays.day(word.value, year).map { ($0, $0.moved(days: 1)) }
    }
    if let year {
      guard let days = stretch(year) else { return nil }
      return days.to == days.from.moved(days: 1)
        ? timed(.day(days.from, end: end)) : Part(days.from, days.to, .range, end: end)
    }
    // "National Day last year", "Christmas 2025".
    if FoldedText.isLetter(text[start]), let (year, after) = yearBehind(end) {
      guard let days = stretch(year) else { return nil }
      end = after
      return Part(days.from, days.to, days.to == days.from.moved(days: 1) ? .day : .range, end: end)
    }
    for candidate in [today.year + 1, today.year, today.year - 1] {
      guard let days = stretch(candidate), days.from <= today else { continue }
      let isDay = days.to == days.from.moved(days: 1)
      var part = Part(days.from, days.to, isDay ? .day : .range, end: end, assumption: .year)
      part.next = stretch(candidate + 1).map { FoundPeriod.Days(from: $0.from, to: $0.to) }
      return isDay ? timed(part) : part
    }
    return nil
  }

  /// 大年初二, 正月十五, 腊月二十三, 农历八月十五.
  private func lunar(at start: Int, year: Int?) -> Part? {
    var index = start
    var month: Int?
    if let end = first(["农历", "阴历", "旧历"], start) {
      index = text.skippingSpaces(end)
      if let number = integer(at: index), (1...12).contains(number.value), text[number.end] == "月" {
        month = number.value
        index = number.end + 1
      }
    }
    if month == nil {
      if let end = first(["大年", "正月", "新年"], index), text[end] == "初" || has("正月", index) {
        (month, index) = (1, end)
      } else if let end = first(["腊月"], index) {
        (month, index) = (12, end)
      } else if let end = first(["冬月"], index) {
        (month, index) = (11, end)
      }
    }
    guard let month else { return nil }
    let isFirstTen = text[index] == "初"
    if isFirstTen { index += 1 }
    if let number = integer(at: index), (1...30).contains(number.value), !isFirstTen || number.value <= 10 {
      let end = ["日", "号"].contains(text[number.end]) ? number.end + 1 : number.end
      for candidate in year.map({ [$0] }) ?? [today.year + 1, today.year, today.year - 1] {
        guard let date = LunarCalendar.day(year: candidate, month: month, day: number.value),
          year != nil || date <= today
        else { continue }
        var part = Part.day(date, end: end, assumption: year == nil ? .year : nil)
        part.next = nextLunar(candidate, month, number.value)
        return timed(part)
      }
      return nil
    }
    guard !isFirstTen else { return nil }
    for candidate in year.map({ [$0] }) ?? [today.year, today.year - 1] {
      guard let days = lunarMonth(candidate, month), year != nil || days.from <= today else { continue }
      var part = Part(days.from, days.to, .range, end: index, assumption: year == nil ? .year : nil)
      part.next = lunarMonth(candidate + 1, month)
      return part
    }
    return nil
  }

  private func lunarMonth(_ year: Int, _ month: Int) -> FoundPeriod.Days? {
    guard let from = LunarCalendar.day(year: year, month: month, day: 1) else { return nil }
    let next =
      month == 12 ? LunarCalendar.newYear(year + 1) : LunarCalendar.day(year: year, month: month + 1, day: 1)
    return FoundPeriod.Days(from: from, to: next ?? from.moved(days: 29))
  }

  /// Not every year has the thirtieth of every month.
  func nextLunar(_ year: Int, _ month: Int, _ day: Int) -> FoundPeriod.Days? {
    for later in year + 1...year + 8 {
      guard let date = LunarCalendar.day(year: later, month: month, day: day) else { continue }
      return FoundPeriod.Days(from: date, to: date.moved(days: 1))
    }
    return nil
  }
}
