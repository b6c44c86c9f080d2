import Foundation
import TestSupport
import Testing

/// The commands of docs/assistance.md; none of them needs a store.
@Suite struct AssistTests {
  let home: ProgramHome

  init() throws { home = try ProgramHome() }

  private static let lessons = [
    (
      "charge",
      ["上个月漫游包扣了两次", "账单上有一笔重复扣费", "为什么又扣费了", "I was charged twice", "a double charge on my bill", "多扣了十块钱"]
    ),
    (
      "fault", ["宽带红灯上不了网", "家里断网一整天", "路由器闪红灯", "my broadband is down", "router shows a red light", "网页打不开"]
    ),
    ("cancel", ["我要取消套餐", "帮我退订彩铃", "怎么取消会员", "cancel my plan please", "please unsubscribe me", "关闭自动续订"]),
  ]

  private static func line(_ text: String, _ label: String) -> String {
    "{\"text\":\"\(text)\",\"label\":\"\(label)\",\"id\":1}\n"
  }

  private func data(_ more: String = "") throws -> String {
    let lines = Self.lessons.flatMap { label, texts in texts.map { Self.line($0, label) } }
    return try home.write("lessons.jsonl", lines.joined() + more)
  }

  @Test func `a model is trained, written and asked, with the words that decided`() throws {
    let model = home.file("desk.model")
    let trained = try home.run("assist", "train", "--data", try data(), "--model", model, "--json")
    #expect(trained.code == 0, "\(trained.errors)")
    #expect(trained.lines.first?["texts"] as? Int == 18)
    #expect(trained.lines.first?["labels"] as? Int == 3)

    let asked = try home.run(
      "assist", "inspect", "--model", model, "--threshold", "0", "--json", input: "😀 漫游包又扣了两次\n")
    #expect(asked.code == 0, "\(asked.errors)")
    let answer = try #require(asked.lines.first)
    let candidates = try #require(answer["candidates"] as? [[String: Any]])
    #expect(candidates.first?["label"] as? String == "charge")
    let reasons = try #require(answer["reasons"] as? [[String: Any]])
    let reason = try #require(reasons.first)
    let start = try #require(reason["start"] as? Int)
    let end = try #require(reason["end"] as? Int)
    let scalars = Array("😀 漫游包又扣了两次".unicodeScalars)
    #expect(reason["text"] as? String == String(String.UnicodeScalarView(scalars[start..<end])))
  }

  @Test func `amounts and personal data are read without a model, and never in clear`() throws {
    let result = try home.run("assist", "inspect", "--json", input: "幺三八 1234 2071 多扣了三十八块五")
    #expect(result.code == 0, "\(result.errors)")
    let answer = try #require(result.lines.first)
    #expect(answer["category"] is NSNull)
    let fields = try #require(answer["fields"] as? [[String: Any]])
    #expect(fields.map { $0["kind"] as? String } == ["mobile", "amount"])
    #expect(fields.map { $0["value"] as? String } == ["138****2071", "38.50"])
    #expect(fields.last?["start"] as? Int == 17)
    #expect(fields.last?["end"] as? Int == 22)
    #expect(!result.output.contains("1234 2071"))
  }

  @Test func `a number of somebody's is never shown, neither as a reason nor as an amount`() throws {
    let model = home.file("desk.model")
    let lessons = (1...6).flatMap { _ in
      [Self.line("138 1234 2071 quota", "phone"), Self.line("红灯断网", "fault")]
    }
    let file = try home.write("numbers.jsonl", lessons.joined())
    #expect(try home.run("assist", "train", "--data", file, "--model", model).code == 0)
    let asked = try home.run(
      "assist", "inspect", "--model", model, "--json", input: "138 1234 2071 元, 13812342071元")
    #expect(asked.code == 0, "\(asked.errors)")
    let reasons = try #require(asked.lines.first?["reasons"] as? [[String: Any]])
    #expect(!reasons.isEmpty)
    #expect(!asked.output.contains("1234") && !asked.output.contains("12342071"), "\(asked.output)")
  }

