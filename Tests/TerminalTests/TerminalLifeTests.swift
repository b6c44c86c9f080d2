import Foundation
import Glibc
import Terminal
import TestSupport
import Testing

/// Whatever ends or interrupts the program, the person gets the terminal back.
@Suite struct `Giving the terminal back` {
  private static func state(_ terminal: PseudoTerminal) -> termios {
    var state = termios()
    tcgetattr(terminal.device, &state)
    return state
  }

  private static func expectNormal(
    _ terminal: PseudoTerminal, like before: termios, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    // The last bytes of a dead program are on their way for a moment.
    try? terminal.wait(for: "the first screen", seconds: 2) { !$0.isAlternate }
    let screen = terminal.screen
    #expect(!screen.isAlternate, sourceLocation: sourceLocation)
    #expect(screen.isCursorVisible, sourceLocation: sourceLocation)
    #expect(screen.modes.isDisjoint(with: [2004, 1004, 1000, 1006, 1049]), sourceLocation: sourceLocation)
    let after = state(terminal)
    #expect(after.c_lflag == before.c_lflag, sourceLocation: sourceLocation)
    #expect(after.c_iflag == before.c_iflag, sourceLocation: sourceLocation)
    #expect(after.c_oflag == before.c_oflag, sourceLocation: sourceLocation)
  }

  private static func started(
    _ arguments: String..., environment: [String: String] = [:]
  ) throws -> (PseudoTerminal, termios) {
    let terminal = try PseudoTerminal(size: Size(columns: 80, rows: 24))
    let before = state(terminal)
    try terminal.run([Probe.path] + arguments, environment: environment)
    try terminal.waitFor("ready")
    #expect(terminal.screen.isAlternate)
    #expect(state(terminal).c_lflag != before.c_lflag)
    return (terminal, before)
  }

  @Test func `at a normal end`() throws {
    let (terminal, before) = try Self.started()
    terminal.type("q")
    #expect(try terminal.exitStatus() == .exited(0))
    try terminal.waitFor("goodbye")
    Self.expectNormal(terminal, like: before)
  }

  @Test(arguments: [SIGTERM, SIGHUP])
  func `when asked to end, after the program could save`(signal: Int32) throws {
    let (terminal, before) = try Self.started("slow")
    terminal.kill(signal)
    #expect(try terminal.exitStatus() == .exited(7))
    try terminal.waitFor("goodbye")
    Self.expectNormal(terminal, like: before)
  }

  @Test func `when asked twice`() throws {
    let (terminal, before) = try Self.started("deaf")
    terminal.kill(SIGTERM)
    // The second request counts only when somebody had time to insist.
    usleep(1_100_000)
    terminal.kill(SIGTERM)
    #expect(try terminal.exitStatus() == .signalled(SIGTERM))
    Self.expectNormal(terminal, like: before)
  }

  @Test func `when a program does not react`() throws {
    let (terminal, before) = try Self.started("deaf")
    terminal.kill(SIGTERM)
    #expect(try terminal.exitStatus() == .signalled(SIGTERM))
    Self.expectNormal(terminal, like: before)
  }

  @Test(arguments: [SIGSEGV, SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGQUIT])
  func `when it crashes`(signal: Int32) throws {
    let (terminal, before) = try Self.started()
    terminal.kill(signal)
    #expect(try terminal.exitStatus() == .signalled(signal))
    Self.expectNormal(terminal, like: before)
  }

  @Test(arguments: ["enable=yes,interactive=yes", "enable=no"])
  func `when Swift traps, with the reason on the screen and no question`(backtrace: String) throws {
    let log = FileManager.default.temporaryDirectory.appendingPathComponent("probe-\(UUID()).log")
    defer { try? FileManager.default.removeItem(at: log) }
    let (terminal, before) = try Self.started(environment: [
      "SWIFT_BACKTRACE": backtrace, "PROBE_LOG": log.path,
    ])
    terminal.type("C")
    guard case .signalled = try terminal.exitStatus() else {
      Issue.record("the trap did not end the program")
      return
    }
    try terminal.waitFor("Index out of range")
    Self.expectNormal(terminal, like: before)
  }

  @Test func `standard error is kept away from the screen and shown afterwards`() throws {
    let log = FileManager.default.temporaryDirectory.appendingPathComponent("probe-\(UUID()).log")
    defer { try? FileManager.default.removeItem(at: log) }
    let (terminal, _) = try Self.started(environment: ["PROBE_LOG": log.path])
    terminal.type("E")
    try terminal.waitFor("key(E)")
    #expect(!terminal.screen.contains("standard error"))
    terminal.type("q")
    try terminal.exitStatus()
    try terminal.waitFor("text on standard error")
    #expect(try String(contentsOf: log, encoding: .utf8) == "text on standard error\n")
  }

