import Domain

/// What a text says, measured against the zone, the mood and the records.
extension DraftCheck {
  // MARK: - Facts

  mutating func readFacts() {
    for fact in draft.facts where !says(fact) {
      var values: [String: String] = [:]
      if let name = fact.name {
        values["zh-Hans"] = name.chinese
        values["en"] = name.english
      }
      add(.missingFact, fact.severity, "missing.\(fact.kind.rawValue)", nil, values)
    }
  }

  private func says(_ fact: Zone.Assistance.Fact) -> Bool {
    switch fact.kind {
    case .amount: !AmountReader.find(in: draft.text).isEmpty
    case .timing: !times.isEmpty
    case .contact: hasContact
    case .number: draft.ticket.number.map { stands($0) } ?? true
    case .apology: hasApology
    case .words: fact.words.contains { stands($0) }
    }
  }

  private func stands(_ word: String) -> Bool {
    guard let pattern = WordPattern(word) else { return false }
    return text.scalars.indices.contains { index in
      text.scalars[index] == pattern.first[0] && WordPattern.isBegin(text, index)
        && pattern.end(in: text, at: index) != nil
    }
  }

  /// Places to look, and ways to answer.
  private static let contactPlaces = WordFinder<Bool>(
    [
      "掌厅", "app", "公众号", "小程序", "官网", "网站", "营业厅", "联系我们", "回复本", "随时联系", "call us", "contact us",
      "reply to this",
      "website", "our shop", "in the app", "www.*",
    ].map { ($0, true) })

  /// Words behind which a number to call stands.
  private static let callWords = WordFinder<Bool>(
    ["致电", "拨打", "来电", "热线", "电话", "hotline", "call", "phone", "ring"].map { ($0, true) })

  /// How far behind such a word its number may begin.
  private static let callReach = 12

  /// A place to look, or a number of at least five digits behind the word that says to call it: 您之前来电反映 names none.
  private var hasContact: Bool {
    if !Self.contactPlaces.matches(in: text).isEmpty { return true }
    return Self.callWords.matches(in: text).contains { word in
      var digits = 0
      var index = word.end
      while index < text.count, digits > 0 || index - word.end <= Self.callReach {
        if ChineseNumber.spokenDigit(text[index]) != nil {
          digits += 1
          if digits == 5 { return true }
        } else if Clause.endsSentence(text[index]) {
          return false
        } else if text[index] != "-" && text[index] != " " {
          if digits > 0 { return false }
        }
        index += 1
      }
      return false
    }
  }

  private static let apologies = WordFinder<Bool>(
    [
      "抱歉", "致歉", "歉意", "对不起", "不好意思", "给您添麻烦", "给您带来不便", "带来的不便", "理解您的心情", "理解您", "非常理解", "感谢您的耐心", "请您谅解",
      "请您理解", "sorry", "apolog*", "regret", "understand how", "understand your", "i understand",
      "we understand",
      "inconvenience", "you are right", "thank you for your patience",
    ].map { ($0, true) })

  var hasApology: Bool { !Self.apologies.matches(in: text).isEmpty }

  // MARK: - Promises

  private static let vagueTimes = WordFinder<Bool>(
    [
      "尽快", "尽早", "稍后", "晚些时候", "近期", "过几天", "过段时间", "改天", "早日", "as soon as possible", "asap", "shortly",
      "soon",
      "in due course", "some time", "sometime", "one of these days", "later",
    ].map { ($0, true) })

  mutating func readPromises() {
    guard draft.isPublic else { return }
    let promises = PromiseReader.find(in: text, times: times, words: draft.words)
    for promise in promises where !promise.hasTime {
      let place = promise.start..<promise.end
      add(.promiseWithoutDate, .warning, "promise", place, ["word": quoted(place)])
    }
    let vague = Self.vagueTimes.matches(in: text)
    guard !vague.isEmpty else { return }
    for match in vague.prefix(50) {
      // A time in the same sentence makes it exact: 尽快处理，最迟明天.
      let isExact = times.contains { time in
        let (first, last) = (min(time.start, match.start), max(time.end, match.end))
        return last - first < 80 && !text.scalars[first..<last].contains(where: Clause.endsSentence)
      }
      if !isExact {
        let place = match.start..<match.end
        add(.promiseWithoutDate, .warning, "vague", place, ["word": quoted(place)])
      }
    }
  }

  // MARK: - Tone

  private static let jokes = WordFinder<Bool>(
    ["哈哈", "嘻嘻", "嘿嘿", "呵呵", "么么", "lol", "haha", "hehe", "😂", "🤣", "😄", "😜", "😉", ":)", ";)"].map {
      ($0, true)
    })

  mutating func readTone() {
    guard draft.isPublic, let mood = draft.mood, mood.level >= .uneasy else { return }
    if mood.level >= .angry, !hasApology {
      add(.tone, .warning, "tone.apology", nil, ["mood": mood.level.marks])
    }
    let severity: FindingSeverity = mood.level >= .angry ? .warning : .note
    if let place = text.scalars.indices.first(where: { text.scalars[$0] == "!" && !isGreeting(endingAt: $0) })
    {
      add(.tone, severity, "tone.exclamation", place..<place + 1, ["mood": mood.level.marks])
    }
    for match in Self.jokes.matches(in: text) {
      let place = match.start..<match.end
      add(.tone, .warning, "tone.joke", place, ["word": quoted(place), "mood": mood.level.marks])
    }
  }

  /// Whether the words before this place only greet: everybody writes 您好！ and Hello!
  private func isGreeting(endingAt place: Int) -> Bool {
    let before = String(String.UnicodeScalarView(text.scalars[max(0, place - 5)..<place])).lowercased()
    return ["您好", "你好", "hello", "hi"].contains { before.hasSuffix($0) }
  }

