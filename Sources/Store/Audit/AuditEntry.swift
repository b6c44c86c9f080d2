import Crypto
import Domain

/// What one entry of the log says. Its canonical body is this value as `RecordWriter` writes it: the same value has the same
/// bytes, and no other value has them.
///
/// It names people by their key and things by theirs, and holds no personal data in clear: what was typed is there as a
/// digest that nobody can try words on without the store's own secret.
package struct AuditEntry: Hashable, Sendable {
  package enum Event: Hashable, Sendable {
    /// The store was made.
    case created(store: String)
    /// An older store got its log: the operations that follow were taken over as they stood in its ledger then.
    case adopted(store: String, operations: Int64)
    case operation(AuditedOperation)
    /// Rows that came without operations: a generated world, an import of millions.
    case loaded(rows: Int64)
    /// The store was put back to an older state: what the log said before, and which history it is now.
    case restored(head: AuditHead, epoch: Int64, signature: String)
    /// What was typed was taken out of the ledger up to this revision, and tombstones of rows up to it were forgotten.
    case compacted(through: Int64, operations: Int64, tombstones: Int64)
    /// Desks whose program writes an older format of operations get nothing from now on; 0: every desk gets everything again.
    case required(schema: Int64)
    /// Restores are signed with another key from now on, because the one before was lost; public halves as base64.
    case keyReplaced(before: String, key: String)
  }

  package var event: Event
  /// The revision of the store that it made; the newest one where it made none.
  package var revision: Int64
  /// The store's clock.
  package var at: Timestamp

  package init(_ event: Event, revision: Int64, at: Timestamp) {
    self.event = event
    self.revision = revision
    self.at = at
  }
}

/// An operation as the log names it.
package struct AuditedOperation: Hashable, Sendable {
  package var id: OperationID
  package var actor: AgentID
  /// Who was connected where that is somebody else: the owner of the store may act for an agent.
  package var through: String?
  package var desk: String
  package var sequence: Int64
  /// `ticket.claim`, `customer.reveal`; see `Action.name`.
  package var action: String
  /// `ticket:KEY`; a key that was not made by a desk is there as a digest, because people bring telephone numbers as keys.
  package var aggregate: String
  /// The desk's clock.
  package var at: Timestamp
  /// Empty: accepted. Otherwise the name of the refusal and the right that was missing: `missingRight:export`.
  package var refusal: String
  /// Of the payload, with the store's secret.
  package var payload: AuditHash
  /// Of the whole stored result, with the store's secret.
  package var result: AuditHash
}

// MARK: - Canonical bytes

extension AuditEntry {
  private static let format: Int64 = 1

  var body: [UInt8] {
    var record = RecordWriter()
    record.put(Self.format)
    record.put(code)
    record.put(revision)
    record.put(at)
    switch event {
    case .created(let store): record.put(store)
    case .adopted(let store, let operations):
      record.put(store)
      record.put(operations)
    case .operation(let operation): operation.write(to: &record)
    case .loaded(let rows): record.put(rows)
    case .restored(let head, let epoch, let signature):
      record.put(head.number)
      record.put(head.hash.bytes)
      record.put(epoch)
      record.put(signature)
    case .compacted(let through, let operations, let tombstones):
      record.put(through)
      record.put(operations)
      record.put(tombstones)
    case .required(let schema): record.put(schema)
    case .keyReplaced(let before, let key):
      record.put(before)
      record.put(key)
    }
    return record.bytes
  }

  private var code: Int64 {
    switch event {
    case .created: 1
    case .adopted: 2
    case .operation: 3
    case .loaded: 4
    case .restored: 5
    case .compacted: 6
    case .required: 7
    case .keyReplaced: 8
    }
  }

  /// Nil for bytes that are no entry, or one of a newer program: their hash can be checked all the same.
  package init?(body: [UInt8]) {
    let entry = body.withUnsafeBytes { bytes -> AuditEntry? in
      var record = RecordReader(bytes)
      guard record.int() == Self.format else { return nil }
      let code = record.int()
      let (revision, at) = (record.int(), record.moment())
      let event: Event
      switch code {
      case 1: event = .created(store: record.text())
      case 2: event = .adopted(store: record.text(), operations: record.int())
      case 3: event = .operation(AuditedOperation(reading: &record))
      case 4: event = .loaded(rows: record.int())
      case 5:
        event = .restored(
          head: AuditHead(number: record.int(), hash: AuditHash(bytes: record.data())), epoch: record.int(),
          signature: record.text())
      case 6:
        event = .compacted(through: record.int(), operations: record.int(), tombstones: record.int())
      case 7: event = .required(schema: record.int())
      case 8: event = .keyReplaced(before: record.text(), key: record.text())
      default: return nil
      }
      return record.isDamaged ? nil : AuditEntry(event, revision: revision, at: at)
    }
    // Only its canonical bytes are an entry.
    guard let entry, entry.body == body else { return nil }
    self = entry
  }
}

extension AuditedOperation {
  fileprivate func write(to record: inout RecordWriter) {
    record.put(id)
    record.put(actor)
    record.put(through)
    record.put(desk)
    record.put(sequence)
    record.put(action)
    record.put(aggregate)
    record.put(at)
    record.put(refusal)
    record.put(payload.bytes)
    record.put(result.bytes)
  }

  fileprivate init(reading record: inout RecordReader) {
    id = record.key()
    actor = record.key()
    through = record.optionalText()
    desk = record.text()
    sequence = record.int()
    action = record.text()
    aggregate = record.text()
    at = record.moment()
    refusal = record.text()
    payload = AuditHash(bytes: record.data())
    result = AuditHash(bytes: record.data())
  }
}

/// What turns texts into digests that say nothing to whoever does not have the store: there are only ten thousand million
/// telephone numbers, and a plain digest of one would be found by trying them all.
struct AuditSecret: Sendable {
  private let key: SymmetricKey
  let bytes: [UInt8]

  init(bytes: [UInt8]) {
    self.bytes = bytes
    key = SymmetricKey(data: bytes)
  }

  static func random() -> AuditSecret {
    AuditSecret(bytes: SymmetricKey(size: .bits256).withUnsafeBytes { Array($0) })
  }

  /// HMAC-SHA-256 (RFC 2104).
  func digest(_ text: String) -> AuditHash {
    var text = text
    return text.withUTF8 { bytes in
      AuditHash(bytes: Array(HMAC<SHA256>.authenticationCode(for: bytes, using: key)))
    }
  }

  /// The key of a thing as the log may show it.
  func name(_ aggregate: AggregateID) -> String {
    switch aggregate {
    case .ticket(let id): name("ticket", id.text)
    case .customer(let id): name("customer", id.text)
    case .bill(let id): name("bill", id.text)
    // Staff are named by the keys that the team gave them, and have to be.
    case .agent(let id): "agent:\(id)"
    case .configuration: "configuration"
    case .missedSearch(let query): name("search", query)
    // Its key is what a desk sent, and nobody looked whether there is such an article.
    case .article(let id): name("article", id.text)
    case .export(let kind): "export:\(kind.rawValue)"
    }
  }

  /// The same for the text that stands in the ledger.
  func name(_ aggregate: String) -> String {
    guard let colon = aggregate.firstIndex(of: ":") else { return aggregate }
    let (kind, key) = (String(aggregate[..<colon]), String(aggregate[aggregate.index(after: colon)...]))
    return kind == "agent" || kind == "export" ? aggregate : name(kind, key)
  }

  private func name(_ kind: String, _ key: String) -> String {
    IdentifierSource.isMade(key) ? "\(kind):\(key)" : "\(kind):#\(digest(key).short)"
  }
}
