import Domain
import Foundation
import GRDB
import Testing

@testable import Store

/// People, teams and grants as rows that every desk has.
struct PeopleTests {
  private func grant(_ subject: Grant.Subject, until: Timestamp? = nil) -> AgentAction {
    .grant(
      Grant(subject, level: 3, until: until, source: "考试", grantedBy: "", grantedAt: Timestamp(seconds: 0)))
  }

  @Test func `a change of somebody is at their desk with the next exchange, and in the log`() throws {
    let test = try TestStore()
    let admin = try test.desk("admin")
    let desk = try test.desk("linxiao")
    #expect(try admin.submit(test.operation("admin", .agent("linxiao", grant(.right(.export))))) == .accepted)
    let report = try desk.synchronize()
    #expect(report.changed.contains(RowKey(.agent, "linxiao")))
    let known = try #require(try desk.replica.agent("linxiao"))
    #expect(known.has(.export))
    #expect(known.grants.first?.grantedBy == "admin")
    #expect(try admin.submit(test.operation("admin", .agent("linxiao", .setActive(false)))) == .accepted)
    _ = try desk.synchronize()
    #expect(try desk.replica.agent("linxiao")?.isActive == false)
    let refused = try desk.save(test.operation("linxiao", .missedSearch(query: "x", language: .chinese)))
    #expect(refused == .refused(.unknownActor("linxiao")))
    let names = try AuditTests.entries(test).compactMap { entry in
      if case .operation(let operation) = entry.event { operation.action } else { nil }
    }
    #expect(names == ["agent.grant", "agent.deactivate"])
  }

  @Test func `what a desk saved before somebody was stopped is refused with its text kept`() throws {
    let test = try TestStore()
    let admin = try test.desk("admin")
    let desk = try test.desk("linxiao")
    let ticket = try desk.makeTicket(test, customer: desk.makeCustomer(test))
    let transport = AwayTransport(test.store)
    let away = try test.desk("chenyu", transport: transport)
    transport.isAway = true
    #expect(try away.save(test.ticket(ticket, .note("断网时写的"), by: "chenyu")) == .accepted)
    _ = try admin.submit(test.operation("admin", .agent("chenyu", .setActive(false))))
    transport.isAway = false
    _ = try away.synchronize()
    let kept = try away.replica.notSent()
    #expect(kept.map(\.refusal) == [.unknownActor("chenyu")])
    guard case .ticket(_, .note("断网时写的"))? = kept.first?.operation.action else {
      Issue.record("the text is gone")
      return
    }
  }

  @Test func `a grant that expired on the way does not count, whatever the desk's clock says`() throws {
    let test = try TestStore()
    let admin = try test.desk("admin")
    let until = test.clock.now.advanced(seconds: 3600)
    _ = try admin.submit(test.operation("admin", .agent("linxiao", grant(.right(.export), until: until))))
    let desk = try test.desk("linxiao")
    let export = test.operation("linxiao", .export(Export(.tickets, isClear: false, reason: "月报")))
    test.clock.advance(seconds: 3600)
    // The desk's clock was set back: the operation says that it is still the hour before.
    #expect(try desk.save(export) == .accepted)
    #expect(try desk.synchronize().answered.map(\.outcome) == [.refused(.missingRight(.export))])
  }

  @Test func `teams come, change their name and go`() throws {
    let test = try TestStore()
    let admin = try test.desk("admin")
    func submit(_ action: ConfigurationAction) throws -> Outcome {
      try admin.submit(test.operation("admin", .configuration(action)))
    }
    #expect(try submit(.defineTeam(Team(id: "night", name: Sample.text("夜班")))) == .accepted)
    #expect(try admin.replica.teams().map(\.id) == ["care", "night"])
    #expect(try submit(.defineTeam(Team(id: "care", name: Sample.text("白班")))) == .accepted)
    #expect(try admin.replica.teams().map(\.name.chinese) == ["白班", "夜班"])
    #expect(try submit(.removeTeam("care")) == .refused(.teamInUse("care")))
    #expect(try submit(.removeTeam("night")) == .accepted)
    #expect(try admin.replica.teams().map(\.id) == ["care"])
    #expect(try test.desk("linxiao").replica.teams().map(\.id) == ["care"])
  }

  @Test func `a folder of people keeps grants, and people from before grants can be read`() throws {
    let test = try TestStore()
    let admin = try test.desk("admin")
    _ = try admin.submit(test.operation("admin", .agent("linxiao", grant(.skill("billing")))))
    #expect(
      try admin.submit(test.operation("admin", .configuration(.apply(Sample.configuration)))) == .accepted)
    #expect(try admin.replica.agent("linxiao")?.grants.map(\.subject) == [.skill("billing")])
    let whole = try JSON.text(Sample.agent("linxiao"))
    let old = whole.replacing("\"grants\":[],", with: "")
    #expect(old != whole)
    #expect(try JSON.value(old, as: Agent.self) == Sample.agent("linxiao"))
  }

  @Test func `an export is in the log before its first line, with its reason in the ledger alone`() throws {
    let test = try TestStore()
    let admin = try test.desk("admin")
    let export = Export(.customers, isClear: false, reason: "监管要求 2026-11")
    #expect(try admin.submit(test.operation("admin", .export(export))) == .accepted)
    #expect(
      try admin.submit(
        test.operation("admin", .export(Export(.customers, isClear: true, reason: "x"))))
        == .refused(.missingRight(.reveal)))
    #expect(
      try admin.submit(
        test.operation("admin", .export(Export(.customers, isClear: false, reason: " "))))
        == .refused(.reasonMissing))
    let entry = try #require(try AuditTests.entries(test).last)
    guard case .operation(let operation) = entry.event else {
      Issue.record("no operation")
      return
    }
    #expect(operation.action == "export.masked")
    #expect(operation.aggregate.hasPrefix("export:"))
    #expect(!String(decoding: entry.body, as: UTF8.self).contains("监管"))
  }
}
