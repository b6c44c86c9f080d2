import Domain
import Foundation

extension SharedStore {
  /// Whether something lies at `path`; what it is shows when it is opened.
  package static func exists(at path: String) -> Bool { StoreFile.exists(path) }

  /// Removes a store with everything that belongs to it: for one that could not be filled, and for practice.
  package static func remove(at path: String) {
    for suffix in ["", "-wal", "-shm", ".turn", ".bell", ".live"] {
      try? FileManager.default.removeItem(atPath: path + suffix)
    }
    try? FileManager.default.removeItem(atPath: path + ".files")
  }

  /// Everybody whom the store knows, in the order in which they were defined.
  package func agents() throws -> [Agent] {
    try read { db in try RowReader(db: db).all(RowReader.agents + " ORDER BY row", RowReader.agent) }
  }
}
