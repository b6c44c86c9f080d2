import Domain
import GRDB

extension SharedStore {
  /// How long a steward that says nothing more keeps its place.
  package static let leaseSeconds: Int64 = 10

  /// Takes the lease of timed work, or keeps it: one desk or server at a time, for ten seconds. Nobody is woken by it.
  ///
  /// - Returns: whether `holder` has it now.
  package func holdStewardship(as holder: String) throws -> Bool {
    // Whoever asks while another has it must not write.
    let isTaken = try read { db in
      let meta = Meta(db: db)
      return try meta.text("steward") != holder && meta.int("steward_until") >= now().milliseconds
    }
    guard !isTaken else { return false }
    return try quietly { db in
      let meta = Meta(db: db)
      let moment = now().milliseconds
      let other = try meta.text("steward")
      guard try other == nil || other == holder || meta.int("steward_until") < moment else { return false }
      try meta.set("steward", holder)
      try meta.set("steward_until", moment + Self.leaseSeconds * 1000)
      return true
    }
  }

  /// Gives the lease back, so that the next one need not wait.
  package func endStewardship(of holder: String) throws {
    try quietly { db in
      let meta = Meta(db: db)
      if try meta.text("steward") == holder { try meta.set("steward_until", 0) }
    }
  }

  /// A durable transaction behind the turnstile that is no news to anybody.
  func quietly<Result>(_ body: (Database) throws -> Result) throws -> Result {
    do {
      return try queue.writeWithoutTransaction { db in
        try turnstile.hold { try immediately(db) { try body(db) } }
      }
    } catch {
      throw StoreError.of(error, path: path)
    }
  }
}
