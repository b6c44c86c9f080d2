import Domain
import Foundation
import Store
import TestSupport
import Testing

/// The commands and the screens of the language model, against a real server on this machine.
@Suite struct LanguageModelTests {
  let home: ProgramHome

  init() throws {
    home = try ProgramHome()
    home.environment["AGENTDESK_AGENT"] = "linxiao"
    home.environment["CARE_MODEL_KEY"] = "sk-very-secret"
    let made = try home.run("store", "init", home.file("desk.store"))
    #expect(made.code == 0, "\(made.errors)")
  }

  private static func settings(_ server: LocalServer, _ more: String = "") -> String {
    "language_model:\n  endpoint: \(server.url)\n  model: care-1\n  key_variable: CARE_MODEL_KEY\n  timeout: 5s\n"
      + more
  }

  private static func answer(_ text: String) -> LocalServer.Step {
    let list = String(decoding: (try? JSONEncoder().encode([text])) ?? Data(), as: UTF8.self)
    return .answer(
      #"{"choices":[{"message":{"content":\#(list.dropFirst().dropLast())},"finish_reason":"stop"}]}"#)
  }

  /// A ticket in which every kind of personal data stands in some form.
  private static let message =
    "我叫王慧芳，电话 138 0000 2071（一三八零零零零二零七一），身份证11010519491231002X，卡号6222 0200 0000 0000 003，"
    + "邮箱wang.hf@example.com，车牌京A12345，住上海市浦东新区世纪大道100号3栋502室，订单YF2026000123，微信号wanghf_88，密码是abc123。多扣了 38 元"

  private static let secrets = [
    "王慧芳", "慧芳", "138", "2071", "一三八", "二零七一", "110105", "1231002", "6222", "0003", "wang.hf", "example.com",
    "A12345",
    "世纪大道", "浦东", "502", "YF2026", "000123", "wanghf", "abc123", "林晓", "sk-very-secret",
  ]

  private func create() throws -> String {
    let result = try home.run(
      "ticket", "create", "--zone", "billing-dispute", "--category", "billing/duplicate-charge", "--phone",
      "13800002071", "--name", "王慧芳", "--subject", "王慧芳 13800002071 漫游包扣了两次", "--message", Self.message,
      "--json")
    #expect(result.code == 0, "\(result.errors)")
    return try #require(result.lines.first?["number"] as? String)
  }

  /// The entries of the audit.
  private func audit() throws -> [String] {
    let store = try SharedStore(path: home.file("desk.store"))
    defer { store.close() }
    let request = AuditRequest(store: store.id, epoch: try store.epoch(), after: 1)
    return try store.audit(request).links.map { String(decoding: $0.body, as: UTF8.self) }
  }

  @Test func `where none is set up the commands say so`() throws {
    let number = try create()
    for command in ["draft", "summary"] {
      let result = try home.run("assist", command, "--ticket", number, "--lang", "zh-Hans")
      #expect(result.code == 1)
      #expect(result.errors.contains("没有为此设置语言模型"), "\(result.errors)")
    }
  }

  @Test func `what is shown beforehand is what leaves, and no personal data is in it`() throws {
    let number = try create()
    #expect(try home.run("ticket", "claim", number).code == 0)
    #expect(try home.run("ticket", "reply", number, "王慧芳女士您好，我是林晓，请稍等").code == 0)
    #expect(try home.run("ticket", "note", number, "备注里的机密").code == 0)
    let server = LocalServer { _ in [Self.answer("《姓名1》您好，漫游包多扣的38元正在核实，结果会联系《电话1》。")] }
    _ = try home.write("config.yaml", Self.settings(server))
    let preview = try home.run("assist", "draft", "--ticket", number, "--dry-run", "--json")
    #expect(preview.code == 0, "\(preview.errors)")
    #expect(server.received.isEmpty)
    let body = try #require(preview.lines.first?["body"] as? String)

    let drafted = try home.run("assist", "draft", "--ticket", number, "--json")
    #expect(drafted.code == 0, "\(drafted.errors)")
    let request = try #require(server.received.first)
    #expect(request.text == body)
    #expect(request.headers["authorization"] == "Bearer sk-very-secret")
    for secret in Self.secrets { #expect(!request.text.contains(secret), "\(secret) in \(request.text)") }
    #expect(!request.text.contains("备注里的机密"))
    #expect(request.text.contains("38 元"))
    // A person may see the name, and a number as the screen shows it.
    let draft = try #require(drafted.lines.first)
    #expect(draft["text"] as? String == "王慧芳您好，漫游包多扣的38元正在核实，结果会联系138****2071。")
    #expect(draft["machine_drafted"] as? Bool == true)
    #expect(draft["masked"] as? Int == body.count { $0 == "《" } - Self.inInstructions)

    // Nothing was sent to the customer, and that text left is in the audit, without it.
    let shown = try home.run("ticket", "show", number, "--json")
    #expect(!shown.output.contains("正在核实"))
    #expect(try audit().count { $0.contains("ticket.consult") } == 1)
    #expect(try !audit().contains { $0.contains("sk-very-secret") || $0.contains("王慧芳") })
  }

  /// Opening brackets in the instructions themselves.
  private static let inInstructions = 2

  @Test func `a summary shows no more of the customer than the screen`() throws {
    let number = try create()
    let server = LocalServer { _ in [Self.answer("客户《姓名1》反映漫游包重复扣费38元，尚未核实。")] }
    _ = try home.write("config.yaml", Self.settings(server, "  uses: [summary]\n"))
    let summary = try home.run("assist", "summary", "--ticket", number)
    #expect(summary.code == 0, "\(summary.errors)")
    #expect(summary.output == "客户王*芳反映漫游包重复扣费38元，尚未核实。\n")
    #expect(try home.run("assist", "draft", "--ticket", number).code == 1)
    #expect(server.received.count == 1)
  }

  @Test func `whatever comes back, the command says why in one line and shows none of it`() throws {
    let number = try create()
    let bad: [LocalServer.Step] = [
      .answer("401 Unauthorized", "wrong key sk-very-secret"), .answer("500 Oops", ""),
      .answer("<html>Hi</html>"),
      Self.answer("Dear customer, your refund is on its way, thank you."), Self.answer("请致电13911112222"),
      Self.answer("请把钱退到《银行卡9》"), Self.answer(""), .hangUp,
    ]
    for step in bad {
      let server = LocalServer { _ in [step] }
      _ = try home.write("config.yaml", Self.settings(server))
      let result = try home.run("assist", "draft", "--ticket", number, "--lang", "zh-Hans")
      #expect(result.code == 1)
      #expect(result.output.isEmpty)
      #expect(
        result.errors.contains("语言模型") && result.errors.split(separator: "\n").count == 1, "\(result.errors)")
      #expect(!result.errors.contains("sk-very-secret") && !result.errors.contains("13911112222"))
    }
  }

  @Test func `without the key nothing leaves and nothing is recorded`() throws {
    let number = try create()
    let server = LocalServer { _ in [Self.answer("好")] }
    _ = try home.write("config.yaml", Self.settings(server))
    home.environment["CARE_MODEL_KEY"] = ""
    let result = try home.run("assist", "draft", "--ticket", number)
    #expect(result.code == 1)
    #expect(result.errors.contains("CARE_MODEL_KEY"), "\(result.errors)")
    #expect(server.received.isEmpty)
    #expect(try !audit().contains { $0.contains("ticket.consult") })
  }

  @Test
  func `at a desk the draft arrives beside what is typed, is taken with a key, sent by a person, and marked`()
    throws
  {
    let home = try DemoHome()
    // Whoever comes next may write in either language.
    let (chinese, english) = ("您好，正在为您核实。", "Hello, we are checking this for you.")
    let server = LocalServer { request in
      [
        .wait(milliseconds: 2000), Self.answer(request.text.contains("规则") ? chinese : english), .hangUp,
      ]
    }
    try Self.settings(server).write(toFile: home.path + "/config.yaml", atomically: true, encoding: .utf8)
    let desk = try Desk.open(home, environment: ["CARE_MODEL_KEY": "sk-1"])
    let number = try desk.takeNext()
    desk.press("r")
    desk.type("客户您好！")
    desk.press("Alt-,")
    try desk.sees("正在请教语言模型")
    try desk.sees("机器起草的回复")
    let text = server.received.last?.text.contains("规则") == true ? chinese : english
    try desk.sees(text)
    desk.press("Alt-.", "Ctrl-S")
    let detail = try home.ticket(number, is: "answered") { detail in
      detail.entries.contains { $0.kind == .reply && $0.body.contains(text) }
    }
    let reply = try #require(detail.entries.last { $0.kind == .reply })
    #expect(reply.body == "客户您好！\n\(text)")
    #expect(reply.isMachineDrafted == true)
    // It is set up, changed and taken away while the screens are open.
    server.close()
    desk.press("Alt-,")
    try desk.sees("无人应答")
    try "mouse: false\n".write(toFile: home.path + "/config.yaml", atomically: true, encoding: .utf8)
    try desk.sees("设置")
    desk.press("Alt-,")
    try desk.sees("没有为此设置语言模型")
    try desk.quit()
  }
}
