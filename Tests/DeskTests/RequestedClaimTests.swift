import Domain
import Terminal
import Testing

@testable import Desk

/// A claim while the store is away is requested, never granted: what the desk does and what it says are the same.
@Suite struct `A claim while the store is away` {
  private static func offline() -> ScriptedDesk {
    var desk = ScriptedDesk()
    desk.isOffline = true
    desk.send(.syncStatus(SyncStatus(queued: 0, offlineSince: Fixture.now)))
    desk.press("F5")
    return desk
  }

  private static func claim(_ desk: ScriptedDesk) throws -> Operation {
    try #require(desk.effects.compactMap { if case .submit(let one) = $0 { one } else { nil } }.last)
  }

  @Test func `opens the ticket to be read, and says that it is requested and not mine`() throws {
    let desk = Self.offline()
    let id = try #require(desk.model.open?.id)
    #expect(desk.model.focus == .ticket)
    let number = try #require(desk.world.tickets[id]?.number)
    // Nothing went wrong, and nothing was granted.
    #expect(desk.model.notice?.kind == .warning)
    #expect(desk.model.notice?.text.string.hasPrefix("#\(number) 已申请领取，还不归你") == true)
    #expect(desk.screen.contains("申请中"))
    #expect(!desk.frame.text(row: 2).contains(desk.model.me.name.chinese))
    #expect(desk.model.me.presence.state == .ready)
  }

  @Test func `what only its owner does waits for the answer, a note does not`() throws {
    var desk = Self.offline()
    let id = try #require(desk.model.open?.id)
    for action in [ActionID.close, .solve, .hold, .transfer, .verify, .refund, .editForm, .category] {
      #expect(desk.model.reason(against: action) == "desk.reason.requested", "\(action)")
    }
    desk.press("F8")
    #expect(desk.model.open?.closing == nil && desk.screen.contains("还在申请"))
    desk.press("r")
    desk.type("您好")
    desk.press("Ctrl-S")
    #expect(!desk.world.entries.contains { $0.kind == .reply && $0.ticket == id })
    #expect(desk.drafts[DraftKey(ticket: id, slot: .reply)]?.body == "您好")
    desk.press("Esc", "a")
    desk.type("等库恢复")
    desk.press("Ctrl-S")
    #expect(desk.world.entries.contains { $0.kind == .note && $0.ticket == id })
  }

  @Test func `with the answer the open ticket is mine, and the contact begins`() throws {
    var desk = Self.offline()
    let claim = try Self.claim(desk)
    desk.isOffline = false
    desk.send(.syncStatus(SyncStatus()))
    desk.send(.outcome(claim.id, .accepted))
    #expect(!desk.screen.contains("申请中"))
    #expect(desk.model.me.presence.state == .onContact)
    desk.press("F8")
    #expect(desk.model.open?.closing != nil)
  }

  @Test func `giving it back takes the request back, and its answer is not news`() throws {
    var desk = Self.offline()
    let claim = try Self.claim(desk)
    desk.press("Z")
    #expect(desk.model.open == nil)
    #expect(!desk.model.hasRequestedClaim)
    desk.wait(seconds: 60)
    desk.send(.outcome(claim.id, .accepted))
    #expect(desk.model.notice == nil)
  }

  @Test func `after a restart it is still only requested`() throws {
    let before = Self.offline()
    let claim = try Self.claim(before)
    let id = try #require(before.model.open?.id)
    var desk = ScriptedDesk(world: before.world, requests: [claim])
    desk.press("2", "Enter")
    #expect(desk.model.open?.id == id)
    #expect(desk.screen.contains("申请中"))
    #expect(desk.model.reason(against: .close) == "desk.reason.requested")
    desk.send(.outcome(claim.id, .refused(.alreadyOwned(by: Fixture.colleague))))
    #expect(!desk.screen.contains("申请中"))
    #expect(desk.model.notice?.kind == .warning)
  }
}
