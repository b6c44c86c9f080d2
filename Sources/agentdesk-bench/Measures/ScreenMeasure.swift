import Domain
import Foundation
import Glibc
import Store
import Terminal
import TestSupport

/// Every figure that a person feels at the screen.
struct ScreenMeasure {
  let demo: DemoStore
  let runs: Int
  let command: String
  private let session: ScreenSession
  private let folder: String

  init(demo: DemoStore, runs: Int, command: String, folder: String) throws {
    self.demo = demo
    self.runs = runs
    self.command = command
    self.folder = folder
    session = ScreenSession(demo: demo, program: try Place.program(), home: folder + "/home")
  }

  func report() throws -> Report {
    let names =
      demo.kind == .usual
      ? "Screen, \(demo.tickets) tickets" : "Screen, \(demo.tickets) tickets, all of them in the queue"
    var report = Report(names, command: command, sync: Machine.syncFloor(in: folder))
    report.remarks = [try demo.remark()]
    let floor = try TerminalFloor.measure()
    try measureStart(&report, floor)
    let (terminal, _) = try session.start()
    defer { terminal.end() }
    let facts = ProcessFacts(process: terminal.process)
    measureQueue(terminal, floor, &report)
    measureWhole(terminal, &report)
    try measureFind(terminal, &report)
    measureIdle(terminal, facts, &report)
    measureTyping(terminal, floor, &report)
    try measureTypingAmongUpdates(terminal, floor, &report)
    report.add("private memory after all this", "MiB", facts.privateMebibytes, target: 40)
    return report
  }

  // MARK: - Start

  private func measureStart(_ report: inout Report, _ floor: TerminalFloor) throws {
    var starts = Samples()
    var memory = Samples()
    // The first one reads the files into the page cache; an agent opens the desk on a machine that has run it before.
    for run in 0...runs {
      let (terminal, response) = try session.start()
      if run > 0, let held = response.held { starts.append(held) }
      if let mebibytes = ProcessFacts(process: terminal.process).privateMebibytes { memory.append(mebibytes) }
      terminal.end()
    }
    report.add("start to queue on screen, p50", floor: floor.start, starts.p50, target: 30)
    report.add("start to queue on screen, slowest of \(runs)", floor: floor.start, starts.quantile(1))
    report.add("private memory with the queue on screen", "MiB", memory.p50, target: 40)
  }

  // MARK: - Queue

  private func measureQueue(_ terminal: ProgramTerminal, _ floor: TerminalFloor, _ report: inout Report) {
    var down = KeySamples()
    for _ in 0..<8 {
      _ = terminal.press("Home")
      for _ in 0..<25 {
        ScreenSession.avoidTick()
        down.append(terminal.press("Down"))
      }
    }
    report.add("row down, p50", floor: floor.keys.p50, down.times.p50, target: 0.5)
    report.add("row down, p95", floor: floor.keys.p95, down.times.p95, target: 1)
    report.add("row down, p99", floor: floor.keys.p99, down.times.p99, target: 5)
    report.add("row down, p50", "bytes", down.bytes.p50, target: 200)
    report.add("writes to the terminal a frame", "calls", writesOfFrame(terminal), target: 3)
    var scrolling = KeySamples()
    for _ in 0..<30 { _ = terminal.press("Down") }
    for _ in 0..<60 {
      ScreenSession.avoidTick()
      scrolling.append(terminal.press("Down"))
    }
    report.add("row down that scrolls, p50", floor: floor.keys.p50, scrolling.times.p50, target: 0.5)
    report.add("row down that scrolls, p95", floor: floor.keys.p95, scrolling.times.p95, target: 1)
    report.add("row down that scrolls, p50", "bytes", scrolling.bytes.p50)
    var pages = KeySamples()
    for _ in 0..<12 {
      _ = terminal.press("Home")
      for _ in 0..<3 {
        ScreenSession.avoidTick()
        pages.append(terminal.press("PgDn"))
      }
    }
    report.add("page down, p50", floor: floor.keys.p50, pages.times.p50, target: 1)
    report.add("page down, p95", floor: floor.keys.p95, pages.times.p95)
    report.add("page down, p50", "bytes", pages.bytes.p50)
    var edges = KeySamples()
    for index in 0..<20 {
      ScreenSession.avoidTick()
      edges.append(terminal.press(index % 2 == 0 ? "End" : "Home"))
    }
    report.add("to the last and first row, p50", floor: floor.keys.p50, edges.times.p50, target: 1)
    var floods = KeySamples()
    for _ in 0..<5 {
      _ = terminal.press("Home")
      ScreenSession.avoidTick(needing: 150)
      floods.append(
        terminal.gesture(
          Array(repeating: ProgramTerminal.bytes("Down"), count: 300).flatMap { $0 }, quiet: 60))
    }
    report.add("300 keys at once, p50", floods.times.p50, target: 10)
    report.add("300 keys at once, p50", "bytes", floods.bytes.p50, target: 2048)
    _ = terminal.press("Home")
  }

  /// Counted by strace; nil where it is not installed.
  private func writesOfFrame(_ terminal: ProgramTerminal) -> Double? {
    guard let trace = WriteTrace(of: terminal, file: folder + "/writes") else { return nil }
    _ = terminal.press("Home")
    let keys = 20
    let before = trace.count
    for _ in 0..<keys {
      ScreenSession.avoidTick()
      _ = terminal.press("Down")
    }
    let count = trace.count - before
    trace.end()
    return Double(count) / Double(keys)
  }

