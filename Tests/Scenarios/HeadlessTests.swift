import Configuration
import Domain
import Foundation
import Store
import TestSupport
import Testing

/// The commands of docs/headless.md, run as scripts run them.
@Suite struct HeadlessTests {
  let home: ProgramHome

  /// A store with the project's own configuration and nothing else.
  init() throws {
    home = try ProgramHome()
    home.environment["AGENTDESK_AGENT"] = "linxiao"
    let made = try home.run("store", "init", home.file("desk.store"))
    #expect(made.code == 0, "\(made.errors)")
  }

  private func create(_ more: String...) throws -> String {
    let result = try home.run(
      [
        "ticket", "create", "--zone", "billing-dispute", "--category", "billing/duplicate-charge", "--phone",
        "13800002071", "--name", "王慧芳", "--subject", "漫游包扣了两次", "--message", "多扣了 38 元", "--json",
      ] + more)
    #expect(result.code == 0, "\(result.errors)")
    return try #require(result.lines.first?["number"] as? String)
  }

  @Test func `a mistyped command is named with the one that was meant`() throws {
    let first = try home.run("tikcet", "list", "--lang", "zh-Hans")
    #expect(first.code == 2)
    #expect(first.errors.contains("没有“tikcet”这个命令。是不是要用 agentdesk ticket？"), "\(first.errors)")
    let second = try home.run("ticket", "lst", "--lang", "en")
    #expect(second.errors.contains("Did you mean agentdesk ticket list?"), "\(second.errors)")
    let third = try home.run("frobnicate", "--lang", "en")
    #expect(third.errors.contains("agentdesk --help lists them all"), "\(third.errors)")
    let help = try home.run("ticket", "--help", "--lang", "zh-Hans")
    #expect(help.output.contains("查看详细帮助"), "\(help.output)")
    #expect(!help.output.contains("detailed help"))
    let missing = try home.run("find", "--lang", "zh-Hans")
    #expect(!missing.errors.contains("Help:"), "\(missing.errors)")
  }

  @Test func `agents are listed with their state in words`() throws {
    let list = try home.run("admin", "agent", "list", "--lang", "zh-Hans")
    #expect(list.output.contains("离线"), "\(list.output)")
    #expect(!list.output.contains("presence."))
  }

