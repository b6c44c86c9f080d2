import Domain
import GRDB
import Glibc
import Synchronization
import Testing

@testable import Store

/// A desk whose own file finds no room, while the store is well.
struct FullDiskTests {
  private let test: TestStore
  private let desk: DeskConnection

  init() throws {
    test = try TestStore()
    desk = try test.desk("linxiao")
  }

  /// The limit of SQLite's own that fails as a full disk does.
  private func limit(pages: Int) throws {
    try desk.replica.pool.writeWithoutTransaction { db in
      let used = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
      try db.execute(sql: "PRAGMA max_page_count = \(used + pages)")
    }
  }

  private func save(_ body: String) throws {
    try desk.replica.saveDraft(Draft(ticket: nil, slot: .note, body: body, savedAt: test.clock.now))
  }

  @Test func `what cannot be saved stands until something can be saved again`() throws {
    #expect(desk.replica.cannotSave == nil)
    try limit(pages: 0)
    let long = String(repeating: "长", count: 100_000)
    #expect(throws: StoreError.diskFull(path: desk.replica.path)) { try save(long) }
    #expect(desk.replica.cannotSave == .diskFull(path: desk.replica.path))
    #expect(try desk.replica.status().cannotSave)
    #expect(try desk.replica.drafts().isEmpty)
    // Nothing is cleared because somebody looks.
    desk.replica.trySaving()
    #expect(desk.replica.cannotSave != nil)
    try limit(pages: 10_000)
    desk.replica.trySaving()
    #expect(desk.replica.cannotSave == nil)
    try save(long)
    #expect(try desk.replica.drafts().map(\.body) == [long])
    #expect(try !desk.replica.status().cannotSave)
  }

  @Test func `a desk that watches finds out by itself, and tells`() throws {
    try limit(pages: 0)
    #expect(throws: StoreError.self) { try save(String(repeating: "长", count: 100_000)) }
    let told = Atomic(0)
    let replica = desk.replica
    try desk.startWatching { _ in
      if replica.cannotSave == nil { told.add(1, ordering: .relaxed) }
    }
    try limit(pages: 10_000)
    let patience = ContinuousClock.now + .seconds(120)
    while told.load(ordering: .relaxed) == 0, ContinuousClock.now < patience { usleep(50_000) }
    // Some other write may have found out before the one that tries.
    #expect(told.load(ordering: .relaxed) > 0)
    desk.stopWatching()
  }

  @Test func `what has nothing to do with the disk does not say that nothing can be saved`() throws {
    let ticket: TicketID = test.identifiers.next()
    #expect(try desk.save(test.ticket(ticket, .claim)) != .accepted)
    #expect(desk.replica.cannotSave == nil)
  }
}
