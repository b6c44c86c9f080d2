import Domain
import Foundation
import GRDB
import GRDBSQLite

/// Measures of search that the bench command prints.
package enum SearchBench {
  /// One JSON object: seconds and bytes of the index, milliseconds of each query, the ids it found, memory.
  package struct KnowledgeReport: Codable, Sendable {
    package var indexSeconds: Double
    package var indexBytes: Int64
    package var latencies: [Double]
    package var hits: [[Int]]
    package var residentMebibytes: Double

    private enum CodingKeys: String, CodingKey {
      case indexSeconds = "index_s"
      case indexBytes = "index_bytes"
      case latencies = "lat_ms"
      case hits
      case residentMebibytes = "rss_mib"
    }
  }

  /// What finding costs when every page has to be read from the file again, as after each write of another connection.
  package static func find(
    _ query: String, readingAnew replica: Replica
  ) throws -> (milliseconds: Double, pages: Int) {
    try replica.read { db in
      sqlite3_db_release_memory(db.sqliteConnection)
      var (pages, highest) = (Int32(0), Int32(0))
      sqlite3_db_status(db.sqliteConnection, SQLITE_DBSTATUS_CACHE_MISS, &pages, &highest, 1)
      let time = try ContinuousClock().measure { _ = try FindIndex().find(db, query) }
      sqlite3_db_status(db.sqliteConnection, SQLITE_DBSTATUS_CACHE_MISS, &pages, &highest, 1)
      return (time / .milliseconds(1), Int(pages))
    }
  }

  private struct Document: Decodable {
    var id: Int
    var title: String
    var body: String
  }

  /// Indexes `documents` (JSON lines: id, title, body) in a file of `folder`, then asks each line of `queries` as the desk
  /// does, with highlights and excerpts. Each query is asked twice; the second time counts.
  package static func knowledge(documents: String, queries: String, folder: String) throws -> KnowledgeReport
  {
    let decoder = JSONDecoder()
    let articles = try text(documents).split(whereSeparator: \.isNewline).map { line in
      let document = try decoder.decode(Document.self, from: Data(line.utf8))
      return Article(
        id: ArticleID(String(document.id)), language: .chinese, title: document.title,
        body: document.body)
    }
    let memory = residentMemory()
    let path = folder + "/knowledge.sqlite"
    let database = try DatabaseQueue(path: path)
    let clock = ContinuousClock()
    let indexing = try clock.measure {
      try database.write { db in
        try KnowledgeTables.create(db)
        try QuestionTable.create(db)
        try KnowledgeWriter(db, isMarkdown: false).write(articles, removingOthers: false)
      }
    }
    let index = KnowledgeIndex()
    let today = CivilDate(daysSinceEpoch: 0)
    let asked = try text(queries).split(whereSeparator: \.isNewline).map(String.init)
    var report = KnowledgeReport(
      indexSeconds: indexing / .seconds(1), indexBytes: size(path), latencies: [], hits: [],
      residentMebibytes: 0)
    try database.read { db in
      for query in asked { _ = try index.search(db, query, language: .chinese, today: today, limit: 10) }
      for query in asked {
        let start = clock.now
        let hits = try index.search(db, query, language: .chinese, today: today, limit: 10)
        report.latencies.append((clock.now - start) / .milliseconds(1))
        report.hits.append(hits.compactMap { Int($0.id.text) })
      }
    }
    report.residentMebibytes = max(0, residentMemory() - memory)
    return report
  }

  /// Milliseconds of each of `queries`, asked `rounds` times.
  package static func find(
    _ db: Database, queries: [String], rounds: Int = 3
  ) throws -> [(query: String, hits: Int, milliseconds: [Double])] {
    let clock = ContinuousClock()
    let index = FindIndex()
    return try queries.map { query in
      var times: [Double] = []
      var count = 0
      for _ in 0..<rounds {
        let start = clock.now
        count = try index.find(db, query).count
        times.append((clock.now - start) / .milliseconds(1))
      }
      return (query, count, times)
    }
  }

  private static func text(_ path: String) throws -> String {
    String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
  }

  private static func size(_ path: String) -> Int64 {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    return (attributes?[.size] as? NSNumber)?.int64Value ?? 0
  }

  /// Mebibytes.
  private static func residentMemory() -> Double {
    let status = (try? text("/proc/self/status")) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") } ?? ""
    return (Double(line.filter(\.isNumber)) ?? 0) / 1024
  }
}
