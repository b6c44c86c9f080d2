import Domain
import GRDB

extension Replica {
  /// A page of a list, masked. Cost depends on `limit`, never on the length of the list; a text filter looks at a bounded
  /// part of it.
  ///
  /// - Throws: `CancellationError` when nobody waited for it any more.
  package func queuePage(_ request: QueueRequest, unless isSuperseded: IsSuperseded? = nil) throws
    -> QueuePage
  {
    try read(unless: isSuperseded) { db in
      let list = QueueList(request.query, db)
      let isBackward: Bool
      let start: (key: QueueKey, inclusive: Bool)?
      switch request.edge {
      case .first: (isBackward, start) = (false, nil)
      case .last: (isBackward, start) = (true, nil)
      case .after(let key): (isBackward, start) = (false, (key, false))
      case .before(let key): (isBackward, start) = (true, (key, false))
      case .from(let key): (isBackward, start) = (false, (key, true))
      }
      var keys = try list.keys(from: start, backward: isBackward, limit: request.limit + 1)
      var hasMore = keys.count > request.limit
      if hasMore { keys.removeLast() } else { hasMore = try list.isCut(from: start, backward: isBackward) }
      if isBackward { keys.reverse() }
      // What lies behind the edge that the page starts from.
      var hasBehind = false
      if let start {
        let edge = (isBackward ? keys.last : keys.first) ?? start.key
        hasBehind = try !list.keys(from: (edge, false), backward: !isBackward, limit: 1).isEmpty
      }
      return QueuePage(
        request: request, rows: try rows(keys, query: request.query, db),
        hasBefore: isBackward ? hasMore : hasBehind, hasAfter: isBackward ? hasBehind : hasMore)
    }
  }

  /// The counts of the status line.
  ///
  /// - Parameters:
  ///   - zones: whose lists are counted; empty: all. `mine` is counted in every zone.
  package func queueCounts(agent: AgentID, zones: Set<ZoneID>) throws -> QueueCounts {
    try read { db in
      let tally = Tally(db: db)
      func sum(_ kind: Tally.Kind) throws -> Int {
        let counts = try tally.counts(kind)
        guard !zones.isEmpty else { return Int(counts.values.reduce(0, +)) }
        return Int(zones.reduce(0) { $0 + (counts[$1.text] ?? 0) })
      }
      var counts = QueueCounts(
        waiting: try sum(.waiting), mine: Int(try tally.count(.mine, agent.text)),
        mineUnread: Int(try tally.count(.unread, agent.text)), open: try sum(.open),
        pending: try sum(.pending), done: try sum(.done))
      for (zone, count) in try tally.counts(.waiting)
      where count > 0 && (zones.isEmpty || zones.contains(ZoneID(zone))) {
        var oldest = try Prepared(
          db,
          """
          SELECT min(waiting_since) FROM ticket INDEXED BY queue_oldest \
          WHERE zone = ? AND state < 3 AND owner IS NULL AND waiting_since IS NOT NULL
          """)
        oldest.bind(zone)
        guard try oldest.step(), let since = oldest.optionalMoment(0) else { continue }
        counts.oldestWaitingSince = counts.oldestWaitingSince.map { min($0, since) } ?? since
      }
      return counts
    }
  }

