import Domain

// What is told by a word before it or behind it. All patterns are tried on the folded text: 密碼 and ＰＩＮ are read as 密码 and pin.
extension OutgoingReader {
  func addLinks(_ collection: inout Collection) {
    guard collection.folded.scalars.contains(".") else { return }
    let pattern =
      /(?:(?:https?|ftp):\/\/|www\.)[^\s，。；、,;〈〉“”"'<>]{2,300}|[a-z0-9\-]{2,60}\.(?:com|cn|net|org|io|info|top|xyz)(?:\/[^\s，。；、,;〈〉“”"'<>]{0,200})?/
      .matchingSemantics(.unicodeScalar)
    for match in collection.foldedText.matches(of: pattern) {
      let range = collection.range(match.range)
      // The host of an e-mail address is not a link of its own.
      if range.lowerBound > 0, "@.".unicodeScalars.contains(collection.folded[range.lowerBound - 1]) {
        continue
      }
      collection.add(.link, range)
    }
  }

  func addSecrets(_ collection: inout Collection) {
    let secret =
      /(密码|口令|验证码|校验码|动态码|password|passcode|passwd|pwd|pin|cvv2?)((?:[ ]{0,2}(?:号码|数字|code|number|的))?(?:[ ]{0,2}(?:是|为|成|叫|改|设|了|:|=|is|was|“|”|"|'|「|『|【|\(|-)){0,6}[ ]{0,2})([0-9](?:[ \-]?[0-9]){2,15}[a-z0-9!@#$%^&*_.\-]{0,30}|[a-z0-9!@#$%^&*_.\-]{3,40}|[零〇一二三四五六七八九幺]{3,20})/
      .matchingSemantics(.unicodeScalar)
    for match in collection.foldedText.matches(of: secret)
    where isMeant(match.output.1, match.output.2, match.output.3, collection, alwaysInChinese: false) {
      collection.add(.secret, collection.range(match.output.3.startIndex..<match.output.3.endIndex))
    }
    let account =
      /(微信|wechat|vx|wx|qq|支付宝|抖音|账号|帐号|账户|用户名|account|user ?name|login)((?:[ ]{0,2}(?:号码|号|账号|code|number|id|的))?(?:[ ]{0,2}(?:是|为|叫|:|=|is|was|“|”|"|'|「|『|【|\()){0,6}[ ]{0,2})([a-z0-9_.\-]{4,40})/
      .matchingSemantics(.unicodeScalar)
    for match in collection.foldedText.matches(of: account)
    where isMeant(match.output.1, match.output.2, match.output.3, collection, alwaysInChinese: true) {
      collection.add(.account, collection.range(match.output.3.startIndex..<match.output.3.endIndex))
    }
    addBirthdays(&collection)
  }

  /// "Account balance" names no account, "shopping 2026" no PIN; 加微信abcdef means nothing else.
  private func isMeant(
    _ cue: Substring, _ link: Substring, _ value: Substring, _ collection: Collection, alwaysInChinese: Bool
  ) -> Bool {
    let range = collection.range(cue.startIndex..<value.endIndex)
    guard collection.folded.isBoundary(range.lowerBound) else { return false }
    if value.utf8.contains(where: { (0x30...0x39).contains($0) || $0 == 0x5F }) { return true }
    let hasLink = link.contains { !$0.isWhitespace }
    let isChinese = cue.unicodeScalars.first.map(FoldedText.isIdeograph) ?? false
    if isChinese, alwaysInChinese { return !["group", "music", "login", "wifi"].contains(String(value)) }
    return hasLink
  }

  // MARK: - Days of birth

  private func addBirthdays(_ collection: inout Collection) {
    let date =
      /[0-9]{1,2}[\-\/.][0-9]{1,2}[\-\/.][0-9]{4}|[0-9]{2,4} ?[\-\/.年] ?[0-9]{1,2}(?: ?[\-\/.月] ?[0-9]{1,2} ?[日号]?|月)?|[0-9]{8}|[0-9]{1,2}月[0-9]{1,2}[日号]?|[零〇一二三四五六七八九十]{2,4}年[一二三四五六七八九十正冬腊]{1,2}月(?:初?[一二三四五六七八九十廿]{1,3}[日号]?)?|(?:农历|阴历)?[一二三四五六七八九十正冬腊]{1,2}月初?[一二三四五六七八九十廿]{1,3}[日号]?|[0-9]{2,4}年|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.? ?[0-9]{1,2}(?:st|nd|rd|th)?(?:,? ?[0-9]{4})?|[0-9]{1,2}(?:st|nd|rd|th)? (?:of )?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?(?:,? ?[0-9]{4})?/
      .matchingSemantics(.unicodeScalar)
    for match in collection.foldedText.matches(of: date) {
      let range = collection.range(match.range)
      if isBirthBefore(collection.folded, range.lowerBound)
        || isBirthBehind(collection.folded, range.upperBound)
      {
        collection.add(.birthday, range)
      }
    }
  }

  private static let births = words([
    "生日", "出生日期", "出生年月", "出生年月日", "出生时间", "出生", "birthday", "birth", "born", "dob", "d.o.b", "d.o.b.",
    "birth date",
    "birthdate",
  ])
  private static let links = words([
    "是", "为", "于", "在", ":", "=", "\"", "'", "“", "(", ",", " ", "is", "was", "on", "in", "the", "号", "公历",
    "阳历",
  ])

  private static func words(_ list: [String]) -> [[Unicode.Scalar]] { list.map { Array($0.unicodeScalars) } }

  private func isBirthBefore(_ text: FoldedText, _ start: Int) -> Bool {
    var index = start
    for _ in 0..<8 {
      if Self.births.contains(where: { text.stands($0, at: index - $0.count) }) { return true }
      // 生于1985年.
      if index < start, text[index] == "于", text[index - 1] == "生" { return true }
      guard let link = Self.links.first(where: { text.stands($0, at: index - $0.count) }) else {
        return false
      }
      index -= link.count
    }
    return false
  }

  /// 1985年3月2日生, and not 10月1日生效.
  private func isBirthBehind(_ text: FoldedText, _ end: Int) -> Bool {
    let index = text.skippingSpaces(end)
    func has(_ word: String) -> Bool { text.stands(Array(word.unicodeScalars), at: index) }
    if ["出生", "生日", "生人", "是我的生日", "是我生日", "is my birthday", "was my birthday"].contains(where: has) {
      return true
    }
    guard text[index] == "生" else { return false }
    return !FoldedText.isIdeograph(text[index + 1])
      || ["的", "人", "今", "属", "男", "女"].contains(text[index + 1])
  }
}