  @Test func `a ticket is worked from queue to closed`() throws {
    let number = try create()
    let list = try home.run("ticket", "list", "--scope", "waiting", "--json")
    #expect(list.lines.map { $0["number"] as? String } == [number])
    #expect(list.lines.first?["customer_name"] as? String == "王*芳")

    #expect(try home.run("ticket", "claim", number, "--json").lines.first?["owner"] as? String == "linxiao")
    #expect(try home.run("ticket", "note", number, "-", input: "查过账单\n").code == 0)
    #expect(try home.run("ticket", "reply", number, "正在为您查询").code == 0)
    let missing = try home.run("ticket", "close", number, "--disposition", "refunded", "--text", "已退费")
    #expect(missing.code == 1)
    #expect(missing.errors.contains("Billing period"), "\(missing.errors)")
    let set = try home.run(
      "ticket", "set", number, "period=2026-10", "item=国际漫游包", "amount=¥38", "remedy=refund")
    #expect(set.code == 0, "\(set.errors)")
    let closed = try home.run(
      "ticket", "close", number, "--disposition", "refunded", "--text", "已退费", "--json")
    #expect(closed.code == 0, "\(closed.errors)")
    #expect(closed.lines.first?["state"] as? String == "closed")

    let show = try #require(try home.run("ticket", "show", number, "--json").lines.first)
    let fields = try #require(show["fields"] as? [String: String])
    #expect(fields["amount"] == "38.00")
    let timeline = try #require(show["timeline"] as? [[String: Any]])
    #expect(
      timeline.map { $0["kind"] as? String ?? "" }.filter {
        ["customerMessage", "note", "reply", "closed"].contains($0)
      } == [
        "customerMessage", "note", "reply", "closed",
      ])
    #expect(try home.run("ticket", "claim", number).code == 1)
    #expect(try home.run("ticket", "reopen", number, "--reason", "客户再次来电").code == 0)
  }

  @Test func `a value that the form refuses is refused here too, with the same sentence`() throws {
    let number = try create("--claim")
    let words = StringCatalogue.load(.english, resources: Program.checkout + "/Resources").strings
    for (value, key, field) in [
      ("amount=-38", "problem.notMoney", "Disputed amount"),
      ("period=2026-13", "problem.notMonth", "Billing period"),
      ("charged-on=2026-02-30", "problem.notDate", "Charged on"),
    ] {
      let sentence = words(key, ["field": field])
      for command in [
        ["ticket", "set", number, "remedy=refund", value],
        [
          "ticket", "create", "--zone", "billing-dispute", "--phone", "13800002071", "--subject", "x",
          "--field",
          value,
        ],
      ] {
        let result = try home.run(command)
        #expect(result.code == 1)
        #expect(result.errors.contains(sentence), "\(value): \(result.errors)")
      }
    }
    let show = try #require(try home.run("ticket", "show", number, "--json").lines.first)
    #expect((show["fields"] as? [String: String])?.isEmpty == true)
    #expect(try home.run("ticket", "set", number, "period=2026/9").code == 0)
    let set = try #require(try home.run("ticket", "show", number, "--json").lines.first)
    #expect((set["fields"] as? [String: String])?["period"] == "2026-09")
  }

  @Test func `a ticket has the language of its text where nobody names one`() throws {
    func language(_ message: String, _ more: String...) throws -> String? {
      let made = try home.run(
        [
          "ticket", "create", "--zone", "billing-dispute", "--phone", "13800002071", "--subject", "x",
          "--message",
          message, "--json",
        ] + more)
      let number = try #require(made.lines.first?["number"] as? String, "\(made.errors)")
      return try home.run("ticket", "show", number, "--json").lines.first?["language"] as? String
    }
    #expect(try language("I was charged twice for the roaming pack") == "en")
    #expect(try language("我的 iPhone 15 Pro Max order ABC-123 没有到货") == "zh-Hans")
    #expect(try language("I was charged twice for the roaming pack", "--language", "zh-Hans") == "zh-Hans")
    #expect(try language("38 38 🙏") == "zh-Hans")
    let number = try create(
      "--message", "My roaming pack was charged twice, please give it back", "--claim", "--field",
      "period=2026-10",
      "--field", "item=国际漫游包", "--field", "amount=38", "--field", "remedy=refund")
    let closed = try home.run(
      "ticket", "close", number, "--template", "duplicate-charge-original-route", "--choice", "arrival=1")
    #expect(closed.code == 0, "\(closed.errors)")
    let show = try #require(try home.run("ticket", "show", number, "--json").lines.first)
    let text = try #require((show["closing"] as? [String: Any])?["text"] as? String)
    #expect(text.contains("working days"), "\(text)")
  }

  @Test func `a ticket for people has its refunds, and says what does not hold any more`() throws {
    let number = try create(
      "--claim", "--field", "period=2026-10", "--field", "item=国际漫游包", "--field", "amount=38", "--field",
      "remedy=refund")
    let line =
      #"{"phone":"13800002071","bills":[{"number":"B202610-0071","period":"2026-10","lines":"#
      + #"[{"title":"国际漫游包","amount":"38.00","charged_on":"2026-10-02"}]}]}"#
    let imported = try home.run("customer", "import", "-", "--agent", "admin", input: line + "\n")
    #expect(imported.code == 0, "\(imported.errors)")
    let store = try SharedStore(path: home.file("desk.store"))
    let desk = try DeskConnection(
      store: store, replica: Replica(path: home.file("own.replica")), agent: "linxiao")
    _ = try desk.synchronize()
    let ticket = try #require(try desk.replica.ticket(number: number))
    let identifiers = IdentifierSource()
    func submit(_ action: Action) throws -> OperationID {
      let operation = Operation(id: identifiers.next(), actor: "linxiao", at: .now, action: action)
      let outcome = try desk.submit(operation)
      #expect(outcome == .accepted, "\(outcome)")
      return operation.id
    }
    let reply = try submit(.ticket(ticket.id, .reply("明天一定退给您")))
    _ = try submit(.ticket(ticket.id, .strike(EntryID("\(reply.text)-0"))))
    let bill = try #require(
      try desk.replica.customerProfile(ticket.customer)?.bills.first { $0.number == "B202610-0071" })
    if let contact = try desk.replica.ticket(ticket.id)?.contact {
      for question in [VerificationQuestion.name, .phone] {
        _ = try submit(.ticket(ticket.id, .verify(contact, question, isRight: true)))
      }
    }
    _ = try submit(
      .bill(
        bill.id,
        .refund(
          RefundRequest(
            line: 0, charged: Money(cents: 3800), amount: Money(cents: 3800), ticket: ticket.id, reason: "多扣")
        )))
    desk.close()
    store.close()
    #expect(
      try home.run("ticket", "close", number, "--disposition", "refunded", "--text", "已退费").code == 0)
    var page = try home.run("ticket", "show", number).output
    #expect(page.contains("Refund: 38.00 granted"), "\(page)")
    #expect(page.contains("国际漫游包") && page.contains("bill B202610-0071 (2026-10)"), "\(page)")
    #expect(page.contains("Reply (taken back)"), "\(page)")
    #expect(page.contains("Outcome: Refunded"), "\(page)")
    let json = try #require(try home.run("ticket", "show", number, "--json").lines.first)
    let refund = try #require((json["refunds"] as? [[String: Any]])?.first)
    #expect(refund["amount"] as? String == "38.00" && refund["bill"] as? String == "B202610-0071")
    #expect(refund["state"] as? String == "granted")
    #expect(try home.run("ticket", "reopen", number, "--reason", "又来了").code == 0)
    page = try home.run("ticket", "show", number).output
    #expect(!page.contains("Outcome: Refunded"), "\(page)")
    #expect(page.contains("Outcome before it was reopened: Refunded"), "\(page)")
  }

  @Test func `without its words the program says one sentence, and where it looked`() throws {
    home.environment["AGENTDESK_RESOURCES"] = home.file("nowhere")
    for command in [
      ["store", "serve", "--help"], ["--help"], ["ticket", "create", "--help"], ["ticket", "list"],
      ["ticket", "lst"],
      ["ticket", "list", "--nonsense"], ["completions", "bash"],
    ] {
      let result = try home.run(command)
      #expect(result.code == 1 || result.code == 2, "\(command)")
      #expect(result.output.isEmpty, "\(command): \(result.output)")
      #expect(!result.errors.contains("cli."), "\(command): \(result.errors)")
      #expect(result.errors.contains("Looked in: \(home.file("nowhere"))"), "\(command): \(result.errors)")
    }
    #expect(try home.run("--version").output.hasPrefix("0."))
    // The words of one language are better than none.
    let folder = home.file("half/strings")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(
      atPath: folder + "/en", withDestinationPath: Program.checkout + "/Resources/strings/en")
    home.environment["AGENTDESK_RESOURCES"] = home.file("half")
    let help = try home.run("store", "serve", "--help", "--lang", "zh-Hans")
    #expect(help.code == 0)
    #expect(!help.output.contains("cli."), "\(help.output)")
  }

  @Test func `a template fills the closing, and an empty slot stops it by name`() throws {
    let number = try create(
      "--claim", "--field", "period=2026-10", "--field", "item=国际漫游包", "--field", "amount=38", "--field",
      "remedy=refund")
    let missing = try home.run("ticket", "close", number, "--template", "duplicate-charge-original-route")
    #expect(missing.code == 1)
    #expect(missing.errors.contains("choice."), "\(missing.errors)")
    let wrong = try home.run(
      "ticket", "close", number, "--template", "duplicate-charge-original-route", "--choice", "arrival=99")
    #expect(wrong.code == 2)
    let closed = try home.run(
      "ticket", "close", number, "--template", "duplicate-charge-original-route", "--choice", "arrival=1")
    #expect(closed.code == 0, "\(closed.errors)")
    let show = try #require(try home.run("ticket", "show", number, "--json").lines.first)
    let closing = try #require(show["closing"] as? [String: Any])
    #expect(closing["mode"] as? String == "template")
    #expect((closing["text"] as? String)?.contains("38.00") == true)
    #expect((closing["text"] as? String)?.contains("{{") == false)
  }

  @Test func `what the desk reads in a ticket is said in both shapes, with reasons and masked`() throws {
    let made = try home.run(
      "ticket", "create", "--phone", "13812340000", "--name", "王小明", "--zone", "billing-dispute", "--subject",
      "漫游包扣了两次", "--message", "10 月的国际漫游包扣了两次，38 元，联系 13900001111", "--claim", "--json")
    let number = try #require(made.lines.first?["number"] as? String, "\(made.errors)")
    let read = try home.run("ticket", "read", number, "--json")
    #expect(read.code == 0, "\(read.errors)")
    let answer = try #require(read.lines.first)
    let form = try #require(answer["form"] as? [[String: Any]])
    #expect(form.contains { $0["field"] as? String == "amount" && $0["value"] as? String == "38.00" })
    #expect(form.allSatisfy { !($0["reason"] as? String ?? "").isEmpty })
    #expect((answer["closings"] as? [[String: Any]])?.isEmpty == false)
    #expect((answer["mood"] as? [String: Any])?["marks"] is String)
    let page = try home.run("ticket", "read", number)
    #expect(page.output.contains("38.00"))
    for result in [read, page] { #expect(!result.output.contains("13900001111")) }
    #expect(try home.run("ticket", "read", "2611-9999").code == 1)
  }

  @Test func `who threatens their own life is raised when the ticket comes, and not when somebody opens it`()
    throws
  {
    let made = try home.run(
      "ticket", "create", "--phone", "13812340000", "--name", "王小明", "--zone", "billing-dispute", "--subject",
      "扣费", "--message", "再不退钱我就从楼上跳下去", "--json")
    let number = try #require(made.lines.first?["number"] as? String, "\(made.errors)")
    let raised = try home.run("ticket", "list", "--scope", "raised", "--json")
    #expect(raised.lines.map { $0["number"] as? String } == [number], "\(raised.output)")
  }

  @Test func `a ticket that is refused leaves no new customer behind`() throws {
    for wrong in [["--field", "amount=much"], ["--field", "nothing=1"], ["--zone", "nowhere"]] {
      let result = try home.run(
        ["ticket", "create", "--zone", "general", "--phone", "13800000077", "--subject", "x"] + wrong)
      #expect(result.code == 1, "\(wrong): \(result.errors)")
    }
    #expect(try home.run("customer", "show", "13800000077").code == 1)
  }

  @Test func `somebody else's ticket stays theirs, and the sentence names them`() throws {
    let number = try create("--claim")
    let taken = try home.run("ticket", "claim", number, "--agent", "chenyu")
    #expect(taken.code == 1)
    #expect(taken.errors.contains("Lin Xiao"), "\(taken.errors)")
    let chinese = try home.run("ticket", "claim", number, "--agent", "chenyu", "--lang", "zh-Hans")
    #expect(chinese.errors.contains("林晓"), "\(chinese.errors)")
    #expect(try home.run("ticket", "transfer", number, "--to", "chenyu", "--note", "请跟进").code == 0)
    #expect(try home.run("ticket", "hold", number, "--reason", "等回电", "--agent", "chenyu").code == 0)
    #expect(try home.run("ticket", "resume", number, "--agent", "chenyu").code == 0)
    #expect(try home.run("ticket", "release", number, "--agent", "chenyu").code == 0)
  }

  @Test func `exit codes are those of the page`() throws {
    #expect(try home.run("ticket", "show", "2611-9999").code == 1)
    #expect(try home.run("ticket", "nonsense").code == 2)
    #expect(try home.run("ticket", "create").code == 2)
    #expect(try home.run("ticket", "list", "--scope", "sideways").code == 2)
    #expect(try home.run("ticket", "list", "--store", home.file("nowhere.store")).code == 3)
    #expect(try home.run("ticket", "list", "--store", "ftp://x").code == 1)
    #expect(try home.run("ticket", "list", "--agent", "nobody").code == 1)
    #expect(try home.run("ticket", "list", "--agent", "system").code == 1)
    #expect(try home.run("--version").output.hasPrefix("0."))
    #expect(try home.run("store", "init", home.file("desk.store")).code == 3)
    _ = try home.write("text.store", "this is not a store")
    #expect(try home.run("ticket", "list", "--store", home.file("text.store")).code == 3)
  }

  @Test(arguments: ["zh-Hans", "en"])
  func `every failure is one sentence in the language of the user`(_ language: String) throws {
    home.environment["AGENTDESK_LANG"] = language
    let failures = [
      try home.run("ticket", "show", "2611-9999"),
      try home.run("ticket", "list", "--store", home.file("nowhere.store")),
      try home.run("customer", "show", "13900000000"), try home.run("knowledge", "show", "nothing"),
      try home.run("ticket", "list", "--scope", "sideways"),
      try home.run("admin", "apply", home.file("nowhere")),
      try home.run("ticket", "import", home.file("nowhere")),
      try home.run("admin", "agent", "add", "new", "--number", "1", "--name", "x"),
    ]
    for failure in failures {
      #expect(failure.code != 0)
      #expect(failure.output.isEmpty)
      #expect(!failure.errors.contains("cli."), "\(failure.errors)")
      #expect(!failure.errors.contains("refusal."), "\(failure.errors)")
      let hasChinese = failure.errors.unicodeScalars.contains { (0x4E00...0x9FFF).contains($0.value) }
      #expect(hasChinese == (language == "zh-Hans"), "\(failure.errors)")
    }
    let json = try home.run("ticket", "show", "2611-9999", "--json")
    #expect(json.errors.contains("\"error\":1"))
  }

  @Test(arguments: ["zh-Hans", "en"])
  func `help exists in both languages for every command`(_ language: String) throws {
    let commands = [
      [], ["ticket"], ["ticket", "create"], ["ticket", "import"], ["ticket", "close"], ["customer", "show"],
      ["knowledge", "evaluate"], ["store", "init"], ["admin", "agent", "add"], ["export", "tickets"],
      ["monitor"],
    ]
    for command in commands {
      let help = try home.run(command + ["--help", "--lang", language])
      #expect(help.code == 0)
      #expect(!help.output.contains("cli."), "\(help.output)")
      #expect(help.output.contains("用法") == (language == "zh-Hans"), "\(help.output)")
    }
  }

  @Test func `options may stand before the command`() throws {
    let result = try home.run("--agent", "chenyu", "--json", "ticket", "list")
    #expect(result.code == 0, "\(result.errors)")
  }

  @Test func `personal data is shown with a reason only, and the reason is kept`() throws {
    _ = try create()
    let masked = try #require(try home.run("customer", "show", "138 0000 2071", "--json").lines.first)
    #expect(masked["name"] as? String == "王*芳")
    #expect("\(masked)".contains("138****2071"))
    #expect(try home.run("customer", "show", "13800002071", "--reveal", "name").code == 2)
    let blank = try home.run("customer", "show", "13800002071", "--reveal", "name", "--reason", "  ")
    #expect(blank.code == 1)
    let clear = try home.run("customer", "show", "13800002071", "--reveal", "name", "--reason", "核对")
    #expect(clear.output == "王慧芳\n")
    #expect(try home.run("export", "customers").code == 1)
    let export = try home.run("export", "customers", "--agent", "admin")
    #expect(export.code == 0)
    #expect(!export.output.contains("王慧芳") && !export.output.contains("13800002071"))
    #expect(try home.run("export", "customers", "--agent", "admin", "--clear").code == 2)
    let inClear = try home.run("export", "customers", "--agent", "baijing", "--clear", "--reason", "审计")
    #expect(inClear.output.contains("王慧芳") && inClear.output.contains("13800002071"))
  }

  @Test func `text from outside never reaches the terminal as it is`() throws {
    let evil = "\u{1B}]0;owned\u{7}\u{202E}red\u{1B}[31m"
    let created = try home.run(
      "ticket", "create", "--zone", "general", "--phone", "13800000001", "--subject", evil, "--message", evil,
      "--json")
    #expect(created.code == 0, "\(created.errors)")
    let number = try #require(created.lines.first?["number"] as? String)
    for result in [
      try home.run("ticket", "show", number), try home.run("ticket", "list"),
      try home.run("ticket", "show", number, "--json"),
      try home.run("find", "owned"), try home.run("ticket", "show", evil),
    ] {
      #expect(!result.output.unicodeScalars.contains { $0 == "\u{1B}" || $0 == "\u{7}" || $0 == "\u{202E}" })
      #expect(!result.errors.unicodeScalars.contains { $0 == "\u{1B}" || $0 == "\u{7}" || $0 == "\u{202E}" })
    }
  }

  @Test func `find and knowledge answer in both shapes`() throws {
    let number = try create()
    let found = try home.run("find", "2071", "--json")
    #expect(found.lines.contains { $0["kind"] as? String == "ticket" || $0["kind"] as? String == "customer" })
    #expect(try home.run("find", number).output.contains(number))
    let hits = try home.run("knowledge", "search", "tuikuan", "--lang", "zh-Hans", "--json")
    #expect(!hits.lines.isEmpty)
    let id = try #require(hits.lines.first?["id"] as? String)
    #expect(try home.run("knowledge", "show", id).output.contains("\n"))
    #expect(try home.run("knowledge", "search", "zzzzqqqq").code == 0)
  }

  @Test func `evaluation counts as its page says`() throws {
    let corpus = try home.write(
      "corpus.jsonl",
      """
      {"_id":"a","title":"roaming pack","text":"how roaming is charged abroad"}
      {"_id":"b","title":"refund","text":"when a refund arrives on the card"}
      """)
    let queries = try home.write("queries.jsonl", "{\"_id\":\"q\",\"text\":\"when does my refund arrive\"}\n")
    let qrels = try home.write("qrels.tsv", "query-id\tcorpus-id\tscore\nq\tb\t1\n")
    let result = try home.run(
      "knowledge", "evaluate", "--corpus", corpus, "--queries", queries, "--qrels", qrels, "--json")
    #expect(result.code == 0, "\(result.errors)")
    let figures = try #require(result.lines.first)
    #expect(figures["mrr_at_10"] as? Double == 1)
    #expect(figures["recall_at_10"] as? Double == 1)
    #expect(figures["p50_us"] != nil && figures["p95_us"] != nil)
  }

  @Test func `a changed folder is applied as one, or not at all`() throws {
    let folder = home.file("resources")
    try FileManager.default.copyItem(atPath: Program.checkout + "/Resources", toPath: folder)
    #expect(try home.run("admin", "check", folder).code == 0)
    #expect(try home.run("admin", "apply", folder).code == 1)
    let applied = try home.run("admin", "apply", folder, "--agent", "admin")
    #expect(applied.code == 0, "\(applied.errors)")
    let zone = folder + "/zones/general.yaml"
    let text = try String(contentsOfFile: zone, encoding: .utf8)
    try text.replacingOccurrences(of: "calendar:", with: "calender:").write(
      toFile: zone, atomically: true, encoding: .utf8)
    let refused = try home.run("admin", "apply", folder, "--agent", "admin")
    #expect(refused.code == 1)
    #expect(refused.errors.contains("zones/general.yaml:"), "\(refused.errors)")
    #expect(try home.run("admin", "check", folder, "--json").lines.contains { $0["line"] is Int })
  }

  @Test func `an article that is imported is found`() throws {
    let article = """
      ---
      id: quokka-rule
      title: The quokka rule
      language: en
      zone: all
      tags: [quokka]
      owner: Test
      ---
      Quokkas are told politely.
      """
    _ = try home.write("quokka-rule.md", article)
    let imported = try home.run("knowledge", "import", home.file("quokka-rule.md"), "--agent", "admin")
    #expect(imported.code == 0, "\(imported.errors)")
    #expect(
      try home.run("knowledge", "search", "quokka", "--json").lines.first?["id"] as? String == "quokka-rule")
    _ = try home.write("broken.md", "no front matter")
    #expect(try home.run("knowledge", "import", home.file("broken.md"), "--agent", "admin").code == 1)
  }

  @Test func `people are added by whoever may, and checked`() throws {
    let arguments = [
      "admin", "agent", "add", "newone", "--number", "1999", "--name", "新人", "--english-name", "New One",
    ]
    #expect(try home.run(arguments).code == 1)
    let added = try home.run(arguments + ["--agent", "admin", "--team", "care", "--json"])
    #expect(added.code == 0, "\(added.errors)")
    #expect(
      try home.run("admin", "agent", "list", "--json").lines.contains { $0["id"] as? String == "newone" })
    #expect(
      try home.run(["admin", "agent", "add", "Bad Id", "--number", "1", "--name", "x", "--agent", "admin"])
        .code == 2)
    #expect(try home.run("ticket", "list", "--agent", "newone").code == 0)
  }

  @Test func `a settings file with mistakes warns of each and works`() throws {
    home.environment["AGENTDESK_AGENT"] = nil
    _ = try home.write(
      "config.yaml", "agent: chenyu\nthem: dark\nkeys:\n  claim-nxt: F7\n  close: Hyper-Q\n")
    let result = try home.run("store", "status", "--json")
    #expect(result.code == 0)
    #expect(result.lines.first?["agent"] as? String == "chenyu")
    for place in ["config.yaml:2: ", "config.yaml:4: ", "config.yaml:5: "] {
      #expect(result.errors.contains(place), "\(result.errors)")
    }
  }

  @Test(arguments: ["zh-Hans", "en"])
  func `on a store of real work nobody is guessed`(_ language: String) throws {
    home.environment["AGENTDESK_AGENT"] = nil
    home.environment["AGENTDESK_LANG"] = language
    for command in [["ticket", "list"], ["find", "2071"], ["knowledge", "search", "zzzzqqqq"]] {
      let refused = try home.run(command)
      #expect(refused.code == 2)
      #expect(refused.output.isEmpty)
      #expect(refused.errors.contains(language == "en" ? "who you are" : "你是谁"), "\(refused.errors)")
      #expect(try home.run(command + ["--agent", "linxiao"]).code == 0)
    }
    // What one asks before knowing whom to name.
    #expect(try home.run("admin", "agent", "list").output.contains("linxiao"))
    #expect(try home.run("store", "status").code == 0)
    #expect(try home.run("store", "status", "--json").lines.first?["agent"] is NSNull)
    #expect(try home.run("sync", "status").code == 0)
    _ = try home.write("config.yaml", "agent: chenyu\n")
    #expect(try home.run("ticket", "list").code == 0)
  }

  @Test func `on a demo the first who may work is taken`() throws {
    home.environment["AGENTDESK_AGENT"] = nil
    let demo = home.file("demo.store")
    #expect(try home.run("store", "init", demo, "--demo", "--tickets", "20").code == 0)
    let status = try home.run("store", "status", "--store", demo, "--json")
    #expect(status.lines.first?["agent"] as? String == "linxiao")
    #expect(try home.run("ticket", "list", "--store", demo).code == 0)
  }

  @Test func `completions and the manual page come out`() throws {
    for shell in ["bash", "zsh", "fish"] {
      #expect(try home.run("completions", shell).output.contains("agentdesk"))
    }
    #expect(try home.run("completions", "cmd").code == 2)
    #expect(try home.run("generate-docs", home.file("docs")).code == 0)
    let page = try #require(home.contents("docs/man/agentdesk.1"))
    #expect(page.hasPrefix(".\\\"") && page.contains("ticket import") && !page.contains("cli."))
  }
}