  /// The service level since `dayStart`. The cost grows with what the floor answered since then.
  ///
  /// - Parameter zones: whose contacts are counted; empty: all.
  package func serviceLevel(zones: Set<ZoneID>, since dayStart: Timestamp) throws -> ServiceLevelToday {
    let targets = try self.zones().filter { zones.isEmpty || zones.contains($0.id) }
      .reduce(into: [:]) { $0[$1.id] = $1.serviceLevel }
    return try read { db in
      var served = try Prepared(
        db,
        """
        SELECT t.zone, c.state, c.served_at - c.arrived_at FROM contact c INDEXED BY contact_served \
        CROSS JOIN ticket t ON t.id = c.ticket WHERE c.served_at >= ? AND c.served_at IS NOT NULL
        """)
      served.bind(dayStart)
      var answers: [ZoneID: AnswerCounts] = [:]
      while try served.step() {
        let zone: ZoneID = served.key(0)
        guard zones.isEmpty || zones.contains(zone) else { continue }
        let target = targets[zone] ?? Zone.ServiceLevel()
        answers[zone, default: AnswerCounts()].add(
          waitMilliseconds: served.int(2), isAbandoned: Contact.State(code: served.int(1)) == .abandoned,
          thresholdSeconds: target.thresholdSeconds)
      }
      return ServiceLevelToday(answers, targets: targets)
    }
  }

  private func rows(_ keys: [QueueKey], query: QueueQuery, _ db: Database) throws -> [QueueRow] {
    let pending = try pendingAggregates(db)
    var statement = try Prepared(
      db,
      """
      SELECT t.id, t.number, t.customer, c.name, c.level, t.zone, t.category, t.subject, t.preview, \
      t.channel, t.state, t.priority, t.owner, t.waiting_since, t.created_at, t.updated_at, \
      t.pending_until, t.is_unread, t.reminder_at, \
      (SELECT sum(CASE kind WHEN 30 THEN 1 ELSE -1 END) FROM entry INDEXED BY entry_alerted \
       WHERE ticket = t.id AND kind IN (30, 31)) \
      FROM ticket t LEFT JOIN customer c ON c.id = t.customer WHERE t.row = ?
      """)
    var rows: [QueueRow] = []
    rows.reserveCapacity(keys.count)
    for key in keys {
      statement.reset()
      statement.bind(key.row)
      guard try statement.step() else { continue }
      let id: TicketID = statement.key(0)
      let name = statement.text(3)
      let hasAlert = statement.int(19) > 0
      var row =
        QueueRow(
          key: key, id: id, number: statement.optionalText(1), customer: statement.key(2),
          customerName: Masking.name(name),
          customerLevel: Customer.Level(rawValue: statement.text(4)) ?? .standard, zone: statement.key(5),
          category: statement.optionalKey(6), subject: Masking.text(statement.text(7), hiding: [name]),
          preview: Masking.text(statement.text(8), hiding: [name]),
          channel: Channel(rawValue: statement.text(9)) ?? .phone,
          state: Ticket.State(code: statement.int(10)),
          priority: Ticket.Priority(rawValue: Int(statement.int(11))) ?? .normal,
          owner: statement.optionalKey(12), waitingSince: statement.optionalMoment(13),
          createdAt: statement.moment(14), updatedAt: statement.moment(15),
          pendingUntil: statement.optionalMoment(16), isUnread: statement.bool(17),
          reminderAt: statement.optionalMoment(18),
          isWaitingForStore: !pending.isEmpty && pending.contains(AggregateID.ticket(id).text))
      // Few rows have one: only those read the whole ticket.
      if hasAlert { row.alert = try RowReader(db: db).ticket(id)?.openAlert.map { $0.masked(hiding: name) } }
      rows.append(row)
    }
    return rows
  }

  /// What has operations that the store has not answered.
  func pendingAggregates(_ db: Database) throws -> Set<String> {
    let statement = try Prepared(db, "SELECT aggregate FROM outbox WHERE state = 0 ORDER BY seq LIMIT 10000")
    var result = Set<String>()
    while try statement.step() { result.insert(statement.text(0)) }
    return result
  }
}

/// One list as statements over the index that has its order.
private struct QueueList {
  private let query: QueueQuery
  private let db: Database
  private let zones: [ZoneID]

  /// A text filter looks at so many rows of the list at most, so that it stays quick in a list of a million.
  private static let filtered = 5000

  init(_ query: QueueQuery, _ db: Database) {
    self.query = query
    self.db = db
    zones = query.zones.sorted()
  }

