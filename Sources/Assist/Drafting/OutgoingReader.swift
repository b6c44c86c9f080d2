import Domain

/// Finds in a text everything that must not leave the desk: more than what is masked on screens, and rather too much than too
/// little, because what is replaced by mistake comes back unharmed.
struct OutgoingReader {
  private let known: [KnownValue]
  private let addresses = AddressPattern()

  init(known: [KnownValue]) {
    // The longest first: a full name before a part of it.
    self.known = known.filter { $0.value.unicodeScalars.count >= 2 }
      .sorted { $0.value.unicodeScalars.count > $1.value.unicodeScalars.count }
  }

  /// In the order of the text, never overlapping. The text is one that `OutgoingText.cleaned` returned.
  func finds(in text: String) -> [OutgoingFind] {
    var collection = Collection(text)
    addLinks(&collection)
    addKnown(&collection)
    for data in PersonalData.find(in: text) {
      collection.add(Self.kind(data.kind), data.start..<data.end, value: data.value, shown: data.masked)
    }
    addLoose(&collection)
    addSecrets(&collection)
    for range in addresses.ranges(in: text) { collection.add(.address, range) }
    addCodes(&collection)
    addNumbers(&collection)
    for range in NameReader.suspected(in: text) { collection.add(.name, range) }
    return collection.finds.sorted { $0.start < $1.start }
  }

  /// What was found so far in one text.
  private struct Collection {
    let text: String
    let scalars: [Unicode.Scalar]
    private(set) var finds: [OutgoingFind] = []

    init(_ text: String) {
      self.text = text
      scalars = Array(text.unicodeScalars)
    }

    func isFree(_ range: Range<Int>) -> Bool {
      !finds.contains { $0.start < range.upperBound && range.lowerBound < $0.end }
    }

    mutating func add(
      _ kind: OutgoingFind.Kind, _ range: Range<Int>, value: String? = nil, shown: String? = nil
    ) {
      guard !range.isEmpty, isFree(range) else { return }
      let words = String(String.UnicodeScalarView(scalars[range]))
      finds.append(
        OutgoingFind(
          kind: kind, start: range.lowerBound, end: range.upperBound,
          value: value ?? String(words.lowercased().filter { !$0.isWhitespace }),
          shown: shown ?? (kind == .secret ? "******" : Masking.text(words))))
    }

    /// Code points of a part of the text.
    func range(_ range: Range<String.Index>) -> Range<Int> {
      let start = text.unicodeScalars.distance(from: text.startIndex, to: range.lowerBound)
      return start..<start + text.unicodeScalars.distance(from: range.lowerBound, to: range.upperBound)
    }
  }

  private static func kind(_ kind: PersonalData.Kind) -> OutgoingFind.Kind {
    switch kind {
    case .mobile: .phone
    case .idCard: .idCard
    case .bankCard: .bankCard
    case .email: .email
    case .plate: .plate
    }
  }

  // MARK: - What is known

  private func addKnown(_ collection: inout Collection) {
    let text = collection.scalars.map(Self.folded)
    for item in known {
      let wanted = item.value.unicodeScalars.map(Self.folded)
      var start = 0
      while start + wanted.count <= text.count {
        guard text[start] == wanted[0], text[start..<start + wanted.count].elementsEqual(wanted),
          Self.standsAlone(text, start..<start + wanted.count)
        else {
          start += 1
          continue
        }
        collection.add(
          item.found, start..<start + wanted.count, value: canonical(item), shown: item.shown)
        start += wanted.count
      }
    }
  }

  private func canonical(_ item: KnownValue) -> String {
    if case .identity(let kind) = item.kind { return Identity.normalize(item.value, kind: kind) }
    return String(item.value.lowercased().filter { !$0.isWhitespace })
  }

  /// Letters in one case; what is compared is never shown.
  private static func folded(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    (0x41...0x5A).contains(scalar.value) ? Unicode.Scalar(scalar.value + 32)! : scalar
  }

