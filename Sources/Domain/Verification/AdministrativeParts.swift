/// The parts of a Chinese address that name no place of its own (省, 市, 区, 镇), as far as an address begins with them.
enum AdministrativeParts {
  /// What is left of an address without its province, without its city as well, and so on. What is left says where somebody
  /// lives: it never begins with the number of a house or a building.
  static func suffixes(of address: String) -> [Substring] {
    let scalars = Array(address.unicodeScalars)
    var suffixes: [Substring] = []
    var index = province(scalars)
    var rank = index > 0 ? 1 : 0
    if index > 0 { suffixes.append(text(scalars, index)) }
    while let part = part(scalars, from: index, above: rank) {
      (index, rank) = (part.end, part.rank)
      suffixes.append(text(scalars, index))
    }
    return suffixes.filter { !beginsWithNumber($0) }
  }

  private static func text(_ scalars: [Unicode.Scalar], _ start: Int) -> Substring {
    String(String.UnicodeScalarView(scalars[start...]))[...]
  }

  /// 省 and 市 are left out behind these.
  private static let provinces = [
    "北京", "天津", "上海", "重庆", "河北", "山西", "辽宁", "吉林", "黑龙江", "江苏", "浙江", "安徽", "福建", "江西", "山东", "河南",
    "湖北", "湖南", "广东", "海南", "四川", "贵州", "云南", "陕西", "甘肃", "青海", "台湾", "内蒙古", "广西", "西藏", "宁夏", "新疆", "香港",
    "澳门",
  ].map { Array($0.unicodeScalars) }

  private static func province(_ scalars: [Unicode.Scalar]) -> Int {
    for name in provinces where scalars.starts(with: name) && scalars.count > name.count {
      // 北京路 is a road, 上海市 is read as a city.
      return ["省", "市", "路", "街", "大", "里", "道", "特"].contains(scalars[name.count]) ? 0 : name.count
    }
    return 0
  }

  /// Endings of names by rank: an address goes down. A city may lie in a city (苏州市昆山市).
  private static let endings: [(word: [Unicode.Scalar], rank: Int)] = [
    ("特别行政区", 1), ("自治区", 1), ("省", 1), ("自治州", 2), ("地区", 2), ("市", 2), ("盟", 2), ("州", 2), ("自治县", 3),
    ("自治旗", 3), ("区", 3), ("县", 3), ("旗", 3), ("街道", 4), ("镇", 4), ("乡", 4),
  ].map { (Array($0.0.unicodeScalars), $0.1) }

  /// Before 区, 市 and so on these make words that are names of estates, shops and works.
  private static let others: [Unicode.Scalar: Set<Unicode.Scalar>] = [
    "区": ["小", "社", "园", "校", "厂", "景", "片", "务", "苑", "业", "宅", "活", "舍", "属", "墅", "营", "库", "院", "期"],
    "市": ["超", "门", "夜", "菜", "集", "花", "鱼", "早", "商"], "乡": ["城", "家", "老"], "镇": ["城"],
    "旗": ["红", "国"], "州": [],
  ]
  private static let stops: Set<Unicode.Scalar> = [
    "号", "栋", "幢", "座", "楼", "室", "弄", "路", "街", "巷", "道", "村", "苑", "园", "庭", "府", "厦", "寓", "单",
  ]
  private static let longestName = 9

  private static func part(
    _ scalars: [Unicode.Scalar], from start: Int, above rank: Int
  ) -> (end: Int, rank: Int)? {
    var index = start
    while index < scalars.count, index - start <= longestName {
      if index > start,
        let ending = endings.first(where: { ending in scalars[index...].starts(with: ending.word) })
      {
        let end = index + ending.word.count
        let isLast = end == scalars.count
        let isOther = others[scalars[index]]?.contains(scalars[index - 1]) ?? false
        let isWithin =
          ending.word == ["州"] && !isLast && FoldedText.isIdeograph(scalars[end])
          && ["市", "路", "街", "大", "道", "区", "县", "湾", "里"].contains(scalars[end])
        if !isOther, !isWithin, !isLast, ending.rank > rank || ending.rank == 2 && rank == 2 {
          return (end, ending.rank)
        }
        if !isWithin { return nil }
      }
      // 路桥区 and 三亚市 (here 3亚市) begin with what ends other names.
      if index > start, stops.contains(scalars[index]) { return nil }
      if scalars[index].isASCII, index > start, !scalars[start].isASCII { return nil }
      index += 1
    }
    return nil
  }

  /// 5栋2单元, A座1203, 1203室: which one of them says nothing without the estate.
  private static func beginsWithNumber(_ address: Substring) -> Bool {
    let rest = address.unicodeScalars.drop { $0.isASCII }
    guard rest.startIndex > address.startIndex else { return rest.isEmpty }
    return rest.first.map { "号栋幢座楼室弄层单户期门组队".unicodeScalars.contains($0) } ?? true
  }
}
