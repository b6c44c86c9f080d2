import Domain
import Glibc
import Terminal
import TestSupport

enum BenchProblem: Error, CustomStringConvertible {
  case system(String, Int32)
  case noResources
  case noProgram(String)
  case noAgent
  case refused(Refusal)
  case notReady(screen: String)
  case floor(Int32)
  case noKey(String)
  case nothingFound(String)
  case noMarkers(String)

  var description: String {
    switch self {
    case .system(let what, let number): "\(what): \(String(cString: strerror(number)))"
    case .noResources: "the folder Resources was not found; set AGENTDESK_RESOURCES to it"
    case .noProgram(let path): "\(path) is missing: build it first, with the same configuration"
    case .noAgent: "the resources name no agent who may work"
    case .refused(let refusal): "the store refused an operation: \(refusal)"
    case .notReady(let screen): "the program did not show its queue; the screen is\n\(screen)"
    case .noMarkers(let path): "\(path) has no place for the tables"
    case .noKey(let name): "no key is called \(name)"
    case .nothingFound(let what):
      "nothing was found in \(what): what it costs to find something is not measured"
    case .floor(let number): "the floor failed with SQLite's error \(number)"
    }
  }
}

/// A program in a pseudo-terminal, read by whoever measures.
///
/// Bytes are stamped as they arrive and drawn into the emulated screen only after the program went quiet, so that the
/// emulation takes nothing from the times.
final class ProgramTerminal {
  /// What a program did about one gesture. Times are milliseconds from just before the gesture was written.
  struct Response {
    var first: Double?
    /// When the last byte came before the program went quiet.
    var last: Double?
    var bytes = 0
    /// When the screen began to satisfy what was waited for.
    var held: Double?
  }

  private let master: Int32
  /// The device that the program writes to.
  let device: String
  private(set) var process: pid_t = 0
  private(set) var screen: EmulatedScreen
  private var buffer = [UInt8](repeating: 0, count: 1 << 16)

  /// - Parameter isRaw: the terminal neither echoes nor gathers lines, for programs that do not set it themselves.
  init(
    _ command: [String], size: Size = Size(columns: 120, rows: 40), environment: [String: String] = [:],
    isRaw: Bool = false
  ) throws {
    master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
    guard master >= 0 else { throw BenchProblem.system("/dev/ptmx", errno) }
    screen = EmulatedScreen(size: size)
    // Swift does not see unlockpt and ptsname; these are their requests (TIOCSPTLCK, TIOCGPTN).
    var unlocked: Int32 = 0
    var number: Int32 = 0
    guard ioctl(master, 0x4004_5431, &unlocked) == 0, ioctl(master, 0x8004_5430, &number) == 0 else {
      throw BenchProblem.system("/dev/ptmx", errno)
    }
    let name = "/dev/pts/\(number)"
    device = name
    setSize(size)
    if isRaw { makeRaw(name) }
    var variables = ["TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "PATH": "/usr/local/bin:/usr/bin:/bin"]
    variables.merge(environment) { $1 }
    process = try Self.spawn(command, on: name, environment: variables)
  }

  deinit { end() }

  /// Ends the program and gives the terminal back.
  func end() {
    guard process > 0 else { return }
    Glibc.kill(process, SIGTERM)
    let limit = monotonicMilliseconds() + 3000
    var status: Int32 = 0
    // Somebody has to read what it says at the end, or it would wait for that.
    while waitpid(process, &status, WNOHANG) == 0 {
      _ = readSome(waitingMilliseconds: 5)
      if monotonicMilliseconds() > limit { Glibc.kill(process, SIGKILL) }
    }
    process = 0
    close(master)
  }

  private func makeRaw(_ name: String) {
    let terminal = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC)
    var settings = termios()
    tcgetattr(terminal, &settings)
    cfmakeraw(&settings)
    tcsetattr(terminal, TCSANOW, &settings)
    // Left open: the settings are those of the terminal while anybody has it open.
    kept = terminal
  }
  private var kept: Int32 = -1

