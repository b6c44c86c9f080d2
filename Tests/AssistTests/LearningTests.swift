import Assist
import Domain
import Testing

/// Closed tickets of a small floor: six people, four categories in two zones.
private struct Floor {
  static let categories: [Domain.Category] = [
    category("charge", zone: "billing"), category("refund", zone: "billing"),
    category("fault", zone: "network"), category("slow", zone: "network"),
  ]
  private static let words = [
    "charge": ["漫游包扣了两次", "账单重复扣费", "多扣了十块钱", "扣费不对", "charged twice for the pack"],
    "refund": ["要求退款", "什么时候退钱给我", "退费没有到账", "押金不退", "refund has not arrived"],
    "fault": ["宽带断网", "光猫红灯", "路由器不亮", "上不了网", "no internet since morning"],
    "slow": ["网速很慢", "视频一直卡", "网页打不开很久", "测速不达标", "speed is far below the plan"],
  ]
  private static let around = ["你好，", "请问", "我家", "急，", "昨天开始", "又", "从上周起", "麻烦看看，", ""]

  private static func category(_ id: CategoryID, zone: ZoneID) -> Domain.Category {
    Domain.Category(id: id, name: LocalizedText(chinese: id.text, english: id.text), parent: nil, zone: zone)
  }

  private var random = SplitMix64(7)
  private(set) var tickets: [ClosedTicket] = []

  private mutating func pick<Value>(_ values: [Value]) -> Value {
    values[Int(random.next() % UInt64(values.count))]
  }

  /// - Parameter relabel: what somebody makes of a category.
  mutating func close(
    _ count: Int, about only: String? = nil, people: Int = 6, relabel: (Int, String) -> String = { $1 }
  ) {
    for _ in 0..<count {
      let label = only ?? pick(Self.words.keys.sorted())
      let person = Int(random.next() % UInt64(people))
      let number = tickets.count
      let text = pick(Self.around) + pick(Self.words[label] ?? []) + "，" + pick(Self.around) + "号\(number)"
      tickets.append(
        ClosedTicket(
          id: TicketID("t\(number)"), subject: "", messages: [text],
          category: CategoryID(relabel(person, label)), priority: .normal,
          closedAt: Timestamp(milliseconds: Int64(number) * 60_000), labelledBy: AgentID("p\(person)"),
          isCorrected: false))
    }
  }

  func round(_ present: (LearnedModel, ReadingModels)? = nil) throws -> LearningRound.Outcome {
    try LearningRound(tickets, categories: Self.categories, present: present.map { (model: $0, reading: $1) })
    {
      bytes in
      let sum = bytes.reduce(UInt64(14_695_981_039_346_656_037)) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 }
      return String(repeating: String(sum, radix: 16).paddedTo16, count: 4)
    }.run()
  }

  /// Learns and adopts.
  func adopted(_ present: (LearnedModel, ReadingModels)? = nil) throws -> (LearnedModel, ReadingModels) {
    guard case .adopted(let attempt, let trained) = try round(present) else {
      throw NotAdopted()
    }
    var model = present?.0 ?? LearnedModel()
    model.adopt(attempt, at: Timestamp(milliseconds: 0), by: "system")
    let bytes = try #require(trained.first { $0.use == .category }).bytes
    return (model, ReadingModels(category: try TextModel(bytes), version: model.version))
  }

  struct NotAdopted: Error {}
}

extension String {
  fileprivate var paddedTo16: String { String(repeating: "0", count: 16 - count) + self }
}

@Suite struct `Learning from closed tickets` {
  @Test func `the first model is adopted when it is better than guessing`() throws {
    var floor = Floor()
    floor.close(300)
    guard case .adopted(let attempt, let trained) = try floor.round() else {
      Issue.record("not adopted")
      return
    }
    #expect(attempt.findings.first?.key == "first")
    #expect(attempt.figures.accuracy > 0.9)
    #expect(attempt.figures.texts == 60)
    #expect(attempt.texts == 240)
    #expect(attempt.labels == 4)
    // Priorities were all the same: nothing to learn.
    #expect(trained.map(\.use) == [.category])
    #expect(attempt.learnedUntil == floor.tickets[239].closedAt)
  }

  @Test func `too few closes are no attempt`() throws {
    var floor = Floor()
    floor.close(60)
    guard case .tooFew(let have, let needed) = try floor.round() else {
      Issue.record("tried")
      return
    }
    #expect(have == 60)
    #expect(needed == 100)
  }

