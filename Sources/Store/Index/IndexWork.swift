import Domain
import GRDB
import Glibc

/// What was done to the index of a store.
package struct IndexReport: Hashable, Sendable {
  package var path: String
  package var store: String
  /// Every change up to here is in it.
  package var revision: Int64
  /// The newest revision of the store.
  package var head: Int64
  package var tickets: Int64
  package var bytes: Int64
  package var isNew: Bool
  package var seconds: Double
}

/// Keeps the index of a store in step with it, a step at a time. Reads the store like a desk that keeps everything, and writes
/// nothing to it.
package final class IndexWork {
  /// Revisions of one step.
  private static let stride: Int64 = 4096

  private let store: SharedStore
  private var index: StoreIndex
  /// Asked between two parts of the work.
  private let isStopped: () -> Bool
  /// Whether the last step has made the lists anew.
  private(set) var hasRebuilt = false

  /// - Parameter store: a connection of its own, so that nobody waits for what is read here.
  package init(_ store: SharedStore, isStopped: @escaping () -> Bool = { false }) throws {
    self.store = store
    self.isStopped = isStopped
    index = try Self.open(store)
  }

  package func close() { index.close() }

  /// A file that SQLite cannot open is thrown away.
  private static func open(_ store: SharedStore) throws -> StoreIndex {
    do {
      let index = try StoreIndex(of: store, isWriting: true)
      if try index.isOurs() { return index }
      index.close()
    } catch let error as StoreError where error.isDamage {}
    let path = StoreIndex.path(of: store.path)
    try Turnstile(store: path).hold { StoreIndex.discard(path) }
    return try StoreIndex(of: store, isWriting: true)
  }

  /// Takes what is new, at most one step of it; makes the lists where there are none that can be used.
  ///
  /// - Parameter isWaiting: wait while another process writes to the index, instead of leaving it to that one.
  /// - Returns: how far the index is; nil where another process is at work.
  /// - Throws: `CancellationError` when it was stopped, and what keeps the store or the index from being read.
  package func step(isWaiting: Bool = false, fromScratch: Bool = false) throws -> (
    revision: Int64, head: Int64
  )? {
    do {
      return try take(isWaiting, fromScratch: fromScratch)
    } catch let error as StoreError where error.isDamage {
      index.close()
      try index.turnstile.hold { StoreIndex.discard(index.path) }
      index = try Self.open(store)
      return try take(isWaiting, fromScratch: true)
    }
  }

  private func take(_ isWaiting: Bool, fromScratch: Bool) throws -> (revision: Int64, head: Int64)? {
    if index.isGone {
      index.close()
      index = try Self.open(store)
    }
    let body = { try self.follow(fromScratch: fromScratch) }
    return isWaiting ? try index.turnstile.hold(body) : try index.turnstile.holdIfFree(body)
  }

  private func follow(fromScratch: Bool) throws -> (revision: Int64, head: Int64) {
    hasRebuilt = false
    let (head, epoch) = try store.beginning()
    let known = try index.state()
    guard !fromScratch, let known, known.store == store.id, known.epoch == epoch, known.revision <= head
    else {
      try rebuild(head: head, epoch: epoch)
      return (head, head)
    }
    guard known.revision < head else {
      try tidy()
      return (known.revision, head)
    }
    let reply = try store.pull(
      PullRequest(
        store: store.id, epoch: epoch, schema: Operation.currentSchema, scope: .everything,
        cursor: known.revision, limit: Self.stride,
        // What was taken away does not matter here: the lists only lead to rows that are looked at again.
        floor: .max))
    guard reply.epoch == epoch else { throw StoreError.otherEpoch(expected: epoch, found: reply.epoch) }
    try index.write { db in
      try StoreIndex.set(
        StoreIndex.State(revision: reply.newCursor, epoch: epoch, store: store.id), db)
      var changes = SearchChanges()
      for item in reply.items where item.row.key.kind != .configuration {
        try changes.add(item.row, item.row.key)
      }
      try SearchIndexing.update(db, changes)
    }
    return (reply.newCursor, reply.head)
  }

  private func rebuild(head: Int64, epoch: Int64) throws {
    hasRebuilt = true
    // The indexes of the store by which rows are found.
    try store.prepareForScopes()
    try index.write { db in
      try StoreIndex.set(nil, db)
      try index.mark(db)
    }
    try index.inParts { db, part in
      try FindRebuild(db) { body in
        if self.isStopped() { throw CancellationError() }
        try part(body)
      }.run(since: 0, progress: nil)
    }
    try index.write { db in
      try StoreIndex.set(StoreIndex.State(revision: head, epoch: epoch, store: store.id), db)
    }
  }

  /// A little of the work that makes searches cheaper.
  private func tidy() throws {
    for _ in 0..<8 {
      var hasMore = false
      try index.write { hasMore = try SearchIndexing.tidy($0) }
      guard hasMore else { return }
    }
  }

  // MARK: - By hand

  /// Brings the index up to the store's head, or makes it anew.
  package static func run(_ store: SharedStore, fromScratch: Bool) throws -> IndexReport {
    let begin = SteadyClock.seconds()
    let work = try IndexWork(store)
    defer { work.close() }
    var isNew = false
    var isFirst = true
    while true {
      guard let (revision, head) = try work.step(isWaiting: true, fromScratch: fromScratch && isFirst) else {
        throw StoreError.busy(path: work.index.path)
      }
      isNew = isNew || work.hasRebuilt
      isFirst = false
      guard revision >= head else { continue }
      let tickets = try work.index.read { db in
        try RowReader(db: db).all("SELECT count(*) FROM find_ticket") { $0.int(0) }.first ?? 0
      }
      return IndexReport(
        path: work.index.path, store: store.id, revision: revision, head: head, tickets: tickets,
        bytes: StoreIndex.size(of: store.path) ?? 0, isNew: isNew, seconds: SteadyClock.seconds() - begin)
    }
  }
}

extension StoreError {
  /// Whether the file itself is what cannot be read.
  var isDamage: Bool {
    switch self {
    case .corrupt, .notAStore, .damaged: true
    default: false
    }
  }
}
