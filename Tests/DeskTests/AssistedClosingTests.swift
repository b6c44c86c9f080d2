import Assist
import Domain
import Terminal
import Testing

@testable import Desk

@Suite struct `Closing 3.0` {
  /// The fixture's first ticket with a category of its own or none, opened and claimed.
  static func desk(category: CategoryID? = nil, reading: (inout TicketReading) -> Void = { _ in })
    -> ScriptedDesk
  {
    var world = Fixture.world()
    world.tickets["t0"]?.category = category
    var desk = ScriptedDesk(world: world)
    desk.press("Down", "c")
    if desk.model.focus != .ticket { desk.press("Enter") }
    let clear = desk.world.clear("t0")!
    var made = TicketReader(configuration: Fixture.configuration).read(
      ReadingInput(clear, clock: desk.model.clock, now: desk.model.now))
    made.category = Self.category("billing/duplicate-charge")
    made.fields = [
      Self.field("period", "2026-10"), Self.field("item", "国际漫游包"), Self.field("amount", "38.00"),
      Self.field("remedy", "refund"),
    ]
    made.closings = ClosingRanker.rank(
      desk.world.configuration.templates.filter { $0.zone == clear.ticket.zone },
      category: "billing/duplicate-charge", language: .chinese)
    reading(&made)
    desk.send(.ticketRead("t0", made))
    return desk
  }

  static func field(_ id: String, _ value: String, confidence: Double = 0.9) -> FieldReading {
    FieldReading(
      field: id, value: value, place: nil, confidence: confidence, reason: Reason("closing.category"),
      source: .text)
  }

  static func category(_ id: CategoryID) -> CategoryReading {
    CategoryReading(
      category: id, zone: "billing-dispute", confidence: 0.94, zoneConfidence: 0.97, threshold: 0.5,
      isOutOfScope: false,
      candidates: [CategoryReading.Candidate(category: id, zone: "billing-dispute", confidence: 0.94)],
      zones: [], words: [CategoryReading.Word(text: "扣了两次", place: nil, share: 0.6)],
      priority: PriorityReading(), reasons: [])
  }

  @Test func `a ticket that was read closes with two keys, and what was read is saved with it`() throws {
    var desk = Self.desk()
    let before = desk.keys
    desk.press("F8", "Enter")
    #expect(desk.keys - before == 2)
    let ticket = try #require(desk.world.tickets["t0"])
    #expect(ticket.state == .closed)
    #expect(ticket.category == "billing/duplicate-charge")
    #expect(ticket.fields["amount"] == "38.00")
    let closing = try #require(ticket.closing)
    #expect(closing.mode == .assisted)
    #expect(closing.text.contains("国际漫游包"))
    #expect(closing.keys == 1)
    #expect(closing.characters == 0)
    #expect(closing.suggestions.allSatisfy { $0.outcome == .accepted })
    #expect(closing.suggestions.map(\.subject).contains("field.amount"))
    let record = try #require(closing.record)
    #expect(record.wanted.chinese.contains("重复扣费"))
    #expect(record.outcome.english.contains("Refund"))
    // One operation: nothing of it can be saved without the rest.
    let saves = desk.effects.compactMap { effect -> Operation? in
      guard case .save(let operation, _) = effect, case .ticket(_, .together) = operation.action else {
        return nil
      }
      return operation
    }
    #expect(saves.count == 1)
  }

  @Test func `one undo opens it again and empties what the desk had filled`() throws {
    var desk = Self.desk(category: "billing/duplicate-charge")
    desk.press("F8", "Enter")
    desk.wait(seconds: 3)
    desk.press("u")
    let ticket = try #require(desk.world.tickets["t0"])
    #expect(ticket.state == .open)
    #expect(ticket.fields["amount"] == nil)
    #expect(desk.model.open?.id == "t0")
  }