  @Test(arguments: ["zh-Hans", "en"])
  func `mood, urgency and risk are read with places and reasons`(_ language: String) throws {
    let text = "😀 你们太过分了！！今天必须退，不然我打12315。电话 13812342071"
    let asked = try home.run("assist", "inspect", "--json", "--lang", language, input: text)
    #expect(asked.code == 0, "\(asked.errors)")
    let answer = try #require(asked.lines.first)
    let mood = try #require(answer["mood"] as? [String: Any])
    #expect((mood["level"] as? Int ?? 0) >= 2)
    let scalars = Array(text.unicodeScalars)
    for key in ["mood", "urgency", "risk"] {
      let reasons = try #require((answer[key] as? [String: Any])?["reasons"] as? [[String: Any]])
      let first = try #require(reasons.first, "\(key)")
      let start = try #require(first["start"] as? Int)
      let end = try #require(first["end"] as? Int)
      let quoted = String(String.UnicodeScalarView(scalars[start..<end]))
      let sentence = try #require(first["reason"] as? String)
      #expect(sentence.contains(quoted) && !sentence.contains("reason."), "\(sentence)")
    }
    #expect((answer["risk"] as? [String: Any])?["severity"] as? String == "high")
    #expect(!asked.output.contains("13812342071"))
    let plain = try home.run("assist", "inspect", "--lang", language, input: text)
    #expect(plain.output.contains("●●") && !plain.output.contains("reason."))
  }

  @Test func `feeling is measured by what is learned, and by the words alone`() throws {
    let positive = [
      "非常满意，服务很好", "good service, thank you", "很棒，推荐", "great, works well", "处理及时，谢谢", "很方便，好评",
    ]
    let negative = ["太差了，失望", "terrible, never again", "垃圾服务", "this is awful", "态度恶劣，投诉", "没人处理，气死我了"]
    let train = try home.write(
      "train.jsonl",
      (positive.map { Self.line($0, "good") } + negative.map { Self.line($0, "bad") }).joined())
    let test = try home.write(
      "test.jsonl", Self.line("很满意，谢谢", "good") + Self.line("太差了，垃圾", "bad") + "oops\n")
    let learned = try home.run("assist", "sentiment", "evaluate", "--train", train, "--test", test, "--json")
    #expect(learned.code == 4)
    #expect(learned.errors.contains("\"line\":3"), "\(learned.errors)")
    let figures = try #require(learned.lines.first)
    #expect(figures["accuracy"] as? Double == 1)
    for key in ["macro_f1", "train_seconds", "p50_us", "p99_us"] { #expect(figures[key] is Double, "\(key)") }

    let words = try home.write(
      "words.jsonl",
      (positive.map { Self.line($0, "positive") } + negative.map { Self.line($0, "negative") }).joined()
        + Self.line("账单在哪里看", "neutral"))
    let read = try home.run("assist", "sentiment", "evaluate", "--test", words, "--json")
    #expect(read.code == 0, "\(read.errors)")
    #expect(read.lines.first?["accuracy"] as? Double == 1)
    #expect(read.lines.first?["undecided"] as? Int == 1)
    let other = try home.run("assist", "sentiment", "evaluate", "--test", test, "--lang", "en")
    #expect(
      other.code == 1 && other.errors.contains("good") && !other.errors.contains("cli."), "\(other.errors)")
  }

  @Test func `below the threshold it abstains`() throws {
    let model = home.file("desk.model")
    #expect(try home.run("assist", "train", "--data", try data(), "--model", model).code == 0)
    let asked = try home.run(
      "assist", "inspect", "--model", model, "--threshold", "1", "--json", input: "扣费还是断网")
    #expect(asked.lines.first?["category"] is NSNull)
    #expect(asked.lines.first?["abstained"] as? Bool == true)
    let wrong = try home.run("assist", "inspect", "--model", model, "--threshold", "2", input: "x")
    #expect(wrong.code == 2)
  }

  @Test func `evaluation prints the figures of its page`() throws {
    let test = try home.write(
      "test.jsonl",
      Self.line("这笔费用扣了两次", "charge") + Self.line("路由器红灯断网", "fault")
        + Self.line("明天会下雨吗", "__oos__"))
    let result = try home.run(
      "assist", "evaluate", "--train", try data(), "--test", test, "--lang", "zh", "--json")
    #expect(result.code == 0, "\(result.errors)")
    let figures = try #require(result.lines.first)
    #expect(figures["accuracy"] as? Double == 1)
    #expect(figures["macro_f1"] as? Double == 1)
    #expect(figures["auroc"] as? Double == 1)
    for key in ["train_seconds", "p50_us", "p99_us", "calibration_error"] {
      #expect(figures[key] is Double, "\(key)")
    }
    let missing = try home.run("assist", "evaluate", "--test", test)
    #expect(missing.code == 2)
  }

