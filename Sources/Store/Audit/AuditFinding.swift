import Domain

/// Something that is wrong with the log of a store, or with the ledger that it vouches for. docs/store.md says what each one
/// means and what to do.
package struct AuditFinding: Hashable, Sendable {
  package enum Kind: String, Codable, CaseIterable, Sendable {
    /// An entry, or the operation it names, is there with another content.
    case edited
    /// An entry, or the operation it names, is gone, and later ones are still there.
    case deleted
    /// The end of the log is gone.
    case truncated
    /// From some entry on the log goes on in another way than a witness has seen.
    case forked
    /// An entry was changed and everything after it was chained anew, so that the log fits itself and no witness.
    case rechained
    /// An operation stands in the ledger that the log knows nothing of.
    case inserted
  }

  package enum Place: String, Codable, Sendable { case log, ledger }

  package var kind: Kind
  package var place: Place
  /// The first entry that is concerned.
  package var entry: Int64
  /// The last one; nil where it is only that one.
  package var through: Int64?
  /// The operation that the entry names, where that is known.
  package var operation: OperationID?
  /// Columns of the ledger that differ.
  package var columns: [String]
  /// The file that says so, where it is a witness.
  package var witness: String?

  init(
    _ kind: Kind, _ place: Place = .log, entry: Int64, through: Int64? = nil, operation: OperationID? = nil,
    columns: [String] = [], witness: String? = nil
  ) {
    self.kind = kind
    self.place = place
    self.entry = entry
    self.through = through == entry ? nil : through
    self.operation = operation
    self.columns = columns
    self.witness = witness
  }
}

/// What was looked at and what was found.
package struct AuditReport: Sendable {
  package var entries: Int64
  package var head: AuditHead
  package var witnesses: Int
  package var findings: [AuditFinding]

  package var isWhole: Bool { findings.isEmpty }
}

/// What somebody has seen of a log: a desk's replica, or one signed head.
package struct AuditWitness: Sendable {
  struct Sight: Sendable {
    var number: Int64
    var hash: AuditHash
    /// `WitnessTable.digest` of the body; nil where only the head was seen.
    var digest: [UInt8]?
    var operation: OperationID?
  }

  package let name: String
  /// Ascending.
  var sights: [Sight]

  package init(name: String, head: AuditHead) {
    self.name = name
    sights = [Sight(number: head.number, hash: head.hash)]
  }

  init(name: String, sights: [Sight]) {
    self.name = name
    self.sights = sights
  }
}
