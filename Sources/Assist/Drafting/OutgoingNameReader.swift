/// Finds names of people in free text: behind words that introduce one, before a form of address, and where somebody signs.
struct OutgoingNameReader {
  private static let surnames = Set(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦向柳邢路岳齐梅莫庄辛管祝左涂谷祁时舒耿牟卜詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位覃霍翁隋植甘景薄单包司柏宁柯阮桂闵解强柴华车冉房边辜吉饶刁瞿戚丘古米池滕晋苑邬臧畅宫来嵺苟全褚廉简娄盖符奚木穆党燕郎邸冀谈姬屠连郜晏栾郁商蒙计喻揭窦迟宇敖糜鄢冷卓花仇艾蓝都巩稽井练仲乐虞卞封竺冼原官衣楚佟栗匡宗应台巫鞠僧桑荆谌银扬明沙薄伏岑习胥保和蔺"
      .unicodeScalars)
  private static let compounds = words("欧阳|司马|上官|诸葛|夏侯|东方|皇甫|尉迟|公孙|慕容|令狐|长孙|宇文|司徒|端木|南宫|独孤")
  private static let titles = words("先生|女士|小姐|太太|师傅|阿姨|叔叔|大爷|大妈|同学|老师|经理")
  private static let cues = words(
    "我叫|名叫|叫做|姓名|名字|我是|本人|机主|户主|联系人|收件人|收货人|客户|经办人|持卡人|开户人")
  private static let links = Set("：:是为叫 ".unicodeScalars)
  /// Where a word of either list can begin.
  private static let starts = Set((titles + cues).compactMap(\.first))

  private static func words(_ list: String) -> [[Unicode.Scalar]] {
    list.split(separator: "|").map { Array($0.unicodeScalars) }
  }

  func ranges(in text: String) -> [Range<Int>] {
    var found: [Range<Int>] = []
    func add(_ part: Substring) {
      let start = text.unicodeScalars.distance(from: text.startIndex, to: part.startIndex)
      found.append(start..<start + part.unicodeScalars.count)
    }
    for part in english(text) { add(part) }
    let scalars = Array(text.unicodeScalars)
    return found + chinese(scalars) + signature(scalars)
  }

  private func chinese(_ scalars: [Unicode.Scalar]) -> [Range<Int>] {
    var found: [Range<Int>] = []
    for index in scalars.indices where Self.starts.contains(scalars[index]) {
      if let cue = Self.cues.first(where: { stands($0, scalars, index) }) {
        var start = index + cue.count
        while start < scalars.count, start - index - cue.count < 3, Self.links.contains(scalars[start]) {
          start += 1
        }
        if let end = nameEnd(scalars, start, longest: 2), end > start + 1 { found.append(start..<end) }
      }
      if Self.titles.contains(where: { stands($0, scalars, index) }) {
        // 欧阳女士, 王小芳女士, 王女士: the shortest that begins with a family name.
        for length in 1...4 where length <= index {
          let start = index - length
          guard let family = family(scalars, start), start + family <= index, length - family <= 2 else {
            continue
          }
          found.append(start..<index)
          break
        }
      }
    }
    return found
  }

  private func stands(_ word: [Unicode.Scalar], _ scalars: [Unicode.Scalar], _ index: Int) -> Bool {
    index + word.count <= scalars.count && scalars[index..<index + word.count].elementsEqual(word)
  }

  /// Characters of the family name that begins at `index`.
  private func family(_ scalars: [Unicode.Scalar], _ index: Int) -> Int? {
    guard index < scalars.count else { return nil }
    if Self.compounds.contains(where: { stands($0, scalars, index) }) { return 2 }
    return Self.surnames.contains(scalars[index]) ? 1 : nil
  }

  private func nameEnd(_ scalars: [Unicode.Scalar], _ start: Int, longest: Int) -> Int? {
    guard let family = family(scalars, start) else { return nil }
    var end = start + family
    while end < scalars.count, end - start - family < longest, scalars[end].properties.isIdeographic {
      end += 1
    }
    return end
  }

  private func english(_ text: String) -> [Substring] {
    var found: [Substring] = []
    let titled =
      /\b(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Sir|Madam)\.? ([A-Z][A-Za-z'’\-]{1,20}(?: [A-Z][A-Za-z'’\-]{1,20}){0,2})/
    found += text.matches(of: titled).map(\.output.1)
    let named =
      /(?:[Mm]y name is|[Mm]y name's|[Nn]ame:|[Cc]ontact:|[Hh]older:|[Rr]ecipient:) ?([A-Za-z][A-Za-z'’\-]{1,20}(?: [A-Z][A-Za-z'’\-]{1,20}){0,2})/
    found += text.matches(of: named).map(\.output.1)
    let introduced =
      /\b(?:I am|I'm|I’m|[Tt]his is|[Rr]egards,|[Ss]incerely,|[Tt]hanks,|[Cc]heers,)\s{1,3}([A-Z][a-z'’\-]{1,20}(?: [A-Z][a-z'’\-]{1,20}){0,2})\b/
    found += text.matches(of: introduced).map(\.output.1)
    return found
  }

  /// A last line that is nothing but a name.
  private func signature(_ scalars: [Unicode.Scalar]) -> [Range<Int>] {
    guard let line = scalars.lastIndex(of: "\n").map({ $0 + 1 }), line < scalars.count else { return [] }
    var start = line
    while start < scalars.count, " -—".unicodeScalars.contains(scalars[start]) { start += 1 }
    if let end = nameEnd(scalars, start, longest: 2), end == scalars.count, end > start + 1 {
      return [start..<end]
    }
    let words = scalars[start...].split(separator: " ")
    let isLatin =
      (1...3).contains(words.count)
      && words.allSatisfy { word in
        word.count <= 20 && word.count >= 2 && (0x41...0x5A).contains(word.first?.value ?? 0)
          && word.dropFirst().allSatisfy {
            $0.properties.isAlphabetic && $0.properties.isLowercase || "'’-".unicodeScalars.contains($0)
          }
      }
    return isLatin ? [start..<scalars.count] : []
  }
}