  @Test(arguments: ["zh-Hans", "en"])
  func `bad lines are named with their numbers, and the others are learned`(_ language: String) throws {
    let file = try data(
      "not json\n\n{\"text\":\"\",\"label\":\"a\"}\n{\"text\":\"x\"}\n[1]\n{\"text\":5,\"label\":\"a\"}\n")
    let result = try home.run(
      "assist", "train", "--data", file, "--model", home.file("m"), "--lang", language)
    #expect(result.code == 4)
    let lines = result.errors.split(separator: "\n").map(String.init)
    #expect(lines.count == 5, "\(lines)")
    for (line, number) in zip(lines, [19, 21, 22, 23, 24]) {
      #expect(line.hasPrefix("\(file):\(number): "), "\(line)")
      #expect(!line.contains("cli."))
    }
    let json = try home.run("assist", "train", "--data", file, "--model", home.file("m"), "--json")
    #expect(json.errors.contains("\"line\":22,\"error\":\"missing\""), "\(json.errors)")
    #expect(json.lines.first?["rejected"] as? Int == 5)
  }

  @Test(arguments: ["zh-Hans", "en"])
  func `what cannot be used is one sentence, and an old model stays`(_ language: String) throws {
    home.environment["AGENTDESK_LANG"] = language
    let model = home.file("desk.model")
    #expect(try home.run("assist", "train", "--data", try data(), "--model", model).code == 0)
    let before = try Data(contentsOf: URL(fileURLWithPath: model))
    let one = try home.write("one.jsonl", Self.line("x", "only") + Self.line("y", "only"))
    let none = try home.write("none.jsonl", "\n")
    _ = try home.write("broken.model", String(repeating: "x", count: 300))
    try before.dropLast().write(to: URL(fileURLWithPath: home.file("cut.model")))
    let failures = [
      try home.run("assist", "train", "--data", one, "--model", model),
      try home.run("assist", "train", "--data", none, "--model", model),
      try home.run("assist", "train", "--data", home.file("nowhere"), "--model", model),
      try home.run("assist", "inspect", "--model", home.file("nowhere")),
      try home.run("assist", "inspect", "--model", home.file("broken.model")),
      try home.run("assist", "inspect", "--model", home.file("cut.model")),
    ]
    for failure in failures {
      #expect(failure.code == 1, "\(failure.errors)")
      #expect(failure.output.isEmpty)
      #expect(failure.errors.split(separator: "\n").count == 1, "\(failure.errors)")
      #expect(!failure.errors.contains("cli."), "\(failure.errors)")
      let hasChinese = failure.errors.unicodeScalars.contains { (0x4E00...0x9FFF).contains($0.value) }
      #expect(hasChinese == (language == "zh-Hans"), "\(failure.errors)")
    }
    #expect(try Data(contentsOf: URL(fileURLWithPath: model)) == before)
  }
}

/// `privacy` of docs/assistance.md.
@Suite struct PrivacyTests {
  let home: ProgramHome

  init() throws { home = try ProgramHome() }

  @Test func `a text comes out masked, and nothing else of it changes`() throws {
    let text = "第一行\t多扣 38.00 元\n电话一三八 1234 2071，单号 YF26112100012302"
    let masked = try home.run("privacy", "mask", input: text + "\n")
    #expect(masked.code == 0, "\(masked.errors)")
    #expect(masked.output == "第一行\t多扣 38.00 元\n电话138****2071，单号 YF26112100012302\n")
    let json = try home.run("privacy", "mask", "--json", input: text)
    #expect(json.lines.first?["found"] as? Int == 1)
  }

  @Test(arguments: ["zh-Hans", "en"])
  func `what is found is said with its place in code points, and never in clear`(_ language: String) throws {
    let text = "👍 幺三八 1234 2071，身份证 11010519491231002X"
    let found = try home.run("privacy", "find", "--json", "--lang", language, input: text)
    #expect(found.lines.map { $0["kind"] as? String } == ["mobile", "id_card"])
    #expect(found.lines.first?["start"] as? Int == 2)
    #expect(found.lines.first?["end"] as? Int == 15)
    #expect(found.lines.allSatisfy { ($0["reason"] as? String)?.contains("cli.") == false })
    let table = try home.run("privacy", "find", "--lang", language, input: text)
    for output in [found.output, table.output] {
      #expect(!output.contains("19491231") && !output.contains("1234 2071"))
      #expect(output.contains("138****2071"))
    }
    let none = try home.run("privacy", "find", "--lang", language, input: "没有")
    #expect(none.code == 0 && !none.output.contains("cli."))
  }
}
