import Domain
import Terminal
import Testing

@testable import Desk

@Test func `dump`() {
  for (columns, rows) in [(160, 50), (120, 40), (80, 24), (60, 15)] {
    var desk = ScriptedDesk(size: Size(columns: columns, rows: rows))
    print(desk.screen)
    desk.press("F5")
    print(desk.screen)
    desk.press("F8")
    print(desk.screen)
    desk.press("Enter")
    print(desk.screen)
  }
}
