import Domain
import GRDB
import GRDBSQLite

/// One run of a prepared statement, cached by its text on the connection: values are bound in order, rows are read by column.
///
/// The same text must not run inside its own run: both would share one cursor.
struct Prepared: ~Copyable {
  /// Keeps the handle: a change of the schema empties the connection's cache, and a statement that nobody holds is finalized.
  private let statement: Statement
  private let handle: OpaquePointer
  private let connection: OpaquePointer
  private var bound: Int32 = 0

  init(_ db: Database, _ sql: String) throws {
    let statement = try db.cachedStatement(sql: sql)
    guard let connection = db.sqliteConnection else { throw DatabaseError(resultCode: .SQLITE_MISUSE) }
    self.statement = statement
    handle = statement.sqliteStatement
    self.connection = connection
  }

  /// With one text bound.
  static func bound(_ db: Database, _ sql: String, _ value: String) throws -> Prepared {
    var statement = try Prepared(db, sql)
    statement.bind(value)
    return statement
  }

  deinit {
    sqlite3_reset(handle)
    sqlite3_clear_bindings(handle)
  }

  // MARK: - Binding

  mutating func bind(_ value: Int64) {
    bound += 1
    sqlite3_bind_int64(handle, bound, value)
  }

  mutating func bind(_ value: Int64?) {
    bound += 1
    if let value { sqlite3_bind_int64(handle, bound, value) } else { sqlite3_bind_null(handle, bound) }
  }

  mutating func bind(_ value: Bool) { bind(value ? 1 : 0 as Int64) }
  mutating func bind(_ value: Timestamp) { bind(value.milliseconds) }
  mutating func bind(_ value: Timestamp?) { bind(value?.milliseconds) }

  mutating func bind(_ value: String) {
    bound += 1
    var value = value
    value.withUTF8 { bytes in
      _ = bytes.withMemoryRebound(to: CChar.self) { text in
        sqlite3_bind_text(handle, bound, text.baseAddress ?? Self.empty, Int32(text.count), Self.transient)
      }
    }
  }

  mutating func bind(_ value: String?) {
    guard let value else {
      bound += 1
      sqlite3_bind_null(handle, bound)
      return
    }
    bind(value)
  }

  mutating func bind<Subject>(_ value: Identifier<Subject>) { bind(value.text) }
  mutating func bind<Subject>(_ value: Identifier<Subject>?) { bind(value?.text) }

  mutating func bind(_ value: [UInt8]) {
    bound += 1
    _ = value.withUnsafeBytes { bytes in
      // A null pointer would bind NULL where an empty blob is meant.
      sqlite3_bind_blob(
        handle, bound, bytes.baseAddress ?? UnsafeRawPointer(Self.empty), Int32(bytes.count), Self.transient)
    }
  }

  mutating func bind(_ value: ColumnValue) {
    switch value {
    case .null:
      bound += 1
      sqlite3_bind_null(handle, bound)
    case .integer(let number): bind(number)
    case .real(let number):
      bound += 1
      sqlite3_bind_double(handle, bound, number)
    case .text(let text): bind(text)
    case .blob(let bytes): bind(bytes)
    }
  }

  // MARK: - Running

  /// Goes to the next row; false at the end.
  func step() throws -> Bool {
    switch sqlite3_step(handle) {
    case SQLITE_ROW: return true
    case SQLITE_DONE: return false
    case let code:
      throw DatabaseError(
        resultCode: ResultCode(
          rawValue: sqlite3_extended_errcode(connection) == 0
            ? code : sqlite3_extended_errcode(connection)),
        message: String(cString: sqlite3_errmsg(connection)))
    }
  }

  /// Runs a statement that returns no rows.
  consuming func run() throws { while try step() {} }

  /// Makes it ready for another run with other values.
  mutating func reset() {
    sqlite3_reset(handle)
    bound = 0
  }

  // MARK: - Reading

  func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }
  func int(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }
  func optionalInt(_ column: Int32) -> Int64? { isNull(column) ? nil : int(column) }
  func bool(_ column: Int32) -> Bool { int(column) != 0 }
  func moment(_ column: Int32) -> Timestamp { Timestamp(milliseconds: int(column)) }
  func optionalMoment(_ column: Int32) -> Timestamp? {
    optionalInt(column).map(Timestamp.init(milliseconds:))
  }

  func text(_ column: Int32) -> String {
    guard let bytes = sqlite3_column_text(handle, column) else { return "" }
    return String(
      decoding: UnsafeBufferPointer(start: bytes, count: Int(sqlite3_column_bytes(handle, column))),
      as: UTF8.self)
  }

  func optionalText(_ column: Int32) -> String? { isNull(column) ? nil : text(column) }

  func key<Subject>(_ column: Int32) -> Identifier<Subject> { Identifier(text(column)) }
  func optionalKey<Subject>(_ column: Int32) -> Identifier<Subject>? {
    optionalText(column).map { Identifier($0) }
  }

  func blob(_ column: Int32) -> [UInt8] {
    guard let bytes = sqlite3_column_blob(handle, column) else { return [] }
    return Array(UnsafeRawBufferPointer(start: bytes, count: Int(sqlite3_column_bytes(handle, column))))
  }

  /// Reads a compact column in place; the bytes are valid until the next step.
  func record(_ column: Int32) -> RecordReader {
    RecordReader(
      UnsafeRawBufferPointer(
        start: sqlite3_column_blob(handle, column), count: Int(sqlite3_column_bytes(handle, column))))
  }

  func value(_ column: Int32) -> ColumnValue {
    switch sqlite3_column_type(handle, column) {
    case SQLITE_INTEGER: .integer(int(column))
    case SQLITE_FLOAT: .real(sqlite3_column_double(handle, column))
    case SQLITE_TEXT: .text(text(column))
    case SQLITE_BLOB: .blob(blob(column))
    default: .null
    }
  }

  var columnCount: Int32 { sqlite3_column_count(handle) }

  private static let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
  nonisolated(unsafe) private static let empty = UnsafePointer(
    UnsafeMutablePointer<CChar>.allocate(capacity: 1))
}

/// A value of a column as SQLite has it: what keeps a whole row without knowing its table.
enum ColumnValue: Hashable {
  case null
  case integer(Int64)
  case real(Double)
  case text(String)
  case blob([UInt8])
}
