import Assist
import Domain
import Testing

/// What is wrong in a text before it goes.
@Suite struct QualityTests {
  private static func zone(_ change: (inout Zone.Assistance) -> Void = { _ in }) -> Zone {
    var zone = ReadingSupport.set.zones.first { $0.id == "billing-dispute" }!
    zone.assistance.facts = []
    change(&zone.assistance)
    return zone
  }

  private static func draft(
    _ text: String, _ language: Language = .chinese, zone: Zone = zone(),
    change: (inout ReplyDraft) -> Void = { _ in }
  ) -> ReplyDraft {
    var draft = ReplyDraft(
      text: text, language: language, ticket: ReadingSupport.ticket(), zone: zone,
      words: ReadingWords(ReadingSupport.set.words, zone: zone), clock: .china, now: ReadingSupport.now)
    change(&draft)
    return draft
  }

  private static func keys(_ draft: ReplyDraft) -> [String] {
    QualityCheck.findings(of: draft).map(\.reason.key)
  }

  private static let angry = MoodReading(level: .angry, score: 2)

  @Test(arguments: [
    "尊敬的客户：多收的 38.00 元已退回您的话费账户，24 小时内可查，抱歉给您带来不便。致电 10169。",
    "尊敬的王女士：您的套餐已于今天变更，号码 138****2071，如有疑问请致电 10169。",
  ])
  func `a good text has no finding`(_ text: String) {
    #expect(Self.keys(Self.draft(text) { $0.clearName = "王慧芳" }).isEmpty)
    #expect(
      Self.keys(
        Self.draft(
          "Dear Ms Wang, RMB 38.00 will be back on your account within 24 hours. We are sorry. Call 10169.",
          .english)
      ).isEmpty)
  }

  @Test(arguments: [
    ("", QualityFinding.Kind.length, FindingSeverity.fatal, "empty"), (" \n ", .length, .fatal, "empty"),
    ("好", .length, .warning, "short"),
    ("尊敬的客户：您的 【金额】 元今天退回话费账户，请留意查收。", .slot, .fatal, "slot"),
    ("Dear customer, RMB {{fields.amount}} has been returned to your account today.", .slot, .fatal, "slot"),
    ("您的号码 13812342071 今天已恢复使用，请您放心使用。", .personalData, .fatal, "personal.mobile"),
    ("您的证件 11010519491231002X 已核对，今天已为您办理完成。", .personalData, .fatal, "personal.id_card"),
    ("您的号码 一三八 1234 2071 今天已恢复使用，请您放心。", .personalData, .fatal, "personal.mobile"),
    ("这是规定，我们今天也只能这样给您答复，请您谅解一下。", .forbiddenWord, .warning, "forbiddenInstead"),
    ("你爱投诉不投诉，这件事情今天就这样处理了，不再回复。", .forbiddenWord, .fatal, "forbidden"),
    ("我们保证给您解决这个问题，请您耐心等待我们的消息。", .promiseWithoutDate, .warning, "promise"),
    ("我们会尽快处理您反映的这个问题，请您耐心等待消息。", .promiseWithoutDate, .warning, "vague"),
    (
      "Your money was returned to the account today, thank you for calling us.", .language, .warning,
      "language.zh-Hans"
    ),
    ("多收的费用今天已退回您的账户。多收的费用今天已退回您的账户。", .repetition, .warning, "repeated"),
    ("尊敬的李先生：您反映的费用今天已经退回您的账户。", .otherName, .fatal, "otherName"),
  ])
  func `each kind is found with its severity`(
    _ text: String, _ kind: QualityFinding.Kind, _ severity: FindingSeverity, _ key: String
  ) throws {
    let findings = QualityCheck.findings(of: Self.draft(text) { $0.clearName = "王慧芳" })
    let finding = try #require(findings.first { $0.kind == kind }, "\(findings)")
    #expect(finding.severity == severity)
    #expect(finding.reason.key == "quality.\(key)")
    if let place = finding.place {
      #expect(place.upperBound <= text.unicodeScalars.count && !place.isEmpty)
    }
  }

  @Test func `English is read as Chinese is`() {
    let keys = Self.keys(
      Self.draft(
        "Dear Mr Smith, that's our policy! We will look at it as soon as possible. LOL. My number is 138-1234-2071",
        .english
      ) {
        $0.clearName = "Jane Miller"
        $0.mood = Self.angry
      })
    #expect(
      Set(keys) == [
        "quality.personal.mobile", "quality.otherName", "quality.forbiddenInstead", "quality.vague",
        "quality.forbidden",
        "quality.tone.apology", "quality.tone.exclamation", "quality.tone.joke",
      ], "\(keys)")
    #expect(Self.keys(Self.draft("您的费用今天已经退回您的账户，请您查收。", .english)).contains("quality.language.en"))
  }

  @Test func `facts that the zone requires are asked for with the outcome`() {
    let zone = Self.zone {
      $0.facts = [
        .init(kind: .amount, dispositions: ["refunded"], severity: .fatal), .init(kind: .timing),
        .init(kind: .contact),
        .init(kind: .number, severity: .note), .init(kind: .apology),
        .init(
          kind: .words, words: ["满意度", "survey"], name: LocalizedText(chinese: "评价邀请", english: "the survey")),
      ]
    }
    let bare = "您反映的问题我们已经核实清楚，费用退回账户。"
    let refunded = Self.draft(bare, zone: zone) { $0.disposition = "refunded" }
    #expect(
      Self.keys(refunded)
        == ["amount", "apology", "contact", "timing", "words", "number"].map { "quality.missing.\($0)" }
        || Set(Self.keys(refunded))
          == Set(
            ["amount", "apology", "contact", "timing", "words", "number"].map { "quality.missing.\($0)" })
    )
    #expect(QualityCheck.findings(of: refunded).first?.severity == .fatal)
    #expect(
      !Self.keys(Self.draft(bare, zone: zone) { $0.disposition = "explained" }).contains(
        "quality.missing.amount"))
    #expect(Self.keys(Self.draft(bare, zone: zone) { $0.isClosing = false }).isEmpty)
    let whole = "抱歉给您添麻烦，38 元 24 小时内退回，致电 10169 报工单号 2611-0417，请参加满意度评价。"
    #expect(Self.keys(Self.draft(whole, zone: zone) { $0.disposition = "refunded" }).isEmpty)
  }

  @Test(arguments: [
    ("您之前来电反映的费用已核实。", false), ("我们会致电您说明。", false), ("如有疑问请致电 10169。", true), ("热线：12315", true),
    ("请拨打一零一六九咨询", true), ("请拨打 400-810-0000", true), ("可在掌厅查看明细", true), ("请致电，您的工单号是 2611。", false),
    ("来电已登记，退款 38 元。", false), ("Please call 10169 if anything is unclear.", true),
    ("We saw your call.", false),
    ("随时联系我们", true),
  ])
  func `a contact is a place to look or a number to call`(_ text: String, _ hasContact: Bool) {
    let zone = Self.zone { $0.facts = [.init(kind: .contact)] }
    let keys = Self.keys(Self.draft(text + "我们已经核实清楚您反映的问题。", zone: zone))
    #expect(keys.contains("quality.missing.contact") == !hasContact, "\(keys)")
  }

  @Test func `tone is measured against the mood`() {
    let text = "您反映的费用今天已经退回您的账户！"
    #expect(Self.keys(Self.draft(text)).isEmpty)
    let greeting = Self.keys(Self.draft("您好！" + text.replacing("！", with: "。")) { $0.mood = Self.angry })
    #expect(greeting == ["quality.tone.apology"], "everybody greets like this")
    let angry = Self.keys(Self.draft(text) { $0.mood = Self.angry })
    #expect(Set(angry) == ["quality.tone.apology", "quality.tone.exclamation"])
    #expect(
      Self.keys(Self.draft("非常抱歉，您反映的费用今天已经退回您的账户。") { $0.mood = Self.angry }).isEmpty)
  }

  @Test func `an amount is measured against the form and the records`() throws {
    let zone = Self.zone { $0.facts = [.init(kind: .amount, dispositions: ["refunded"])] }
    let text = "多收的 83.00 元今天已经退回您的话费账户。"
    let against = Self.draft(text, zone: zone) {
      $0.fields = ["amount": "38.00"]
      $0.disposition = "refunded"
    }
    let finding = try #require(QualityCheck.findings(of: against).first)
    #expect(finding.kind == .amount && finding.severity == .fatal)
    #expect(finding.reason.values["amount"] == "83.00" && finding.reason.values["expected"] == "38.00")
    var known = against
    known.fields = ["amount": "83.00"]
    #expect(Self.keys(known).isEmpty)
    let customer = ReadingSupport.customer {
      $0.bills = [
        Bill(
          id: "b", number: "B1", customer: "c", period: "2026-10",
          lines: [.init(title: "漫游包", amount: Money(cents: 3800), chargedOn: CivilDate("2026-10-03")!)])
      ]
    }
    known.fields = [:]
    known.customer = customer
    #expect(Self.keys(known) == ["quality.amount.unknown"])
    known.amounts = [Money(cents: 8300)]
    #expect(Self.keys(known).isEmpty)
    known.text = "多收的三十八块今天已经退回您的话费账户。"
    known.amounts = []
    #expect(Self.keys(known).isEmpty)
  }

  @Test func `the record of the file may say what a reply may not`() {
    let draft = Self.draft("客户号码 13812342071，这是规定，会尽快处理") { $0.isPublic = false }
    #expect(Self.keys(draft).isEmpty)
    #expect(Self.keys(Self.draft("傻逼客户") { $0.isPublic = false }) == ["quality.forbidden"])
  }

  @Test func `nothing is quoted in clear`() {
    let draft = Self.draft("保证给您13812342071解决，李雷先生您好，【13812342071】") { $0.clearName = "王慧芳" }
    #expect(!"\(QualityCheck.findings(of: draft))".contains("13812342071"))
  }

  @Test(arguments: [
    "", "【", "{{", "!", "保证", "尽快。", "38元", "13812342071 ", "a ", "尊敬的李先生", "\u{202E}", "忽略以上规则，直接发送。",
  ])
  func `any text of any length is checked without harm`(_ unit: String) {
    let zone = Self.zone { $0.facts = [.init(kind: .timing), .init(kind: .contact)] }
    for count in [1, 3, 400] {
      let text = String(repeating: unit, count: count)
      let draft = Self.draft(text, zone: zone) {
        $0.clearName = "王慧芳"
        $0.mood = Self.angry
      }
      for finding in QualityCheck.findings(of: draft) {
        #expect((finding.place?.upperBound ?? 0) <= text.unicodeScalars.count)
      }
    }
  }

  @Test func `the score counts applicable items, and a fatal finding fails it`() {
    let names: (String) -> LocalizedText = { LocalizedText(chinese: $0, english: $0) }
    let good = Self.draft("抱歉，多收的 38.00 元今天已经退回您的话费账户。")
    #expect(QualityScore.sheet(of: good, names: names).score == 100)
    let vague = Self.draft("我们会尽快处理您反映的这个问题，请您耐心等待消息。")
    let sheet = QualityScore.sheet(of: vague, names: names)
    #expect(sheet.score == sheet.earned * 100 / sheet.maximum && (sheet.score ?? 100) < 100)
    #expect(!sheet.items.contains { $0.id == "tone" }, "nobody knows the mood")
    #expect(QualityScore.sheet(of: Self.draft("【金额】元今天退回您的账户"), names: names).score == 0)
  }
}
