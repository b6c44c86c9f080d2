import Domain
import Foundation
import TestSupport
import Testing

/// People, rights and the log, as an administrator works with them: without a screen.
@Suite struct AdminTests {
  private let home: ProgramHome
  private var store: String { home.file("desk.store") }

  init() throws {
    home = try ProgramHome()
    home.environment["AGENTDESK_AGENT"] = "linxiao"
    let made = try home.run("store", "init", home.file("desk.store"))
    #expect(made.code == 0, "\(made.errors)")
  }

  private func admin(_ arguments: String...) throws -> Program.Result {
    try home.run(arguments + ["--agent", "admin", "--json"])
  }

  private func ticket() throws -> String {
    let made = try home.run(
      "ticket", "create", "--zone", "general", "--phone", "13800002071", "--name", "王慧芳", "--subject", "退费进度",
      "--json")
    return try #require(made.lines.first?["number"] as? String, "\(made.errors)")
  }

  @Test func `people are added, changed, stopped and brought back`() throws {
    let added = try admin(
      "admin", "people", "add", "newbie", "--number", "2001", "--name", "新来", "--team", "care")
    #expect(added.code == 0, "\(added.errors)")
    #expect(added.lines.first?["rights"] as? [String] == ["work", "reveal"])
    #expect(try admin("admin", "people", "add", "newbie", "--number", "2002", "--name", "x").code == 1)
    #expect(try admin("admin", "people", "change", "newbie", "--number", "1024").code == 2)
    let changed = try admin("admin", "people", "change", "newbie", "--role", "lead")
    #expect(changed.lines.first?["number"] as? String == "2001")
    #expect((changed.lines.first?["rights"] as? [String])?.contains("coach") == true)
    #expect(try admin("admin", "people", "deactivate", "newbie").lines.first?["active"] as? Bool == false)
    #expect(try home.run("ticket", "list", "--agent", "newbie").code == 1)
    #expect(try admin("admin", "people", "activate", "newbie").lines.first?["active"] as? Bool == true)
    let list = try admin("admin", "people", "list")
    #expect(list.lines.contains { $0["id"] as? String == "newbie" })
    #expect(try home.run("admin", "people", "deactivate", "newbie", "--agent", "linxiao").code == 1)
  }

  @Test func `grants open what a role does not, and revoking closes it again`() throws {
    let refused = try home.run("export", "tickets", "--agent", "linxiao", "--lang", "en")
    #expect(refused.code == 1)
    #expect(refused.errors.contains("“export”"))
    #expect(
      try admin("admin", "grant", "linxiao", "export", "--until", "2099-12-31", "--source", "OA-17").code == 0
    )
    #expect(try home.run("export", "tickets", "--agent", "linxiao").code == 0)
    #expect(try admin("admin", "grant", "linxiao", "skill:billing", "--level", "4").code == 0)
    let grants = try admin("admin", "grants", "linxiao").lines
    #expect(grants.map { $0["name"] as? String } == ["export", "billing"])
    #expect(grants.map { $0["level"] as? Int } == [1, 4])
    #expect(grants.first?["source"] as? String == "OA-17")
    #expect(grants.first?["granted_by"] as? String == "admin")
    #expect(try admin("admin", "revoke", "linxiao", "export").code == 0)
    #expect(try home.run("export", "tickets", "--agent", "linxiao").code == 1)
    #expect(try admin("admin", "grant", "linxiao", "fly").code == 2)
    #expect(try admin("admin", "grant", "linxiao", "export", "--until", "2001-01-01").code == 1)
    #expect(try admin("admin", "grant", "linxiao", "export", "--level", "12").code == 2)
    #expect(try home.run("admin", "grant", "linxiao", "export", "--agent", "tangyue").code == 1)
  }

  @Test func `a lead watches and coaches with the right, and others do not`() throws {
    let ticket = try ticket()
    #expect(try home.run("ticket", "watch", ticket, "--agent", "tangyue").code == 0)
    #expect(try home.run("ticket", "coach", ticket, "先核对账单", "--agent", "tangyue").code == 0)
    let shown = try home.run("ticket", "show", ticket, "--json")
    #expect(shown.output.contains("\"coaching\"") && shown.output.contains("先核对账单"))
    for command in [["watch", ticket], ["coach", ticket, "x"]] {
      #expect(try home.run(["ticket"] + command + ["--agent", "linxiao"]).code == 1)
    }
  }

  @Test func `the log is whole, is signed, and says where it was changed`() throws {
    let replica = home.file("witness.replica")
    let number = try ticket()
    for text in ["一", "二", "三"] {
      #expect(try home.run("ticket", "note", number, text, "--replica", replica).code == 0)
    }
    #expect(try home.run("ticket", "list", "--replica", replica).code == 0)
    let verify = ["store", "audit", "verify", "--witness", replica, "--json"]
    let whole = try home.run(verify)
    #expect(whole.code == 0, "\(whole.errors)")
    #expect(whole.lines.first?["whole"] as? Bool == true)
    #expect(whole.lines.first?["witnesses"] as? Int == 1)

    let key = home.file("audit.key")
    #expect(try home.run("store", "audit", "key", key).code == 0)
    #expect(try home.run("store", "audit", "key", key).code == 3)
    let signed = try home.run("store", "audit", "head", "--sign", key)
    let head = home.file("head.json")
    try signed.output.write(toFile: head, atomically: true, encoding: .utf8)
    let check = ["store", "audit", "verify", "--head", head, "--key", key + ".pub"]
    #expect(try home.run(check).code == 0)
    #expect(try home.run("store", "audit", "verify", "--head", head).code == 2)
    try signed.output.replacing("\"entry\":", with: "\"entry\":1").write(
      toFile: head, atomically: true, encoding: .utf8)
    #expect(try home.run(check).code == 1)

    let shell = try Self.sqlite(store, "DELETE FROM audit WHERE n = (SELECT max(n) - 1 FROM audit)")
    #expect(shell == 0)
    for language in ["zh-Hans", "en"] {
      let broken = try home.run("store", "audit", "verify", "--lang", language)
      #expect(broken.code == 1)
      #expect(broken.output.contains(language == "en" ? "deleted" : "被删除"), "\(broken.output)")
    }
    let finding = try home.run(verify).lines.first?["findings"] as? [[String: Any]]
    #expect(finding?.first?["kind"] as? String == "deleted")
  }

  /// What a SQLite shell does, by the library itself.
  private static func sqlite(_ path: String, _ sql: String) throws -> Int32 {
    typealias Open = @convention(c) (UnsafePointer<CChar>, UnsafeMutablePointer<OpaquePointer?>) -> Int32
    typealias Execute =
      @convention(c) (
        OpaquePointer?, UnsafePointer<CChar>, OpaquePointer?, OpaquePointer?, OpaquePointer?
      ) -> Int32
    typealias Close = @convention(c) (OpaquePointer?) -> Int32
    let library = try #require(dlopen("libsqlite3.so.0", RTLD_NOW))
    let open = unsafeBitCast(try #require(dlsym(library, "sqlite3_open")), to: Open.self)
    let execute = unsafeBitCast(try #require(dlsym(library, "sqlite3_exec")), to: Execute.self)
    let close = unsafeBitCast(try #require(dlsym(library, "sqlite3_close")), to: Close.self)
    var database: OpaquePointer?
    try #require(open(path, &database) == 0)
    defer { _ = close(database) }
    return execute(database, sql, nil, nil, nil)
  }
}
