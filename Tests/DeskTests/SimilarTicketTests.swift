import Assist
import Domain
import Terminal
import Testing

@testable import Desk

/// Solved tickets that say the same, where the desk shows what it read.
@Suite struct SimilarTicketTests {
  private static let solved = SimilarTicket(
    id: "t9", number: "2610-0032", subject: "漫游包扣了两次", zone: "billing-dispute",
    category: "billing/duplicate-charge", disposition: "refunded", template: "duplicate-charge-refunded",
    solvedAt: Timestamp(milliseconds: 0), score: 0.8, words: ["国际漫游包"], isSameCategory: true)

  private static func desk() -> ScriptedDesk {
    var desk = `Closing 3.0`.desk { reading in
      reading.similar = [solved]
      reading.findings = []
    }
    desk.world.tickets["t9"] = desk.world.tickets["t5"]
    desk.world.tickets["t9"]?.id = "t9"
    desk.world.tickets["t9"]?.state = .solved
    return desk
  }

  @Test func `they stand in the customer pane with their ends, and Enter opens one`() throws {
    var desk = Self.desk()
    desk.resize(160, 50)
    desk.press("i")
    let screen = desk.screen
    for text in ["相似的已解决工单", "#2610-0032", "漫游包扣了两次", "已退费"] {
      #expect(screen.contains(text), "\(text)\n\(screen)")
    }
    let lines = try #require(desk.model.customer?.lines)
    let line = try #require(lines.firstIndex { $0.target == .visit("t9") })
    desk.model.customer?.selected = line
    desk.press("Enter")
    #expect(desk.model.open?.id == "t9")
  }

  @Test func `they stand in the list of everything that was read, and are found by the word`() {
    var desk = Self.desk()
    desk.press("Alt-9")
    desk.type("similar")
    for text in ["#2610-0032 漫游包扣了两次", "用“重复扣费退费”结案 · 同类工单"] {
      #expect(desk.screen.contains(text), "\(text)")
    }
    desk.press("Enter")
    #expect(desk.model.open?.id == "t9")
  }

  @Test func `the reader asks what the ticket says, and ranks by the answer`() throws {
    var world = Fixture.world()
    world.tickets["t0"]?.category = nil
    let clear = try #require(world.clear("t0"))
    let input = ReadingInput(clear, clock: .china, now: Fixture.now)
    let templates = Fixture.configuration.templates.filter { $0.zone == clear.ticket.zone }
    let last = try #require(Fixture.reader.read(input).closings.last?.template)
    let reading = Fixture.reader.read(
      input,
      history: ReadingHistory(solved: { query in
        guard query.ticket == "t0", query.text.contains("国际漫游包") else { return SolvedBefore() }
        var ticket = Self.solved
        ticket.template = last
        return SolvedBefore(
          tickets: [ticket, ticket],
          templates: [TemplateCount(template: last, last30Days: 7, last90Days: 9, similar: 2)])
      }))
    #expect(templates.count > 2)
    #expect(reading.similar.count == 2)
    let ranked = try #require(reading.closings.first { $0.template == last })
    #expect(ranked.reasons.first?.key == "similar.usedBySimilar")
    // What was found in the records and a template made for the category still come before it.
    #expect(reading.closings.prefix(3).contains { $0.template == last })
    // Without a category, how often it closed tickets of the zone says nothing.
    #expect(!ranked.reasons.contains { $0.key == "similar.usedIn30Days" })
  }
}
