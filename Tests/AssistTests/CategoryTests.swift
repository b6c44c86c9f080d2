import Assist
import Domain
import Testing

private let tree: [Domain.Category] = [
  ("charge", "billing"), ("refund", "billing"), ("fault", "network"),
].map { id, zone in
  Domain.Category(
    id: CategoryID(id), name: LocalizedText(chinese: id, english: id), parent: nil, zone: ZoneID(zone))
}

private func models() throws -> ReadingModels {
  let words = [
    "charge": ["漫游包扣了两次", "账单重复扣费", "多扣了十块钱", "为什么又扣费", "charged twice"],
    "refund": ["要求退款", "什么时候退钱", "退费没到账", "押金要退", "refund my money"],
    "fault": ["宽带断网", "光猫红灯", "路由器不亮", "家里上不了网", "no internet"],
  ]
  var texts: [LabelledText] = []
  for (label, sentences) in words.sorted(by: { $0.key < $1.key }) {
    for round in 0..<12 {
      for sentence in sentences {
        texts.append(LabelledText(text: "\(sentence)，第\(round)次", label: label))
      }
    }
  }
  return ReadingModels(category: try ModelTraining().model(from: texts), version: 1)
}

private func input(
  subject: String = "", _ messages: String..., reopened: Int = 0
) -> ReadingInput {
  let now = Timestamp(milliseconds: 1_700_000_000_000)
  var ticket = Ticket(
    id: "t", customer: "c", zone: "billing", subject: subject, channel: .chat, createdAt: now, createdBy: "a")
  ticket.reopenCount = reopened
  return ReadingInput(
    ticket: ticket, zone: nil,
    messages: messages.map { ReadingInput.Message(author: .customer, at: now, text: $0) }, customer: nil,
    clock: .china, now: now)
}

@Suite struct `Category of a ticket` {
  @Test func `what it is about, its zone, and the words that decided, where they stand`() throws {
    let reader = CategoryReader(models: try models(), categories: tree)
    let reading = reader.read(input("你好，我的漫游包扣了两次"))
    #expect(reading.category == "charge")
    #expect(reading.zone == "billing")
    #expect(reading.zoneConfidence >= reading.confidence)
    #expect(reading.confidence >= reading.threshold)
    let word = try #require(reading.words.first)
    let place = try #require(word.place)
    #expect(place.message == 0)
    let scalars = Array("你好，我的漫游包扣了两次".unicodeScalars)
    #expect(String(String.UnicodeScalarView(scalars[place.start..<place.end])) == word.text)
    #expect(reading.reasons.first?.key == "category.words")
  }

  @Test func `below the threshold of the zone it does not say one, and says why`() throws {
    let models = try models()
    let text = input("要求退款，多扣了十块钱")
    let open = CategoryReader(models: models, categories: tree, thresholds: ["billing": 0.05]).read(text)
    let strict = CategoryReader(models: models, categories: tree, thresholds: ["billing": 0.999]).read(text)
    #expect(open.category != nil)
    #expect(strict.category == nil)
    #expect(strict.isAbstaining)
    #expect(strict.threshold == 0.999)
    #expect(strict.candidates == open.candidates)
    #expect(strict.reasons.contains { $0.key == "category.unsure" })
  }

  @Test func `the zone may be sure where the category is not`() throws {
    let reading = CategoryReader(models: try models(), categories: tree, thresholds: ["billing": 0.9])
      .read(input("要求退款，重复扣费多扣了十块钱"))
    #expect(reading.zones.first?.zone == "billing")
    #expect(reading.zoneConfidence > reading.confidence)
  }

  @Test func `confidences of zones are sums of those of their categories`() throws {
    let reading = CategoryReader(models: try models(), categories: tree).read(input("路由器不亮"))
    #expect(abs(reading.zones.reduce(0) { $0 + $1.confidence } - 1) < 0.001)
    let fault = try #require(reading.candidates.first { $0.category == "fault" })
    #expect(abs(fault.confidence - (reading.zones.first { $0.zone == "network" }?.confidence ?? 0)) < 1e-6)
  }

