import Domain
import Foundation
import GRDB
import Testing

@testable import Store

/// What a newer program added to the configuration lives on beside a program that does not know it.
@Suite struct `Kinds of configuration that a newer program added` {
  private static let row = ConfigurationRow(
    kind: ConfigurationRow.Kind(rawValue: "of-tomorrow"), id: "tomorrow/a", zone: "billing", position: 3,
    body: #"{"new":true}"#)
  /// A kind that is known, under a name that is not: how programs added rows that older ones could not read otherwise.
  private static let hidden = ConfigurationRow(
    kind: .categories, id: "tomorrow", zone: nil, position: 0, body: #"{"new":true}"#)

  /// As the newer program wrote them.
  private func write(_ test: TestStore) throws {
    try test.store.write { db in
      for row in [Self.row, Self.hidden] {
        let revision = try Int64.fetchOne(db, sql: "SELECT max(rev) FROM configuration") ?? 1
        try RowWriter(db: db).put(.configuration(row), revision: revision)
      }
    }
  }

  private func kept(_ read: (RowKey) throws -> Row?) rethrows -> Bool {
    try [Self.row, Self.hidden].allSatisfy { try read(RowKey(.configuration, $0.id)) == .configuration($0) }
  }

  @Test func `they reach the desks, and everything else is read as before`() throws {
    let test = try TestStore()
    try write(test)
    let desk = try test.desk("linxiao")
    _ = try desk.synchronize()
    #expect(try desk.replica.read { db in try kept { try RowReader(db: db).row($0) } })
    #expect(try desk.replica.zones().map(\.id) == Sample.configuration.zones.map(\.id))
    #expect(try !desk.replica.readingConfiguration().zones.isEmpty)
    #expect(try !desk.replica.categories().isEmpty)
  }

  @Test func `a folder that is loaded here leaves them alone`() throws {
    let test = try TestStore()
    try write(test)
    let admin = try test.desk("admin")
    var set = Sample.configuration
    set.articles.removeAll { $0.id == "refund" }
    #expect(try admin.submit(test.operation("admin", .configuration(.apply(set)))) == .accepted)
    #expect(try test.store.read { db in try kept { try RowReader(db: db).row($0) } })
    #expect(try admin.replica.articles().map(\.id) == ["roaming"])
  }

  @Test func `they go over the wire as they are`() throws {
    for row in [Self.row, Self.hidden] {
      let bytes = try JSONEncoder().encode(Row.configuration(row))
      #expect(try JSONDecoder().decode(Row.self, from: bytes) == .configuration(row))
    }
    let known = try JSONEncoder().encode(
      ConfigurationRow(kind: .zone, id: "zone/a", zone: nil, position: 0, body: "{}"))
    #expect(String(decoding: known, as: UTF8.self).contains(#""kind":"zone""#))
  }
}
