import Domain

/// A place where a text says that money goes back to the customer.
///
/// Read from the words of one clause: what gives back (退回, refunded), when (已, will), and what takes it back (不能, if). Where the
/// clause leaves it open nothing is claimed.
struct RefundClaim: Hashable, Sendable {
  /// Code points, half-open.
  var start: Int
  var end: Int
  /// It has been given back; else it is going to be.
  var isDone: Bool
  /// The sentence around it: amounts in it are those that are given back.
  var sentence: Range<Int>

  private enum Word: Sendable {
    /// Speaks of money by itself.
    case refund
    /// Gives anything back: money only where the sentence speaks of money.
    case back
    /// As `back`, in the past by itself.
    case gaveBack
    case done
    case future
    /// 将 also only marks what is given back: 已将 38 元退回.
    case weakFuture
    /// Asked for, not given: 已提交退款申请.
    case asked
    case negation
    /// If, whether, can; and what others have done.
    case open
    /// Only holds another word: 会员 holds 会, 已扣 is not 已退.
    case plain
  }

  private static let words = WordFinder<Word>(
    groups.flatMap { group in group.words.map { (word: $0, value: group.value) } })

  private static let groups: [(value: Word, words: [String])] = [
    (.refund, ["退款", "退费", "退了钱", "退钱", "refund", "refunds", "refunding", "money back"]),
    (
      .back,
      [
        "退回", "退还", "返还", "退给您", "退给你", "退至", "退到", "原路退", "pay back", "give back", "credit your",
        "credit the",
        "return to your", "return to the", "returns to your", "returns to the",
      ]
    ),
    (
      .gaveBack,
      [
        "退了", "refunded", "paid back", "paid you back", "gave back", "given back", "credited to",
        "credited back",
        "credited with", "credited your", "returned to your", "returned to the", "back on your",
        "back in your",
        "back on the",
      ]
    ),
    (
      .done,
      [
        "已", "已经", "已将", "已经将", "已把", "已经把", "刚刚", "has", "have", "had", "was", "were", "been", "we've",
        "i've",
        "already", "is now", "are now", "just now",
      ]
    ),
    (
      .future,
      [
        "会", "预计", "即将", "稍后", "随后", "准备", "will", "shall", "we'll", "i'll", "it'll", "going to", "to be",
        "being",
        "about to", "expect", "expected",
      ]
    ),
    (.weakFuture, ["将"]),
    (
      .asked, ["提交", "申请", "登记", "上报", "安排", "requested", "submitted", "applied for", "asked for", "filed"]
    ),
    (
      .negation,
      [
        "不", "没", "没有", "未", "尚未", "无法", "无需", "并非", "拒绝", "not", "cannot", "can't", "won't", "isn't",
        "hasn't",
        "haven't", "wasn't", "weren't", "don't", "didn't", "unable", "no", "never", "without",
      ]
    ),
    (
      .open,
      [
        "如", "如果", "若", "假如", "倘若", "是否", "能否", "可否", "可", "可以", "能", "要求", "希望", "需要", "等", "待", "一旦",
        "逾期",
        "条件", "才能", "方可", "怎么", "如何", "想", "您说", "您提到", "您表示", "商家", "商户", "对方", "if", "whether", "should",
        "can", "could", "may", "might", "would", "once", "when", "until", "unless", "in case", "request",
        "ask", "want",
        "for a", "you said", "you told", "the merchant", "the shop", "the seller",
      ]
    ),
    (
      .plain,
      [
        "会员", "社会", "机会", "会议", "已扣", "已经扣", "已收", "已经收", "已付", "已支付", "已缴", "已核实", "已经核实", "已查", "已确认",
        "已取消",
        "已退订", "已订", "已停", "已使用", "不仅", "不但", "不过", "不久", "不好意思", "不明", "未来", "可用", "可靠", "能量", "等级", "等待期",
        "退款通知", "退费条件", "退款条件", "退费记录", "退款记录", "退费政策", "退款政策", "退费规则", "refund policy", "refund rules",
        "refund notice",
        "no doubt", "no longer",
      ]
    ),
  ]

  /// Negations reach this far: 不能为您退回, has not yet been refunded.
  private static let chineseReach = 6
  private static let englishReach = 30
  private static let most = 20

  /// In the order of the text, one a clause at most.
  static func all(in text: FoldedText) -> [RefundClaim] {
    let matches = words.matches(in: text)
    var found: [RefundClaim] = []
    var index = 0
    while index < matches.count, found.count < most {
      let clause = end(of: text, from: matches[index].end, Clause.ends)
      var last = index
      while last < matches.count, matches[last].start < clause { last += 1 }
      if let claim = claim(matches[index..<last], of: matches, text) { found.append(claim) }
      index = max(last, index + 1)
    }
    return found
  }