  @Test(arguments: ["key", "signal"])
  func `while stopped, and the same screen is back afterwards`(way: String) throws {
    let (terminal, before) = try Self.started()
    terminal.type("a")
    try terminal.waitFor("key(a)")
    // A program in a session without a shell cannot be stopped by Ctrl-Z; the kernel lets it go on.
    if way == "key" { terminal.send("Ctrl-Z") } else { terminal.kill(SIGTSTP) }
    terminal.type("b")
    try terminal.waitFor("key(b)")
    #expect(terminal.screen.contains("key(a)"))
    #expect(terminal.screen.isAlternate)
    terminal.type("q")
    try terminal.exitStatus()
    Self.expectNormal(terminal, like: before)
  }

  @Test func `to the shell with Ctrl-Z, and fg brings the same screen`() throws {
    let shell = try PseudoTerminal(
      ["bash", "--norc", "--noprofile", "-i"], size: Size(columns: 80, rows: 24),
      environment: ["PS1": "prompt> "])
    try shell.waitFor("prompt>")
    shell.type("PROBE_LOG=/dev/null \(Probe.path)\r")
    try shell.waitFor("ready 80x24")
    shell.type("a")
    try shell.waitFor("key(a)")
    shell.send("Ctrl-Z")
    try shell.waitFor("Stopped")
    #expect(!shell.screen.isAlternate)
    #expect(shell.screen.isCursorVisible)
    shell.type("echo one$((1+1))three\r")
    try shell.waitFor("one2three")
    shell.type("fg\r")
    try shell.waitFor("key(a)")
    #expect(shell.screen.isAlternate)
    shell.type("b")
    try shell.waitFor("key(b)")
    shell.type("q")
    try shell.waitFor("goodbye")
    shell.type("exit\r")
    #expect(try shell.exitStatus() == .exited(0))
  }

  @Test func `a program that was stopped from outside takes the terminal again`() throws {
    let (terminal, before) = try Self.started()
    terminal.type("a")
    try terminal.waitFor("key(a)")
    terminal.kill(SIGSTOP)
    var spoiled = before
    tcsetattr(terminal.device, TCSANOW, &spoiled)
    let received = terminal.screen.received
    terminal.kill(SIGCONT)
    try terminal.wait(for: "the screen to be drawn again") { $0.received > received }
    try terminal.waitForIdle()
    #expect(Self.state(terminal).c_lflag != before.c_lflag)
    #expect(terminal.screen.contains("key(a)"))
    terminal.type("q")
    try terminal.exitStatus()
    Self.expectNormal(terminal, like: before)
  }
}

@Suite struct `Keys of a real terminal` {
  @Test func `arrive as they were pressed`() throws {
    let terminal = try Probe.start()
    try terminal.waitFor("ready")
    terminal.send("Up", "Ctrl-Right", "F8", "Alt-Enter", "Shift-F5", "Esc")
    try terminal.waitFor("key(Esc)")
    terminal.paste("多行\n文字")
    terminal.type("中")
    try terminal.waitFor("key(中)")
    for name in ["Up", "Ctrl-Right", "F8", "Alt-Enter", "Shift-F5"] {
      #expect(terminal.screen.contains("key(\(name))"))
    }
    #expect(terminal.screen.contains("paste(\"多行\\n文字\")"))
    terminal.type("\u{13}\u{11}")
    try terminal.waitFor("key(Ctrl-Q)")
  }

  @Test func `the end of the terminal is told`() throws {
    let terminal = try Probe.start()
    try terminal.waitFor("ready")
    terminal.hangUp()
    #expect(try terminal.exitStatus() == .exited(7))
  }
}

@Suite struct `Waiting` {
  @Test func `another thread wakes the one that waits`() throws {
    let wake = try #require(WakePipe())
    let terminal = try PseudoTerminal(size: Size(columns: 10, rows: 2))
    let input = TerminalInput(wakePipe: wake, input: terminal.device, output: terminal.device)
    Thread.detachNewThread { wake.wake() }
    #expect(input.poll().isWoken)
    #expect(input.poll(timeoutMilliseconds: 1).isEmpty)
  }

  @Test func `Esc alone arrives without another byte`() throws {
    let wake = try #require(WakePipe())
    let terminal = try PseudoTerminal(size: Size(columns: 10, rows: 2))
    var raw = termios()
    tcgetattr(terminal.device, &raw)
    raw.c_lflag &= ~tcflag_t(ICANON | ECHO)
    tcsetattr(terminal.device, TCSANOW, &raw)
    let input = TerminalInput(wakePipe: wake, input: terminal.device, output: terminal.device)
    terminal.send("Esc")
    #expect(input.poll(timeoutMilliseconds: 5_000).events == [.key(.escape)])
    terminal.send("Up")
    #expect(input.poll(timeoutMilliseconds: 5_000).events == [.key(.up)])
    terminal.send([0xE5])
    #expect(input.poll(timeoutMilliseconds: 20).isEmpty)
    terminal.send([0xB7, 0xA5])
    #expect(input.poll(timeoutMilliseconds: 5_000).events == [.key(Key("工"))])
  }
}
