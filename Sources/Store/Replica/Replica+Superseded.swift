import Domain
import GRDB
import GRDBSQLite

/// Says that nobody waits for an answer any more. Called from inside a running statement: it must be quick, and must not
/// touch the replica.
package typealias IsSuperseded = @Sendable () -> Bool

extension Replica {
  /// As `read`, and given up when the answer became pointless: another letter was typed.
  ///
  /// SQLite asks every so many steps, in the middle of a statement too. Interrupting the connection from outside would be a
  /// race: between two statements there is nothing to interrupt, and a moment later it would hit the next search.
  ///
  /// - Throws: `CancellationError` when it was given up.
  func read<Result>(unless isSuperseded: IsSuperseded?, _ body: (Database) throws -> Result) throws -> Result
  {
    guard let isSuperseded else { return try read(body) }
    return try read { db in
      if isSuperseded() { throw CancellationError() }
      let question = Question(isSuperseded)
      return try withExtendedLifetime(question) {
        sqlite3_progress_handler(
          db.sqliteConnection, Self.stepsBetweenQuestions,
          { context in
            guard let context else { return 0 }
            return Unmanaged<Question>.fromOpaque(context).takeUnretainedValue().ask() ? 1 : 0
          }, Unmanaged.passUnretained(question).toOpaque())
        // The connection goes back to the pool: the next reader must not be asked.
        defer { sqlite3_progress_handler(db.sqliteConnection, 0, nil, nil) }
        return try body(db)
      }
    }
  }

  /// Steps of SQLite's machine, some 20 µs of work.
  private static let stepsBetweenQuestions: Int32 = 1000
}

/// What C code can hold a pointer to.
private final class Question {
  let ask: IsSuperseded

  init(_ ask: @escaping IsSuperseded) { self.ask = ask }
}
