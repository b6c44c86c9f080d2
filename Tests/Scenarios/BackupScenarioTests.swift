import Foundation
import TestSupport
import Testing

/// A store is backed up, lost, restored and looked at, with commands alone.
@Suite struct BackupScenarioTests {
  let home: ProgramHome

  init() throws {
    home = try ProgramHome()
    home.environment["AGENTDESK_AGENT"] = "linxiao"
    let made = try home.run("store", "init", home.file("desk.store"))
    #expect(made.code == 0, "\(made.errors)")
  }

  private func create(_ subject: String) throws {
    let result = try home.run(
      "ticket", "create", "--zone", "billing-dispute", "--category", "billing/duplicate-charge", "--phone",
      "13800002071", "--name", "王慧芳", "--subject", subject, "--message", "多扣了 38 元")
    #expect(result.code == 0, "\(result.errors)")
  }

  private func subjects() throws -> [String] {
    try home.run("ticket", "list", "--scope", "waiting", "--json").lines
      .compactMap { $0["subject"] as? String }.sorted()
  }

  @Test func `what a backup does not have comes back from the desk that saved it`() throws {
    try create("备份前")
    let backup = home.file("desk.backup")
    let saved = try home.run("store", "backup", backup, "--json")
    #expect(saved.code == 0, "\(saved.errors)")
    let facts = try #require(saved.lines.first)
    #expect(facts["verified"] as? Bool == true)
    #expect(facts["operations"] as? Int == 2)
    try create("备份后")
    #expect(try home.run("store", "restore", backup).code == 3)
    let restored = try home.run("store", "restore", backup, "--replace", "--json")
    #expect(restored.code == 0, "\(restored.errors)")
    let report = try #require(restored.lines.first)
    #expect(report["lost_from"] as? Int == (facts["revision"] as? Int).map { $0 + 1 })
    #expect(report["epoch"] as? Int == 2)
    #expect(try subjects() == ["备份前", "备份后"].sorted())
    let check = try home.run("store", "check", "--json")
    #expect(check.code == 0, "\(check.output) \(check.errors)")
    #expect(check.lines.first?["violations"] as? Int == 0)
  }

  @Test func `sync status says that the store was restored`() throws {
    try create("备份前")
    let (backup, replica) = (home.file("desk.backup"), home.file("r.replica"))
    #expect(try home.run("store", "backup", backup).code == 0)
    #expect(try home.run("ticket", "list", "--replica", replica).code == 0)
    let before = try home.run("sync", "status", "--replica", replica, "--json")
    #expect(before.lines.first?["restored"] is NSNull, "\(before.output)")
    try create("备份后")
    #expect(try home.run("store", "restore", backup, "--replace").code == 0)
    #expect(try home.run("ticket", "list", "--replica", replica).code == 0)
    let after = try home.run("sync", "status", "--replica", replica, "--json")
    let restored = try #require(after.lines.first?["restored"] as? [String: Any], "\(after.output)")
    #expect(restored["epoch"] as? Int == 2)
    #expect(restored["revision"] is Int)
    let said = try home.run("sync", "status", "--replica", replica, "--lang", "en")
    #expect(said.output.contains("was restored from a backup on "), "\(said.output)")
  }

  @Test func `an encrypted backup brings back a store that is gone`() throws {
    try create("密文")
    let (backup, key) = (home.file("desk.backup"), home.file("desk.key"))
    #expect(try home.run("store", "backup", backup, "--key", home.file("none")).code == 3)
    try Data((0..<64).map { _ in UInt8.random(in: .min ... .max) }).write(to: URL(fileURLWithPath: key))
    #expect(try home.run("store", "backup", backup, "--key", key).code == 0)
    for suffix in ["", "-wal", "-shm"] {
      try? FileManager.default.removeItem(atPath: home.file("desk.store") + suffix)
    }
    #expect(try home.run("store", "restore", backup).code == 3)
    let restored = try home.run("store", "restore", backup, "--key", key)
    #expect(restored.code == 0, "\(restored.errors)")
    #expect(try subjects() == ["密文"])
  }

  @Test func `the shell answers, as columns and as JSON, and changes nothing`() throws {
    let answer = try home.run("store", "shell", "SELECT value FROM meta WHERE key = 'epoch'")
    #expect(answer.code == 0, "\(answer.errors)")
    #expect(answer.output == "value\n1\n")
    let lines = try home.run("store", "shell", "--json", input: ".tables\nSELECT 1 AS one;\n")
    #expect(lines.code == 0, "\(lines.errors)")
    #expect(lines.lines.contains { $0["name"] as? String == "operation" })
    #expect(lines.lines.last?["one"] as? String == "1")
    #expect(try home.run("store", "shell", "DELETE FROM meta").code == 3)
    #expect(try home.run("store", "check").code == 0)
  }
}