  private var isDone: Bool { query.scope == .done }
  private var needle: String { query.text.trimmed }
  private var letters: [UInt8]? { Pinyin.letters(of: needle) }

  /// What a filter without pinyin compares, each with `pattern`; letters of ASCII alike in either case.
  private static let like = """
    t.subject LIKE ? ESCAPE '\\' OR t.preview LIKE ? ESCAPE '\\' OR t.number LIKE ? ESCAPE '\\' \
    OR c.name LIKE ? ESCAPE '\\'
    """
  private var pattern: String {
    "%" + needle.map { "%_\\".contains($0) ? "\\\($0)" : String($0) }.joined() + "%"
  }

  private func isRead(_ text: String, _ letters: [UInt8]) -> Bool {
    Pinyin.match(letters, in: text.unicodeScalars.map(\.value)) != nil
  }

  /// Keys in list order (or against it) from a place on.
  func keys(from start: (key: QueueKey, inclusive: Bool)?, backward: Bool, limit: Int) throws -> [QueueKey] {
    guard limit > 0 else { return [] }
    if query.scope == .raised { return try raised(from: start, backward: backward, limit: limit) }
    var sql = ordered(from: start, backward: backward)
    if needle.isEmpty {
      sql += " LIMIT ?"
    } else {
      // Letters may be pinyin, which SQLite cannot read: then every row is looked at here.
      sql = """
        SELECT k.priority, k.moment, k.row\(letters == nil ? "" : ", \(Self.like), t.subject, c.name") \
        FROM (\(sql) LIMIT \(Self.filtered)) k \
        CROSS JOIN ticket t ON t.row = k.row LEFT JOIN customer c ON c.id = t.customer \
        \(letters == nil ? "WHERE \(Self.like) LIMIT ?" : "")
        """
    }
    var statement = try Prepared(db, sql)
    let pattern = pattern
    if letters != nil { for _ in 0..<4 { statement.bind(pattern) } }
    bind(start, to: &statement)
    if letters == nil {
      if !needle.isEmpty { for _ in 0..<4 { statement.bind(pattern) } }
      statement.bind(Int64(limit))
    }
    var keys: [QueueKey] = []
    while keys.count < limit, try statement.step() {
      if let letters, statement.int(3) == 0, !isRead(statement.text(4), letters),
        !isRead(statement.text(5), letters)
      {
        continue
      }
      keys.append(
        QueueKey(priority: Int(statement.int(0)), moment: statement.int(1), row: statement.int(2)))
    }
    return keys
  }

  /// Whether a filtered list goes on after the rows that were looked at.
  func isCut(from start: (key: QueueKey, inclusive: Bool)?, backward: Bool) throws -> Bool {
    guard !needle.isEmpty, query.scope != .raised else { return false }
    var statement = try Prepared(
      db, ordered(from: start, backward: backward) + " LIMIT 1 OFFSET \(Self.filtered)")
    bind(start, to: &statement)
    return try statement.step()
  }

