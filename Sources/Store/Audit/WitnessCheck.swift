import Domain

/// Compares what a witness has seen with what the log says now, and tells the ways apart in which they can differ.
struct WitnessCheck {
  /// The log as it is now.
  struct Log {
    var head: AuditHead
    var entry: (Int64) throws -> (hash: AuditHash, body: [UInt8])?
  }

  let log: Log

  func findings(of witness: AuditWitness) throws -> [AuditFinding] {
    var lastSame: Int64 = 0
    var different: [(sight: AuditWitness.Sight, body: [UInt8])] = []
    var beyond: AuditWitness.Sight?
    for sight in witness.sights.sorted(by: { $0.number < $1.number }) {
      guard sight.number <= log.head.number else {
        beyond = sight
        continue
      }
      // Gaps are the business of the chain itself.
      guard let entry = try log.entry(sight.number) else { continue }
      if entry.hash == sight.hash { lastSame = sight.number } else { different.append((sight, entry.body)) }
    }
    let tail = different.filter { $0.sight.number > lastSame }
    // Later entries are what they were: the hash of one entry was written over, which the chain shows as well.
    var found = different.filter { $0.sight.number < lastSame }.map { item in
      AuditFinding(
        .edited, entry: item.sight.number, operation: item.sight.operation, witness: witness.name)
    }
    if !tail.isEmpty {
      found.append(try rewritten(tail, after: lastSame, witness))
    } else if let beyond {
      found.append(
        AuditFinding(
          .truncated, entry: log.head.number + 1, through: beyond.number, witness: witness.name))
    }
    return found
  }

  /// The log fits itself and not the witness. When the entries that the witness saw later are still there, as they were, under
  /// other hashes, then one of them was changed and the rest chained anew; when others stand in their place, the log was cut
  /// and went on in another way.
  private func rewritten(
    _ tail: [(sight: AuditWitness.Sight, body: [UInt8])], after lastSame: Int64, _ witness: AuditWitness
  ) throws -> AuditFinding {
    // The first one whose content differs; where the witness kept all of them, that is the very entry.
    let changed =
      tail.first { item in item.sight.digest.map { $0 != WitnessTable.digest(item.body) } ?? false }
      ?? tail[0]
    let later = tail.filter { $0.sight.number > changed.sight.number && $0.sight.digest?.isEmpty == false }
    let isRechained: Bool
    if later.isEmpty {
      let content = AuditEntry(body: changed.body)
      let operation: OperationID? =
        if case .operation(let operation)? = content?.event { operation.id } else { nil }
      isRechained = changed.sight.operation == nil || changed.sight.operation == operation
    } else {
      isRechained = try later.contains { try isStillThere($0.sight) }
    }
    // A witness that saw heads alone knows only between which two the change is.
    let first = changed.sight.digest == nil ? lastSame + 1 : changed.sight.number
    return AuditFinding(
      isRechained ? .rechained : .forked, entry: first, through: log.head.number,
      operation: changed.sight.operation, witness: witness.name)
  }

  /// Whether an entry is still in the log with the same content, under its number or a few beside it: whoever takes entries
  /// out moves the others.
  private func isStillThere(_ sight: AuditWitness.Sight) throws -> Bool {
    for shift in (-16)...16 as ClosedRange<Int64> {
      if let entry = try log.entry(sight.number + shift), WitnessTable.digest(entry.body) == sight.digest {
        return true
      }
    }
    return false
  }
}
