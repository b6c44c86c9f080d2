import Domain
import Foundation
import Glibc
import Store
import Terminal
import TestSupport

/// The real program on a generated store, driven by keys.
struct ScreenSession {
  let demo: DemoStore
  let program: String
  let home: String
  var language = Language.chinese

  func start() throws -> (terminal: ProgramTerminal, response: ProgramTerminal.Response) {
    let start = monotonicMilliseconds()
    let terminal = try ProgramTerminal(
      [
        program, "--store", "file:" + demo.store, "--replica", demo.replica, "--agent", demo.agent.id.text,
        "--lang", language.rawValue,
      ],
      environment: [
        "AGENTDESK_HOME": home, "HOME": home, "AGENTDESK_RESOURCES": try Place.resources(),
      ])
    let response = terminal.wait(since: start, patience: 20_000) { $0.filledLines >= Self.filled }
    guard response.held != nil else {
      terminal.end()
      throw BenchProblem.notReady(screen: terminal.screen.text)
    }
    // What comes after the first picture: counts, viewers, notices.
    _ = terminal.listen(milliseconds: 400)
    return (terminal, response)
  }

  /// Of 40 rows; the queue of a generated store is longer than the screen.
  private static let filled = 37

  /// The desk's clock redraws at each full second; a key pressed into that moment would be charged for it.
  static func avoidTick(needing milliseconds: Double = 40) {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    let part = Double(time.tv_nsec) / 1_000_000
    if part < 30 || part > 1000 - milliseconds {
      let rest = part < 30 ? 30 - part : 1030 - part
      usleep(UInt32(rest * 1000))
    }
  }
}

/// What one kind of key did, over and over.
struct KeySamples {
  var times = Samples()
  var bytes = Samples()
  /// Keys after which nothing was painted.
  var silent = 0

  mutating func append(_ response: ProgramTerminal.Response) {
    guard let last = response.last else {
      silent += 1
      return
    }
    times.append(last)
    bytes.append(Double(response.bytes))
  }
}

/// What the terminal and the start of a process cost with nothing of ours.
struct TerminalFloor {
  var start: Double?
  var keys = Samples()

  static func measure() throws -> TerminalFloor {
    var floor = TerminalFloor()
    var starts = Samples()
    for _ in 0..<15 {
      let start = monotonicMilliseconds()
      let terminal = try ProgramTerminal(["/bin/echo", "READY"], isRaw: true)
      let response = terminal.wait(since: start, patience: 2000) { $0.contains("READY") }
      if let held = response.held { starts.append(held) }
      terminal.end()
    }
    floor.start = starts.p50
    let echo = try ProgramTerminal(["/bin/cat"], isRaw: true)
    _ = echo.gesture(Array("a".utf8), quiet: 100)
    for _ in 0..<200 {
      if let last = echo.gesture(Array("x".utf8), quiet: 5).last { floor.keys.append(last) }
    }
    echo.end()
    return floor
  }
}
