import Domain

/// Goes along the log of a store from its first entry to its last and says where it does not fit itself or the ledger. It is
/// given the entries in order, a piece at a time.
struct ChainCheck {
  struct Entry {
    var number: Int64
    var hash: AuditHash
    var body: [UInt8]
  }

  private struct Gap {
    var after: Int64
    var before: Int64
    var finding: Int
  }

  /// How many entries somebody may have taken out and numbered the rest anew, so that it is still recognised as that.
  private static let largestShift: Int64 = 16

  private(set) var findings: [AuditFinding] = []
  /// The last entry, as it is stored.
  private(set) var head = AuditHead.empty
  /// What the last entry's hash should be; differs from the stored one where somebody changed the hash alone.
  private var computed = AuditHash.none
  /// The number under which entries were chained is this much higher than the one they have now.
  private var shift: Int64 = 0
  /// Where the chain stopped to fit, while it is not known yet how.
  private var open: Int?
  private(set) var revision: Int64 = 0
  /// Revisions between which the log cannot be trusted, and why.
  private var gaps: [Gap] = []
  private var doubt: (revision: Int64, finding: Int)?
  /// Operations up to here may be without what was typed, as an entry of the log itself says.
  private(set) var compacted: Int64 = 0
  private var withoutText: [(entry: Int64, revision: Int64, operation: OperationID)] = []
  /// The last sequence number of each desk that the log names.
  private(set) var sequences: [String: Int64] = [:]

  private let secret: AuditSecret

  init(secret: AuditSecret) { self.secret = secret }

  /// - Parameter ledger: the operation of the entry's revision.
  mutating func take(_ entry: Entry, ledger: LedgerRow?) {
    let content = AuditEntry(body: entry.body)
    let operation: AuditedOperation? =
      if case .operation(let operation)? = content?.event { operation } else { nil }
    let isLinked = entry.number == head.number + 1
    if !isLinked {
      findings.append(AuditFinding(.deleted, entry: head.number + 1, through: entry.number - 1))
      doubt = (revision, findings.count - 1)
      open = nil
    } else if fits(entry) {
      open = nil
    } else {
      recognise(entry, operation)
    }
    // An entry whose own content is in doubt says nothing about the ledger.
    if open == nil, let content {
      if let doubt {
        gaps.append(Gap(after: doubt.revision, before: content.revision, finding: doubt.finding))
      }
      doubt = nil
      revision = max(revision, content.revision)
      if let operation { compare(entry.number, operation, content.at, ledger) }
      if case .compacted(let through, _, _) = content.event { compacted = max(compacted, through) }
    }
    if let operation {
      sequences[operation.desk] = max(sequences[operation.desk] ?? 0, operation.sequence)
    }
    computed =
      isLinked ? .entry(entry.number + shift, after: head.hash, entry.body) : entry.hash
    head = AuditHead(number: entry.number, hash: entry.hash)
  }

  /// An operation of the ledger that no entry names: its entry is the one that is gone there, or somebody put it in.
  mutating func take(stranger operation: OperationID, revision: Int64) {
    if let gap = gaps.first(where: { $0.after < revision && revision < $0.before }) {
      findings[gap.finding].operation = findings[gap.finding].operation ?? operation
    } else {
      findings.append(AuditFinding(.inserted, .ledger, entry: head.number, operation: operation))
    }
  }

  /// Texts that are gone without an entry that says so. Asked when the whole log was read.
  var unexplained: [AuditFinding] {
    withoutText.filter { $0.revision > compacted }.map {
      AuditFinding(.edited, .ledger, entry: $0.entry, operation: $0.operation, columns: ["payload"])
    }
  }

  private func fits(_ entry: Entry) -> Bool {
    let number = entry.number + shift
    return AuditHash.entry(number, after: head.hash, entry.body) == entry.hash
      || AuditHash.entry(number, after: computed, entry.body) == entry.hash
  }

  private mutating func recognise(_ entry: Entry, _ operation: AuditedOperation?) {
    // Entries that were taken out and the rest numbered anew: they still fit each other under their old numbers.
    if let open, findings[open].kind == .edited {
      for count in 1...Self.largestShift
      where AuditHash.entry(entry.number + shift + count, after: head.hash, entry.body) == entry.hash {
        let first = findings[open].entry
        findings[open] = AuditFinding(.deleted, entry: first, through: first + count - 1)
        shift += count
        self.open = nil
        return
      }
      findings[open].through = entry.number
      return
    }
    findings.append(AuditFinding(.edited, entry: entry.number, operation: operation?.id))
    open = findings.count - 1
    doubt = (revision, findings.count - 1)
  }

  private mutating func compare(
    _ number: Int64, _ operation: AuditedOperation, _ receivedAt: Timestamp, _ ledger: LedgerRow?
  ) {
    guard let ledger, ledger.id == operation.id else {
      findings.append(AuditFinding(.deleted, .ledger, entry: number, operation: operation.id))
      return
    }
    var columns: [String] = []
    if ledger.desk != operation.desk { columns.append("desk") }
    if ledger.sequence != operation.sequence { columns.append("seq") }
    if ledger.actor != operation.actor { columns.append("actor") }
    // The first programs that recorded uses of articles named the article in clear.
    let isNamed = ledger.aggregate.hasPrefix("article:") && ledger.aggregate == operation.aggregate
    if !isNamed, secret.name(ledger.aggregate) != operation.aggregate { columns.append("aggregate") }
    if ledger.at != operation.at { columns.append("at") }
    if ledger.receivedAt != receivedAt { columns.append("received_at") }
    if ledger.payload.isEmpty {
      // The entry that explains it stands further on.
      withoutText.append((number, ledger.revision, operation.id))
    } else if secret.digest(ledger.payload) != operation.payload {
      columns.append("payload")
    }
    if secret.digest(ledger.result) != operation.result { columns.append("result") }
    guard !columns.isEmpty else { return }
    findings.append(
      AuditFinding(.edited, .ledger, entry: number, operation: operation.id, columns: columns))
  }
}
