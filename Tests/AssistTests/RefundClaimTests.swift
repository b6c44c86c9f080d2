import Assist
import Domain
import Testing

/// What a text says of money that goes back, against the refunds that are saved.
@Suite struct RefundClaimTests {
  private static let zone: Zone = {
    var zone = ReadingSupport.set.zones.first { $0.id == "billing-dispute" }!
    zone.assistance.facts = []
    return zone
  }()

  private static func refund(
    _ cents: Int64, _ state: Refund.State, of ticket: TicketID = ReadingSupport.ticket().id
  )
    -> Refund
  {
    Refund(
      id: RefundID("r\(cents)\(state)"), line: 0, amount: Money(cents: cents), ticket: ticket, reason: "重复扣费",
      state: state, requestedBy: "linxiao", requestedAt: ReadingSupport.now)
  }

  private static func keys(
    _ text: String, _ refunds: [Refund] = [], isClosing: Bool = true,
    change: (inout ReplyDraft) -> Void = { _ in }
  ) -> [String] {
    let customer = ReadingSupport.customer {
      var bill = Bill(
        id: "b", number: "B1", customer: "c", period: "2026-10",
        lines: [.init(title: "漫游包", amount: Money(cents: 3800), chargedOn: CivilDate("2026-10-03")!)])
      bill.refunds = refunds
      $0.bills = [bill]
    }
    let isEnglish = text.unicodeScalars.allSatisfy(\.isASCII)
    var draft = ReplyDraft(
      text: text, language: isEnglish ? .english : .chinese, isClosing: isClosing,
      ticket: ReadingSupport.ticket(), zone: zone, customer: customer, knowsRefunds: true,
      words: ReadingWords(ReadingSupport.set.words, zone: zone), clock: .china, now: ReadingSupport.now)
    change(&draft)
    return QualityCheck.findings(of: draft).filter { $0.kind == .refund }.map {
      String($0.reason.key.dropFirst("quality.refund.".count))
    }
  }

  @Test(arguments: [
    "多收的 38.00 元已退回您的话费账户。", "多扣的费用已经退还给您了。", "已为您办理退费，请您查收。", "已将38元退至您的账户。",
    "该笔款项已原路退回，请注意查看。", "38元退款已完成。", "我们把38元退了，请查收。", "视频会员费用已退回话费账户。", "不该收的费用已退回账户。",
    "涉及费用已全额退回市民话费账户，并取消相关业务。", "費用已經退還到您的帳戶。",
    "RMB 38.00 has been refunded to your account.", "We refunded RMB 38.00 today.",
    "The extra RMB 38.00 has been returned to your account balance.", "RMB 38.00 is back on your account.",
    "We have credited your account with RMB 38.00.", "Your refund has been issued today.",
    "The fees were paid back yesterday.",
  ])
  func `that money was given back needs a refund that was granted`(_ text: String) {
    #expect(Self.keys(text) == ["missing"])
    #expect(Self.keys(text, isClosing: false) == ["missing"])
    #expect(Self.keys(text, [Self.refund(3800, .requested)]) == ["waiting"])
    #expect(Self.keys(text, [Self.refund(3800, .granted)]).isEmpty)
    #expect(Self.keys(text, [Self.refund(3800, .declined)]) == ["missing"])
    #expect(Self.keys(text, [Self.refund(3800, .withdrawn)]) == ["missing"])
    #expect(Self.keys(text, [Self.refund(3800, .granted, of: "another")]) == ["missing"])
  }

  @Test(arguments: [
    "多收的 38.00 元将在 3 天内退回您的话费账户。", "预计三个工作日内会退还到您的账户，共 38 元。", "38元我们会退给您。", "已提交退款申请，请您等候。",
    "全额退回话费账户，24 小时内到账。", "RMB 38.00 will be refunded within 3 days.",
    "We are going to refund RMB 38.00.", "RMB 38.00 returns to your balance within 24 hours.",
    "RMB 38.00 will be back on your account tomorrow.", "We have requested a refund of RMB 38.00.",
  ])
  func `that money will be given back may wait for a lead, and in a reply for me`(_ text: String) {
    #expect(Self.keys(text) == ["announced"])
    #expect(Self.keys(text, isClosing: false).isEmpty)
    #expect(Self.keys(text, [Self.refund(3800, .requested)]).isEmpty)
    #expect(Self.keys(text, [Self.refund(3800, .granted)]).isEmpty)
  }

