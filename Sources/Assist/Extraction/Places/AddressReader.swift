import Domain

/// An address that stands in a text, down to its parts.
package struct FoundAddress: Hashable, Sendable {
  package enum Part: String, CaseIterable, Sendable {
    case province, city, district, town, road, number, estate, building, unit, floor, room
  }

  /// As it was written.
  package var value: String
  package var parts: [Part: String]
  /// Code points from the start of the text, half-open.
  package var start: Int
  package var end: Int

  /// Down to a door, a building or a house number.
  package var isExact: Bool { parts[.room] != nil || parts[.building] != nil || parts[.number] != nil }
}

/// Finds addresses: 云州市临江区青禾路12号望江苑5栋2单元1203室, 12 Nanjing Road, Xuhui District, Shanghai.
///
/// An address is told by its grammar: names that end as names of provinces, cities, districts, roads and estates do, and numbers
/// with 号, 栋, 单元, 室. No list of places is needed; the provinces are known by name because people leave out 省.
package struct AddressReader {
  let text: FoldedText
  let original: [Unicode.Scalar]

  package static func find(in text: String) -> [FoundAddress] {
    let reader = AddressReader(text: FoldedText(text), original: Array(text.unicodeScalars))
    return reader.all()
  }

  private func all() -> [FoundAddress] {
    var found: [FoundAddress] = []
    var index = 0
    var covered = 0
    while index < text.count {
      if isStart(index), let address = chinese(at: index, from: covered) {
        found.append(address)
        index = address.end
        covered = address.end
      } else if Self.isEnglishStart(text, index), let address = english(at: index, from: covered) {
        found.append(address)
        index = max(address.end, index + 1)
        covered = address.end
      } else {
        index += 1
      }
    }
    return found
  }

  func string(_ start: Int, _ end: Int) -> String { String(String.UnicodeScalarView(original[start..<end])) }

  func has(_ word: String, _ index: Int) -> Bool { text.stands(Array(word.unicodeScalars), at: index) }

  // MARK: - Where an address may begin

  private static let provinces = WordTable<Bool>(
    [
      "北京", "天津", "上海", "重庆", "河北", "山西", "辽宁", "吉林", "黑龙江", "江苏", "浙江", "安徽", "福建", "江西", "山东", "河南", "湖北",
      "湖南", "广东", "海南", "四川",
      "贵州", "云南", "陕西", "甘肃", "青海", "台湾", "内蒙古", "广西", "西藏", "宁夏", "新疆", "香港", "澳门",
    ].flatMap { name in ["", "省", "市", "自治区", "壮族自治区", "回族自治区", "维吾尔自治区", "特别行政区"].map { (name + $0, true) } }
  )

  /// Characters that no name of a place has, but the words before one.
  private static let stops: Set<Unicode.Scalar> = [
    "在", "住", "址", "是", "到", "于", "为", "从", "去", "寄", "送", "我", "你", "您", "他", "她", "们", "的", "了", "和", "跟",
    "映", "询", "响", "起", "来", "往", "这", "那", "没",
    "不", "请", "帮", "叫", "把", "被", "给", "让", "对", "说", "问", "进", "独", "称", "附", "近", "家", "也", "都", "就", "用",
    "办", "年", "月", "日", "及", "或", "由", "自", "号", "楼",
    "室", "元", "块", "装", "报", "修",
  ]

  private func isStart(_ index: Int) -> Bool {
    let scalar = text[index]
    guard FoldedText.isIdeograph(scalar) || FoldedText.isDigit(scalar) else { return false }
    let before = text[index - 1]
    if !FoldedText.isIdeograph(before), !FoldedText.isWord(before) { return true }
    if FoldedText.isDigit(scalar) { return false }
    return Self.stops.contains(before) || before == "人" || before == "民"
      || Self.provinces.longest(in: text, at: index) != nil
      || endsAdministration(index)
  }

  /// Two characters and 市 or 区: 反映云州市.
  private func endsAdministration(_ index: Int) -> Bool {
    guard ["市", "区", "县"].contains(text[index + 2]), ["临", "小", "社", "园"].contains(text[index + 1]) == false
    else { return false }
    return FoldedText.isIdeograph(text[index + 1]) && !["市", "区", "县", "城"].contains(text[index])
  }

  // MARK: - Chinese

  private func chinese(at start: Int, from covered: Int) -> FoundAddress? {
    guard start >= covered else { return nil }
    var parts: [FoundAddress.Part: String] = [:]
    var index = start
    func take(_ part: FoundAddress.Part, _ end: Int?) {
      guard let end, end > index else { return }
      parts[part] = parts[part] ?? string(index, end)
      index = text[end] == " " && FoldedText.isIdeograph(text[end + 1]) ? end + 1 : end
      if text[index] == "," || text[index] == "、",
        FoldedText.isIdeograph(text[index + 1]) || FoldedText.isDigit(text[index + 1]), parts.count < 4
      {
        index += 1
      }
    }
    if let province = Self.provinces.longest(in: text, at: index) { take(.province, province.end) }
    take(.city, named(index, ["自治州", "地区", "市", "盟"], longest: 6, least: 2))
    take(
      .district,
      named(
        index, ["自治县", "新区", "区", "县", "旗"], longest: 7, least: 1,
        but: ["小", "社", "园", "校", "厂", "景", "地", "片", "务"]))
    if parts[.district] == nil, parts[.city] != nil {
      take(.district, named(index, ["市"], longest: 5, least: 1))
    }
    take(.town, named(index, ["街道", "开发区", "镇", "乡"], longest: 8, least: 1))
    take(.road, road(index))
    if parts[.road] != nil { take(.number, number(index)) }
    take(.estate, estate(index, hasPlace: !parts.isEmpty))
    take(.building, counted(index, ["号楼", "栋", "幢", "座", "号院", "舍"], letters: true))
    take(.unit, counted(index, ["单元", "门"], letters: true))
    take(.floor, counted(index, ["楼", "层"], letters: true))
    take(
      .room,
      room(
        index,
        isInside: parts[.building] != nil || parts[.unit] != nil || parts[.floor] != nil
          || parts[.number] != nil))
    var end = index
    while end > start, [" ", ",", "、"].contains(text[end - 1]) { end -= 1 }
    guard isAddress(parts), end > start else { return nil }
    return FoundAddress(value: string(start, end), parts: parts, start: start, end: end)
  }

  private func isAddress(_ parts: [FoundAddress.Part: String]) -> Bool {
    let hasNumber =
      parts[.number] != nil || parts[.building] != nil || parts[.room] != nil || parts[.unit] != nil
    let hasName = parts[.road] != nil || parts[.estate] != nil
    if hasNumber, hasName || parts[.district] != nil || parts[.town] != nil { return true }
    if hasName, parts[.district] != nil || parts[.city] != nil || parts[.town] != nil { return true }
    return (parts[.province] != nil || parts[.city] != nil) && parts[.district] != nil
  }

  /// The end of a name with one of the endings, without a mark or a stop character in it.
  private func named(
    _ start: Int, _ endings: [String], longest: Int, least: Int, but before: Set<Unicode.Scalar> = []
  ) -> Int? {
    var index = start
    while index - start <= longest, FoldedText.isIdeograph(text[index]) {
      if index - start >= least {
        for ending in endings where has(ending, index) {
          if !before.contains(text[index - 1]), !isCompoundWord(index) {
            return index + ending.unicodeScalars.count
          }
        }
      }
      if Self.stops.contains(text[index]) { return nil }
      index += 1
    }
    return nil
  }

  /// 市民, 市场, 区域, 县城, 区间: 市 and 区 that end no name.
  private func isCompoundWord(_ index: Int) -> Bool {
    switch text[index] {
    case "市": ["民", "场", "区", "值", "面", "政"].contains(text[index + 1])
    case "区": ["域", "间", "别", "分", "号"].contains(text[index + 1])
    case "乡", "镇": ["下", "里", "亲"].contains(text[index + 1])
    default: false
    }
  }

  private func road(_ start: Int) -> Int? {
    guard
      let end = named(start, ["大道", "大街", "公路", "胡同", "路", "街", "巷", "弄", "道", "里弄"], longest: 9, least: 1)
    else { return nil }
    // 网路, 线路, 道路: what a fault is about.
    if end - start == 2, ["网", "线", "道", "马", "电", "短", "断", "铁", "顺", "半"].contains(text[start]) {
      return nil
    }
    if ["由", "径", "程", "人", "边"].contains(text[end]) { return nil }
    var last = end
    if ["东", "西", "南", "北", "中"].contains(text[last]), ["路", "段", "街"].contains(text[last + 1]) {
      last += 2
    }
    if let section = integerEnd(last), has("段", section) { last = section + 1 }
    return last
  }

  private func integerEnd(_ start: Int) -> Int? {
    var index = start
    while index - start < 6, FoldedText.isDigit(text[index]) || DateReader.isChineseNumeral(text[index]) {
      index += 1
    }
    return index > start ? index : nil
  }

  /// 12号, 12弄3号, 12-3号, 甲12号.
  private func number(_ start: Int) -> Int? {
    var index = text.skippingSpaces(start)
    if ["甲", "乙", "附", "第"].contains(text[index]) { index += 1 }
    guard var end = integerEnd(index) else { return nil }
    while text[end] == "-" || text[end] == "之" || text[end] == "附" {
      guard let next = integerEnd(end + 1) else { break }
      end = next
    }
    end = text[end] == " " && text[end + 1] == "号" ? end + 1 : end
    guard text[end] == "号" || text[end] == "弄", !["楼", "线", "机", "码"].contains(text[end + 1]) else {
      return nil
    }
    end += 1
    if text[end - 1] == "弄", let next = integerEnd(end), text[next] == "号", text[next + 1] != "楼" {
      return next + 1
    }
    return end
  }

  private static let estates = [
    "小区", "社区", "花园", "公寓", "新村", "家园", "大厦", "广场", "佳苑", "雅苑", "雅居", "名邸", "水岸", "新城", "新居", "宿舍", "别墅",
    "山庄", "公馆", "中心", "科技园", "产业园", "工业园", "创业园",
    "写字楼", "商场", "苑", "园", "庭", "府", "湾", "居", "郡", "邸", "村", "里", "城", "阁", "轩", "寓",
  ]

  /// A name that ends as estates do, or any name before the number of a building.
  private func estate(_ start: Int, hasPlace: Bool) -> Int? {
    var index = start
    var best: Int?
    while index - start <= 12, FoldedText.isIdeograph(text[index]) || FoldedText.isWord(text[index]) {
      if index - start >= 1, counted(index, ["号楼", "栋", "幢", "座", "单元"], letters: true) != nil,
        !FoldedText.isDigit(text[index - 1]) || !FoldedText.isDigit(text[index])
      {
        if index - start >= 2 { return index }
      }
      if Self.stops.contains(text[index]), text[index] != "家" { return best }
      if index - start >= 1 {
        for ending in Self.estates where has(ending, index) {
          let end = index + ending.unicodeScalars.count
          // 里 and 城 alone end too many other words.
          if ending.unicodeScalars.count >= 2
            || hasPlace && end - start >= 2 && ending != "里" && ending != "村"
            || counted(end, ["号楼", "栋", "幢", "座"], letters: true) != nil
          {
            best = best.map { max($0, end) } ?? end
          }
        }
      }
      index += 1
    }
    return best
  }

  private func counted(_ start: Int, _ units: [String], letters: Bool) -> Int? {
    var index = text.skippingSpaces(start)
    if index - start > 1 { return nil }
    if letters, FoldedText.isLetter(text[index]), !FoldedText.isLetter(text[index + 1]) {
      index += 1
    } else {
      guard let end = integerEnd(index) else { return nil }
      index = end
    }
    if text[index] == " " { index += 1 }
    guard let unit = units.first(where: { has($0, index) }) else { return nil }
    if unit == "楼" || unit == "层", ["道", "梯", "上", "下"].contains(text[index + 1]), unit == "楼",
      text[index + 1] != "上"
    {
      return nil
    }
    return index + unit.unicodeScalars.count
  }

  /// 1203室, 1203房, 12-03, or three and four digits that end the address.
  private func room(_ start: Int, isInside: Bool) -> Int? {
    guard isInside else { return nil }
    var index = text[start] == " " || text[start] == "-" || text[start] == "#" ? start + 1 : start
    let first = index
    while index - first < 8,
      FoldedText.isDigit(text[index]) || FoldedText.isLetter(text[index])
        || (text[index] == "-" && FoldedText.isDigit(text[index + 1]))
    {
      index += 1
    }
    if index == first {
      guard let end = integerEnd(first) else { return nil }
      index = end
    }
    if text[index] == " ", ["室", "房", "户"].contains(text[index + 1]) { index += 1 }
    for unit in ["室", "号房", "房间", "房", "户", "号"] where has(unit, index) {
      return index + unit.unicodeScalars.count
    }
    let digits = index - first
    return (3...4).contains(digits) && FoldedText.isDigit(text[first]) && text.isBoundary(index)
      && !["元", "块", "兆", "年"].contains(text[index])
      ? index : nil
  }
}
