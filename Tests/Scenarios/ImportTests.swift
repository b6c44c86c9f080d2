import Foundation
import TestSupport
import Testing

@Suite struct ImportTests {
  let home: ProgramHome

  init() throws {
    home = try ProgramHome()
    home.environment["AGENTDESK_AGENT"] = "linxiao"
    let made = try home.run("store", "init", home.file("desk.store"))
    #expect(made.code == 0, "\(made.errors)")
  }

  private static let good =
    #"{"external_id":"a-1","zone":"general","channel":"chat","subject":"Where is my card","created_at":"2026-11-01T09:00:00+08:00","customer":{"phone":"13800000001","name":"Ann Lee"},"messages":[{"from":"customer","at":"2026-11-01T09:00:00+08:00","text":"Where is my card?"},{"from":"agent","at":"2026-11-01T09:01:00+08:00","text":"On its way."}]}"#

  /// Each is wrong in one way.
  private static let bad: [String] = [
    "not json", "[]", "{}", "{\"zone\":", "\"text\"",
    good.replacingOccurrences(of: "\"subject\"", with: "\"subjct\""),
    good.replacingOccurrences(of: "\"general\"", with: "\"nowhere\""),
    good.replacingOccurrences(of: "\"chat\"", with: "\"pigeon\""),
    good.replacingOccurrences(of: "\"chat\"", with: "7"),
    good.replacingOccurrences(
      of: "2026-11-01T09:00:00+08:00\",\"customer", with: "2026-13-01T09:00:00+08:00\",\"customer"),
    good.replacingOccurrences(
      of: "2026-11-01T09:00:00+08:00\",\"customer", with: "9999-11-01T09:00:00+08:00\",\"customer"),
    good.replacingOccurrences(of: "2026-11-01T09:00:00+08:00\",\"customer", with: "yesterday\",\"customer"),
    good.replacingOccurrences(of: "2026-11-01T09:01:00+08:00", with: "2026-10-01T09:01:00+08:00"),
    good.replacingOccurrences(of: "\"phone\":\"13800000001\",", with: ""),
    good.replacingOccurrences(of: "13800000001", with: "call me"),
    good.replacingOccurrences(of: "\"from\":\"agent\"", with: "\"from\":\"robot\""),
    good.replacingOccurrences(of: "\"customer\":{", with: "\"fields\":{\"nothing\":\"1\"},\"customer\":{"),
    good.replacingOccurrences(
      of: "\"customer\":{", with: "\"category\":\"billing/duplicate-charge\",\"customer\":{"),
    good.replacingOccurrences(
      of: "\"customer\":{", with: "\"close\":{\"disposition\":\"nothing\",\"text\":\"x\"},\"customer\":{"),
    good.replacingOccurrences(of: "\"customer\":{", with: "\"zone\":\"general\",\"customer\":{"),
    good.replacingOccurrences(of: "\"Where is my card\"", with: "\"\\ud800\""),
    good.replacingOccurrences(of: "\"Where is my card\"", with: "\"   \""),
    String(repeating: "[", count: 5000), "{\"a\":\"\u{1}\"}",
  ]

