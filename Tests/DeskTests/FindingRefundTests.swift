import Assist
import Domain
import Terminal
import Testing

@testable import Desk

@Suite struct `A finding that proposes a refund` {
  private static func desk() -> ScriptedDesk {
    var desk = ScriptedDesk(reader: Fixture.reader)
    desk.openFirst()
    return desk
  }

  private static func refund(_ desk: ScriptedDesk) throws -> Finding.Suggestion.Refund {
    try #require(desk.model.open?.reading?.findings.lazy.compactMap(\.suggestion.refund).first)
  }

  private static func selected(_ desk: ScriptedDesk) -> RefundPane.Target? {
    guard case .refund(let pane)? = desk.model.overlays.last else { return nil }
    return pane.selected
  }

  @Test func `says the key and the amount above the form, until it is asked for`() throws {
    var desk = Self.desk()
    let wanted = try Self.refund(desk)
    #expect(desk.screen.contains("F7 退费 38.00"))
    desk.world.bills[0].refunds = [
      Refund(
        id: "r", line: wanted.line, amount: wanted.amount, ticket: "t0", reason: "重复扣费", state: .requested,
        requestedBy: Fixture.me, requestedAt: Fixture.now)
    ]
    desk.send(.storeChanged)
    #expect(!desk.screen.contains("F7 退费 38.00"))
  }

  @Test func `F7 on the finding in the customer pane opens the bill at its line`() throws {
    var desk = Self.desk()
    let wanted = try Self.refund(desk)
    desk.press("Ctrl-K")
    for _ in 0..<40 {
      if let pane = desk.model.customer, case .finding? = pane.lines[pane.selected].target { break }
      desk.press("Down")
    }
    desk.press("F7")
    #expect(Self.selected(desk) == .line(wanted.bill, wanted.line))
  }

  @Test func `F7 in the list of what was read does so as well, and means nothing on other lines`() throws {
    var desk = Self.desk()
    let wanted = try Self.refund(desk)
    desk.press("Alt-9")
    desk.press("F7")
    #expect(Self.selected(desk) == nil)
    for _ in 0..<40 {
      guard case .picker(let picker)? = desk.model.overlays.last else { break }
      if picker.selectedItem?.id.hasPrefix("finding/") == true { break }
      desk.press("Down")
    }
    desk.press("F7")
    #expect(Self.selected(desk) == .line(wanted.bill, wanted.line))
    desk.press("Esc")
    #expect(desk.model.overlays.isEmpty)
  }
}
