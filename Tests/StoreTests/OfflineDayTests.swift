import Domain
import Foundation
import TestSupport
import Testing

@testable import Store

/// A day without the store: the real server is away, desks go on, and everything arrives in order, once, on its return.
@Suite(.serialized) struct OfflineDayTests {
  private let test: TestStore
  private let ticket: TicketID
  /// Owned by somebody who works on the store's file meanwhile.
  private let other: TicketID
  private let lead: DeskConnection
  private let socket: String

  init() throws {
    test = try TestStore()
    lead = try test.desk("tangyue", store: test.reopened())
    let customer = try lead.makeCustomer(test)
    ticket = try lead.makeTicket(test, customer: customer)
    other = try lead.makeTicket(test, customer: customer, subject: "另一单")
    socket = test.folder("sock")
  }

  private func ledger(_ actor: AgentID) throws -> [String] {
    try test.store.read { db in
      try RowReader(db: db).all("SELECT id FROM operation WHERE actor = ? ORDER BY rev", key: actor.text) {
        $0.text(0)
      }
    }
  }

  private func desk(_ link: any Link, mayBeAway: Bool) throws -> DeskConnection {
    try test.desk(
      "chenyu", replica: "chenyu-away.replica",
      store: RemoteStore.test(link, "chenyu", folder: test.folder("known"), mayBeAway: mayBeAway))
  }

  private func synchronize(_ desk: DeskConnection) throws {
    let limit = Date(timeIntervalSinceNow: PseudoTerminal.patience)
    while try desk.synchronize().offline != nil, Date() < limit { usleep(50_000) }
  }

  private func status(_ desk: DeskConnection) throws -> [String: Any] {
    let home = try ProgramHome()
    let result = try home.run(
      "sync", "status", "--json", "--lang", "en", "--store", "unix:\(socket)", "--replica", desk.replica.path)
    #expect(result.code == 0, "\(result.errors)")
    let json = try JSONSerialization.jsonObject(with: Data(result.output.utf8))
    return try #require(json as? [String: Any])
  }

  private func spendTheDay(_ link: any Link) throws {
    var server = try test.serve(socket: socket)
    var desk = try desk(link, mayBeAway: false)
    #expect(try status(desk)["state"] as? String == "in_step")
    server.terminate()
    server.waitUntilExit()
    #expect(server.terminationStatus == 0)
    let before = try ledger("chenyu").count
    #expect(before == 0)
    let left = test.clock.now
    var saved: [String] = []
    for hour in 0..<24 {
      for number in 0..<10 {
        let note = test.ticket(ticket, .note("\(hour) 点第 \(number) 条"), by: "chenyu")
        try #require(try desk.save(note) == .accepted)
        saved.append(note.id.text)
      }
      #expect(try desk.synchronize().offline != nil)
      #expect(try desk.replica.status().offlineSince == left)
      test.clock.advance(seconds: 3600)
      guard hour == 11 else { continue }
      // At noon the desk is closed and opened again: it begins without the store, and knows since when.
      desk.close()
      desk.store.close()
      desk = try self.desk(link, mayBeAway: true)
      #expect(try desk.replica.status().offlineSince == left)
      #expect(try desk.replica.status().queued == 120)
    }
    // A claim is asked for, and not granted.
    let claim = test.ticket(ticket, .claim, by: "chenyu")
    #expect(throws: StoreError.self) { try desk.submit(claim) }
    saved.append(claim.id.text)
    // What others do meanwhile makes one answer impossible.
    let reply = test.ticket(other, .reply("您好，已为您处理。"), by: "chenyu")
    try #require(try desk.save(reply) == .accepted)
    try closeOther()
    let away = try status(desk)
    #expect(away["state"] as? String == "offline")
    #expect(away["reachable"] as? Bool == false)
    #expect(away["queued"] as? Int == 242)
    #expect(away["revision"] is NSNull)
    #expect(try ledger("chenyu").isEmpty)

    server = try test.serve(socket: socket)
    defer {
      server.terminate()
      server.waitUntilExit()
    }
    try synchronize(desk)
    #expect(try ledger("chenyu") == saved + [reply.id.text])
    #expect(try desk.outcome(of: claim.id) == .accepted)
    let back = try status(desk)
    #expect(back["state"] as? String == "refused")
    #expect(back["queued"] as? Int == 0)
    #expect(back["offline_since"] is NSNull)
    #expect((back["not_sent"] as? [[String: Any]])?.map { $0["id"] as? String } == [reply.id.text])
    // What was refused is here with its text, and goes again as a note.
    let refused = try #require(try desk.replica.notSent().first)
    #expect(refused.operation == reply)
    #expect(refused.refusal == .wrongState(.closed))
    let note = test.ticket(other, .note("您好，已为您处理。"), by: "chenyu")
    #expect(try desk.submit(note) == .accepted)
    try desk.replica.dismissNotSent(refused.id)
    #expect(try status(desk)["state"] as? String == "in_step")
    #expect(try ledger("chenyu").count == saved.count + 2)
    #expect(try test.store.check().problems == [])
    #expect(try test.store.verifyAudit().findings == [])
    desk.close()
    desk.store.close()
  }

  private func closeOther() throws {
    for action in [TicketAction.claim, .setFields(["period": "2026-10"])] {
      try #require(try lead.submit(test.ticket(other, action, by: "tangyue")) == .accepted)
    }
    let version = try #require(try lead.replica.ticket(other)?.version)
    let closing = Closing(text: "已退费", mode: .blank)
    let close = test.ticket(
      other, .close(disposition: "refunded", closing), by: "tangyue", basedOn: version)
    try #require(try lead.submit(close) == .accepted)
  }

  @Test func `a desk on a socket works for a day without the server`() throws {
    try spendTheDay(UnixLink(path: socket))
  }

  @Test(.enabled(if: SecureShellHost.server != nil, "sshd is not installed: apt-get install openssh-server"))
  func `a desk over ssh works for a day without the server`() throws {
    let home = try ProgramHome()
    let host = try SecureShellHost { key in
      let result = try home.run([
        "store", "authorize", "chenyu", key, "--store", test.store.path, "--socket", socket,
      ])
      return result.output.trimmingCharacters(in: .whitespacesAndNewlines)
    }
    try spendTheDay(SecureShellLink(try host.target(), command: host.command))
  }
}
