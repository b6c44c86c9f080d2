import Domain
import Foundation
import Glibc
import Terminal
import TestSupport
import Testing

/// The real program in a terminal, as somebody sits at it.
final class Desk {
  static let program = BuiltProgram.path("agentdesk")

  let terminal: PseudoTerminal
  private let before: termios
  private var pressed: [UInt8] = []

  init(
    home: String, arguments: [String] = [], size: Size = Size(columns: 120, rows: 40),
    environment: [String: String] = [:], program: String = Desk.program, folder: String? = nil
  ) throws {
    terminal = try PseudoTerminal(size: size)
    before = Self.state(terminal)
    var variables = ["AGENTDESK_HOME": home, "HOME": home, "TMPDIR": NSTemporaryDirectory()]
    variables.merge(environment) { $1 }
    try terminal.run([program] + arguments, environment: variables, folder: folder)
  }

  /// A desk that shows its queue.
  static func open(
    _ home: DemoHome, as agent: String = "linxiao", mode: String? = nil, language: Language = .chinese,
    size: Size = Size(columns: 120, rows: 40), environment: [String: String] = [:]
  ) throws -> Desk {
    var variables = ["AGENTDESK_LANG": language.rawValue]
    variables.merge(environment) { $1 }
    let desk = try Desk(
      home: home.path, arguments: (mode.map { [$0] } ?? []) + ["--agent", agent], size: size,
      environment: variables)
    try desk.sees(language == .chinese ? "待接" : "Waiting")
    return desk
  }

  // MARK: - Doing

  /// Presses keys by the names of the footer.
  func press(_ names: String...) {
    for name in names {
      guard let key = Key(name: name) else {
        Issue.record("no key is called \(name)")
        continue
      }
      guard name == "Esc" else {
        send(KeyEncoder.bytes(of: key))
        continue
      }
      // Esc and a key right behind it are Alt and the key: nobody types that fast, so wait until it was understood.
      try? terminal.waitForIdle(quietMilliseconds: 60, seconds: 3)
      let received = screen.received
      send(KeyEncoder.bytes(of: key))
      try? terminal.wait(for: "Esc", seconds: 1) { $0.received > received }
      try? terminal.waitForIdle(quietMilliseconds: 60, seconds: 3)
    }
  }

  /// Claims the next contact.
  ///
  /// - Returns: the number of its ticket.
  @discardableResult
  func takeNext() throws -> String {
    press("F5")
    try sees("已领取")
    return try openTicket()
  }

  func type(_ text: String) { send(Array(text.utf8)) }

  func send(_ bytes: [UInt8]) {
    pressed += bytes
    terminal.send(bytes)
  }

  /// How many keys were pressed so far, as the input parser of the program counts them.
  var keyCount: Int {
    var parser = InputParser()
    let events = parser.feed(pressed) + parser.flush()
    return events.filter { if case .key = $0 { true } else { false } }.count
  }

  /// Does what a command of the palette says.
  func command(_ name: String) throws {
    press("Ctrl-P")
    try sees("全部命令")
    type(name)
    try terminal.wait(for: "the command \(name) alone") { screen in
      screen.text.contains("▌\(name)")
    }
    press("Enter")
  }

  // MARK: - Seeing

  var screen: EmulatedScreen { terminal.screen }

  func sees(_ text: String, seconds: Double = PseudoTerminal.patience) throws {
    try terminal.waitFor(text, seconds: seconds)
  }

  func seesNoMore(_ text: String, seconds: Double = PseudoTerminal.patience) throws {
    try terminal.waitUntilGone(text, seconds: seconds)
  }

  /// The number of the ticket that is open, as the edge of its pane shows it.
  func openTicket() throws -> String {
    var number = ""
    try terminal.wait(for: "a ticket with its number") { screen in
      let title = screen.line(1) + screen.line(2)
      guard let match = title.firstMatch(of: /#(\d{4}-\d+)/) else { return false }
      number = String(match.1)
      return true
    }
    return number
  }

  // MARK: - Ending

  /// Quits as a person does, and looks whether the terminal is as it was.
  func quit(sourceLocation: SourceLocation = #_sourceLocation) throws {
    press("Ctrl-C")
    try terminal.wait(for: "the question") { $0.contains("退出？") || $0.contains("Quit?") }
    press("Enter")
    let status = try terminal.exitStatus()
    #expect(status == .exited(0), sourceLocation: sourceLocation)
    expectRestored(sourceLocation: sourceLocation)
  }

  /// The person has the terminal back: first screen, visible cursor, no modes, settings as before.
  func expectRestored(sourceLocation: SourceLocation = #_sourceLocation) {
    // The last bytes of a dead program are on their way for a moment.
    try? terminal.wait(for: "the first screen", seconds: 5) { !$0.isAlternate }
    let screen = terminal.screen
    #expect(!screen.isAlternate, sourceLocation: sourceLocation)
    #expect(screen.isCursorVisible, sourceLocation: sourceLocation)
    #expect(screen.modes.isDisjoint(with: [2004, 1004, 1000, 1006, 1049]), sourceLocation: sourceLocation)
    let after = Self.state(terminal)
    #expect(after.c_lflag == before.c_lflag, sourceLocation: sourceLocation)
    #expect(after.c_iflag == before.c_iflag, sourceLocation: sourceLocation)
    #expect(after.c_oflag == before.c_oflag, sourceLocation: sourceLocation)
  }

  private static func state(_ terminal: PseudoTerminal) -> termios {
    var state = termios()
    tcgetattr(terminal.device, &state)
    return state
  }
}