  private static func spawn(
    _ command: [String], on terminal: String, environment: [String: String]
  ) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    // The first terminal that a new session opens becomes its controlling one.
    posix_spawn_file_actions_addopen(&actions, 0, terminal, O_RDWR, 0)
    posix_spawn_file_actions_adddup2(&actions, 0, 1)
    posix_spawn_file_actions_adddup2(&actions, 0, 2)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    let newSession: Int32 = 0x80
    posix_spawnattr_setflags(&attributes, Int16(newSession))
    let arguments = command.map { strdup($0) } + [nil]
    let variables = environment.map { strdup("\($0)=\($1)") } + [nil]
    defer {
      for text in arguments + variables { free(text) }
    }
    var process: pid_t = 0
    let failure = posix_spawn(&process, command[0], &actions, &attributes, arguments, variables)
    guard failure == 0 else { throw BenchProblem.system(command[0], failure) }
    return process
  }

  // MARK: - Doing

  /// Writes `bytes` and reads until the program was quiet for `quiet` milliseconds.
  ///
  /// - Parameter holds: what to wait for; `Response.held` says when it was first true.
  func gesture(
    _ bytes: [UInt8], quiet: Double = 15, patience: Double = 1000,
    until holds: ((EmulatedScreen) -> Bool)? = nil
  ) -> Response {
    drain()
    return respond(quiet: quiet, patience: patience, until: holds) { send(bytes) }
  }

  func press(_ name: String, quiet: Double = 15) -> Response {
    gesture(Self.bytes(name), quiet: quiet)
  }

  static func bytes(_ name: String) -> [UInt8] { Key(name: name).map(KeyEncoder.bytes) ?? Array(name.utf8) }

  func resize(to size: Size) -> Response {
    drain()
    screen.resize(to: size)
    return respond(quiet: 30, patience: 1000, until: nil) { setSize(size) }
  }

  /// Reads what the program sends on its own until `holds`, or until `patience` is over.
  func wait(since start: Double, patience: Double, until holds: (EmulatedScreen) -> Bool) -> Response {
    var response = Response()
    let limit = start + patience
    while response.held == nil, monotonicMilliseconds() < limit {
      guard let count = readSome(waitingMilliseconds: 100) else { continue }
      guard count > 0 else { break }
      let now = monotonicMilliseconds() - start
      response.first = response.first ?? now
      response.last = now
      response.bytes += count
      screen.feed(buffer[..<count])
      if holds(screen) { response.held = now }
    }
    return response
  }

  /// Reads whatever comes for so long, and says how many bytes that were.
  func listen(milliseconds: Double) -> Int {
    let limit = monotonicMilliseconds() + milliseconds
    var total = 0
    while case let rest = limit - monotonicMilliseconds(), rest > 0 {
      guard let count = readSome(waitingMilliseconds: rest) else { continue }
      guard count > 0 else { break }
      total += count
      screen.feed(buffer[..<count])
    }
    return total
  }

  private func respond(
    quiet: Double, patience: Double, until holds: ((EmulatedScreen) -> Bool)?, _ act: () -> Void
  ) -> Response {
    var response = Response()
    var parts: [(time: Double, bytes: [UInt8])] = []
    let start = monotonicMilliseconds()
    act()
    while true {
      let wait = response.last == nil ? patience : quiet
      guard let count = readSome(waitingMilliseconds: wait), count > 0 else { break }
      let now = monotonicMilliseconds() - start
      parts.append((now, Array(buffer[..<count])))
      response.first = response.first ?? now
      response.last = now
      response.bytes += count
      if now > 60_000 { break }
    }
    for part in parts {
      screen.feed(part.bytes[...])
      if let holds, response.held == nil, holds(screen) { response.held = part.time }
    }
    return response
  }

  /// Takes what the program sent on its own, such as its clock.
  func drain() {
    while let count = readSome(waitingMilliseconds: 0), count > 0 { screen.feed(buffer[..<count]) }
  }

  /// Nil when nothing came in time, 0 when the program is gone.
  private func readSome(waitingMilliseconds: Double) -> Int? {
    var descriptor = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
    guard poll(&descriptor, 1, Int32(waitingMilliseconds.rounded(.up))) > 0 else { return nil }
    let count = read(master, &buffer, buffer.count)
    return max(0, count)
  }

  private func send(_ bytes: [UInt8]) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { write(master, $0.baseAddress, $0.count) }
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }

  private func setSize(_ size: Size) {
    var window = winsize(
      ws_row: UInt16(size.rows), ws_col: UInt16(size.columns), ws_xpixel: 0, ws_ypixel: 0)
    _ = ioctl(master, UInt(TIOCSWINSZ), &window)
  }
}

extension EmulatedScreen {
  /// Rows that show anything.
  var filledLines: Int { cells.indices.count { line($0) != "" } }
}
