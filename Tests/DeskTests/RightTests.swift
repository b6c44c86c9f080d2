import Domain
import Terminal
import Testing

@testable import Desk

@Suite struct `Rights on the screen` {
  @Test func `a right that was taken away greys out with the next look at the store, and the right is named`()
  {
    var desk = ScriptedDesk()
    #expect(desk.model.reason(against: .newTicket) == nil)
    let owners = desk.world.tickets.mapValues(\.owner)
    desk.world.agents[Fixture.me]?.roles = []
    desk.send(.meChanged(desk.world.agents[Fixture.me]!))
    #expect(desk.model.reason(against: .newTicket) == "desk.reason.no-right.work")
    desk.press("c")
    #expect(desk.world.tickets.mapValues(\.owner) == owners)
    #expect(desk.screen.contains("“处理工单”"))
  }

  @Test func `somebody who was stopped is told that, not which right`() {
    var desk = ScriptedDesk()
    desk.world.agents[Fixture.me]?.isActive = false
    desk.send(.storeChanged)
    desk.wait(seconds: 6)
    #expect(desk.model.reason(against: .newTicket) == "desk.reason.not-active")
  }

  @Test func `a granted right opens, and closes by itself when it expires`() {
    var desk = ScriptedDesk()
    desk.world.agents[Fixture.me]?.roles = []
    desk.world.agents[Fixture.me]?.grants = [
      Grant(
        .right(.work), until: desk.model.now.advanced(seconds: 60), grantedBy: "admin",
        grantedAt: desk.model.now)
    ]
    desk.send(.meChanged(desk.world.agents[Fixture.me]!))
    #expect(desk.model.reason(against: .newTicket) == nil)
    desk.wait(seconds: 60)
    #expect(desk.model.reason(against: .newTicket) == "desk.reason.no-right.work")
  }

  @Test(arguments: Language.allCases)
  func `every right has its words`(language: Language) {
    guard let words = Fixture.catalogues[language] else { return }
    for right in Right.allCases {
      #expect(words("desk.reason.no-right.\(right.rawValue)") != "desk.reason.no-right.\(right.rawValue)")
      #expect(!words.sentence(for: .missingRight(right)).contains("right."))
      #expect(!words.sentence(for: .rightNotHeld(right)).contains("right."))
    }
  }
}