  /// A Latin name inside a longer word is none; Chinese has no such border.
  private static func standsAlone(_ text: [Unicode.Scalar], _ range: Range<Int>) -> Bool {
    func isWord(_ scalar: Unicode.Scalar) -> Bool { scalar.isASCII && scalar.properties.isAlphabetic }
    let before = range.lowerBound > 0 && isWord(text[range.lowerBound - 1]) && isWord(text[range.lowerBound])
    let after =
      range.upperBound < text.count && isWord(text[range.upperBound]) && isWord(text[range.upperBound - 1])
    return !before && !after
  }

  // MARK: - Numbers

  /// Numbers of people in pieces with anything but letters between them: `138，1234，2071`.
  private func addLoose(_ collection: inout Collection) {
    let scalars = collection.scalars
    var pieces: [(digits: String, range: Range<Int>)] = []
    func finish() {
      for first in pieces.indices {
        var digits = ""
        for last in first..<min(pieces.count, first + 20) {
          digits += pieces[last].digits
          if digits.utf8.count > 19 { break }
          let range = pieces[first].range.lowerBound..<pieces[last].range.upperBound
          if Masking.isMobile(digits) {
            collection.add(.phone, range, value: digits, shown: Masking.phone(digits))
          } else if Masking.isIDCard(digits) {
            collection.add(.idCard, range, value: digits, shown: Masking.identity(digits, kind: .idCard))
          } else if Masking.isBankCard(digits) {
            collection.add(.bankCard, range, value: digits, shown: Masking.identity(digits, kind: .bankCard))
          }
        }
      }
      pieces = []
    }
    var index = 0
    var gap = 0
    while index < scalars.count {
      guard Self.digit(scalars[index]) != nil else {
        gap += 1
        if gap > 3 || scalars[index].properties.isAlphabetic { finish() }
        index += 1
        continue
      }
      let start = index
      var digits = ""
      while index < scalars.count, let digit = Self.digit(scalars[index]) {
        digits.append(digit)
        index += 1
      }
      pieces.append((digits, start..<index))
      gap = 0
    }
    finish()
  }

  /// Six digits in a row or seven in pieces are the number of something; amounts and dates are not.
  private func addNumbers(_ collection: inout Collection) {
    let pattern =
      /[0-9〇零一二三四五六七八九幺壹贰叁肆伍陆柒捌玖]+(?:[ \-–—_·\/][0-9〇零一二三四五六七八九幺壹贰叁肆伍陆柒捌玖]+){0,12}/
      .matchingSemantics(.unicodeScalar)
    let amounts = AmountReader.find(in: collection.text)
    for match in collection.text.matches(of: pattern) {
      // A day before or behind a number is none.
      let words = match.output.split(separator: " ").filter { !Self.isDate($0) }.joined(separator: " ")
      let digits = words.unicodeScalars.count { Self.digit($0) != nil }
      let range = collection.range(match.range)
      guard digits >= 7 || digits >= 6 && digits == words.unicodeScalars.count,
        !amounts.contains(where: { $0.start < range.upperBound && range.lowerBound < $0.end })
      else { continue }
      collection.add(.number, range)
    }
  }

  private static func isDate(_ words: Substring) -> Bool {
    let parts = words.split { "-/".contains($0) }
    guard (2...3).contains(parts.count), let year = Int(parts[0]), (1900...2100).contains(year),
      let month = Int(parts[1]), (1...12).contains(month), parts[1].count <= 2
    else { return false }
    guard parts.count == 3 else { return true }
    return Int(parts[2]).map { (1...31).contains($0) } == true && parts[2].count <= 2
  }