  // MARK: - Amounts

  mutating func readAmounts() {
    let found = AmountReader.find(in: draft.text)
    guard let first = found.first else { return }
    let fields = (draft.zone?.fields ?? []).filter { $0.kind == .money }.compactMap { field in
      draft.fields[field.id].flatMap { Money($0) }.map { (field: field, amount: $0) }
    }
    // The outcome speaks of money: then the text and the form say the same.
    let isAboutMoney = draft.facts.contains { $0.kind == .amount }
    // Before the end other amounts are spoken of as well: what the plan costs, what was paid.
    if draft.isClosing, let expected = fields.first,
      !fields.contains(where: { field in found.contains { $0.amount == field.amount } })
    {
      add(
        .amount, isAboutMoney ? .fatal : .warning, "amount.form", first.start..<first.end,
        [
          "amount": first.amount.description, "expected": expected.amount.description,
          "zh-Hans": expected.field.name.chinese, "en": expected.field.name.english,
        ])
    }
    guard let customer = draft.customer, !customer.bills.isEmpty else { return }
    var known = Set(fields.map(\.amount) + draft.amounts)
    known.formUnion(customer.bills.flatMap { bill in bill.lines.map(\.amount) + [bill.total] })
    known.formUnion(customer.products.map(\.monthlyFee) + customer.orders.map(\.amount))
    for amount in found.prefix(50) where !known.contains(amount.amount) {
      // Already said above.
      if findings.contains(where: {
        ($0.kind == .amount || $0.kind == .refund) && $0.place?.lowerBound == amount.start
      }) {
        continue
      }
      let place = amount.start..<amount.end
      add(.amount, .warning, "amount.unknown", place, ["amount": amount.amount.description])
    }
  }

  // MARK: - Names

  private static let titles = ["先生", "女士", "小姐", "老师", "太太"].map { Array($0.unicodeScalars) }
  private static let greetings = ["尊敬的", "亲爱的"].map { Array($0.unicodeScalars) }
  private static let longestName = 4

  /// Who is addressed: 尊敬的李女士, 李女士您好, Dear Ms Li. Without the customer's name there is nothing to compare.
  mutating func readNames() {
    guard draft.isPublic, let name = draft.clearName ?? draft.customer?.customer.name, !name.trimmed.isEmpty
    else { return }
    let known = FoldedText(name.trimmed)
    readChineseName(known)
    readEnglishName(known)
  }

  private mutating func readChineseName(_ known: FoldedText) {
    guard let surname = known.scalars.first, FoldedText.isIdeograph(surname) else { return }
    for title in Self.titles {
      var index = 0
      while index + title.count <= min(text.count, 80) {
        guard text.stands(title, at: index) else {
          index += 1
          continue
        }
        var start = index
        while start > 0, index - start < Self.longestName, FoldedText.isIdeograph(text.scalars[start - 1]) {
          start -= 1
        }
        if let behind = Self.greetings.compactMap({ greetingEnd($0, start..<index) }).first {
          start = behind
        } else if start > 0, FoldedText.isIdeograph(text.scalars[start - 1]) || index - start > 3 {
          // In the middle of a sentence it may be anybody.
          index += title.count
          continue
        }
        if start < index, text.scalars[start] != surname, text.scalars[start] != "客",
          text.scalars[start] != "各"
        {
          let place = start..<index + title.count
          add(.otherName, .fatal, "otherName", place, ["name": Masking.name(quoted(start..<index))])
        }
        index += title.count
      }
    }
  }

  /// Where the name behind a greeting begins.
  private func greetingEnd(_ greeting: [Unicode.Scalar], _ range: Range<Int>) -> Int? {
    let first = max(0, range.lowerBound - greeting.count)
    return (first...range.upperBound).first {
      text.stands(greeting, at: $0) && $0 + greeting.count <= range.upperBound
    }
    .map { $0 + greeting.count }
  }

  private static let dear = Array("dear ".unicodeScalars)
  private static let notNames: Set<String> = [
    "customer", "sir", "madam", "mr", "ms", "mrs", "miss", "dr", "valued", "client", "friend", "user", "all",
    "colleague",
  ]

  private mutating func readEnglishName(_ known: FoldedText) {
    guard
      let start = (0..<min(text.count, 40)).first(where: {
        text.stands(Self.dear, at: $0) && text.isBoundary($0)
      })
    else { return }
    var words: [(word: String, start: Int, end: Int)] = []
    var index = start + Self.dear.count
    while index < text.count, words.count < 5, !Clause.ends(text.scalars[index]) || text.scalars[index] == "."
    {
      let begin = index
      while index < text.count, FoldedText.isLetter(text.scalars[index]) { index += 1 }
      if index > begin {
        words.append((String(String.UnicodeScalarView(text.scalars[begin..<index])), begin, index))
      } else {
        index += 1
      }
    }
    let names = words.filter { !Self.notNames.contains($0.word) }
    guard let first = names.first, let last = names.last, names.count < 4 else { return }
    let parts = Set(
      String(String.UnicodeScalarView(known.scalars)).split { !$0.isLetter }.map(String.init))
    let isChinese = known.scalars.first.map(FoldedText.isIdeograph) ?? false
    let isKnown = names.contains { name in
      if isChinese { return Pinyin.match(Array(name.word.utf8), in: known.scalars.map(\.value)) != nil }
      // A masked name keeps its first letters: J*** S***.
      return parts.contains(name.word) || parts.contains { $0.count == 1 && name.word.hasPrefix($0) }
    }
    if !isKnown {
      let place = first.start..<last.end
      // How a Chinese name is written in letters is not certain.
      add(
        .otherName, isChinese ? .warning : .fatal, "otherName", place, ["name": Masking.name(quoted(place))])
    }
  }
}
