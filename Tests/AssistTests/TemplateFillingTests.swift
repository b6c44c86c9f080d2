import Assist
import Domain
import Testing

private func filling(_ text: String) throws -> TemplateFilling { try TemplateFilling(text, id: "t") }

@Suite struct `Filling templates` {
  @Test func `a slot with a value is written as it is, without escaping`() throws {
    let filled = try filling("金额 {{fields.amount}} 元").fill(["fields.amount": "<38> & \"4\""]) { $0 }
    #expect(filled.text == "金额 <38> & \"4\" 元")
    #expect(filled.isComplete)
  }

  @Test func `a slot without a value is named, marked and listed once`() throws {
    let filled = try filling("{{fields.a}} 与 {{fields.b}} 与 {{fields.a}}").fill(["fields.b": "有"]) {
      $0 == "fields.a" ? "账期" : $0
    }
    #expect(filled.text == "【账期】 与 有 与 【账期】")
    #expect(filled.missing == ["fields.a"])
    #expect(filled.slots.filter(\.isMissing).count == 2)
    #expect(!filled.isComplete)
  }

  @Test func `an empty slot has the brackets of its name's script`() throws {
    let filled = try filling("For {{fields.a}}: {{fields.b}}").fill([:]) {
      $0 == "fields.a" ? "Billing period" : "账期"
    }
    #expect(filled.text == "For [Billing period]: 【账期】")
    #expect(!filled.isComplete)
  }

  @Test func `positions are those of the text`() throws {
    let filled = try filling("退 {{fields.amount}} 元给{{customer.salutation}}").fill(["fields.amount": "38.00"])
    { _ in
      "称呼"
    }
    let bytes = Array(filled.text.utf8)
    let parts = filled.slots.map { String(decoding: bytes[$0.start..<$0.end], as: UTF8.self) }
    #expect(parts == ["38.00", "【称呼】"])
  }

  @Test func `a typed value is never read as a template`() throws {
    let filled = try filling("{{input.a}}{{fields.b}}").fill([
      "input.a": "{{fields.b}}{{#x}}", "fields.b": "{{{y}}}",
    ]) {
      $0
    }
    #expect(filled.text == "{{fields.b}}{{#x}}{{{y}}}")
  }

  @Test func `a value cannot forge the marks`() throws {
    let filled = try filling("{{input.a}}").fill(["input.a": "\u{E0F0}fields.b\u{E0F1}\u{E0F2}ok"]) { $0 }
    #expect(filled.text == "fields.bok")
    #expect(filled.slots.count == 1)
    #expect(filled.isComplete)
  }

  @Test func `blank values count as missing`() throws {
    #expect(try !filling("{{input.a}}").fill(["input.a": " \n"]) { $0 }.isComplete)
  }

  @Test func `names that nobody knows are missing, not skipped`() throws {
    #expect(try filling("{{typo}} {{fields.x.y}}").slots == ["typo", "fields.x.y"])
  }

  @Test func `a section is left out without its value and names the slots inside with it`() throws {
    let template = try filling("退费{{#fields.when}}，{{fields.when}}前到账给{{customer.name}}{{/fields.when}}。")
    #expect(template.fill([:]) { $0 }.text == "退费。")
    let filled = template.fill(["fields.when": "3 日", "customer.name": "王秀芳"]) { $0 }
    #expect(filled.text == "退费，3 日前到账给王秀芳。")
    #expect(filled.isComplete)
  }

  @Test func `broken Mustache is a problem, not a crash`() {
    #expect(throws: TemplateFilling.Problem.notMustache("t")) { try filling("{{#fields.a}} open") }
  }

  @Test func `slots come in the order of the text`() throws {
    #expect(
      try filling("{{customer.salutation}} {{choice.arrival}} {{ticket.number}}").slots == [
        "customer.salutation", "choice.arrival", "ticket.number",
      ])
  }
}

@Suite struct `What templates are filled with` {
  @Test func `nobody's sex is guessed`() {
    #expect(TemplateValues.salutation("王秀芳", in: .chinese) == "客户")
    #expect(TemplateValues.salutation("王女士", in: .chinese) == "王女士")
    #expect(TemplateValues.salutation("先生", in: .chinese) == "客户")
    #expect(TemplateValues.salutation("Emma Wilson", in: .english) == "Emma Wilson")
    #expect(TemplateValues.salutation("", in: .english) == "customer")
  }

  @Test func `a masked name never reaches a customer`() {
    #expect(TemplateValues.salutation("E*** W***", in: .english) == "customer")
    #expect(TemplateValues.salutation("王*女士", in: .chinese) == "客户")
  }

  @Test func `dates are written as the language writes them`() {
    let day = CivilDate(year: 2026, month: 11, day: 1)!
    #expect(TemplateValues.date(day, in: .chinese) == "2026年11月1日")
    #expect(TemplateValues.date(day, in: .english) == "1 November 2026")
  }

  @Test func `a choice is shown by its name in the language of the ticket`() {
    let zone = Zone(
      id: "z", name: LocalizedText(chinese: "区", english: "Zone"), skill: "", calendar: "c",
      fields: [
        FormField(
          id: "remedy", name: LocalizedText(chinese: "诉求", english: "Request"), kind: .choice,
          choices: [.init(id: "refund", name: LocalizedText(chinese: "退费", english: "Refund"))])
      ], dispositions: [])
    var ticket = Ticket(
      id: "t", customer: "c", zone: "z", subject: "s", channel: .phone, createdAt: Timestamp(seconds: 0),
      createdBy: "a")
    ticket.fields["remedy"] = "refund"
    let agent = Agent(
      id: "a", number: "1024", name: LocalizedText(chinese: "林晓", english: "Lin Xiao"), team: nil,
      roles: [.agent])
    func values(_ language: Language) -> [String: String] {
      TemplateValues.of(
        ticket, customer: nil, zone: zone, categoryName: "", agent: agent, teamName: "", dispositionName: "",
        clock: .china, now: Timestamp(seconds: 1_795_233_852), language: language)
    }
    #expect(values(.chinese)["fields.remedy"] == "退费")
    #expect(values(.english)["fields.remedy"] == "Refund")
    #expect(values(.english)["agent.name"] == "Lin Xiao")
    #expect(values(.chinese)["date.today"] == "2026年11月21日")
    #expect(values(.chinese)["ticket.number"] == "")
  }
}
