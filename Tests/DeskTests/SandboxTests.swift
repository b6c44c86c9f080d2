import Configuration
import Domain
import Terminal
import Testing

@testable import Desk

@Suite struct `The sheet of a practice` {
  @Test(arguments: [(false, "3.0 智能"), (true, "2.0 模板")])
  func `names the generation that closed the ticket, with its keys`(_ byTemplate: Bool, _ name: String) throws
  {
    let scenario = try #require(ResourceFolder(Fixture.resources).loadPractice().scenarios.first)
    var desk = `Closing 3.0`.desk(category: "billing/duplicate-charge")
    for (field, value) in ["period": "2026-10", "item": "国际漫游包", "amount": "38.00", "remedy": "refund"] {
      desk.world.tickets["t0"]?.fields[field] = value
    }
    desk.send(.storeChanged)
    desk.press("F8")
    if byTemplate { desk.press("F3") }
    var sandbox = SandboxModel(desk: desk.model, scenario: scenario, ticket: "t0", itemName: { $0 })
    let effects = sandbox.update(.input(.key(.enter)))
    let operation = try #require(
      effects.lazy.compactMap { if case .save(let operation, _) = $0 { operation } else { nil } }.first)
    #expect(desk.world.run(operation, at: desk.model.now) == .accepted)
    _ = sandbox.update(.saved(operation.id))
    _ = sandbox.update(.outcome(operation.id, .accepted))
    _ = sandbox.update(.ticketLoaded("t0", desk.world.detail("t0", limit: 200)))
    let ending = try #require(sandbox.sheet?.ending)
    #expect(ending.mode == (byTemplate ? .template : .assisted))
    #expect(ending.keys == desk.world.tickets["t0"]?.closing?.keys)
    let size = Size(columns: 120, rows: 40)
    let frame = sandbox.view(size: size)
    let screen = (0..<size.rows).map { frame.text(row: $0) }.joined(separator: "\n")
    #expect(screen.contains("结案方式 \(name)"))
  }
}