  @Test func `without new closes there is nothing to learn`() throws {
    var floor = Floor()
    floor.close(300)
    guard case .nothingNew = try floor.round(floor.adopted()) else {
      Issue.record("tried")
      return
    }
  }

  @Test func `labels at random are not learned`() throws {
    var floor = Floor()
    var random = SplitMix64(3)
    floor.close(300) { _, _ in ["charge", "refund", "fault", "slow"][Int(random.next() % 4)] }
    guard case .refused(let attempt) = try floor.round() else {
      Issue.record("adopted")
      return
    }
    #expect(attempt.findings.first?.key == "guessing")
  }

  @Test func `a model of a category that is new is adopted over one that does not know it`() throws {
    var floor = Floor()
    floor.close(240) { _, label in label == "slow" ? "fault" : label }
    let present = try floor.adopted()
    #expect(present.1.category?.labels.contains("slow") == false)
    // Everybody tells them apart from now on.
    floor.close(500)
    let next = try floor.adopted(present)
    #expect(next.0.version == 2)
    #expect(next.1.category?.labels.contains("slow") == true)
    #expect(next.0.current?.attempt.findings.first?.key == "better")
    #expect(next.0.previous == present.0.current)
    let figures = try #require(next.0.current?.attempt.figures)
    #expect(try #require(figures.rightBefore) < figures.right)
  }

  @Test func `a candidate that learned wrong labels is refused, and says against what`() throws {
    var floor = Floor()
    floor.close(300)
    let present = try floor.adopted()
    // For a while everything was closed as refund by everybody; the newest closes are right again.
    floor.close(400) { _, _ in "refund" }
    floor.close(180)
    guard case .refused(let attempt) = try floor.round(present) else {
      Issue.record("adopted")
      return
    }
    #expect(["worse", "worseIn"].contains(attempt.findings.first?.key))
    #expect(attempt.basedOn == 1)
    #expect(attempt.figures.right < (attempt.figures.rightBefore ?? 0))
  }

  @Test func `one person cannot turn a category, and is reported`() throws {
    var floor = Floor()
    floor.close(300)
    let present = try floor.adopted()
    // One of six closes every fault as a charge, for a long time.
    floor.close(600) { person, label in person == 2 && label == "fault" ? "charge" : label }
    let (model, reading) = try floor.adopted(present)
    let finding = try #require(model.current?.attempt.findings.first { $0.key == "turned" })
    #expect(finding.values["agent"] == "p2")
    #expect(finding.values["label"] == "charge")
    #expect(finding.values["other"] == "fault")
    for text in ["宽带断网，光猫红灯", "从上周起上不了网", "no internet since morning"] {
      #expect(reading.category?.label(of: text) == "fault", "\(text)")
    }
  }

  @Test func `one person who closes most of a category does not turn it either`() throws {
    var floor = Floor()
    floor.close(300)
    // Half of what comes is closed by this one.
    floor.close(400, people: 3) { person, label in person == 0 && label == "slow" ? "refund" : label }
    let (_, reading) = try floor.adopted()
    #expect(reading.category?.label(of: "网速很慢，测速不达标") == "slow")
  }

  @Test func `a share that changed suddenly is reported`() throws {
    var floor = Floor()
    floor.close(400)
    for _ in 0..<20 {
      floor.close(4, about: "slow")
      floor.close(1)
    }
    guard case .adopted(let attempt, _) = try floor.round() else {
      Issue.record("not adopted")
      return
    }
    #expect(attempt.findings.contains { $0.key == "share" && $0.values["label"] == "slow" })
  }

  @Test func `categories that are gone teach nothing`() throws {
    var floor = Floor()
    floor.close(200)
    floor.close(100) { _, _ in "removed" }
    guard case .adopted(let attempt, _) = try floor.round() else {
      Issue.record("not adopted")
      return
    }
    #expect(attempt.labels == 4)
    #expect(attempt.texts + attempt.figures.texts == 200)
  }

  @Test func `the chance of losing is that of the binomial test`() {
    #expect(PairedComparison(won: 0, lost: 0).chanceOfLosing == 1)
    // 1/2^5 for five of five; (C(10,8) + C(10,9) + 1) / 2^10 for eight of ten.
    #expect(abs(PairedComparison(won: 0, lost: 5).chanceOfLosing - 1.0 / 32) < 1e-9)
    #expect(abs(PairedComparison(won: 2, lost: 8).chanceOfLosing - 56.0 / 1024) < 1e-9)
    #expect(PairedComparison(won: 500, lost: 400).chanceOfLosing > 0.99)
  }
}
