import Foundation
import TestSupport
import Testing

/// What a floor closes teaches its desks: the commands of docs/assistance.md on a store.
@Suite struct LearningScenarioTests {
  let home: ProgramHome

  init() throws { home = try ProgramHome() }

  private func demo(_ tickets: Int = 700) throws -> String {
    let path = home.file("learn.store")
    let made = try home.run("store", "init", path, "--demo", "--tickets", "\(tickets)")
    #expect(made.code == 0, "\(made.errors)")
    return "file:\(path)"
  }

  @Test func `a demo desk has learned when it is made, and says from what and how well`() throws {
    let store = try demo()
    let status = try home.run("assist", "status", "--store", store, "--json")
    #expect(status.code == 0, "\(status.errors)")
    let answer = try #require(status.lines.first)
    #expect(answer["version"] as? Int == 1)
    #expect(answer["by"] as? String == "system")
    #expect((answer["texts"] as? Int ?? 0) > 300)
    #expect((answer["accuracy"] as? Double ?? 0) > 0.3)
    #expect((answer["problems"] as? [Any])?.isEmpty == true)
    let reasons = try #require(answer["reasons"] as? [[String: Any]])
    #expect(reasons.first?["key"] as? String == "first")
    #expect((reasons.first?["zh-Hans"] as? String)?.contains("判对") == true)
    #expect((reasons.first?["en"] as? String)?.contains("right") == true)
    let history = try home.run("assist", "history", "--store", store, "--lang", "en")
    #expect(history.output.contains("Model 1 was learned and adopted"))

    // Everything that there is has been learned from already.
    let again = try home.run("assist", "learn", "--dry-run", "--store", store, "--json")
    #expect(again.code == 0, "\(again.errors)")
    #expect(again.lines.first?["tried"] as? Bool == false)
    #expect(try home.run("store", "check", "--store", store).code == 0)
  }

  @Test func `who may not configure does not learn, and a broken file is said`() throws {
    let store = try demo()
    let refused = try home.run("assist", "learn", "--store", store, "--agent", "linxiao")
    #expect(refused.code == 1)
    let status = try home.run("assist", "status", "--store", store, "--json")
    let files = try #require(status.lines.first?["files"] as? [[String: Any]])
    let digest = try #require(files.first?["digest"] as? String)
    let path = home.file("learn.store") + ".files/\(digest.prefix(2))/\(digest)"
    try Data("nothing".utf8).write(to: URL(fileURLWithPath: path))
    let broken = try home.run("assist", "status", "--store", store, "--json")
    #expect(broken.code == 1)
    #expect((broken.lines.first?["problems"] as? [Any])?.count == 1)
  }

  @Test func `a store without closes has nothing to learn from`() throws {
    let store = try demo(0)
    let status = try home.run("assist", "status", "--store", store, "--json")
    #expect(status.lines.first?["version"] is NSNull)
    let learned = try home.run("assist", "learn", "--dry-run", "--store", store, "--json")
    #expect(learned.code == 0, "\(learned.errors)")
    #expect(learned.lines.first?["needed"] as? Int == 100)
  }
}
