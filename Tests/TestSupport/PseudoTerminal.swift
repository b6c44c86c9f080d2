import Foundation
import Glibc
import Terminal

/// A terminal that a test holds: runs any command in it, types, and reads the screen as a person sees it.
///
/// Nothing here sleeps for a fixed time: a test waits for what it expects, and a time-out is a failure.
package final class PseudoTerminal {
  package enum Failure: Error, CustomStringConvertible {
    case system(String, Int32)
    /// What was awaited, and what the screen showed instead.
    case timedOut(String, screen: String)
    /// The program ended while something was awaited.
    case ended(String, status: ExitStatus, screen: String)

    package var description: String {
      switch self {
      case .system(let what, let number): "\(what): \(String(cString: strerror(number)))"
      case .timedOut(let what, let screen): "waited in vain for \(what); the screen is\n\(screen)"
      case .ended(let what, let status, let screen):
        "the program ended with \(status) before \(what); the screen is\n\(screen)"
      }
    }
  }

  package enum ExitStatus: Hashable, Sendable {
    case exited(Int32)
    case signalled(Int32)
  }

  /// Seconds that any wait lasts at most.
  package static let patience = 120.0

  /// What the threads that read and reap share with the test.
  private final class Shared: @unchecked Sendable {
    let condition = NSCondition()
    // All of these only with the condition locked.
    var emulated: EmulatedScreen
    var bytes: [UInt8] = []
    /// When something was sent or the program ended.
    var lastOutput = Date.timeIntervalSinceReferenceDate
    var status: ExitStatus? { didSet { lastOutput = Date.timeIntervalSinceReferenceDate } }

    init(size: Size, ambiguousIsWide: Bool) {
      emulated = EmulatedScreen(size: size, ambiguousIsWide: ambiguousIsWide)
    }

    func locked<Result>(_ body: (Shared) throws -> Result) rethrows -> Result {
      condition.lock()
      defer { condition.unlock() }
      return try body(self)
    }
  }

  private let shared: Shared
  private let master: Int32
  /// The terminal's own end, as a program in it sees it; its name for another.
  package let device: Int32
  package let name: String
  /// The leader of the session. It outlives the program: when a leader ends, the system throws away what
  /// was written last and not yet read.
  private var leader: pid_t = 0
  /// Closed to let the leader go.
  private var hold: Int32 = -1

  /// A terminal without a program.
  package init(size: Size, ambiguousIsWide: Bool = false) throws {
    shared = Shared(size: size, ambiguousIsWide: ambiguousIsWide)
    master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
    guard master >= 0 else { throw Failure.system("/dev/ptmx", errno) }
    // Swift does not see unlockpt and ptsname; these are their requests (TIOCSPTLCK, TIOCGPTN).
    var unlocked: Int32 = 0
    var number: Int32 = 0
    guard ioctl(master, 0x4004_5431, &unlocked) == 0, ioctl(master, 0x8004_5430, &number) == 0 else {
      throw Failure.system("/dev/ptmx", errno)
    }
    name = "/dev/pts/\(number)"
    device = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC)
    guard device >= 0 else { throw Failure.system(name, errno) }
    setSize(size)
    Thread.detachNewThread { [shared, master] in Self.readUntilClosed(master, shared) }
  }

  /// A program in a terminal of its own: in its own session, with the terminal as standard input, output and
  /// error. `environment` is all that it sees; TERM is xterm-256color and the locale C.UTF-8 unless given.
  package convenience init(
    _ command: [String], size: Size = Size(columns: 120, rows: 40), environment: [String: String] = [:],
    folder: String? = nil
  ) throws {
    try self.init(size: size)
    try run(command, environment: environment, folder: folder)
  }

  /// Runs the program of this terminal, once.
  package func run(_ command: [String], environment: [String: String] = [:], folder: String? = nil) throws {
    var variables = ["TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "PATH": "/usr/local/bin:/usr/bin:/bin"]
    variables.merge(environment) { $1 }
    try spawn(folder.map { ["env", "-C", $0] + command } ?? command, environment: variables)
  }

  deinit {
    if leader > 0 {
      if let program { Glibc.kill(program, SIGKILL) }
      close(hold)
      Glibc.kill(leader, SIGKILL)
      var ignored: Int32 = 0
      waitpid(leader, &ignored, 0)
    }
    // With its last other end closed the reader sees the end, and closes ours.
    close(device)
  }

  private static let leaderScript = """
    trap : TERM HUP INT QUIT TSTP
    "$@" 3>&- 4<&-
    echo $? >&3
    exec 3>&-
    read -r line <&4
    """

  private func spawn(_ command: [String], environment: [String: String]) throws {
    var status: [Int32] = [-1, -1]
    var held: [Int32] = [-1, -1]
    guard pipe(&status) == 0, pipe(&held) == 0 else {
      throw Failure.system("pipe", errno)
    }
    for end in status + held { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    hold = held[1]
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    // The first terminal that a new session opens becomes its controlling one.
    posix_spawn_file_actions_addopen(&actions, 0, name, O_RDWR, 0)
    posix_spawn_file_actions_adddup2(&actions, 0, 1)
    posix_spawn_file_actions_adddup2(&actions, 0, 2)
    posix_spawn_file_actions_adddup2(&actions, status[1], 3)
    posix_spawn_file_actions_adddup2(&actions, held[0], 4)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    let newSession: Int32 = 0x80
    posix_spawnattr_setflags(&attributes, Int16(newSession | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
    var standard = sigset_t()
    sigfillset(&standard)
    posix_spawnattr_setsigdefault(&attributes, &standard)
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    let arguments = (["sh", "-c", Self.leaderScript, "sh"] + command).map { strdup($0) } + [nil]
    let variables = environment.map { strdup("\($0)=\($1)") } + [nil]
    defer {
      for text in arguments + variables { free(text) }
    }
    let failure = posix_spawn(&leader, "/bin/sh", &actions, &attributes, arguments, variables)
    close(status[1])
    close(held[0])
    guard failure == 0 else { throw Failure.system(command[0], failure) }
    Thread.detachNewThread { [shared, end = status[0]] in
      var text = [UInt8](repeating: 0, count: 16)
      var count = 0
      while count < text.count, !text.contains(0x0A) {
        let more = read(end, &text[count], text.count - count)
        if more < 0 && errno == EINTR { continue }
        guard more > 0 else { break }
        count += more
      }
      close(end)
      let number = Int32(String(decoding: text[..<count], as: UTF8.self).filter(\.isNumber)) ?? 255
      shared.locked {
        // The shell tells a signal as 128 and its number; no program here ends with such a status itself.
        $0.status = number > 128 && number < 255 ? .signalled(number - 128) : .exited(number)
        $0.condition.broadcast()
      }
    }
  }

  /// The program, while it runs.
  package var program: pid_t? {
    let path = "/proc/\(leader)/task/\(leader)/children"
    guard leader > 0, let text = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
    return text.split(separator: " ").first.flatMap { pid_t($0) }
  }

  private static func readUntilClosed(_ master: Int32, _ shared: Shared) {
    var part = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(master, &part, part.count)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { break }
      shared.locked {
        $0.bytes += part[..<count]
        $0.emulated.feed(part[..<count])
        $0.lastOutput = Date.timeIntervalSinceReferenceDate
        $0.condition.broadcast()
      }
    }
    close(master)
  }

  // MARK: Looking

  package var screen: EmulatedScreen { shared.locked { $0.emulated } }

  /// Everything that the program has sent.
  package var output: [UInt8] { shared.locked { $0.bytes } }

  /// Forgets what was sent so far, not what is on the screen.
  package func clearOutput() { shared.locked { $0.bytes = [] } }

  // MARK: Doing

  package func send(_ bytes: some Sequence<UInt8>) {
    var rest = Array(bytes)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { write(master, $0.baseAddress, $0.count) }
      if count > 0 {
        rest = rest.dropFirst(count)
      } else if errno != EINTR {
        return
      }
    }
  }

  /// Types characters.
  package func type(_ text: String) { send(text.utf8) }

  /// Presses keys by the names of the footer: `send("Ctrl-P", "Down", "Enter")`.
  package func send(_ names: String...) {
    for name in names {
      guard let key = Key(name: name) else { fatalError("no key is called \(name)") }
      send(KeyEncoder.bytes(of: key))
    }
  }

  package func paste(_ text: String) {
    send(Array("\u{1B}[200~".utf8) + Array(text.utf8) + Array("\u{1B}[201~".utf8))
  }

  package func resize(to size: Size) {
    shared.locked { $0.emulated.resize(to: size) }
    setSize(size)
  }

  private func setSize(_ size: Size) {
    var window = winsize(
      ws_row: UInt16(size.rows), ws_col: UInt16(size.columns), ws_xpixel: 0, ws_ypixel: 0)
    _ = ioctl(master, UInt(TIOCSWINSZ), &window)
  }

  /// Sends the program a signal, once it runs.
  package func kill(_ signal: Int32) {
    while shared.locked({ $0.status == nil }) {
      if let program {
        Glibc.kill(program, signal)
        return
      }
      usleep(500)
    }
  }

  package func terminate() { kill(SIGTERM) }

  /// The terminal is closed, as when the window goes: the program gets a hang-up.
  package func hangUp() { kill(SIGHUP) }

  // MARK: Waiting

  /// Waits until `condition` holds for the screen.
  package func wait(
    for what: String, seconds: Double = patience, until holds: (EmulatedScreen) -> Bool
  ) throws {
    let limit = Date(timeIntervalSinceNow: seconds)
    try shared.locked { shared in
      while !holds(shared.emulated) {
        if let status = shared.status, Self.silence(shared) > Self.lastWords {
          throw Failure.ended(what, status: status, screen: shared.emulated.text)
        }
        guard Date() < limit else { throw Failure.timedOut(what, screen: shared.emulated.text) }
        _ = shared.condition.wait(until: min(limit, Date(timeIntervalSinceNow: Self.lastWords)))
      }
    }
  }

  /// Seconds in which what a dead program has written still arrives.
  private static let lastWords = 0.2

  private static func silence(_ shared: Shared) -> Double {
    Date.timeIntervalSinceReferenceDate - shared.lastOutput
  }

  /// Waits until `text` is on the screen.
  package func waitFor(_ text: String, seconds: Double = patience) throws {
    try wait(for: "“\(text)”", seconds: seconds) { $0.contains(text) }
  }

  package func waitUntilGone(_ text: String, seconds: Double = patience) throws {
    try wait(for: "“\(text)” to go", seconds: seconds) { !$0.contains(text) }
  }

  /// Waits until the program has sent nothing for a while.
  package func waitForIdle(quietMilliseconds: Int = 80, seconds: Double = patience) throws {
    let limit = Date(timeIntervalSinceNow: seconds)
    let quiet = Double(quietMilliseconds) / 1000
    let start = Date.timeIntervalSinceReferenceDate
    try shared.locked { shared in
      while true {
        let rest = quiet - (Date.timeIntervalSinceReferenceDate - max(shared.lastOutput, start))
        if rest <= 0 { return }
        guard Date() < limit else { throw Failure.timedOut("silence", screen: shared.emulated.text) }
        _ = shared.condition.wait(until: Date(timeIntervalSinceNow: rest))
      }
    }
  }

  /// Waits for the end of the program.
  @discardableResult
  package func exitStatus(seconds: Double = patience) throws -> ExitStatus {
    let limit = Date(timeIntervalSinceNow: seconds)
    return try shared.locked { shared in
      while true {
        if let status = shared.status { return status }
        guard shared.condition.wait(until: limit) else {
          throw Failure.timedOut("the end of the program", screen: shared.emulated.text)
        }
      }
    }
  }
}

/// The bytes that xterm sends for a key.
package enum KeyEncoder {
  package static func bytes(of key: Key) -> [UInt8] {
    var parameter = 1
    if key.modifiers.contains(.shift) { parameter += 1 }
    if key.modifiers.contains(.alt) { parameter += 2 }
    if key.modifiers.contains(.control) { parameter += 4 }
    func letter(_ letter: String, shifted: Bool = false) -> [UInt8] {
      if parameter > 1 { return Array("\u{1B}[1;\(parameter)\(letter)".utf8) }
      return Array("\u{1B}\(shifted ? "O" : "[")\(letter)".utf8)
    }
    func number(_ number: Int) -> [UInt8] {
      Array((parameter > 1 ? "\u{1B}[\(number);\(parameter)~" : "\u{1B}[\(number)~").utf8)
    }
    switch key.code {
    case .up: return letter("A")
    case .down: return letter("B")
    case .right: return letter("C")
    case .left: return letter("D")
    case .home: return letter("H")
    case .end: return letter("F")
    case .insert: return number(2)
    case .delete: return number(3)
    case .pageUp: return number(5)
    case .pageDown: return number(6)
    case .backTab: return Array("\u{1B}[Z".utf8)
    case .function(let index):
      if index <= 4 { return letter(["P", "Q", "R", "S"][index - 1], shifted: true) }
      return number([15, 17, 18, 19, 20, 21, 23, 24, 25, 26, 28, 29, 31, 32, 33, 34][index - 5])
    case .enter: return plain([0x0D], key)
    case .tab: return plain([0x09], key)
    case .backspace: return plain([0x7F], key)
    case .escape: return plain([0x1B], key)
    case .character(let character):
      let bytes = Array(String(character).utf8)
      guard key.modifiers.contains(.control), let first = bytes.first, bytes.count == 1 else {
        return plain(bytes, key)
      }
      return plain([first == 0x20 ? 0 : first & 0x1F], key)
    }
  }

  private static func plain(_ bytes: [UInt8], _ key: Key) -> [UInt8] {
    key.modifiers.contains(.alt) ? [0x1B] + bytes : bytes
  }
}
