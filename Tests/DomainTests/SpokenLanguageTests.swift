import Domain
import Testing

@Suite struct `The language that is written` {
  @Test(arguments: [
    ("我的 iPhone 15 Pro Max order ABC-123 没有到货", Language.chinese),
    ("漫游包扣了两次", .chinese), ("退款", .chinese), ("漫遊費多扣了，請退還", .chinese),
    ("WiFi 连不上，PPPoE error 691", .chinese),
    ("I was charged twice for the roaming pack", .english), ("hello", .english),
    ("please cancel 国际漫游流量月包 for me, it is not mine", .english),
    ("The bill says 视频会员, what is that?", .english), ("I WANT MY MONEY BACK", .english),
    ("don't charge me again", .english), ("Bonjour, je voudrais annuler mon forfait", .english),
    ("router broken since tuesday", .english),
  ])
  func `a sentence is in one language whatever names stand in it`(_ text: String, _ language: Language) {
    #expect(SpokenLanguage.of(text) == language)
  }

  @Test(arguments: [
    "", "   ", "13812342071", "38 38.00 2026-10", "😀😀😀🙏🏽👨‍👩‍👧", "iPhone 15", "ABC-123", "A1-B2-C3 D4", "好",
    "https://www.example.com/how/to/get/it", "www.example.com", "me.and.you@the.host.com", "ありがとうございます",
    "Спасибо большое",
    "\u{1B}[31m\u{202E}", "？？？", "VIP SIM APN", "\u{0}\u{0}",
  ])
  func `numbers, pictures, codes and other scripts say nothing`(_ text: String) {
    #expect(SpokenLanguage.of(text) == nil)
  }

  @Test func `a megabyte costs what its beginning costs`() {
    let text =
      String(repeating: "我的宽带掉线了", count: 50_000) + String(repeating: " the line is down", count: 50_000)
    let clock = ContinuousClock()
    var language: Language?
    let time = clock.measure { language = SpokenLanguage.of(text) }
    #expect(language == .chinese)
    #expect(time < .milliseconds(200))
    #expect(SpokenLanguage.of(String(repeating: "7", count: 1 << 20)) == nil)
    #expect(SpokenLanguage.of(String(repeating: "a", count: 1 << 20)) == nil)
    #expect(SpokenLanguage.of(Array(repeating: text, count: 20)) == .chinese)
  }

  @Test func `a conversation is read together, what was said last first`() {
    #expect(SpokenLanguage.of(["我的宽带从昨天开始一直掉线，很着急", "ok thanks"]) == .chinese)
    #expect(
      SpokenLanguage.of(["您好", "Sorry, I do not speak Chinese. My broadband is down since yesterday"])
        == .english)
    #expect(SpokenLanguage.of([String]()) == nil)
  }

  @Test
  func `named comes before written, written before the zone's, and that before how the ticket was made`() {
    var ticket = Ticket(
      id: "t", customer: "c", zone: "z", subject: "", language: .chinese, channel: .chat,
      createdAt: Timestamp(seconds: 0), createdBy: "a")
    var customer = Customer(id: "c", name: "", language: .chinese)
    var zone = Zone(id: "z", name: Floor.both("z"), skill: "z", calendar: "c", fields: [], dispositions: [])
    func language(_ messages: [String]) -> Language {
      SpokenLanguage.answering(ticket, customer: customer, zone: zone, messages: messages)
    }
    let english = ["My broadband is down"]
    #expect(language([]) == .chinese)
    #expect(language(english) == .english)
    zone.language = .english
    #expect(language([]) == .english)
    #expect(language(["我的宽带断了"]) == .chinese)
    customer.isLanguageNamed = true
    #expect(language(english) == .chinese)
    ticket.language = .english
    ticket.isLanguageNamed = true
    #expect(language(["我的宽带断了"]) == .english)
  }
}