  private static func claim(
    _ matches: ArraySlice<WordFinder<Word>.Match>, of all: [WordFinder<Word>.Match], _ text: FoldedText
  ) -> RefundClaim? {
    guard
      let place = matches.firstIndex(where: { [.refund, .back, .gaveBack].contains($0.value) })
    else { return nil }
    let word = matches[place]
    let before = matches[..<place]
    let isChinese = FoldedText.isIdeograph(text[word.start])
    let sentence = sentence(around: word.start, word.end, text)
    guard text[sentence.upperBound] != "?", !text.stands(["吗"], at: word.end) else { return nil }
    guard !before.contains(where: { $0.value == .open }) else { return nil }
    let reach = isChinese ? chineseReach : englishReach
    if let negation = before.last(where: { $0.value == .negation }), word.start - negation.end <= reach {
      // 不该收的已退回: what follows the negation takes nothing back.
      let isUndone = isChinese && before.contains { $0.value == .done && $0.start >= negation.end }
      guard isUndone else { return nil }
    }
    guard word.value == .refund || speaksOfMoney(text, sentence) else { return nil }
    // Behind the word: 退款已完成, a refund has been issued.
    let behind = matches[(place + 1)...].prefix(2)
    guard !behind.contains(where: { $0.value == .negation || $0.value == .open }) else { return nil }
    let tense = tense(
      Array(before), word.value, word.value == .refund ? Array(behind) : [], text, word.end)
    guard let tense else { return nil }
    // 如仍收取，请致电 10169，差额全部退还: a condition reaches over the whole sentence.
    let isConditional = all[..<place].reversed().prefix { $0.start >= sentence.lowerBound }.contains {
      $0.value == .open
    }
    guard tense == .done || !isConditional else { return nil }
    return RefundClaim(start: word.start, end: word.end, isDone: tense == .done, sentence: sentence)
  }

  private enum Tense { case done, announced }

  /// Nil where a noun stands alone: a word of refunds says nothing about one.
  private static func tense(
    _ before: [WordFinder<Word>.Match], _ word: Word, _ behind: [WordFinder<Word>.Match], _ text: FoldedText,
    _ end: Int
  ) -> Tense? {
    func marked(_ matches: [WordFinder<Word>.Match]) -> Tense? {
      if matches.contains(where: { $0.value == .asked }) { return .announced }
      if let strong = matches.last(where: { $0.value == .done || $0.value == .future }) {
        return strong.value == .done ? .done : .announced
      }
      return matches.contains { $0.value == .weakFuture } ? .announced : nil
    }
    if let tense = marked(before) { return tense }
    if let tense = marked(behind) { return tense }
    for ending in endings where text.stands(ending, at: end) { return .done }
    switch word {
    case .gaveBack: return .done
    case .back: return .announced
    default: return nil
    }
  }

  private static let endings = ["了", "成功", "完成", "完毕"].map { Array($0.unicodeScalars) }

  private static let money = WordFinder<Bool>(
    [
      "元", "块", "费", "款", "钱", "金额", "余额", "差额", "账户", "¥", "rmb", "cny", "yuan", "amount", "amounts", "fee",
      "fees",
      "charge*", "money", "balance", "account", "overpaid", "overcharge*",
    ].map { ($0, true) })

  private static func speaksOfMoney(_ text: FoldedText, _ sentence: Range<Int>) -> Bool {
    !money.matches(in: FoldedText(String(String.UnicodeScalarView(text.scalars[sentence])))).isEmpty
  }

  private static let longestSentence = 200

  private static func end(of text: FoldedText, from start: Int, _ ends: (Unicode.Scalar) -> Bool) -> Int {
    var index = start
    while index < text.count, index - start < longestSentence, !isEnd(text, index, ends) { index += 1 }
    return index
  }

  private static func sentence(around first: Int, _ last: Int, _ text: FoldedText) -> Range<Int> {
    var start = first
    while start > 0, first - start < longestSentence, !isEnd(text, start - 1, Clause.endsSentence) {
      start -= 1
    }
    return start..<end(of: text, from: last, Clause.endsSentence)
  }

  /// A full stop or a comma inside a number (1,024.50) ends nothing.
  private static func isEnd(_ text: FoldedText, _ index: Int, _ ends: (Unicode.Scalar) -> Bool) -> Bool {
    guard ends(text.scalars[index]) else { return false }
    let isInNumber = text.scalars[index] == "." || text.scalars[index] == ","
    return !(isInNumber && FoldedText.isDigit(text[index - 1]) && FoldedText.isDigit(text[index + 1]))
  }
}
