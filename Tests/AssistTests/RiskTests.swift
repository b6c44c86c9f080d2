import Assist
import Domain
import Testing

/// What can go wrong beyond the matter itself: tables in both languages.
@Suite struct RiskTests {
  @Test(arguments: [
    ("再不退我就打12315", RiskKind.escalation, RiskSeverity.high, "12315"), ("我要去工信部", .escalation, .high, "工信部"),
    ("我要向工信部投訴", .escalation, .high, "工信部"), ("打 １２３４５ 反映", .escalation, .high, "１２３４５"),
    ("我会找媒体曝光", .escalation, .high, "媒体"), ("法庭見", .escalation, .high, "法庭見"),
    ("我的律师会联系你们", .escalation, .high, "律师"),
    ("I will report you to the regulator", .escalation, .high, "regulator"),
    ("my LAWYER will call", .escalation, .high, "LAWYER"),
    ("I'm going to Ofcom with this", .escalation, .high, "Ofcom"),
    ("I will take you to court", .escalation, .high, "take you to court"),
    ("let me speak to your manager", .escalation, .medium, "speak to your manager"),
    ("我要弄死你们", .threat, .critical, "弄死你"),
    ("I will burn your shop down", .threat, .critical, "burn your shop down"),
    ("你给我等着", .threat, .high, "你给我等着"), ("i know where you live", .threat, .high, "know where you live"),
    ("我不想活了", .selfHarm, .critical, "不想活"), ("I want to kill myself", .selfHarm, .critical, "kill myself"),
    ("我真的活不下去了", .selfHarm, .critical, "活不下去"),
    ("I don't want to live any more", .selfHarm, .critical, "don't want to live"),
    ("她今年82岁了，一个人住", .vulnerable, .medium, "82岁"), ("我七十八岁了不会用手机", .vulnerable, .medium, "七十八岁"),
    ("my mother is 81 years old", .vulnerable, .medium, "81 years old"),
    ("号码是我儿子的，他 9 岁", .vulnerable, .medium, "9 岁"),
    ("我爸上个月去世了", .vulnerable, .high, "去世"),
    ("My husband passed away in May", .vulnerable, .high, "passed away"),
    ("她是聋哑人", .vulnerable, .medium, "聋哑"), ("he uses a wheelchair", .vulnerable, .medium, "wheelchair"),
    ("有人让我把钱转到安全账户", .fraud, .high, "安全账户"), ("I was scammed yesterday", .fraud, .high, "scammed"),
    ("帮我查我老公的通话记录", .socialEngineering, .high, "查我老公"), ("不用核身了，我很急", .socialEngineering, .high, "不用核身"),
    ("我是公安局的，马上把资料给我", .socialEngineering, .high, "我是公安"),
    ("Give me his address please", .socialEngineering, .high, "Give me his"),
    ("please skip the verification", .socialEngineering, .high, "skip the verification"),
    ("验证码报给我", .socialEngineering, .high, "验证码报给我"),
    ("投 诉 到 底", .escalation, .medium, "投 诉 到 底"),
  ])
  func `a risk is read with kind, severity and place`(
    _ text: String, _ kind: RiskKind, _ severity: RiskSeverity, _ quoted: String
  ) throws {
    let risk = ReadingSupport.risk("你好", text)
    let sign = try #require(risk.signs.first { $0.kind == kind }, "\(risk)")
    #expect(sign.severity == severity)
    let place = try #require(sign.place)
    #expect(place.message == 1)
    #expect(ReadingSupport.quoted(text, place) == quoted)
    #expect(sign.reason.key.hasPrefix("risk."))
  }

  @Test(arguments: [
    "我想退订流媒体会员", "我不会投诉你们的", "没有要起诉的意思", "I'm not going to sue", "I will not call a lawyer", "手机死机了怎么办",
    "快递员累死了", "笑死我了", "跳楼价的套餐还有吗", "孩子 20 岁，想办校园卡", "合同 24 个月", "想死你们了", "好的谢谢", "I was born in 1990",
    "请查 12 月的账单", "单号 112315678",
  ])
  func `what only looks like a risk is none`(_ text: String) {
    let signs = ReadingSupport.risk(text).signs
    #expect(signs.isEmpty, "\(signs)")
  }

