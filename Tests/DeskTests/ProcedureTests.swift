import Assist
import Domain
import Terminal
import Testing

@testable import Desk

/// What was opened and revealed shows that steps were done; closing names those that are open.
@Suite struct `The procedure on the screen` {
  private static func desk(
    _ openSteps: Zone.OpenSteps = .warn, steps: [Zone.Step], reader: TicketReader? = Fixture.reader
  ) -> ScriptedDesk {
    var world = Fixture.world()
    for index in world.configuration.zones.indices
    where world.configuration.zones[index].id == "billing-dispute" {
      world.configuration.zones[index].steps = steps
      world.configuration.zones[index].openSteps = openSteps
    }
    var desk = ScriptedDesk(world: world, reader: reader)
    desk.openFirst()
    return desk
  }

  private static func step(_ id: String, _ doneBy: StepEvidence...) -> Zone.Step {
    Zone.Step(id: id, name: LocalizedText(chinese: "步骤\(id)", english: id), doneBy: doneBy, isRequired: true)
  }

  private static func states(_ desk: ScriptedDesk) -> [Bool] { desk.model.stepReadings.map(\.state.isDone) }

  @Test func `a bill, the records and an article that were opened are evidence`() {
    var desk = Self.desk(steps: [
      Self.step("b", .shown(.bill)), Self.step("p", .shown(.product)), Self.step("o", .shown(.order)),
      Self.step("k", .shown(.article)),
    ])
    #expect(Self.states(desk) == [false, false, false, false])
    desk.press("Ctrl-K")
    #expect(Self.states(desk) == [false, true, true, false])
    for _ in 0..<40 {
      if let pane = desk.model.customer, case .bill? = pane.lines[pane.selected].target { break }
      desk.press("Down")
    }
    desk.press("Enter")
    #expect(Self.states(desk) == [true, true, true, false])
    #expect(desk.model.stepReadings.first { $0.state == .next }?.id == "k")
    desk.send(.articleLoaded(desk.world.configuration.articles.first))
    #expect(Self.states(desk) == [true, true, true, true])
    // It stays with its ticket.
    desk.send(.storeChanged)
    #expect(Self.states(desk) == [true, true, true, true])
  }

  @Test func `the bill under F7 is a bill, and what was revealed was disclosed`() {
    var desk = Self.desk(steps: [Self.step("b", .shown(.bill)), Self.step("d", .disclosure)], reader: nil)
    desk.press("F7", "Esc")
    #expect(Self.states(desk) == [true, false])
    desk.send(.revealed("c0", field: "name", value: "王秀芳"))
    #expect(Self.states(desk) == [true, true])
    // Of another customer it shows nothing.
    var other = Self.desk(steps: [Self.step("d", .disclosure)], reader: nil)
    other.send(.revealed("c1", field: "name", value: "李明"))
    #expect(Self.states(other) == [false])
  }

  @Test func `open steps are said in the closing and stop nothing where the zone only warns`() throws {
    var desk = Self.desk(steps: [Self.step("a")])
    desk.press("F8")
    #expect(desk.screen.contains("! 流程还没做：步骤a（Alt-S）"))
    Self.finish(&desk)
    #expect(desk.world.tickets["t0"]?.state == .closed)
  }

  private static func finish(_ desk: inout ScriptedDesk) {
    for _ in 0..<12 {
      guard desk.model.open?.closing != nil else { return }
      desk.press("Enter")
    }
  }

  @Test func `where the zone refuses, the close is stopped with the names of the steps`() throws {
    var desk = Self.desk(.refuse, steps: [Self.step("a"), Self.step("b", .shown(.bill))])
    desk.press("F8")
    #expect(desk.screen.contains("✗ 流程还没做：步骤a、步骤b"))
    desk.press("F8")
    #expect(desk.world.tickets["t0"]?.state == .open)
    Self.finish(&desk)
    #expect(desk.world.tickets["t0"]?.state == .open)
    #expect(desk.model.notice?.text.string.contains("不能结案，流程还没做：步骤a、步骤b") == true)
  }

  @Test func `evidence is saved before the close that needs it`() throws {
    var desk = Self.desk(.refuse, steps: [Self.step("b", .shown(.bill)), Self.step("t", .reply(["到账"]))])
    desk.press("F7", "Esc")
    // The text of the closing is what the customer is told.
    desk.press("F8")
    #expect(desk.model.open?.closing?.openSteps.isEmpty == true)
    Self.finish(&desk)
    let ticket = try #require(desk.world.tickets["t0"])
    #expect(ticket.state == .closed)
    #expect(Set(ticket.steps) == ["b", "t"])
  }

  @Test func `nothing is said where the zone allows it`() {
    var desk = Self.desk(.allow, steps: [Self.step("a")])
    desk.press("F8")
    #expect(!desk.screen.contains("流程还没做"))
  }
}
