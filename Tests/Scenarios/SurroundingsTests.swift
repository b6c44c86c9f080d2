import Domain
import Foundation
import Glibc
import Store
import Synchronization
import Terminal
import TestSupport
import Testing

/// Whatever is wrong around the program: one clear sentence in the language of the person, an exit code, and the terminal
/// as it was.
@Suite struct `Bad surroundings` {
  /// Exit codes of docs/headless.md.
  private static let refused: Int32 = 1
  private static let usage: Int32 = 2
  private static let storeUnreachable: Int32 = 3

  private static func expectSentence(
    _ sentence: String, code: Int32, _ desk: Desk, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    #expect(try desk.terminal.exitStatus() == .exited(code), sourceLocation: sourceLocation)
    try? desk.terminal.wait(for: sentence, seconds: 2) { joined($0).contains(squeezed(sentence)) }
    #expect(
      joined(desk.screen).contains(squeezed(sentence)), "\(desk.screen.text)", sourceLocation: sourceLocation)
    desk.expectRestored(sourceLocation: sourceLocation)
  }

  /// Sentences are wrapped by the terminal.
  private static func joined(_ screen: EmulatedScreen) -> String { squeezed(screen.text) }
  private static func squeezed(_ text: String) -> String { text.filter { !$0.isWhitespace } }

  // MARK: - The terminal

  @Test(arguments: ["no-such-terminal", "ghostty"])
  func `a terminal that nobody knows is treated as xterm`(name: String) throws {
    let home = try DemoHome()
    let desk = try Desk.open(home, environment: ["TERM": name])
    try desk.sees("国际漫游包多扣 38 元")
    try desk.quit()
  }

  @Test(arguments: [("zh-Hans", "终端 dumb 只能逐行显示"), ("en", "dumb")])
  func `a terminal that cannot place the cursor is named`(language: String, sentence: String) throws {
    let home = try DemoHome()
    let desk = try Desk(
      home: home.path, arguments: ["--agent", "linxiao"],
      environment: ["TERM": "dumb", "AGENTDESK_LANG": language])
    try Self.expectSentence(sentence, code: Self.usage, desk)
  }

  @Test(arguments: ["C", "POSIX", "zz_ZZ.UTF-8", "en_US.ISO-8859-1"])
  func `Chinese is drawn in any locale`(locale: String) throws {
    let home = try DemoHome()
    let desk = try Desk.open(home, environment: ["LC_ALL": locale, "LANG": locale])
    try desk.sees("国际漫游包多扣 38 元")
    desk.press("/")
    desk.type("漫游")
    try desk.seesNoMore("要求退订视频会员")
    try desk.quit()
  }

  @Test func `NO_COLOR is kept to`() throws {
    let home = try DemoHome()
    let desk = try Desk.open(home, environment: ["NO_COLOR": "1"])
    try desk.sees("国际漫游包多扣 38 元")
    try desk.takeNext()
    let coloured = desk.screen.cells.joined().filter {
      $0.attributes.foreground != nil || $0.attributes.background != nil
    }
    #expect(coloured.isEmpty)
    #expect(
      desk.screen.cells.joined().contains { !$0.attributes.flags.isEmpty }, "states are told without colour")
    try desk.quit()
  }

  @Test func `input that is no terminal`() throws {
    let home = try DemoHome()
    let desk = try Desk(
      home: home.path, arguments: ["-c", "\(Desk.program) --agent linxiao < /dev/null"],
      environment: ["AGENTDESK_LANG": "zh-Hans"], program: "sh")
    try Self.expectSentence("工作台要在终端里打开", code: Self.usage, desk)
  }

  // MARK: - Settings

  /// Nobody is kept from the floor by a typo.
  @Test func `settings are read again while the screens are open`() throws {
    let home = try DemoHome()
    let desk = try Desk.open(home)
    try desk.sees("F6")
    let file = home.path + "/config.yaml"
    try "keys:\n  knowledge: [F11]\n".write(toFile: file, atomically: true, encoding: .utf8)
    try desk.sees("已重新读取设置")
    try desk.sees("F11")
    try "keys:\n  knowledge: [F6]\n  no-such-action: [F7]\n".write(
      toFile: file, atomically: true, encoding: .utf8)
    try desk.sees("no-such-action")
    try desk.quit()
  }

  @Test(arguments: [
    ("them: light\n", "config.yaml:1: “them”"), ("theme: drak\n", "config.yaml:1: 没有名为“drak”的配色"),
    ("mouse: [\n", "config.yaml:"), ("theme: mine\n", "mine.yaml:2: "),
    ("keys:\n  claim-nxt: F7\n", "config.yaml:2: 没有名为“claim-nxt”的操作"),
    ("paste_limit: many\nmouse: maybe\n", "config.yaml:1: "),
  ])
  func `a mistake in the settings is said, and the desk opens`(_ text: String, _ sentence: String) throws {
    let home = try DemoHome()
    try text.write(toFile: home.path + "/config.yaml", atomically: true, encoding: .utf8)
    try FileManager.default.createDirectory(
      atPath: home.path + "/themes", withIntermediateDirectories: false)
    try "roles:\n  selektion: { foreground: red }\n".write(
      toFile: home.path + "/themes/mine.yaml", atomically: true, encoding: .utf8)
    let desk = try Desk.open(home)
    #expect(desk.screen.isAlternate)
    try desk.sees("国际漫游包多扣 38 元")
    try desk.terminal.wait(for: sentence) { Self.joined($0).contains(Self.squeezed(sentence)) }
    try desk.takeNext()
    try desk.quit()
    // The whole of it stands where the person started the program.
    #expect(Self.joined(desk.screen).contains(Self.squeezed(sentence)), "\(desk.screen.text)")
  }

  // MARK: - Files

  @Test(arguments: [Language.chinese, .english])
  func `a store that is not there`(language: Language) throws {
    let home = try DemoHome()
    let path = home.path + "/nowhere.store"
    let desk = try Desk(
      home: home.path, arguments: ["--agent", "linxiao", "--store", path],
      environment: ["AGENTDESK_LANG": language.rawValue])
    try Self.expectSentence(
      language == .chinese ? "\(path) 处没有库" : "There is no store at \(path)", code: Self.storeUnreachable,
      desk)
  }

  @Test func `a folder where the store should be`() throws {
    let home = try DemoHome()
    let path = home.path + "/folder.store"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    let desk = try Desk(
      home: home.path, arguments: ["--agent", "linxiao", "--store", path],
      environment: ["AGENTDESK_LANG": "zh-Hans"])
    try Self.expectSentence("\(path) 不是 AgentDesk 的文件", code: Self.storeUnreachable, desk)
  }

  @Test func `a file of something else where the store should be`() throws {
    let home = try DemoHome()
    let path = home.path + "/garbage.store"
    let garbage = Data((0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ 7) })
    try garbage.write(to: URL(fileURLWithPath: path))
    let desk = try Desk(
      home: home.path, arguments: ["--agent", "linxiao", "--store", path],
      environment: ["AGENTDESK_LANG": "zh-Hans"])
    try Self.expectSentence("\(path) 不是 AgentDesk 的文件", code: Self.storeUnreachable, desk)
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == garbage)
  }

  @Test func `an address of a kind that is not supported`() throws {
    let home = try DemoHome()
    let desk = try Desk(
      home: home.path, arguments: ["--agent", "linxiao", "--store", "ftp://example.com/desk"],
      environment: ["AGENTDESK_LANG": "zh-Hans"])
    try Self.expectSentence("ftp://example.com/desk 不是库的地址", code: Self.refused, desk)
  }

  /// SQLite's `user_version` stands in the header of the file, big-endian at offset 60.
  private static func makeNewer(_ path: String) throws {
    // A header in the log would be read instead of this one.
    for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
    let file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
    try file.seek(toOffset: 60)
    try file.write(contentsOf: [0, 0, 0x27, 0x0F])
    try file.close()
  }

  @Test(arguments: [Language.chinese, .english])
  func `a store that a newer program wrote is refused and left as it was`(language: Language) throws {
    let home = try DemoHome()
    try Self.makeNewer(home.store)
    let before = try Data(contentsOf: URL(fileURLWithPath: home.store))
    let desk = try Desk(
      home: home.path, arguments: ["--agent", "linxiao"], environment: ["AGENTDESK_LANG": language.rawValue])
    try Self.expectSentence(
      language == .chinese ? "由更新版本的 AgentDesk 写成" : "newer", code: Self.storeUnreachable, desk)
    #expect(try Data(contentsOf: URL(fileURLWithPath: home.store)) == before)
  }

  @Test func `a replica that a newer program wrote is refused`() throws {
    let home = try DemoHome()
    try Self.makeNewer(home.replicas() + "/linxiao.replica")
    let desk = try Desk(
      home: home.path, arguments: ["--agent", "linxiao"], environment: ["AGENTDESK_LANG": "zh-Hans"])
    try Self.expectSentence("由更新版本的 AgentDesk 写成", code: Self.storeUnreachable, desk)
  }

  @Test func `somebody whom the store does not know`() throws {
    let home = try DemoHome()
    let desk = try Desk(
      home: home.path, arguments: ["--agent", "nobody"], environment: ["AGENTDESK_LANG": "zh-Hans"])
    try Self.expectSentence("没有名为 nobody 的人员", code: Self.refused, desk)
  }

  @Test func `a home that cannot be made`() throws {
    // The kernel lets nobody make a file there, not even root.
    let home = "/proc/agentdesk"
    let desk = try Desk(home: home, arguments: ["--demo"], environment: ["AGENTDESK_LANG": "zh-Hans"])
    guard case .exited(let code) = try desk.terminal.exitStatus(), code != 0 else {
      Issue.record("there was no failure")
      return
    }
    try Self.expectSentence(home, code: code, desk)
  }

  @Test func `a home that cannot be written`() throws {
    guard let home = try Mount.ofDemo(megabytes: 64) else { return }
    try home.makeReadOnly()
    let desk = try Desk(
      home: home.path, arguments: ["--agent", "linxiao"], environment: ["AGENTDESK_LANG": "zh-Hans"])
    try Self.expectSentence("无法写入", code: Self.storeUnreachable, desk)
  }

  @Test func `on a full disk nothing typed is lost, the reason is said, and with room it goes on`() throws {
    guard let home = try Mount.ofDemo(megabytes: 64) else { return }
    let desk = try Desk(
      home: home.path, arguments: ["--agent", "linxiao"], environment: ["AGENTDESK_LANG": "zh-Hans"])
    try desk.sees("国际漫游包多扣 38 元", seconds: 60)
    try desk.takeNext()
    desk.press("Ctrl-R")
    desk.type("磁盘满了也不能丢的一句话")
    try desk.sees("磁盘满了也不能丢的一句话")
    try desk.terminal.waitForIdle()
    try home.fill()
    desk.press("Ctrl-S")
    try desk.sees("已满")
    try desk.sees("磁盘满了也不能丢的一句话")
    try home.makeRoom()
    desk.press("Ctrl-S")
    try desk.sees("回复已记录")
    try desk.quit()
  }
}