  @Test(arguments: [
    "很抱歉，这笔 38 元费用不能退回。", "您的费用暂未退还，我们正在核实。", "此前的费用因已提供服务不予退还。", "因此不符合退费条件，请您谅解。",
    "如果费用没有退回，请致电 10169。", "次月账单如仍收取，请致电 10169，差额全部退还。", "可以申请退款吗？", "请问38元是否已退回您的账户？",
    "您说商家已退款，请提供截图。", "已退订视频会员，下月起不再收费。", "申请已被原运营商退回，原因是证件过期。", "不属我司办理范围，现予退回。",
    "38 元是套餐月费，从十月起按月收取。",
    "We cannot refund it, because you used it.", "The fee has not been refunded yet.",
    "If RMB 38.00 has been refunded, tell us.", "What you prepaid can be refunded at any time.",
    "Call 10169 with your ticket for a full refund.", "The discount ended and the standard fee returned.",
    "Should it return, switch the modem off.", "Has the money been refunded?",
    "Earlier fees cannot be refunded.",
    "You said the merchant has refunded the fee.",
  ])
  func `what was not given back, or only might be, claims nothing`(_ text: String) {
    #expect(Self.keys(text).isEmpty)
  }

  @Test func `another amount than the refund's is found, and the sum of several is none`() {
    let text = "多收的 83.00 元已退回您的话费账户。"
    #expect(Self.keys(text, [Self.refund(3800, .granted)]) == ["amount"])
    #expect(Self.keys(text, [Self.refund(3800, .granted), Self.refund(4500, .granted)]).isEmpty)
    #expect(Self.keys("RMB 83.00 has been refunded.", [Self.refund(3800, .granted)]) == ["amount"])
    // What was charged may stand beside what goes back.
    #expect(Self.keys("账单 129.00 元里的 38.00 元已退回账户。", [Self.refund(3800, .granted)]).isEmpty)
    #expect(Self.keys("83.00 元会退给您。", [Self.refund(3800, .requested)], isClosing: false) == ["amount"])
  }

  @Test func `where refunds are not saved here, or the bills are unknown, nothing is said`() {
    let text = "多收的 38.00 元已退回您的话费账户。"
    #expect(Self.keys(text) { $0.knowsRefunds = false }.isEmpty)
    #expect(Self.keys(text) { $0.customer = nil }.isEmpty)
    #expect(Self.keys(text) { $0.isPublic = false }.isEmpty)
  }

  @Test(arguments: [
    "已退", "已退回38元。", "退款", "如果退款，", "不能退回费用", "refunded ", "refund, ", "will be refunded RMB 38. ",
  ])
  func `a text of nothing else is read without harm`(_ unit: String) {
    for count in [1, 3, 2000] {
      let text = String(repeating: unit, count: count)
      let draft = ReplyDraft(
        text: text, language: .chinese, ticket: ReadingSupport.ticket(), zone: Self.zone,
        customer: ReadingSupport.customer { _ in }, knowsRefunds: true,
        words: ReadingWords(ReadingSupport.set.words), clock: .china, now: ReadingSupport.now)
      for finding in QualityCheck.findings(of: draft) {
        #expect((finding.place?.upperBound ?? 0) <= text.unicodeScalars.count)
      }
    }
  }

  @Test func `the score counts it where the text speaks of a refund`() {
    let names: (String) -> LocalizedText = { LocalizedText(chinese: $0, english: $0) }
    func sheet(_ text: String) -> ScoreSheet {
      QualityScore.sheet(
        of: ReplyDraft(
          text: text, language: .chinese, ticket: ReadingSupport.ticket(), zone: Self.zone,
          customer: ReadingSupport.customer { _ in }, knowsRefunds: true,
          words: ReadingWords(ReadingSupport.set.words), clock: .china, now: ReadingSupport.now), names: names
      )
    }
    #expect(sheet("多收的费用今天已经退回您的话费账户。").items.first { $0.id == "refund" }?.isMet == false)
    #expect(!sheet("您的套餐今天已经变更，请您查收短信。").items.contains { $0.id == "refund" })
  }
}
