import Domain
import Foundation

// The bodies of the frames that are not in Sync/Protocol.swift: docs/protocol.md.

struct Hello: Hashable, Codable, Sendable {
  var `protocol`: Int
  var program: String
  /// Whom the client wants to be.
  var agent: AgentID?
  /// Which way it came, for the log: set by `agentdesk store connect`.
  var via: String?
}

struct Welcome: Hashable, Codable, Sendable {
  var `protocol`: Int
  var program: String
  var store: String
  var purpose: SharedStore.Purpose
  var epoch: Int64
  var head: Int64
  var agent: AgentID?
  var mayNameOthers: Bool
}

struct LookRequest: Hashable, Codable, Sendable {
  var desk: String
  var ticket: TicketID?
  var isTyping: Bool
}

struct LooksNews: Hashable, Codable, Sendable {
  struct Change: Hashable, Codable, Sendable {
    var desk: String
    var agent: AgentID
    var ticket: TicketID?
    var isTyping: Bool
  }

  var isWhole: Bool
  var changes: [Change]
}

struct PeopleReply: Codable, Sendable { var agents: [Agent] }

struct PutRequest: Hashable, Codable, Sendable {
  var digest: String
  var size: Int64
  var offset: Int64
  var bytes: Data
}

struct PutReply: Hashable, Codable, Sendable { var isComplete: Bool }

struct GetRequest: Hashable, Codable, Sendable {
  var digest: String
  var offset: Int64
}

struct GetReply: Hashable, Codable, Sendable {
  var size: Int64
  var bytes: Data
}

struct HeadReply: Hashable, Codable, Sendable { var head: Int64 }

struct Nothing: Hashable, Codable, Sendable {}

/// Bytes of an attachment in one message.
let pieceSize = 262_144

/// What a server counts; `agentdesk store status --json`.
package struct ServerStatus: Hashable, Codable, Sendable {
  package var connections = 0
  /// Connections with an agent.
  package var desks = 0
  package var accepted = 0
  /// Connections that were turned away.
  package var refused = 0
  /// Slow readers.
  package var dropped = 0
  package var frames = 0
  package var operations = 0
  package var commits = 0
  /// Transactions that could not be written; nil from an older program.
  package var failedCommits: Int? = nil
  /// The code of the last one, while it has not been followed by one that could.
  package var fault: String? = nil
  /// Operations in the largest transaction.
  package var largestBatch = 0
  package var pulls = 0
  package var cachedPulls = 0
  /// Requests in hand.
  package var waiting = 0
  package var head: Int64 = 0
  /// Seconds.
  package var uptime: Int64 = 0
  package var `protocol` = WireFrame.protocolNumber
  package var program = ""
  package var isSteward = false
  /// Operations that were due by the clock.
  package var timedWork: Int? = nil
  /// When a backup was last verified; nil when there was none.
  package var backedUpAt: Timestamp? = nil
  /// How far the index for words in old texts goes; nil where there is none.
  package var indexedRevision: Int64? = nil
}

extension StoreError {
  /// An error of the other side. One whose code is not known here is shown as it is.
  init(frame: WireFrame, address: String) {
    if let known = try? JSON.value(frame.body, as: StoreError.self) {
      self = known
    } else {
      self = .failed(path: address, detail: String(decoding: frame.body.prefix(200), as: UTF8.self))
    }
  }
}
