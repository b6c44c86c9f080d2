import Domain
import Foundation
import GRDB

/// The tables of knowledge search. They can be made again from the articles at any time.
enum KnowledgeTables {
  static func create(_ db: Database) throws {
    try db.execute(
      sql: """
        CREATE TABLE IF NOT EXISTS search_article(
          row INTEGER PRIMARY KEY, id TEXT NOT NULL, language TEXT NOT NULL, zone TEXT, expires INTEGER,
          title TEXT NOT NULL, tags TEXT NOT NULL, body TEXT NOT NULL, UNIQUE(id, language));
        CREATE TABLE IF NOT EXISTS search_term(
          id INTEGER PRIMARY KEY, code INTEGER NOT NULL UNIQUE, articles INTEGER NOT NULL, titled INTEGER NOT NULL);
        CREATE TABLE IF NOT EXISTS search_posting(key INTEGER PRIMARY KEY, data BLOB NOT NULL);
        CREATE TABLE IF NOT EXISTS search_length(block INTEGER PRIMARY KEY, data BLOB NOT NULL);
        CREATE TABLE IF NOT EXISTS search_key(
          kind INTEGER NOT NULL, key TEXT NOT NULL, term INTEGER NOT NULL, PRIMARY KEY(kind, key, term)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS search_synonym(team INTEGER NOT NULL, word TEXT NOT NULL);
        CREATE TABLE IF NOT EXISTS search_state(
          one INTEGER PRIMARY KEY CHECK(one = 1), generation INTEGER NOT NULL, articles INTEGER NOT NULL,
          length INTEGER NOT NULL);
        INSERT OR IGNORE INTO search_state VALUES(1, 1, 0, 0);
        """)
  }

  static func clear(_ db: Database) throws {
    for table in ["article", "term", "posting", "length", "key", "synonym"] {
      try db.execute(sql: "DELETE FROM search_\(table)")
    }
    try db.execute(sql: "UPDATE search_state SET generation = generation + 1, articles = 0, length = 0")
  }

  /// What a row of `search_key` leads from.
  enum KeyKind: Int64 {
    /// A word as it is written, to its stem.
    case word = 0
    /// The syllables of a pair of characters.
    case pinyin = 1
    /// Their initials.
    case initials = 2
  }
}