  @Test func `one undo also takes back the category that came with the close`() throws {
    var desk = Self.desk()
    #expect(desk.world.tickets["t0"]?.category == nil)
    desk.press("F8", "Enter")
    #expect(desk.world.tickets["t0"]?.category == "billing/duplicate-charge")
    desk.wait(seconds: 3)
    desk.press("u")
    let ticket = try #require(desk.world.tickets["t0"])
    #expect(ticket.state == .open && ticket.category == nil)
  }

  @Test func `what is not known is highlighted, and Tab visits only that`() {
    var desk = Self.desk { reading in
      reading.findings = []
      reading.fields.removeAll { $0.field == "amount" }
    }
    desk.press("F8")
    #expect(desk.model.missingStops == [.field("amount")])
    desk.press("Tab")
    #expect(
      desk.model.open?.closing?.focus
        == .stop(desk.model.open!.closing!.stops.firstIndex(of: .field("amount"))!))
    desk.type("38")
    desk.press("Enter", "Enter")
    #expect(desk.world.tickets["t0"]?.state == .closed)
    #expect(desk.world.tickets["t0"]?.fields["amount"] == "38.00")
  }

  @Test func `a value below the threshold is not put into the form`() {
    let desk = Self.desk { reading in
      reading.findings = []
      reading.fields = [Self.field("amount", "38.00", confidence: 0.3)]
    }
    #expect(desk.model.proposals["amount"] == nil)
  }

  @Test func `the record says what the customer wants, and never the product in its place`() throws {
    func wanted(_ change: (inout Zone) -> Void) throws -> LocalizedText {
      var world = Fixture.world()
      let index = try #require(world.configuration.zones.firstIndex { $0.id == "billing-dispute" })
      let product = FormField(
        id: "product", name: LocalizedText(chinese: "退订业务", english: "Service to cancel"), kind: .choice,
        isRequired: true,
        choices: [
          FormField.Choice(id: "video", name: LocalizedText(chinese: "视频会员", english: "Video membership"))
        ])
      world.configuration.zones[index].fields.insert(product, at: 0)
      change(&world.configuration.zones[index])
      world.tickets["t0"]?.fields["product"] = "video"
      var desk = ScriptedDesk(world: world, me: "zhaomin")
      desk.press("F5", "F8", "Enter", "Enter", "Enter", "Enter")
      return try #require(desk.world.tickets["t0"]?.closing?.record).wanted
    }
    let both = try wanted { _ in }
    #expect(both.chinese.contains("要求：退费") && both.english.contains("asked for: Refund"), "\(both)")
    #expect(!both.chinese.contains("视频会员"), "\(both)")
    let unknown = try wanted { zone in
      for index in zone.fields.indices where zone.fields[index].id == "remedy" {
        zone.fields[index].isDemand = false
      }
    }
    #expect(!unknown.chinese.contains("要求"), "\(unknown)")
  }

  @Test func `a proposal is replaced by typing, and what was typed is recorded as changed`() throws {
    var desk = Self.desk()
    desk.press("F8", "Tab")
    for _ in 0..<10 where focused(desk) != .field("amount") { desk.press("Down") }
    for _ in 0..<5 { desk.press("Backspace") }
    desk.type("19")
    desk.press("Enter", "Enter")
    let closing = try #require(desk.world.tickets["t0"]?.closing)
    #expect(desk.world.tickets["t0"]?.fields["amount"] == "19.00")
    #expect(closing.suggestions.first { $0.subject == "field.amount" }?.outcome == .changed)
    #expect(closing.text.contains("19.00"))
  }

  private func focused(_ desk: ScriptedDesk) -> ClosingForm.Stop? {
    guard let closing = desk.model.open?.closing, case .stop(let index) = closing.focus else { return nil }
    return closing.stops[index]
  }

  @Test func `a proposal that was emptied stays empty`() {
    var desk = Self.desk()
    desk.press("F2")
    for _ in 0..<10 where desk.model.focusedField?.id != "amount" { desk.press("Down") }
    #expect(desk.screen.contains("◇38.00"))
    desk.press("Delete")
    #expect(desk.model.proposals["amount"] == nil)
    desk.send(.storeChanged)
    #expect(desk.model.proposals["amount"] == nil)
  }

  @Test func `what the closing does not ask for stays a proposal, unless somebody takes it over`() throws {
    func desk() -> ScriptedDesk {
      Self.desk { reading in reading.fields.append(Self.field("phone", "13800000000", confidence: 0.99)) }
    }
    var closed = desk()
    #expect(closed.model.proposals["phone"]?.value == "13800000000")
    closed.press("F8", "Enter")
    let ticket = try #require(closed.world.tickets["t0"])
    #expect(ticket.state == .closed && ticket.fields["amount"] == "38.00")
    #expect(ticket.fields["phone"] == nil)
    #expect(ticket.closing?.suggestions.contains { $0.subject == "field.phone" } == false)
    var accepted = desk()
    accepted.press("=", "F8", "Enter")
    #expect(accepted.world.tickets["t0"]?.fields["phone"] == "13800000000")
  }

  @Test func `2_0 and 1_0 are one key away and know nothing of what was read`() {
    var desk = Self.desk()
    desk.press("F8")
    #expect(desk.model.open?.closing?.mode == .assisted)
    desk.press("F3")
    #expect(desk.model.open?.closing?.mode == .template)
    #expect(desk.model.missingStops.contains(.field("amount")))
    desk.press("F3")
    #expect(desk.model.open?.closing?.mode == .assisted)
    #expect(desk.model.missingStops.isEmpty)
    desk.press("F2")
    #expect(desk.model.open?.closing?.mode == .blank)
    desk.press("F2")
    #expect(desk.model.open?.closing?.mode == .assisted)
  }

  @Test func `a reading that comes while a ticket is being closed changes nothing by itself`() {
    var desk = ScriptedDesk()
    desk.openFirst()
    desk.press("F8")
    #expect(desk.model.open?.closing?.mode == .template)
    let reading = Self.desk().model.open!.reading!
    desk.send(.ticketRead("t0", reading))
    #expect(desk.model.open?.closing?.mode == .template)
    desk.press("F3")
    #expect(desk.model.open?.closing?.mode == .assisted)
  }

  @Test func `a text by hand that was put aside for a template is kept as a draft`() throws {
    var desk = Self.desk()
    desk.press("F8", "F2")
    desk.type("手写的结案内容")
    desk.press("F3")
    while desk.model.open?.closing?.mode != .assisted { desk.press("F3") }
    desk.press("F8")
    #expect(desk.world.tickets["t0"]?.state == .closed)
    let kept = try #require(desk.model.drafts[DraftKey(ticket: "t0", slot: .closing)])
    #expect(kept.body.contains("手写的结案内容"))
  }

  @Test func `a category that the ticket has is not changed by closing`() {
    var desk = Self.desk(category: "billing/unknown-charge")
    desk.press("F8", "Enter")
    #expect(desk.world.tickets["t0"]?.category == "billing/unknown-charge")
  }

  @Test func `one key takes over everything that is proposed, and one undo takes it back`() {
    var desk = Self.desk()
    desk.press("=")
    #expect(desk.world.tickets["t0"]?.category == "billing/duplicate-charge")
    #expect(desk.world.tickets["t0"]?.fields["amount"] == "38.00")
    desk.press("u")
    #expect(desk.world.tickets["t0"]?.fields["amount"] == nil)
    #expect(desk.world.tickets["t0"]?.category == nil)
  }

  @Test
  func `the list of what was read has everything with its reason, and Enter on a template closes with it`() {
    var desk = Self.desk()
    desk.press("Alt-9")
    let screen = desk.screen
    for text in ["重复扣费", "94%", "38.00", "平静"] { #expect(screen.contains(text), "\(text)") }
    desk.type("结案")
    desk.press("Enter")
    #expect(desk.model.open?.closing?.mode == .assisted)
  }

  @Test func `an answer for a ticket that is no longer open is dropped`() {
    var desk = Self.desk()
    let reading = desk.model.open?.reading
    desk.press("Esc")
    desk.send(.ticketRead("t5", reading))
    #expect(desk.model.open?.id == "t0")
  }
}