  private func measureWhole(_ terminal: ProgramTerminal, _ report: inout Report) {
    var whole = KeySamples()
    for _ in 0..<10 {
      ScreenSession.avoidTick()
      whole.append(terminal.press("Ctrl-L", quiet: 30))
    }
    report.add("full screen, p50", "bytes", whole.bytes.p50, target: 8192)
    var resizes = KeySamples()
    for index in 0..<10 {
      ScreenSession.avoidTick(needing: 80)
      resizes.append(
        terminal.resize(
          to: index % 2 == 0 ? Size(columns: 160, rows: 50) : Size(columns: 120, rows: 40)))
    }
    report.add("resize, p50", resizes.times.p50, target: 5)
  }

  private func measureIdle(_ terminal: ProgramTerminal, _ facts: ProcessFacts, _ report: inout Report) {
    _ = terminal.listen(milliseconds: 500)
    let seconds = 5.0
    let before = facts.processorMilliseconds
    let bytes = terminal.listen(milliseconds: seconds * 1000)
    let used = facts.processorMilliseconds - before
    report.add("idle", "bytes/s", Double(bytes) / seconds, target: 200)
    report.add("idle", "% of a core", used / (seconds * 10), target: 0.1)
  }

  // MARK: - Find

  private func measureFind(_ terminal: ProgramTerminal, _ report: inout Report) throws {
    let wanted = try demo.wanted()
    var numbers = Samples()
    for number in try demo.numbers().prefix(20) {
      if let time = find(number, on: terminal, until: { $0.occurrences(of: number) > 1 }) {
        numbers.append(time)
      }
    }
    report.add("find a ticket number, first result painted, p50", numbers.p50, target: 5)
    report.add("find a ticket number, first result painted, p95", numbers.p95)
    var names = Samples()
    for name in wanted.names.filter({ $0.unicodeScalars.allSatisfy { $0.value > 0x2E80 } }).prefix(20) {
      let masked = Masking.name(name)
      if let time = find(name, on: terminal, until: { $0.contains(masked) }) { names.append(time) }
    }
    report.add("find a name, first result painted, p50", names.p50, target: 5)
    report.add("find a name, first result painted, p95", names.p95)
  }

  /// Opens the search, types all at once, and closes it again. Nil when nothing was found.
  private func find(
    _ query: String, on terminal: ProgramTerminal, until holds: @escaping (EmulatedScreen) -> Bool
  ) -> Double? {
    _ = terminal.press("F3", quiet: 40)
    ScreenSession.avoidTick(needing: 400)
    let response = terminal.gesture(Array(query.utf8), quiet: 200, until: holds)
    _ = terminal.press("Esc", quiet: 80)
    return response.held
  }

  // MARK: - Typing

  private static let english = "The refund was issued today and arrives within three working days. "
  private static let chinese = "您好，您的退款已于今天原路退回，预计三个工作日到账，请留意。"

  /// Opens the ticket of the selected row and its note.
  private func openNote(_ terminal: ProgramTerminal) {
    _ = terminal.press("Home")
    _ = terminal.press("Enter", quiet: 150)
    _ = terminal.press("Ctrl-N", quiet: 150)
  }

  private func leaveNote(_ terminal: ProgramTerminal) {
    _ = terminal.press("Alt-Q", quiet: 80)
    _ = terminal.press("Esc", quiet: 80)
  }

  private func measureTyping(_ terminal: ProgramTerminal, _ floor: TerminalFloor, _ report: inout Report) {
    for (name, text, bytesTarget) in [("ASCII", Self.english, 8.0), ("Chinese", Self.chinese, 12.0)] {
      openNote(terminal)
      var typed = KeySamples()
      for _ in 0..<3 {
        for character in text {
          ScreenSession.avoidTick()
          typed.append(terminal.gesture(Array(String(character).utf8)))
        }
      }
      leaveNote(terminal)
      report.add("typed character, \(name), p50", floor: floor.keys.p50, typed.times.p50, target: 0.4)
      report.add("typed character, \(name), p95", floor: floor.keys.p95, typed.times.p95, target: 0.8)
      report.add("typed character, \(name), p50", "bytes", typed.bytes.p50, target: bytesTarget)
    }
  }

  private func measureTypingAmongUpdates(
    _ terminal: ProgramTerminal, _ floor: TerminalFloor, _ report: inout Report
  ) throws {
    openNote(terminal)
    let feed = try UpdateFeed(demo: demo, perSecond: 50)
    feed.start()
    defer { feed.stop() }
    var typed = Samples()
    var lost = 0
    for _ in 0..<6 {
      for character in Self.english {
        // The frame of an update ends with the cursor where the character goes, so the character itself is waited for.
        let place = terminal.screen.cursor
        let response = terminal.gesture(Array(String(character).utf8), quiet: 8) { screen in
          screen.cells[place.row][place.column].text == String(character) && screen.cursor != place
        }
        if let held = response.held { typed.append(held) } else { lost += 1 }
        usleep(12_000)
      }
    }
    let sent = feed.sent
    leaveNote(terminal)
    report.add("typed character among 50 updates a second, p50", floor: floor.keys.p50, typed.p50)
    report.add("typed character among 50 updates a second, p99", floor: floor.keys.p99, typed.p99, target: 5)
    report.remarks.append(
      "Updates while typing: \(sent) messages of customers from another desk, \(typed.values.count) characters "
        + "measured, \(lost) at a line's end not measured.")
  }
}

extension EmulatedScreen {
  func occurrences(of text: String) -> Int {
    cells.indices.reduce(0) { sum, row in sum + line(row).components(separatedBy: text).count - 1 }
  }
}
