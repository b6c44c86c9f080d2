import Domain
import Foundation
import TestSupport
import Testing

@testable import Store

/// A real sshd on loopback, with its own configuration, host key and port.
final class SecureShellHost {
  static let server = ["/usr/sbin/sshd", "/usr/local/sbin/sshd"].first {
    FileManager.default.isExecutableFile(atPath: $0)
  }

  let folder: TemporaryFolder
  let port: UInt16
  private let process: pid_t

  /// - Parameter line: makes the line of `authorized_keys` from the public key.
  init(_ line: (_ publicKeyFile: String) throws -> String) throws {
    folder = try TemporaryFolder()
    port = try Self.freePort()
    for name in ["host", "client"] {
      try Self.run("/usr/bin/ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "desk", "-f", folder(name))
    }
    try Data((line(folder("client.pub")) + "\n").utf8).write(to: URL(fileURLWithPath: folder("keys")))
    let settings = """
      Port \(port)
      ListenAddress 127.0.0.1
      HostKey \(folder("host"))
      AuthorizedKeysFile \(folder("keys"))
      PidFile none
      StrictModes no
      UsePAM no
      PasswordAuthentication no
      PermitRootLogin yes
      SetEnv AGENTDESK_RESOURCES=\(Program.checkout)/Resources AGENTDESK_HOME=\(folder.path)
      """
    try Data(settings.utf8).write(to: URL(fileURLWithPath: folder("sshd_config")))
    // Where sshd drops its privileges; Debian makes it when the service starts.
    if getuid() == 0 { mkdir("/run/sshd", 0o755) }
    process = try Self.start([Self.server ?? "", "-D", "-E", folder("log"), "-f", folder("sshd_config")])
    let limit = Date(timeIntervalSinceNow: PseudoTerminal.patience)
    while (try? Self.run("/usr/bin/ssh-keyscan", "-p", "\(port)", "127.0.0.1")) == nil {
      guard Date() < limit else {
        let log = (try? String(contentsOfFile: folder("log"), encoding: .utf8)) ?? ""
        throw StoreError.failed(path: Self.server ?? "", detail: log)
      }
      usleep(100_000)
    }
  }

  deinit {
    var status: Int32 = 0
    kill(process, SIGTERM)
    waitpid(process, &status, 0)
  }

  /// A port that nobody listens on, below those that the system gives away: what another test takes at the same time would answer
  /// in place of sshd, or never.
  private static func freePort() throws -> UInt16 {
    for _ in 0..<1000 {
      let port = UInt16.random(in: 20_000...32_000)
      let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
      defer { close(listener) }
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_port = port.bigEndian
      address.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
      let isFree = withUnsafeBytes(of: &address) {
        bind(listener, $0.baseAddress?.assumingMemoryBound(to: sockaddr.self), socklen_t($0.count)) == 0
      }
      if isFree { return port }
    }
    throw StoreError.system(path: server ?? "")
  }

  /// Not as a `Process`: sshd closes the descriptor by which Foundation notices the end of a process, and Foundation then waits for
  /// it with all the others.
  private static func start(_ words: [String]) throws -> pid_t {
    var process: pid_t = 0
    var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
    defer { for word in arguments { free(word) } }
    guard posix_spawn(&process, words[0], nil, nil, &arguments, environ) == 0 else {
      throw StoreError.system(path: words[0])
    }
    return process
  }

  /// The words that stand for `ssh`. The first `ConnectTimeout` counts: a machine that is busy with all the tests may need longer
  /// for sshd's greeting than a desk would wait.
  var command: [String] {
    [
      "ssh", "-F", "/dev/null", "-i", folder("client"), "-o", "IdentitiesOnly=yes", "-o",
      "StrictHostKeyChecking=no",
      "-o", "UserKnownHostsFile=\(folder("known"))", "-o", "LogLevel=ERROR",
      "-o", "ConnectTimeout=\(Int(PseudoTerminal.patience))",
    ]
  }

  func target(path: String? = nil) throws -> SecureShellAddress {
    let location = try StoreLocation("ssh://127.0.0.1:\(port)\(path ?? "")")
    guard case .ssh(let target) = location else { throw StoreError.unsupportedAddress("") }
    return target
  }

  @discardableResult
  static func run(_ words: String...) throws -> String {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(fileURLWithPath: words[0])
    process.arguments = Array(words.dropFirst())
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    try process.run()
    let bytes = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0, !bytes.isEmpty || words[0].hasSuffix("keygen") else {
      throw StoreError.failed(path: words[0], detail: "\(process.terminationStatus)")
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

@Suite(.enabled(if: SecureShellHost.server != nil, "sshd is not installed: apt-get install openssh-server"))
struct SecureShellTests {
  let test: TestStore
  let ticket: TicketID

  init() throws {
    test = try TestStore()
    ticket = try test.desk().makeTicket(test, customer: test.desk("tangyue").makeCustomer(test))
  }

  /// The line that `agentdesk store authorize` prints.
  private func authorize(_ name: String, _ key: String, _ more: String...) throws -> String {
    let home = try ProgramHome()
    let result = try home.run(["store", "authorize", name, key, "--store", test.store.path] + more)
    #expect(result.code == 0, "\(result.errors)")
    return result.output.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  private func remote(_ host: SecureShellHost, _ agent: AgentID?) throws -> RemoteStore {
    try .test(SecureShellLink(try host.target(), command: host.command), agent)
  }

  @Test func `a desk works over ssh as whom its key says, whatever it asks for`() throws {
    let server = try TestServer(test)
    defer { server.stop() }
    let host = try SecureShellHost { try authorize("linxiao", $0, "--socket", server.socket) }
    let desk = try test.desk("linxiao", replica: "ssh.replica", store: remote(host, nil))
    #expect(desk.store.agent == "linxiao")
    #expect(try desk.submit(test.ticket(ticket, .claim)) == .accepted)
    #expect(try desk.submit(test.ticket(ticket, .note("over ssh"))) == .accepted)
    #expect(try remote(host, "chenyu").agent == "linxiao", "the forced command decides")
    #expect(server.logged.contains("via=ssh"))
    // Another command, and a shell, are not to be had.
    var words = host.command + ["-p", "\(host.port)", "127.0.0.1", "cat /etc/passwd"]
    words[0] = "/usr/bin/ssh"
    let process = Process()
    process.executableURL = URL(fileURLWithPath: words[0])
    process.arguments = Array(words.dropFirst())
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardInput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    #expect(!String(decoding: output, as: UTF8.self).contains("root:"))
  }

  @Test func `without a server the forced command opens the file for one desk`() throws {
    let host = try SecureShellHost { try authorize("chenyu", $0) }
    let desk = try test.desk("chenyu", replica: "ssh.replica", store: remote(host, nil))
    #expect(try desk.submit(test.ticket(ticket, .note("n-1"), by: "chenyu")) == .accepted)
    desk.store.close()
    _ = try desk.save(test.ticket(ticket, .note("n-2"), by: "chenyu"))
    #expect(try desk.synchronize().offline != nil)
    let known = try test.store.read { db in
      try RowReader(db: db).all("SELECT body FROM entry WHERE body LIKE 'n-%'") { $0.text(0) }
    }
    #expect(known == ["n-1"])
  }

  @Test func `a key that nobody let in is refused with ssh's own words`() throws {
    let host = try SecureShellHost { _ in "# nobody" }
    do {
      _ = try remote(host, "linxiao")
      Issue.record("it came in")
    } catch StoreError.unreachable(_, let detail) {
      #expect(detail.contains("Permission denied"), "\(detail)")
    }
  }

  @Test func `what is wrong on the other machine is said in the language of this one`() throws {
    // There the program speaks Chinese: nothing asks for another language.
    let host = try SecureShellHost { try authorize("linxiao", $0, "--socket", test.folder("nobody")) }
    let home = try ProgramHome()
    home.environment["AGENTDESK_SSH"] = host.command.joined(separator: " ")
    let result = try home.run(
      "ticket", "list", "--store", "ssh://127.0.0.1:\(host.port)", "--lang", "en", "--replica",
      home.file("r.replica"))
    #expect(result.code == 3)
    #expect(
      result.errors.contains("\(test.folder("nobody")) cannot be reached (it is not there)"),
      "\(result.errors)")
    #expect(
      !result.errors.unicodeScalars.contains { (0x4E00...0x9FFF).contains($0.value) }, "\(result.errors)")
  }

  @Test func `whoever names somebody else over ssh is told who they are`() throws {
    let host = try SecureShellHost { try authorize("linxiao", $0) }
    let home = try ProgramHome()
    home.environment["AGENTDESK_SSH"] = host.command.joined(separator: " ")
    let address = "ssh://127.0.0.1:\(host.port)"
    let result = try home.run("ticket", "list", "--store", address, "--lang", "en", "--agent", "chenyu")
    #expect(result.code == 0, "\(result.errors)")
    #expect(result.errors.contains("“chenyu”"), "\(result.errors)")
    #expect(result.errors.contains("“linxiao”"), "\(result.errors)")
    let right = try home.run("ticket", "list", "--store", address, "--lang", "en", "--agent", "linxiao")
    #expect(right.errors.isEmpty, "\(right.errors)")
  }

  @Test func `the line for a key is restricted, and what is no key is refused`() throws {
    let host = try TemporaryFolder()
    try SecureShellHost.run(
      "/usr/bin/ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "lin", "-f", host("k"))
    let line = try authorize("linxiao", host("k.pub"), "--socket", "/run/x.sock")
    #expect(line.hasPrefix("restrict,command=\""))
    #expect(line.contains(" store connect --as linxiao --socket /run/x.sock\" ssh-ed25519 "))
    let home = try ProgramHome()
    let evil = try home.write("evil.pub", "command=\"sh\" ssh-ed25519 AAAA evil\n")
    #expect(try home.run("store", "authorize", "linxiao", evil, "--store", test.store.path).code == 1)
    #expect(try home.run("store", "authorize", "nobody", host("k.pub"), "--store", test.store.path).code == 1)
    #expect(
      try home.run(
        "store", "authorize", "linxiao", host("k.pub"), "--store", test.store.path, "--socket", "/a\"b"
      ).code
        == 2)
    for _ in 0..<2 {
      let added = try home.run(
        "store", "authorize", "linxiao", host("k.pub"), "--store", test.store.path, "--append",
        home.file("keys"))
      #expect(added.code == 0, "\(added.errors)")
    }
    #expect(home.contents("keys")?.split(separator: "\n").count == 1)
    #expect(
      try home.run("store", "authorize", "linxiao", "--user", "\(getuid())", "--store", test.store.path).code
        == 0)
    #expect(try Seats(store: test.store.path).agent(of: getuid()) == "linxiao")
  }
}