/// A small disk of its own, which only root can mount.
final class Mount {
  let path: String
  private var filler: String { path + "/filler" }
  private let isFilling = Flag()
  private let hasEnded = DispatchSemaphore(value: 0)

  private final class Flag: Sendable {
    private let value = Atomic(true)
    var isSet: Bool { value.load(ordering: .acquiring) }
    func clear() { value.store(false, ordering: .releasing) }
  }

  /// A demo desk on it; nil, with a visible note, where it cannot be made.
  static func ofDemo(megabytes: Int) throws -> Mount? {
    guard geteuid() == 0 else {
      print("note: skipped, because only root can mount a small disk")
      return nil
    }
    let mount = Mount(path: DemoHome.root + "/disk-\(UUID().uuidString)")
    try FileManager.default.createDirectory(atPath: mount.path, withIntermediateDirectories: true)
    guard try run("mount", "-t", "tmpfs", "-o", "size=\(megabytes)m", "tmpfs", mount.path) else {
      print("note: skipped, because no small disk can be mounted here")
      return nil
    }
    let demo = try DemoHome()
    try FileManager.default.copyItem(atPath: demo.store, toPath: mount.path + "/desk.store")
    return mount
  }

  private init(path: String) { self.path = path }

  deinit {
    isFilling.clear()
    _ = try? Self.run("umount", "-l", path)
    try? FileManager.default.removeItem(atPath: path)
  }

  func makeReadOnly() throws {
    let limit = Date(timeIntervalSinceNow: PseudoTerminal.patience)
    // Programs that other tests start at this moment hold what we had open until they have begun.
    while !(try Self.run("mount", "-o", "remount,ro", path)) {
      try #require(Date() < limit, "the disk cannot be made read-only")
      usleep(20_000)
    }
  }

  /// Fills it and keeps it full: an idle desk empties the log of its replica, which makes room again.
  func fill() throws {
    let file = open(filler, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
    try #require(file >= 0)
    Self.fill(file)
    let isFilling = isFilling
    let hasEnded = hasEnded
    Thread.detachNewThread {
      while isFilling.isSet {
        Self.fill(file)
        usleep(1000)
      }
      close(file)
      hasEnded.signal()
    }
  }

  private static func fill(_ file: Int32) {
    for size in [1 << 20, 4096, 1] {
      let block = [UInt8](repeating: 1, count: size)
      while write(file, block, size) == size {}
    }
  }

  func makeRoom() throws {
    isFilling.clear()
    hasEnded.wait()
    try FileManager.default.removeItem(atPath: filler)
  }

  private static func run(_ command: String...) throws -> Bool {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = command
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus == 0
  }
}
