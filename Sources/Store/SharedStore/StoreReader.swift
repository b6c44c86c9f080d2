import Domain
import GRDB
import GRDBSQLite

/// Answers questions in SQL about a store without being able to change it: the file is opened for reading, and the connection
/// writes nothing.
package final class StoreReader {
  package let path: String
  private let queue: DatabaseQueue

  /// - Throws: `missing`, `notAStore`, `newerVersion`.
  package init(path: String) throws {
    guard StoreFile.exists(path) else { throw StoreError.missing(path: path) }
    self.path = path
    do {
      var configuration = StoreFile.configuration()
      configuration.readonly = true
      queue = try DatabaseQueue(path: path, configuration: configuration)
      try queue.unsafeRead { db in
        guard try !StoreFile.isEmpty(db, .shared, path: path) else { throw StoreError.notAStore(path: path) }
        try db.execute(sql: "PRAGMA query_only = 1")
      }
    } catch {
      throw StoreError.of(error, path: path)
    }
  }

  /// The number of the layout that a file has; opening it so changes nothing.
  static func version(of path: String) throws -> Int32 {
    let reader = try StoreReader(path: path)
    do {
      return try reader.queue.unsafeRead { try StoreFile.version($0) }
    } catch {
      throw StoreError.of(error, path: path)
    }
  }

  /// Runs one statement and hands over its columns, then each row as texts; nil is NULL.
  ///
  /// - Throws: `failed` with the words of SQLite; also for everything that would write.
  package func run(
    _ sql: String, columns: ([String]) throws -> Void, row: ([String?]) throws -> Void
  ) throws {
    do {
      try queue.unsafeRead { db in
        let statement = try db.makeStatement(sql: sql)
        guard statement.isReadonly else { throw StoreError.readOnly(path: path) }
        try columns(statement.columnNames)
        let cursor = try GRDB.Row.fetchCursor(statement)
        while let found = try cursor.next() {
          try row((0..<found.count).map { Self.text(found[$0] as DatabaseValue) })
        }
      }
    } catch let error as DatabaseError {
      throw StoreError.failed(path: path, detail: error.message ?? "\(error.extendedResultCode)")
    }
  }

  package func close() { try? queue.close() }

  private static func text(_ value: DatabaseValue) -> String? {
    switch value.storage {
    case .null: nil
    case .int64(let number): String(number)
    case .double(let number): String(number)
    case .string(let text): text
    case .blob(let data): "x'" + data.map { padded(hex: $0) }.joined() + "'"
    }
  }

  private static func padded(hex byte: UInt8) -> String {
    (byte < 16 ? "0" : "") + String(byte, radix: 16)
  }
}
