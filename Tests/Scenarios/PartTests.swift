import Domain
import Foundation
import Glibc
import Store
import TestSupport
import Testing

/// Desks that keep a part of the store (`recent_days`), as somebody sits at them.
@Suite struct `A desk that keeps a part` {
  /// A home whose desk of linxiao is filled anew with its part.
  private func home() throws -> DemoHome {
    let home = try DemoHome()
    try Data("recent_days: 1\n".utf8).write(to: URL(fileURLWithPath: home.path + "/config.yaml"))
    try FileManager.default.removeItem(atPath: home.replicas())
    return home
  }

  /// A ticket of somebody else that has been done for days.
  private func old(_ home: DemoHome) throws -> Ticket {
    try home.look { replica in
      let page = try replica.queuePage(
        QueueRequest(query: QueueQuery(scope: .done), edge: .last, limit: 100))
      let tickets = try page.rows.compactMap { try replica.ticketDetail($0.id)?.ticket }
      let limit = Timestamp.now.advanced(seconds: -4 * 86_400)
      return try #require(
        tickets.first { $0.owner != "linxiao" && $0.number != nil && $0.updatedAt < limit })
    }
  }

  /// Words that stand in a ticket which this desk does not keep, and in none that it keeps.
  private func oldWords(_ home: DemoHome) throws -> (ticket: Ticket, words: String) {
    try home.look { replica in
      let page = try replica.queuePage(
        QueueRequest(query: QueueQuery(scope: .done), edge: .last, limit: 100))
      let limit = Timestamp.now.advanced(seconds: -4 * 86_400)
      for row in page.rows {
        guard let detail = try replica.ticketDetail(row.id), detail.ticket.updatedAt < limit,
          detail.ticket.owner != "linxiao", detail.ticket.number != nil
        else { continue }
        for entry in detail.entries where entry.isText && entry.body.count > 12 {
          let words = String(entry.body.dropFirst(3).prefix(8))
          guard words.allSatisfy({ $0.isLetter }), !detail.ticket.subject.contains(words) else { continue }
          let hits = try replica.find(words)
          let tickets = try hits.compactMap { hit -> Ticket? in
            guard case .ticket(let id) = hit.target else { return nil }
            return try replica.ticketDetail(id)?.ticket
          }
          if tickets.first?.id == detail.ticket.id, tickets.allSatisfy({ $0.updatedAt < limit }) {
            return (detail.ticket, words)
          }
        }
      }
      throw DemoHome.Missing(what: "words of an old ticket alone")
    }
  }

  @Test func `a ticket that is not here is found by its number and comes when it is opened`() throws {
    let home = try home()
    let old = try old(home)
    let number = try #require(old.number)
    let desk = try Desk.open(home)
    desk.press("F3")
    desk.type(number)
    // Once as it was typed, once in the list.
    try desk.terminal.wait(for: "the ticket in the list") {
      $0.text.components(separatedBy: number).count > 2
    }
    desk.press("Enter")
    try desk.terminal.wait(for: "the ticket") { ($0.line(1) + $0.line(2)).contains("#\(number)") }
    // All of it is here, not only its line: what was said in it.
    let detail = try home.ticket(number)
    let said = try #require(detail.entries.last { $0.isText && $0.body.count > 4 }).body.prefix(4)
    try desk.sees(String(said))
    try desk.quit()
  }

  @Test func `words that stand only in an old ticket are found through the store`() throws {
    let home = try home()
    let (ticket, words) = try oldWords(home)
    let number = try #require(ticket.number)
    let desk = try Desk.open(home)
    desk.press("F3")
    desk.type(words)
    // The lists are being made meanwhile, which the desk says; another letter asks again.
    for _ in 0..<60 where !desk.screen.contains(number) {
      try? desk.terminal.wait(for: "the ticket in the list", seconds: 2) { $0.contains(number) }
      desk.type(" ")
      desk.press("Backspace")
    }
    try desk.sees(number)
    desk.press("Enter")
    try desk.terminal.wait(for: "the ticket") { ($0.line(1) + $0.line(2)).contains("#\(number)") }
    try desk.quit()
  }

  /// An open ticket whose most similar solved one was done days ago, by somebody else.
  private func likeAnOldOne(_ home: DemoHome) throws -> (open: String, old: String) {
    try home.look { replica in
      let page = try replica.queuePage(
        QueueRequest(query: QueueQuery(scope: .waiting), edge: .first, limit: 100))
      for row in page.rows {
        guard let clear = try replica.clearTicket(row.id), let number = clear.ticket.number,
          clear.ticket.category != nil
        else { continue }
        let said = clear.entries.filter { $0.kind == .customerMessage }.map(\.body)
        let query = SimilarQuery(
          ticket: row.id, text: ([clear.ticket.subject] + said).joined(separator: "\n"),
          zone: clear.ticket.zone, category: clear.ticket.category, fields: clear.ticket.fields)
        guard let first = try replica.solvedBefore(query, now: .now).tickets.first, let old = first.number,
          first.solvedAt < Timestamp.now.advanced(seconds: -4 * 86_400),
          try replica.ticket(first.id)?.owner != "linxiao"
        else { continue }
        return (number, old)
      }
      throw DemoHome.Missing(what: "an open ticket that is like an old one")
    }
  }

  @Test func `solved tickets that this desk does not keep are read from the store`() throws {
    let home = try home()
    let (number, old) = try likeAnOldOne(home)
    let desk = try Desk.open(home)
    desk.press("F3")
    desk.type(number)
    try desk.terminal.wait(for: "the ticket in the list") {
      $0.text.components(separatedBy: number).count > 2
    }
    desk.press("Enter")
    try desk.terminal.wait(for: "the ticket") { ($0.line(1) + $0.line(2)).contains("#\(number)") }
    // The list shows what was read when it was opened: the store's answer may come after that.
    for _ in 0..<20 where !desk.screen.contains("#\(old)") {
      desk.press("Alt-9")
      desk.type("similar")
      try? desk.terminal.wait(for: "the old ticket", seconds: 1) { $0.contains("#\(old)") }
      guard !desk.screen.contains("#\(old)") else { break }
      desk.press("Esc")
    }
    try desk.sees("#\(old)")
    desk.press("Esc")
    try desk.quit()
  }

  @Test func `without the store the desk says what it cannot find and what it cannot open`() throws {
    let home = try home()
    let old = try old(home)
    let number = try #require(old.number)
    let socket = home.path + "/s.sock"
    let server = Process()
    server.executableURL = URL(fileURLWithPath: Program.path)
    server.arguments = ["store", "serve", "--store", "file:" + home.store, "--socket", socket]
    server.environment = ["AGENTDESK_HOME": home.path, "HOME": home.path, "PATH": "/usr/bin:/bin"]
    server.standardError = FileHandle.nullDevice
    try server.run()
    defer { if server.isRunning { server.terminate() } }
    for _ in 0..<200 where access(socket, F_OK) != 0 { usleep(50_000) }
    let desk = try Desk.open(home, environment: ["AGENTDESK_STORE": "unix:" + socket])
    // What is looked for by number comes as a line of its customer; its timeline is still with the store.
    desk.press("F3")
    desk.type(number)
    try desk.terminal.wait(for: "the ticket in the list") {
      $0.text.components(separatedBy: number).count > 2
    }
    server.terminate()
    server.waitUntilExit()
    try desk.sees("离线")
    desk.press("Enter")
    try desk.sees("尚未取到")
    desk.press("F3")
    desk.type("任何文字")
    try desk.sees("现在无法向库查询")
    try desk.quit()
  }
}