  @Test func `good lines go in, bad lines are told by number and kept as they were`() throws {
    let lines = [Self.good] + Self.bad + [Self.good.replacingOccurrences(of: "a-1", with: "a-2"), ""]
    let file = try home.write("in.jsonl", lines.joined(separator: "\n"))
    let result = try home.run("ticket", "import", file, "--json")
    #expect(result.code == 4, "\(result.errors)")
    let report = try #require(result.lines.first)
    #expect(report["imported"] as? Int == 2)
    #expect(report["rejected"] as? Int == Self.bad.count)
    #expect(report["customers"] as? Int == 1)
    #expect(home.contents("in.jsonl.rejects.jsonl") == Self.bad.joined(separator: "\n") + "\n")
    let told = result.errors.split(separator: "\n").map(String.init)
    #expect(told.count == Self.bad.count)
    for (index, line) in told.enumerated() {
      #expect(
        line.contains("\"line\":\(index + 2),") || told.contains { $0.contains("\"line\":\(index + 2),") })
      #expect(!line.contains("cli."), "\(line)")
    }
  }

  @Test func `the same file imported twice is not doubled`() throws {
    let file = try home.write("in.jsonl", Self.good + "\n" + Self.good + "\n")
    let first = try home.run("ticket", "import", file, "--json")
    #expect(first.lines.first?["imported"] as? Int == 1)
    #expect(first.lines.first?["known"] as? Int == 1)
    let second = try home.run("ticket", "import", file, "--json")
    #expect(second.code == 0)
    #expect(second.lines.first?["imported"] as? Int == 0)
    #expect(second.lines.first?["known"] as? Int == 2)
    #expect(try home.run("ticket", "list", "--json").lines.count == 1)
  }

  @Test func `messages keep their times and authors, and who waits follows from them`() throws {
    let waiting = Self.good.replacingOccurrences(of: "a-1", with: "a-2").replacingOccurrences(
      of: "{\"from\":\"agent\",\"at\":\"2026-11-01T09:01:00+08:00\",\"text\":\"On its way.\"}",
      with: "{\"from\":\"customer\",\"at\":\"2026-11-01T09:05:00+08:00\",\"text\":\"Hello?\"}")
    let result = try home.run("ticket", "import", "-", "--json", input: Self.good + "\n" + waiting + "\n")
    #expect(result.code == 0, "\(result.errors)")
    let answered = try #require(try home.run("ticket", "show", "ext:a-1", "--json").lines.first)
    let timeline = try #require(answered["timeline"] as? [[String: Any]])
    let said = timeline.filter { ["customerMessage", "reply"].contains($0["kind"] as? String ?? "") }
    #expect(said.map { $0["at"] as? String } == ["2026-11-01T01:00:00.000Z", "2026-11-01T01:01:00.000Z"])
    #expect(said.map { $0["author"] as? String } == ["customer", "system"])
    #expect(answered["waiting_since"] is NSNull)
    let other = try #require(try home.run("ticket", "show", "ext:a-2", "--json").lines.first)
    #expect(other["waiting_since"] as? String == "2026-11-01T01:00:00.000Z")
    #expect(other["customer"] as? String == answered["customer"] as? String)
  }

  @Test func `a line that closes needs every required field`() throws {
    func line(_ fields: String) -> String {
      #"{"external_id":"c","zone":"billing-dispute","channel":"phone","subject":"x","customer":{"phone":"13800000009"},\#(fields)"close":{"disposition":"refunded","text":"done"}}"#
    }
    let missing = try home.run("ticket", "import", "-", "--rejects", home.file("r"), input: line(""))
    #expect(missing.code == 1)
    #expect(missing.errors.contains("Billing period"), "\(missing.errors)")
    #expect(try home.run("ticket", "list", "--json").lines.isEmpty)
    let full = #""fields":{"period":"2026-10","item":"roaming","amount":38,"remedy":"refund"},"#
    let closed = try home.run("ticket", "import", "-", "--rejects", home.file("r2"), input: line(full))
    #expect(closed.code == 0, "\(closed.errors)")
    #expect(try home.run("ticket", "show", "ext:c", "--json").lines.first?["state"] as? String == "closed")
  }

  @Test func `identities of two customers are not taken for one`() throws {
    func line(_ id: String, _ person: String) -> String {
      #"{"external_id":"\#(id)","zone":"general","channel":"chat","subject":"x","customer":{\#(person)}}"#
    }
    let lines = [
      line("1", #""phone":"13800000001""#), line("2", #""email":"a@example.com""#),
      line("3", #""phone":"138-0000-0001","email":"A@example.com""#),
      line("4", #""phone":"+86 138 0000 0001","wechat":"ann""#),
      line("5", #""wechat":"ANN""#),
    ]
    let result = try home.run(
      "ticket", "import", "-", "--json", "--rejects", home.file("r"), input: lines.joined(separator: "\n"))
    #expect(result.code == 4)
    #expect(result.errors.contains("\"line\":3,"))
    #expect(result.lines.first?["customers"] as? Int == 2)
    let customers = try ["1", "4", "5"].map { id in
      try home.run("ticket", "show", "ext:\(id)", "--json").lines.first?["customer"] as? String
    }
    #expect(Set(customers).count == 1)
  }

  @Test func `records of customers are imported, and importing them again changes nothing`() throws {
    let line =
      #"{"phone":"13800000001","name":"王慧芳","level":"gold","since":"2020-05-01","city":"云州","products":[{"name":"畅享129","kind":"plan","monthly_fee":"129","started_on":"2020-05-01"}],"orders":[{"number":"O1","title":"漫游包","placed_on":"2026-10-12","amount":38}],"bills":[{"number":"B1","period":"2026-10","lines":[{"title":"漫游包","amount":"38.00","charged_on":"2026-10-12"},{"title":"漫游包","amount":"38.00","charged_on":"2026-10-12"}]}]}"#
    let refused = try home.run("customer", "import", "-", "--rejects", home.file("r1"), input: line)
    #expect(refused.code == 1)
    for _ in 0..<2 {
      let result = try home.run("customer", "import", "-", "--agent", "weilan", input: line)
      #expect(result.code == 0, "\(result.errors)")
    }
    let customer = try #require(try home.run("customer", "show", "13800000001", "--json").lines.first)
    #expect(customer["level"] as? String == "gold")
    #expect((customer["products"] as? [Any])?.count == 1)
    #expect((customer["orders"] as? [Any])?.count == 1)
    let bills = try #require(customer["bills"] as? [[String: Any]])
    #expect(bills.map { $0["total"] as? String } == ["76.00"])
  }

  @Test func `an earlier reject file is not overwritten`() throws {
    let file = try home.write("in.jsonl", "broken\n")
    _ = try home.run("ticket", "import", file)
    _ = try home.run("ticket", "import", file)
    #expect(home.contents("in.jsonl.rejects.jsonl") == "broken\n")
    #expect(home.contents("in.jsonl.rejects-2.jsonl") == "broken\n")
  }

  @Test func `a line of many megabytes is kept whole and the next one goes in`() throws {
    let long = "{\"subject\":\"" + String(repeating: "长", count: 3 << 20) + "\"}"
    let result = try home.run(
      "ticket", "import", "-", "--json", "--rejects", home.file("r"), input: long + "\n" + Self.good + "\n")
    #expect(result.code == 4)
    #expect(result.lines.first?["imported"] as? Int == 1)
    #expect(home.contents("r") == long + "\n")
  }

  @Test func `bytes that are not UTF-8 are rejected and kept`() throws {
    let bytes = Data("{\"zone\":\"".utf8) + Data([0xFF, 0xFE, 0x00]) + Data("\"}\n".utf8)
    let result = try home.run(["ticket", "import", "-", "--rejects", home.file("r")], input: bytes)
    #expect(result.code == 1)
    #expect(try Data(contentsOf: URL(fileURLWithPath: home.file("r"))) == bytes)
  }

  // MARK: - Real text

  @Test(
    .enabled(if: Program.sharedData("banking77/train.csv") != nil, "banking77 is not beside the checkout"))
  func `ten thousand real questions are imported, found and closed`() throws {
    let csv = try String(
      contentsOfFile: try #require(Program.sharedData("banking77/train.csv")), encoding: .utf8)
    let rows = CSV.rows(csv).dropFirst()
    #expect(rows.count == 10_003)
    var lines = ""
    for (index, row) in rows.enumerated() {
      lines += try json([
        "external_id": "banking-\(index)", "zone": "general", "channel": "chat", "language": "en",
        "subject": String(row[0].prefix(200)), "tags": [row[1]],
        "customer": ["account": "bank-\(index % 3000)"],
        "messages": [["from": "customer", "text": row[0]]],
      ])
    }
    let file = try home.write("banking.jsonl", lines)
    let result = try home.run("ticket", "import", file, "--json")
    #expect(result.code == 0, "\(result.errors.prefix(500))")
    #expect(result.lines.first?["imported"] as? Int == 10_003)
    #expect(result.lines.first?["customers"] as? Int == 3000)
    let found = try home.run("find", "disposable virtual card", "--json")
    #expect(!found.lines.isEmpty)
    for index in 0..<10 {
      let reference = "ext:banking-\(index * 997)"
      #expect(try home.run("ticket", "claim", reference).code == 0)
      try fillAndClose(reference)
    }
    #expect(try home.run("ticket", "list", "--scope", "done", "--json").lines.count == 10)
  }

  @Test(
    .enabled(if: Program.sharedData("crosswoz/val_slim.jsonl") != nil, "crosswoz is not beside the checkout"))
  func `five hundred real dialogues are imported with their turns`() throws {
    let text = try String(
      contentsOfFile: try #require(Program.sharedData("crosswoz/val_slim.jsonl")), encoding: .utf8)
    let dialogues = text.split(separator: "\n").compactMap {
      (try? JSONSerialization.jsonObject(with: Data($0.utf8))) as? [String: Any]
    }
    #expect(dialogues.count == 500)
    var lines = ""
    var turns = 0
    for (index, dialogue) in dialogues.enumerated() {
      let said = dialogue["turns"] as? [[String: Any]] ?? []
      turns += said.count
      let messages = said.enumerated().map { turn, value in
        [
          "from": value["role"] as? String == "usr" ? "customer" : "agent",
          "text": value["content"] as? String ?? "",
          "at": String(format: "2026-10-%02d-%02d:%02d:00+08:00", 1 + index % 28, 9 + turn / 60, turn % 60)
            .replacingOccurrences(of: #"^(\d+-\d+-\d+)-"#, with: "$1T", options: .regularExpression),
        ]
      }
      lines += try json([
        "external_id": "woz-\(dialogue["id"] as? String ?? "\(index)")", "zone": "general", "channel": "chat",
        "subject": String((said.first?["content"] as? String ?? "?").prefix(60)),
        "customer": ["account": "woz-\(index)"], "messages": messages,
      ])
    }
    let file = try home.write("woz.jsonl", lines)
    let result = try home.run("ticket", "import", file, "--json")
    #expect(result.code == 0, "\(result.errors.prefix(500))")
    #expect(result.lines.first?["imported"] as? Int == 500)
    let export = try home.run("export", "tickets", "--agent", "admin")
    let kept = export.lines.reduce(0) { count, ticket in
      count
        + (ticket["timeline"] as? [[String: Any]] ?? []).count {
          ["customerMessage", "reply"].contains($0["kind"] as? String ?? "")
        }
    }
    #expect(kept == turns)
  }

  /// The form of the zone has two required fields: without them it cannot be closed, here as anywhere.
  private func fillAndClose(_ reference: String) throws {
    let close = ["ticket", "close", reference, "--disposition", "answered", "--text", "Answered."]
    #expect(try home.run(close).code == 1)
    let set = try home.run("ticket", "set", reference, "topic=Card", "remedy=inquiry")
    #expect(set.code == 0, "\(set.errors)")
    let closed = try home.run(close)
    #expect(closed.code == 0, "\(closed.errors)")
  }

  private func json(_ value: [String: Any]) throws -> String {
    String(
      decoding: try JSONSerialization.data(withJSONObject: value, options: [.withoutEscapingSlashes]),
      as: UTF8.self) + "\n"
  }
}

/// RFC 4180, as far as the test needs it.
enum CSV {
  static func rows(_ text: String) -> [[String]] {
    var rows: [[String]] = []
    var row: [String] = []
    var cell = ""
    var isQuoted = false
    var scalars = text.unicodeScalars.makeIterator()
    var pending: Unicode.Scalar?
    while let scalar = pending ?? scalars.next() {
      pending = nil
      if isQuoted {
        guard scalar == "\"" else {
          cell.unicodeScalars.append(scalar)
          continue
        }
        let next = scalars.next()
        if next == "\"" {
          cell.unicodeScalars.append("\"")
        } else {
          isQuoted = false
          pending = next
        }
      } else if scalar == "\"" {
        isQuoted = true
      } else if scalar == "," {
        row.append(cell)
        cell = ""
      } else if scalar == "\n" {
        rows.append(row + [cell])
        (row, cell) = ([], "")
      } else if scalar != "\r" {
        cell.unicodeScalars.append(scalar)
      }
    }
    if !cell.isEmpty || !row.isEmpty { rows.append(row + [cell]) }
    return rows
  }
}