  /// Few tickets at a time have an alert that nobody looks after: all that were raised are looked through, and sorted here,
  /// the newest first.
  private func raised(from start: (key: QueueKey, inclusive: Bool)?, backward: Bool, limit: Int) throws
    -> [QueueKey]
  {
    var statement = try Prepared(
      db,
      """
      SELECT max(e.at), t.row, t.zone, t.subject, c.name, \(Self.like) FROM entry e INDEXED BY entry_alerted \
      CROSS JOIN ticket t ON t.id = e.ticket LEFT JOIN customer c ON c.id = t.customer \
      WHERE e.kind IN (30, 31) AND t.state < 3 GROUP BY e.ticket \
      HAVING sum(CASE e.kind WHEN 30 THEN 1 ELSE -1 END) > 0
      """)
    for _ in 0..<4 { statement.bind(pattern) }
    let letters = letters
    var keys: [QueueKey] = []
    while try statement.step() {
      guard zones.isEmpty || zones.contains(statement.key(2)) else { continue }
      let isFitting =
        needle.isEmpty || statement.bool(5)
        || letters.map { isRead(statement.text(3), $0) || isRead(statement.text(4), $0) } ?? false
      guard isFitting else { continue }
      keys.append(QueueKey(priority: 0, moment: statement.int(0), row: statement.int(1)))
    }
    func isBefore(_ left: QueueKey, _ right: QueueKey) -> Bool {
      (left.moment, left.row) > (right.moment, right.row)
    }
    keys.sort { backward ? isBefore($1, $0) : isBefore($0, $1) }
    if let start {
      keys.removeAll { key in
        if key == start.key { return !start.inclusive }
        return backward ? !isBefore(key, start.key) : !isBefore(start.key, key)
      }
    }
    return Array(keys.prefix(limit))
  }

  /// One arm for each zone, merged by SQLite without sorting: every arm is read in the order of its index.
  private func ordered(from start: (key: QueueKey, inclusive: Bool)?, backward: Bool) -> String {
    let isDescending = backward != isDone
    let direction = isDescending ? "DESC" : "ASC"
    let sign = (isDescending ? "<" : ">") + (start?.inclusive == true ? "=" : "")
    let byZone = !zones.isEmpty && query.scope != .mine
    let index =
      switch query.scope {
      case .waiting: byZone ? "queue_waiting_zone" : "queue_waiting"
      case .open: byZone ? "queue_open_zone" : "queue_open"
      case .mine: "queue_mine"
      case .pending: byZone ? "queue_pending_zone" : "queue_pending"
      case .done, .raised: byZone ? "queue_done_zone" : "queue_done"
      }
    var condition =
      switch query.scope {
      case .waiting: "state < 3 AND owner IS NULL"
      case .open: "state < 3"
      case .mine: "state < 3 AND owner IS NOT NULL AND owner = ?"
      case .pending: "state = 2"
      case .done, .raised: "state >= 3"
      }
    if byZone { condition += " AND zone = ?" }
    if query.scope == .mine, !zones.isEmpty {
      condition += " AND zone IN (\(zones.map { _ in "?" }.joined(separator: ", ")))"
    }
    if start != nil {
      condition +=
        isDone
        ? " AND (moment, row) \(sign) (?, ?)" : " AND (priority, moment, row) \(sign) (?, ?, ?)"
    }
    let arm = """
      SELECT \(isDone ? "0 AS priority" : "priority"), moment, row FROM ticket INDEXED BY \(index) \
      WHERE \(condition)
      """
    let arms = byZone ? zones.map { _ in arm }.joined(separator: " UNION ALL ") : arm
    // A constant first column must not be sorted by: it would keep the index from giving the order.
    return isDone
      ? "\(arms) ORDER BY 2 \(direction), 3 \(direction)"
      : "\(arms) ORDER BY 1 \(direction), 2 \(direction), 3 \(direction)"
  }

  private func bind(_ start: (key: QueueKey, inclusive: Bool)?, to statement: inout Prepared) {
    let byZone = !zones.isEmpty && query.scope != .mine
    for zone in byZone ? zones.map(Optional.some) : [nil] {
      if query.scope == .mine {
        statement.bind(query.owner?.text ?? "")
        for zone in zones { statement.bind(zone) }
      }
      if let zone { statement.bind(zone) }
      if let start {
        if !isDone { statement.bind(Int64(start.key.priority)) }
        statement.bind(start.key.moment)
        statement.bind(start.key.row)
      }
    }
  }
}

extension Ticket.Alert {
  /// What is shown in a list: the name of the customer is not.
  func masked(hiding name: String) -> Ticket.Alert {
    var alert = self
    alert.reason.values = reason.values.mapValues { Masking.text($0, hiding: [name]) }
    return alert
  }
}
