import Foundation
import Glibc

/// Private memory of the program along a short piece of work.
enum MemoryMeasure {
  static func report(_ demo: DemoStore, command: String) throws -> Report {
    try Place.withTemporaryFolder { folder in
      var report = Report("Memory, \(demo.tickets) tickets (\(demo.kind.rawValue))", command: command)
      let session = ScreenSession(demo: demo, program: try Place.program(), home: folder + "/home")
      let (terminal, _) = try session.start()
      defer { terminal.end() }
      let facts = ProcessFacts(process: terminal.process)
      func add(_ name: String) {
        report.add("private memory, \(name)", "MiB", facts.privateMebibytes, target: 40)
      }
      add("queue on screen")
      for _ in 0..<50 { _ = terminal.press("PgDn") }
      _ = terminal.press("End", quiet: 100)
      add("after 50 pages and the end of the queue")
      _ = terminal.press("Home")
      for _ in 0..<10 {
        _ = terminal.press("Enter", quiet: 120)
        _ = terminal.press("Esc", quiet: 60)
        _ = terminal.press("Down")
      }
      add("after ten tickets")
      _ = terminal.press("F6", quiet: 150)
      for word in ["退费", "宽带", "refund"] {
        _ = terminal.gesture(Array(word.utf8), quiet: 300)
        for _ in 0..<6 { _ = terminal.press("Backspace", quiet: 60) }
      }
      _ = terminal.press("Esc", quiet: 100)
      add("after knowledge search")
      _ = terminal.press("F3", quiet: 100)
      for word in ["2071", "王", "漫游"] {
        _ = terminal.gesture(Array(word.utf8), quiet: 400)
        for _ in 0..<4 { _ = terminal.press("Backspace", quiet: 60) }
      }
      _ = terminal.press("Esc", quiet: 100)
      add("after find")
      report.add("resident memory then, with pages shared and mapped", "MiB", facts.residentMebibytes)
      return report
    }
  }
}
