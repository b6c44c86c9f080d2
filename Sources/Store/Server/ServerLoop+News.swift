import CLink
import Domain
import Foundation
import Glibc

/// What desks get without asking, and what is looked after once a second.
extension ServerLoop {
  /// One frame, and no other before the desk has asked.
  func tellNews() {
    guard let frame = try? WireFrame(.news, HeadReply(head: head)) else { return }
    for connection in Array(connections.values) where connection.sender != nil && !connection.hasNews {
      connection.hasNews = true
      send(connection, frame)
    }
  }

  func look(_ request: LookRequest, _ connection: ServerConnection) throws {
    guard let sender = connection.sender else { throw StoreError.wrongFrame(.order) }
    try sender.check(desk: request.desk)
    guard (request.ticket?.text.utf8.count ?? 0) <= 100 else { throw StoreError.wrongFrame(.body) }
    connection.lookUntil = now + Double(LiveBoard.lifetime)
    let change = LooksNews.Change(
      desk: request.desk, agent: sender.agent, ticket: request.ticket, isTyping: request.isTyping)
    guard change != connection.look else { return }
    if let before = connection.look, before.desk != request.desk { noteLook(connection, before, ticket: nil) }
    noteLook(connection, change, ticket: request.ticket)
  }

  func noteLook(_ connection: ServerConnection, _ change: LooksNews.Change, ticket: TicketID?) {
    var change = change
    change.ticket = ticket
    connection.look = ticket == nil ? nil : change
    changedLooks[connection.token] = change
  }

  func tellLooks() {
    guard !changedLooks.isEmpty, now - looksAt >= 0.2 else { return }
    looksAt = now
    let changes = LooksNews(isWhole: false, changes: Array(changedLooks.values))
    changedLooks = [:]
    guard let frame = try? WireFrame(.looks, changes) else { return }
    for connection in Array(connections.values) where connection.sender != nil { send(connection, frame) }
  }

  // MARK: - Once a second

  func sweep() {
    guard now - sweptAt >= 1 else { return }
    sweptAt = now
    let patience = server.options.patience
    if endsAt == nil { lookAtStore() }
    for connection in Array(connections.values) {
      if let stalledAt = connection.stalledAt, now - stalledAt > patience.stall {
        counts.dropped += 1
        refuse(connection, .wrongFrame(.silence))
        drop(connection)
      } else if connection.isSilent, now - connection.cameAt > patience.hello {
        fail(connection, 0, .wrongFrame(.silence), isFatal: true)
      } else if let beganAt = connection.beganAt, now - beganAt > patience.frame {
        fail(connection, 0, .wrongFrame(.silence), isFatal: true)
      } else if let look = connection.look, now > connection.lookUntil {
        noteLook(connection, look, ticket: nil)
      }
    }
  }

  var status: ServerStatus {
    let counters = server.engine.counters.withLock { $0 }
    return ServerStatus(
      connections: connections.count, desks: connections.values.count { $0.sender != nil },
      accepted: counts.accepted, refused: counts.refused, dropped: counts.dropped, frames: counts.frames,
      operations: counters.operations, commits: counters.commits, failedCommits: counters.failedCommits,
      fault: counters.fault, largestBatch: counters.largestBatch,
      pulls: counters.pulls, cachedPulls: counters.cachedPulls, waiting: inHand.count, head: head,
      uptime: Int64(now - beganAt), program: server.options.program, isSteward: counters.isSteward,
      timedWork: counters.timedWork, backedUpAt: server.backups?.lastBackup,
      indexedRevision: server.index?.revision)
  }
}
