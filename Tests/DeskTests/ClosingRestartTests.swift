import Assist
import Domain
import Terminal
import Testing

@testable import Desk

/// A closing that was open when the program was killed comes back as it was left.
@Suite struct `A closing after a restart` {
  /// Killed while something was missing in 3.0, with another template than the best; the reading of the new start is not there yet.
  private static func killed() throws -> (before: ScriptedDesk, after: ScriptedDesk, reading: TicketReading) {
    var before = `Closing 3.0`.desk(category: "billing/duplicate-charge")
    let reading = try #require(before.model.open?.reading)
    before.press("F8", "2")
    #expect(before.model.open?.closing?.mode == .assisted)
    before.press("Tab", "1")
    before.wait(seconds: 7)
    before.press("F4", "Down", "Enter")
    before.wait(seconds: 2)
    var after = ScriptedDesk(world: before.world, drafts: Array(before.drafts.values))
    after.press("D", "Enter")
    return (before, after, reading)
  }

  @Test func `is in the generation that it was in as soon as the ticket is read`() throws {
    var (before, after, reading) = try Self.killed()
    let left = try #require(before.model.open?.closing)
    #expect(after.model.open?.closing != nil)
    after.send(.ticketRead("t0", reading))
    let closing = try #require(after.model.open?.closing)
    #expect(closing.mode == .assisted)
    #expect(closing.template?.id == left.template?.id && left.template != nil)
    #expect(closing.choices == left.choices && !left.choices.isEmpty)
    #expect(closing.inputs == left.inputs)
    #expect(closing.disposition == left.disposition && left.disposition != nil)
    #expect(closing.filled.text == left.filled.text)
    after.press("F8")
    #expect(after.world.tickets["t0"]?.closing?.mode == .assisted)
  }

  @Test func `counts keys and seconds on`() throws {
    var (before, after, reading) = try Self.killed()
    let left = try #require(before.model.open?.closing)
    let spent = before.model.keys - left.keysAtOpening
    after.send(.ticketRead("t0", reading))
    after.press("F8")
    let closing = try #require(after.world.tickets["t0"]?.closing)
    // The key that closes it, and all those before the end of the first program.
    #expect(closing.keys == spent + 1)
    #expect((closing.milliseconds ?? 0) >= 7000)
  }

  @Test func `a generation that was chosen since is not taken away by the reading`() throws {
    var (_, after, reading) = try Self.killed()
    after.press("F3")
    after.send(.ticketRead("t0", reading))
    #expect(after.model.open?.closing?.mode == .template)
    after.press("F2")
    after.send(.ticketRead("t0", reading))
    #expect(after.model.open?.closing?.mode == .blank)
  }

  @Test func `the line above the form and the line of keys name the same generations`() throws {
    var (_, desk, reading) = try Self.killed()
    func agrees(_ keys: [String]) {
      let footer = desk.frame.text(row: desk.model.size.rows - 1)
      for key in keys {
        #expect(footer.contains(key), "\(key): \(footer)")
        #expect(desk.screen.split(separator: "\n").filter { $0.contains(key) }.count == 2, "\(key)")
      }
    }
    desk.send(.ticketRead("t0", reading))
    agrees(["F3 2.0 模板", "F2 1.0 手写"])
    desk.press("F3")
    agrees(["F3 3.0 智能", "F2 1.0 手写"])
    desk.press("F2")
    agrees(["F3 2.0 模板", "F2 3.0 智能"])
  }

  @Test func `what was to be solved is not closed`() throws {
    var before = `Closing 3.0`.desk(category: "billing/duplicate-charge")
    before.press("s", "F2")
    before.type("已解决")
    before.wait(seconds: 2)
    var after = ScriptedDesk(world: before.world, drafts: Array(before.drafts.values))
    after.press("D", "Enter")
    #expect(after.model.open?.closing?.target == .solved)
    #expect(after.model.open?.closing?.text.text == "已解决")
    #expect(!after.screen.contains("有未完成的"))
  }
}