  @Test func `a text like nothing that was closed is outside`() throws {
    let reading = CategoryReader(models: try models(), categories: tree)
      .read(input("Wie wird das Wetter morgen in Hamburg?"))
    #expect(reading.isOutOfScope)
    #expect(reading.category == nil)
    #expect(reading.zone == nil)
    #expect(reading.reasons.contains { $0.key == "category.outside" })
  }

  @Test func `the first message weighs more than many later ones`() throws {
    let reader = CategoryReader(models: try models(), categories: tree)
    let later = String(repeating: "好的，谢谢，我等一下。", count: 200)
    let reading = reader.read(input("家里宽带断网，光猫红灯", later, later, later, later))
    #expect(reading.candidates.first?.category == "fault")
    let text = TicketText(input("家里宽带断网", later, later, later))
    #expect(text.text.unicodeScalars.count < 700)
  }

  @Test func `a subject that repeats the message is not read twice, another one is`() {
    #expect(TicketText(input(subject: "宽带断网", "宽带断网，急")).text == "宽带断网，急")
    let text = TicketText(input(subject: "退款", "宽带断网"))
    #expect(text.text == "退款\n宽带断网")
    #expect(text.place(0..<2) == nil)
    #expect(text.place(3..<5) == TextPlace(message: 0, start: 0, end: 2))
  }

  @Test func `personal data among the words is masked`() throws {
    var texts: [LabelledText] = []
    for round in 0..<20 {
      texts.append(LabelledText(text: "13812342071 停机 \(round)", label: "charge"))
      texts.append(LabelledText(text: "宽带断网 \(round)", label: "fault"))
    }
    let models = ReadingModels(category: try ModelTraining().model(from: texts))
    let reading = CategoryReader(models: models, categories: tree).read(input("号码 13812342071 停机"))
    #expect(!reading.words.contains { $0.text.contains("12342071") })
    #expect(!reading.reasons.contains { $0.values.values.contains { $0.contains("12342071") } })
  }

  @Test func `without a model, without a text, and with labels that are no category it says nothing`() throws
  {
    let none = CategoryReader(models: .none, categories: tree).read(input("宽带断网"))
    #expect(none.category == nil)
    #expect(none.reasons.map(\.key) == ["category.noModel"])
    let empty = CategoryReader(models: try models(), categories: tree).read(input())
    #expect(empty.reasons.map(\.key) == ["category.noText"])
    let other = CategoryReader(models: try models(), categories: []).read(input("宽带断网"))
    #expect(other.category == nil)
    #expect(other.candidates.isEmpty)
  }
}

@Suite struct `Priority of a ticket` {
  @Test func `rules raise it and say why`() {
    let reader = CategoryReader(models: .none, categories: tree)
    #expect(reader.read(input("宽带断网")).priority.priority == nil)
    let reopened = reader.read(input("宽带断网", reopened: 2)).priority
    #expect(reopened.priority == .high)
    #expect(reopened.reasons == [Reason("priority.reopened", ["count": "2"])])
    let waiting = reader.read(input("在吗", "有人吗", "怎么没人")).priority
    #expect(waiting.reasons == [Reason("priority.unanswered", ["count": "3"])])
    let threat = reader.read(input("在吗", reopened: 1), atLeast: (.urgent, Reason("risk.threat"))).priority
    #expect(threat.priority == .urgent)
    #expect(threat.reasons == [Reason("risk.threat")])
  }

  @Test func `what people set is learned, and no rule lowers it`() throws {
    var texts: [LabelledText] = []
    for round in 0..<30 {
      texts.append(LabelledText(text: "燃气泄漏味道很大 \(round)", label: "urgent"))
      texts.append(LabelledText(text: "想了解一下套餐 \(round)", label: "low"))
    }
    let models = ReadingModels(priority: try ModelTraining().model(from: texts))
    let reader = CategoryReader(models: models, categories: tree)
    let reading = reader.read(input("燃气泄漏，味道很大", reopened: 1)).priority
    #expect(reading.priority == .urgent)
    #expect(reading.confidence > 0.5)
    #expect(reading.reasons.first?.key == "priority.learned")
    #expect(reader.read(input("想了解一下套餐")).priority.priority == .low)
  }
}
