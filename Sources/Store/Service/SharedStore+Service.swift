import Domain
import Glibc
import Synchronization

/// `file:`: the store in this process, quick as a function call. Rights are advice here: whoever may open the file may write it.
extension SharedStore: StoreService {
  package var address: String { path }
  package var agent: AgentID? { nil }
  package var fillFile: String? { path }
  package var isServed: Bool { false }
  package func sit(as agent: AgentID) {}

  package func beginning() throws -> (head: Int64, epoch: Int64) {
    try read { db in (try Meta(db: db).int("rev"), try Meta(db: db).int("epoch")) }
  }

  package func looking(desk: String, agent: AgentID, now: @escaping @Sendable () -> Timestamp) throws
    -> any Looking
  {
    FileLooking(board: try LiveBoard(store: path, desk: desk, agent: agent, now: now), bell: bell)
  }

  package func news() throws -> any NewsSource { BellNews(store: path, bell: bell.path) }

  package func storeAttachment(_ bytes: [UInt8]) throws -> String {
    try AttachmentFolder(store: path).store(bytes)
  }

  package func attachment(_ digest: String) throws -> [UInt8] {
    try AttachmentFolder(store: path).bytes(digest)
  }

  package func attachmentFile(_ digest: String) throws -> String {
    try AttachmentFolder(store: path).location(digest)
  }

  /// The file is the store's own.
  package func forgetCopy(of digest: String) {}

  /// The name under which bytes are kept: SHA-256 in hexadecimal digits.
  package static func digest(_ bytes: [UInt8]) -> String { Digest.sha256(bytes) }

  /// A page of rows for a new replica: at most a thousand, and fewer where they are long.
  package func fill(_ request: FillRequest) throws -> FillReply {
    guard let kind = Row.Kind(rawValue: request.kind) else {
      return FillReply(items: [], last: request.after, isLast: true)
    }
    if request.scope != nil { try prepareForScopes() }
    return try read { db in
      try Prepared(db, "BEGIN").run()
      defer { try? Prepared(db, "COMMIT").run() }
      let page = try RowReader(db: db).page(kind, after: request.after, upTo: request.head)
      let filter = request.scope.map { ScopeFilter(db, $0) }
      return FillReply(
        items: try page.rows.filter { try filter?.contains($0.row) ?? true }.map {
          PullReply.Item(revision: $0.revision, row: $0.row)
        }, last: page.last, isLast: page.isLast)
    }
  }
}

extension RowReader {
  /// Rows read at most, and bytes of text after which a page ends: a message has to stay far below its limit.
  private static let pageRows = 1000
  private static let pageBytes = 1 << 20

  /// Rows of one kind after a place, in the order in which they were first written, without those that changed after `upTo`.
  func page(_ kind: Row.Kind, after: Int64, upTo: Int64) throws -> (
    rows: [(revision: Int64, row: Row)], last: Int64, isLast: Bool
  ) {
    var statement = try Prepared(
      db, "SELECT row, id, rev FROM \(kind.table) WHERE row > ? ORDER BY row LIMIT \(Self.pageRows)")
    statement.bind(after)
    var keys: [(place: Int64, id: String, revision: Int64)] = []
    while try statement.step() { keys.append((statement.int(0), statement.text(1), statement.int(2))) }
    var rows: [(Int64, Row)] = []
    var last = after
    var bytes = 0
    for key in keys {
      last = key.place
      guard key.revision <= upTo, let row = try row(RowKey(kind, key.id)) else { continue }
      rows.append((key.revision, row))
      bytes += row.textSize
      if bytes > Self.pageBytes { return (rows, last, false) }
    }
    return (rows, last, keys.count < Self.pageRows)
  }
}

extension Row {
  /// About how many bytes of text it carries; only what can be long is counted.
  fileprivate var textSize: Int {
    switch self {
    case .entry(let entry): 256 + entry.body.utf8.count
    case .configuration(let row): 128 + row.body.utf8.count
    default: 512
    }
  }
}

private struct FileLooking: Looking {
  let board: LiveBoard
  let bell: Doorbell

  func look(at ticket: TicketID?, isTyping: Bool) -> Bool {
    let isNew = board.look(at: ticket, isTyping: isTyping)
    if isNew { bell.ring() }
    return isNew
  }

  func sit(_ isHere: Bool) { board.sit(isHere) }
  func renew() { board.renew() }
  func viewers() -> [Viewer] { board.viewers() }
}

/// The doorbell file, watched.
private final class BellNews: NewsSource {
  let descriptor: Int32
  private let store: String
  private let lastStamp = Mutex<FileStamp?>(nil)

  init(store: String, bell path: String) {
    self.store = store
    descriptor = inotify_init1(Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC))
    // Without notices (a full watch table) the poll of a second remains.
    if descriptor >= 0 { inotify_add_watch(descriptor, path, UInt32(IN_MODIFY)) }
  }

  deinit { if descriptor >= 0 { Glibc.close(descriptor) } }

  func drain() {
    var buffer = [UInt8](repeating: 0, count: 4096)
    while read(descriptor, &buffer, buffer.count) > 0 {}
  }

  /// A process may have ended between its commit and the bell: the files are looked at, not into.
  func mayBeNew(_ tick: Tick, cursor: () throws -> Int64) rethrows -> Bool {
    if !tick.isIdle || tick.isBeat { return true }
    let stamp = FileStamp(path: store)
    let last = lastStamp.withLock { last in
      defer { last = stamp }
      return last
    }
    return stamp != last || !stamp.isSettled
  }
}
