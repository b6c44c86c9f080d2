import Domain
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

  @Test func `a restore is signed with the key that is named, and with no other`() throws {
    let (backup, key) = (home.file("desk.backup"), home.file("desk.store.key"))
    try create("备份前")
    #expect(try home.run("store", "backup", backup).code == 0)
    let away = home.file("away.key")
    try FileManager.default.moveItem(atPath: key, toPath: away)
    let unsigned = try home.run("store", "restore", backup, "--replace")
    #expect(unsigned.code == 3 && unsigned.errors.contains("--sign"), "\(unsigned.errors)")
    #expect(try home.run("store", "audit", "key", home.file("other.key")).code == 0)
    let wrong = try home.run("store", "restore", backup, "--replace", "--sign", home.file("other.key"))
    #expect(wrong.code == 1, "\(wrong.errors)")
    #expect(try home.run("store", "restore", backup, "--replace", "--sign", home.file("none")).code == 1)
    let signed = try home.run("store", "restore", backup, "--replace", "--sign", away, "--json")
    #expect(signed.code == 0, "\(signed.errors)")
    #expect(signed.lines.first?["epoch"] as? Int == 2)
    // The desk that was there follows it.
    #expect(try subjects() == ["备份前"])
    #expect(try home.run("store", "audit", "verify").code == 0)
  }

  @Test func `a lost key is replaced, and desks follow when they are told its fingerprint`() throws {
    try create("备份前")
    let backup = home.file("desk.backup")
    #expect(try home.run("store", "backup", backup).code == 0)
    #expect(try home.run("store", "key", "--new").code == 3)
    try FileManager.default.removeItem(atPath: home.file("desk.store.key"))
    try FileManager.default.removeItem(atPath: home.file("desk.store.key.pub"))
    let made = try home.run("store", "key", "--new", "--json")
    #expect(made.code == 0, "\(made.errors)")
    let fingerprint = try #require(made.lines.first?["fingerprint"] as? String)
    #expect(fingerprint.count == 39)
    #expect(try home.run("store", "key").output == fingerprint + "\n")
    #expect(try subjects() == ["备份前"])
    #expect(try home.run("store", "restore", backup, "--replace").code == 0)
    // The replica of commands is a desk like any other.
    let replica = try #require(
      FileManager.default.subpathsOfDirectory(atPath: home.path).first { $0.hasSuffix(".replica") })
    let named = ["--replica", home.file(replica)]
    let refused = try home.run(["ticket", "list", "--scope", "waiting"] + named)
    #expect(refused.code == 0 || refused.code == 3)
    let before = try home.run(["sync", "status", "--json"] + named)
    let desks = before.lines.first?["desks"] as? [[String: Any]]
    #expect(desks?.first?["offered_key"] as? String == fingerprint, "\(before.output)")
    let other = try home.run(["sync", "trust", "0123 4567"] + named)
    #expect(other.code == 1 && other.errors.contains("0123 4567"), "\(other.errors)")
    let trusted = try home.run(["sync", "trust", fingerprint, "--json"] + named)
    #expect(trusted.code == 0, "\(trusted.errors)")
    #expect(try home.run(["ticket", "list", "--scope", "waiting"] + named).code == 0)
    let after = try home.run(["sync", "status", "--json"] + named)
    #expect(
      (after.lines.first?["desks"] as? [[String: Any]])?.first?["offered_key"] is NSNull, "\(after.output)")
  }

  @Test func `lists for words are made by a command, and the status says how far they go`() throws {
    try create("光猫坏了")
    #expect(try home.run("store", "status", "--json").lines.first?["index_revision"] is NSNull)
    let made = try home.run("store", "index", "--json")
    #expect(made.code == 0, "\(made.errors)")
    let report = try #require(made.lines.first)
    #expect(report["rebuilt"] as? Bool == true && report["tickets"] as? Int == 1)
    let revision = try #require(report["revision"] as? Int)
    #expect(report["head"] as? Int == revision)
    #expect(try home.run("store", "status", "--json").lines.first?["index_revision"] as? Int == revision)
    try create("路由器坏了")
    let again = try #require(try home.run("store", "index", "--json").lines.first)
    #expect(again["rebuilt"] as? Bool == false && again["tickets"] as? Int == 2)
    #expect(try home.run("store", "index", "--rebuild", "--json").lines.first?["rebuilt"] as? Bool == true)
  }

  @Test func `the new format is asked of all desks by a command that says first what it would do`() throws {
    try create("一个")
    let dry = try home.run("store", "migrate", "--dry-run", "--require")
    #expect(dry.code == 0 && dry.output.contains("update AgentDesk"), "\(dry.output) \(dry.errors)")
    func required(_ arguments: String...) throws -> [String: Any] {
      let result = try home.run(["store", "migrate", "--json"] + arguments)
      #expect(result.code == 0, "\(result.errors)")
      return try #require(result.lines.first)
    }
    #expect(try required("--dry-run", "--require")["required_before"] as? Int == 0)
    let facts = try required("--require")
    #expect(facts["required"] as? Int == Operation.currentSchema && facts["required_before"] as? Int == 0)
    #expect(facts["older_desks"] as? Int == 0)
    // Desks of this program are not kept from anything.
    #expect(try subjects() == ["一个"])
    #expect(try required("--no-require")["required_before"] as? Int == Operation.currentSchema)
    #expect(try required()["required"] is NSNull)
    #expect(try home.run("store", "audit", "verify").code == 0)
  }
}
