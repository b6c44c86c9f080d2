import ArgumentParser
import Assist
import Configuration
import Domain

/// What it costs to check a reply before it goes, from a few sentences to a megabyte that was pasted.
struct QualityCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "quality",
    abstract: "Measures one check of a reply by its length, in both languages: prints one JSON object.")

  private static let sizes: [(bytes: Int, runs: Int)] = [
    (500, 400), (4000, 200), (64_000, 20), (1_000_000, 3),
  ]

  func run() throws {
    let set = try Place.configuration()
    let zone = set.zones.first { $0.diagnosis.isEmpty == false } ?? set.zones[0]
    let words = ReadingWords(set.words, zone: zone)
    var rows: [Row] = []
    for language in Language.allCases {
      for size in Self.sizes {
        let text = Self.text(language, bytes: size.bytes)
        let draft = Self.draft(text, language, zone, words)
        var samples = Samples()
        for _ in 0..<size.runs { samples.append(elapsed { _ = QualityCheck.findings(of: draft) }) }
        rows.append(
          Row(
            language: language.rawValue, bytes: text.utf8.count, characters: text.count, runs: size.runs,
            p50: samples.p50 ?? 0, p99: samples.p99 ?? 0))
      }
    }
    print(try JSON.text(Result(load: Machine.load, checks: rows)))
  }

  private struct Row: Encodable {
    var language: String
    var bytes: Int
    var characters: Int
    var runs: Int
    var p50: Double
    var p99: Double

    private enum CodingKeys: String, CodingKey {
      case language, bytes, characters, runs
      case p50 = "p50_ms"
      case p99 = "p99_ms"
    }
  }

  private struct Result: Encodable {
    var load: [Double]
    var checks: [Row]
  }

  /// A reply over and over, each time with another amount: with promises, dates, a greeting and a refund in it.
  private static func text(_ language: Language, bytes: Int) -> String {
    let unit =
      switch language {
      case .chinese:
        "王女士您好！您反映的国际漫游包 {} 元重复扣费已核实，系统在 10 月 2 日扣了两次。多扣的 {} 元会在 24 小时内退回您的话费账户。如需帮助请致电 10169。\n"
      case .english:
        "Dear Ms Wang, the roaming pack of RMB {} was charged twice on 2 October. RMB {} will be refunded to your account within 24 hours. Call 10169.\n"
      }
    var text = ""
    var amount = 38
    while text.utf8.count < bytes {
      text += unit.replacing("{}", with: "\(amount)")
      amount += 1
    }
    return String(decoding: text.utf8.prefix(bytes), as: UTF8.self)
  }

  private static func draft(_ text: String, _ language: Language, _ zone: Zone, _ words: ReadingWords)
    -> ReplyDraft
  {
    let now = Timestamp(milliseconds: 1_795_000_000_000)
    let ticket = Ticket(
      id: "t", customer: "c", zone: zone.id, subject: "", language: language, channel: .chat, createdAt: now,
      createdBy: "a")
    let line = Bill.Line(title: "漫游包", amount: Money(cents: 3800), chargedOn: WallClock.china.civil(now).date)
    let customer = CustomerProfile(
      customer: Customer(id: "c", name: "王*芳"), identities: [], products: [], orders: [],
      bills: [Bill(id: "b", number: "B1", customer: "c", period: "2026-10", lines: [line])], visits: [],
      ticketCount: 1, merged: [])
    return ReplyDraft(
      text: text, language: language, isClosing: false, ticket: ticket, zone: zone, customer: customer,
      clearName: "王秀芳", mood: MoodReading(level: .angry, score: 2), knowsRefunds: true, words: words,
      clock: .china, now: now)
  }
}
