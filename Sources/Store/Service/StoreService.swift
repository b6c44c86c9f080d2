import Domain

/// What a store says of itself to a desk that comes in.
package struct StoreIdentity: Hashable, Codable, Sendable {
  /// Random; part of every message and of every replica.
  package var store: String
  package var purpose: SharedStore.Purpose
  package var epoch: Int64
  /// Whom the store takes this desk for; nil with `file:`, where everybody says so themselves, and while nobody was named.
  package var agent: AgentID?
}

/// Everything that a desk needs of a shared store, whichever way leads there: `SharedStore` in the same process, `RemoteStore`
/// through a socket or ssh. Safe to use from any thread.
///
/// - Throws: every method that cannot reach the store throws `StoreError.unreachable`; nothing of it was done, except that a
///   `push` may have been: it is sent again, and answered from the ledger.
package protocol StoreService: StoreTransport {
  var id: String { get }
  var purpose: SharedStore.Purpose { get }
  /// As a person would write it: for sentences and for the folder of replicas.
  var address: String { get }
  /// Whom the store believes us to be; nil: whoever the desk says.
  var agent: AgentID? { get }

  /// Whether another process serves it.
  var isServed: Bool { get }
  /// Names the agent where the store takes this connection for nobody yet.
  ///
  /// - Throws: `otherAgent` where it takes it for somebody else.
  func sit(as agent: AgentID) throws

  /// The newest revision.
  func revision() throws -> Int64
  /// Everybody whom the store knows, in the order in which they were defined.
  func agents() throws -> [Agent]

  /// A file that an empty replica is copied from; nil where it is filled with pages.
  var fillFile: String? { get }
  /// The revision and the epoch as of which a new replica is filled.
  func beginning() throws -> (head: Int64, epoch: Int64)
  func fill(_ request: FillRequest) throws -> FillReply

  /// Who looks at what, as the desk of this name and agent; outside the ledger.
  func looking(desk: String, agent: AgentID, now: @escaping @Sendable () -> Timestamp) throws -> any Looking
  /// What wakes a desk when there may be news.
  func news() throws -> any NewsSource

  /// Keeps bytes with the store and answers their SHA-256.
  func storeAttachment(_ bytes: [UInt8]) throws -> String
  func attachment(_ digest: String) throws -> [UInt8]
  /// A file with the bytes, for a program that opens it.
  func attachmentFile(_ digest: String) throws -> String
  /// A copy on this machine that nobody needs any more; what the store keeps stays.
  func forgetCopy(of digest: String)

  /// Called while nothing else happens.
  func checkpointIfIdle()
  func close()
}

/// What this desk looks at, and what the others do. Entries that nobody renews are gone after 15 seconds.
package protocol Looking: Sendable {
  /// Nil: nothing. Answers whether that is new.
  @discardableResult
  func look(at ticket: TicketID?, isTyping: Bool) -> Bool
  /// Somebody sits down at this desk, or stands up: a desk that ends without a word is missed.
  func sit(_ isHere: Bool)
  /// Keeps the entry alive. Called every few seconds.
  func renew()
  /// What other desks look at.
  func viewers() -> [Viewer]
}

/// A descriptor that can be read from when a desk had better look at the store.
package protocol NewsSource: Sendable {
  var descriptor: Int32 { get }
  /// Makes it quiet until something new happens.
  func drain()
  /// Whether asking the store may bring something for a desk at this revision. What an idle desk does every second must cost
  /// next to nothing.
  func mayBeNew(_ tick: Tick, cursor: () throws -> Int64) rethrows -> Bool
}

/// Why a watching desk woke up.
package struct Tick: Sendable {
  /// About every fifth second: time to renew what expires.
  var isBeat: Bool
  /// There was no news for a second.
  var isIdle: Bool
}

/// Rows of one kind for a new replica, a page by key, as of one revision.
package struct FillRequest: Hashable, Codable, Sendable {
  package var kind: Int64
  /// The place of the last row that came; 0 at first.
  package var after: Int64
  /// Rows that changed later come with the feed.
  package var head: Int64
  /// Nil: everything.
  package var scope: DeskScope? = nil
}

package struct FillReply: Hashable, Codable, Sendable {
  package var items: [PullReply.Item]
  package var last: Int64
  package var isLast: Bool
}
