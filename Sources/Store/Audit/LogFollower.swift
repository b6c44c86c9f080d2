import Domain

/// Follows the log of the store for one desk: what the store has now must begin with what this desk has seen.
///
/// Heads that come with answers are compared at once and kept with the rows of the answer; every few seconds, and first of all
/// when a desk opens, the entries between are asked for and each link is checked.
struct LogFollower {
  /// Messages that one turn sends at most; a desk that was away for long goes on with the next one.
  private static let turns = 16

  let replica: Replica
  let transport: any StoreTransport

  /// Compares the head of an answer with what the desk knows. False when it is older than that: the answer may have come
  /// late, or the log was cut, which `follow` tells.
  ///
  /// - Throws: `logChanged`; then nothing of the answer may be taken.
  func check(_ head: AuditHead?) throws -> Bool {
    guard let head else { return true }
    let (known, same) = try replica.read { db in
      let epoch = try Meta(db: db).int("epoch")
      let table = WitnessTable(db: db)
      return (try table.newest(epoch: epoch), try table.hash(of: head.number, epoch: epoch))
    }
    if let same {
      guard same == head.hash else {
        throw StoreError.logChanged(seen: AuditHead(number: head.number, hash: same), found: head)
      }
      return true
    }
    return known.map { $0.number <= head.number } ?? true
  }

  /// Asks for what came after the last entry that was checked, and checks it. Answers whether the head was reached.
  ///
  /// - Throws: `logChanged`, and every error of the way to the store.
  func follow() throws -> Bool {
    guard let store = try replica.storeID() else { return true }
    let epoch = try replica.epoch()
    for _ in 0..<Self.turns {
      let (last, newest) = try replica.read { db in
        let table = WitnessTable(db: db)
        return (try table.followed(epoch: epoch), try table.newest(epoch: epoch))
      }
      let reply = try transport.audit(AuditRequest(store: store, epoch: epoch, after: last?.number))
      guard reply.store == store else {
        throw StoreError.wrongStore(expected: store, found: reply.store)
      }
      guard let last else {
        // The first time in this history, or a desk of an older program: it starts here.
        guard try check(reply.head) else {
          throw StoreError.logChanged(seen: newest ?? reply.head, found: reply.head)
        }
        try replica.witness([(reply.head, nil)], epoch: epoch)
        return true
      }
      guard let start = reply.start, start == last.hash else {
        let found = reply.start.map { AuditHead(number: last.number, hash: $0) } ?? reply.head
        throw StoreError.logChanged(seen: last, found: found)
      }
      let checked = try chain(reply.links, after: last)
      if let newest, newest.number > reply.head.number {
        throw StoreError.logChanged(seen: newest, found: reply.head)
      }
      let end = checked.last?.head ?? last
      // Whoever was away for long checks every link and keeps what would be kept anyway.
      let kept = checked.filter {
        $0.head.number > reply.head.number - WitnessTable.kept || $0.head.number % WitnessTable.sparse == 0
          || $0.head == end
      }
      try replica.witness(kept.map { ($0.head, $0.body) }, epoch: epoch)
      if end.number >= reply.head.number {
        guard end == reply.head else { throw StoreError.logChanged(seen: end, found: reply.head) }
        return true
      }
      guard !checked.isEmpty else { throw StoreError.logChanged(seen: last, found: reply.head) }
    }
    return false
  }

  private func chain(_ links: [AuditReply.Link], after last: AuditHead) throws -> [(
    head: AuditHead, body: [UInt8]
  )] {
    var result: [(head: AuditHead, body: [UInt8])] = []
    var end = last
    for link in links {
      let number = end.number + 1
      let next = AuditHead(number: number, hash: .entry(number, after: end.hash, link.body))
      guard next.hash == link.hash else {
        throw StoreError.logChanged(seen: end, found: AuditHead(number: number, hash: link.hash))
      }
      result.append((next, link.body))
      end = next
    }
    return result
  }
}

extension Replica {
  /// Remembers entries of the store's log that were checked.
  ///
  /// - Throws: `logChanged` when this desk was told something else about one of them.
  func witness(_ entries: [(head: AuditHead, body: [UInt8]?)], epoch: Int64) throws {
    guard !entries.isEmpty else { return }
    try write(durably: false) { db in
      let table = WitnessTable(db: db)
      for (head, body) in entries {
        if let heard = try table.hash(of: head.number, epoch: epoch), heard != head.hash {
          throw StoreError.logChanged(seen: AuditHead(number: head.number, hash: heard), found: head)
        }
        try table.follow(head, body: body, epoch: epoch)
        if head.number % 1024 == 0 { try table.thin(below: head.number, epoch: epoch) }
      }
    }
  }

  /// The last entry of the store's log that this desk has checked.
  package func auditHead() throws -> AuditHead? {
    try read { try WitnessTable(db: $0).followed(epoch: try Meta(db: $0).int("epoch")) }
  }
}