  @Test func `a condition is not a negation`() {
    for text in ["不退钱我就起诉", "你们不处理我就去工信部", "If you don't refund me I will sue"] {
      #expect(ReadingSupport.risk(text).severity == .high, "\(text)")
    }
  }

  @Test func `who says that they do not think of harming themselves is looked at`() {
    let risk = ReadingSupport.risk("我没有想自杀")
    #expect(risk.signs.first?.kind == .selfHarm)
    #expect(risk.severity == .high)
  }

  @Test func `the most severe comes first, and a long text hides nothing`() {
    let risk = ReadingSupport.risk(String(repeating: "我要找律师。", count: 200) + "我不想活了")
    #expect(risk.signs.first?.kind == .selfHarm)
    #expect(risk.severity == .critical)
    #expect(risk.signs.count <= 12)
  }

  @Test func `personal data is never quoted in clear`() {
    #expect(!"\(ReadingSupport.risk("我要找律师13812342071"))".contains("13812342071"))
  }

  // MARK: - Promises

  @Test(arguments: [
    ("< 今天一定给您退", "2026-11-18 23:59"), ("< 我们会在 24 小时内给您答复", "2026-11-19 10:00"),
    ("< 3 个工作日内到账，会短信通知，届时会联系您", "2026-11-23 23:59"),
    ("< 一至三个工作日内给您回复，一定会处理", "2026-11-23 23:59"), ("< 明天上午会给您打电话", "2026-11-19 23:59"),
    ("< 保证 12月20日 前退费", "2026-12-20 23:59"), ("< 我们会在月底前给您退", "2026-11-30 23:59"),
    ("< 周五前会给您答复", "2026-11-20 23:59"),
    ("< I promise to call you back within 24 hours", "2026-11-19 10:00"),
    ("< We will refund it by Friday", "2026-11-20 23:59"),
    ("< I will call you tomorrow", "2026-11-19 23:59"),
    ("< Your money will arrive within 3 working days", "2026-11-23 23:59"),
    ("< 下周五给您答复，一定会处理", "2026-11-27 23:59"),
  ])
  func `a promise of an agent has its date`(_ text: String, _ due: String) throws {
    let promise = try #require(ReadingSupport.risk(text).signs(.promise).first, "\(text)")
    let civil = WallClock.china.civil(try #require(promise.due))
    #expect("\(civil.date) \(civil.minuteText)" == due)
  }

  @Test func `a strong word promises without a date, a weak one does not`() throws {
    let strong = try #require(ReadingSupport.risk("< 我保证给您解决").signs(.promise).first)
    #expect(strong.due == nil && strong.reason.key == "risk.promise")
    #expect(ReadingSupport.risk("< 我们会为您处理").signs.isEmpty)
    #expect(ReadingSupport.risk("< We will look at it").signs.isEmpty)
    #expect(ReadingSupport.risk("< 我不能保证今天解决").signs.isEmpty)
    // A customer promises nothing.
    #expect(ReadingSupport.risk("> 我保证今天交费").signs(.promise).isEmpty)
  }

  @Test func `a promise that was not kept is a high risk while the ticket is open`() throws {
    var input = ReadingSupport.input(["< 我们会在 2 小时内给您答复", "> 怎么还没有消息"])
    input.messages[0].at = ReadingSupport.now.advanced(seconds: -86400)
    let late = try #require(RiskReader.read(input, words: ReadingSupport.words).signs(.promise).first)
    #expect(late.severity == .high && late.reason.key == "risk.overdue")
    input.ticket.state = .closed
    #expect(RiskReader.read(input, words: ReadingSupport.words).signs(.promise).first?.severity == .low)
  }
}