  /// Letters and digits together: orders, contracts, devices, passports.
  private func addCodes(_ collection: inout Collection) {
    let pattern = /[A-Za-z0-9][A-Za-z0-9\-_]{4,60}/.matchingSemantics(.unicodeScalar)
    for match in collection.text.matches(of: pattern) {
      let digits = match.output.utf8.count { (0x30...0x39).contains($0) }
      let letters = match.output.utf8.count { (0x41...0x7A).contains($0) && $0 != 0x5F }
      guard digits >= 4, letters >= 1 else { continue }
      collection.add(.code, collection.range(match.range))
    }
  }

  static func digit(_ scalar: Unicode.Scalar) -> Character? {
    if (0x30...0x39).contains(scalar.value) { return Character(scalar) }
    guard scalar.value >= 0x3000 else { return nil }
    switch scalar {
    case "〇", "零": return "0"
    case "一", "幺", "壹": return "1"
    case "二", "贰": return "2"
    case "三", "叁": return "3"
    case "四", "肆": return "4"
    case "五", "伍": return "5"
    case "六", "陆": return "6"
    case "七", "柒": return "7"
    case "八", "捌": return "8"
    case "九", "玖": return "9"
    default: return nil
    }
  }

  // MARK: - What is named by a word before it

  private func addLinks(_ collection: inout Collection) {
    guard collection.text.utf8.contains(0x2E) else { return }
    let pattern =
      /(?:(?:https?|ftp):\/\/|www\.)[^\s，。；、〈〉“”"'<>]{2,300}|[A-Za-z0-9\-]{2,60}\.(?:com|cn|net|org|io|info|top|xyz)(?:\/[^\s，。；、〈〉“”"'<>]{0,200})?/
      .ignoresCase().matchingSemantics(.unicodeScalar)
    for match in collection.text.matches(of: pattern) {
      let range = collection.range(match.range)
      // The host of an e-mail address is not a link of its own.
      if range.lowerBound > 0, "@＠.".unicodeScalars.contains(collection.scalars[range.lowerBound - 1]) {
        continue
      }
      collection.add(.link, range)
    }
  }

  private func addSecrets(_ collection: inout Collection) {
    let secret =
      /(?:密码|口令|验证码|校验码|password|passcode|pin|cvv2?)[ ]{0,2}(是|为|:|：|=|is)?[ ]{0,2}([A-Za-z0-9!@#$%^&*_.\-]{3,40})/
      .ignoresCase().matchingSemantics(.unicodeScalar)
    for match in collection.text.matches(of: secret) where Self.isMeant(match.output.1, match.output.2) {
      collection.add(
        .secret, collection.range(match.output.2.startIndex..<match.output.2.endIndex))
    }
    let account =
      /(?:微信|wechat|vx|wx|qq|支付宝|抖音|账号|帐号|账户|用户名|account|user ?name|login)(?:号码|号|id|账号)?[ ]{0,2}(是|为|:|：|=|is)?[ ]{0,2}([A-Za-z0-9_.\-]{4,40})/
      .ignoresCase().matchingSemantics(.unicodeScalar)
    for match in collection.text.matches(of: account) where Self.isMeant(match.output.1, match.output.2) {
      collection.add(
        .account, collection.range(match.output.2.startIndex..<match.output.2.endIndex))
    }
    let birthday =
      /(?:生日|出生日期|出生年月|出生|birthday|date of birth|born(?: on)?)[是为:： ]{0,3}([0-9]{2,4}[\-\/.年][0-9]{1,2}(?:[\-\/.月][0-9]{1,2}日?)?)/
      .ignoresCase().matchingSemantics(.unicodeScalar)
    for match in collection.text.matches(of: birthday) {
      collection.add(
        .birthday, collection.range(match.output.1.startIndex..<match.output.1.endIndex))
    }
  }

  /// "Account balance" names no account.
  private static func isMeant(_ link: Substring?, _ value: Substring) -> Bool {
    link != nil || value.utf8.contains { (0x30...0x39).contains($0) || $0 == 0x5F }
  }
}
