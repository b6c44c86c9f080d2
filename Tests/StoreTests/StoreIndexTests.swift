import Domain
import Foundation
import GRDB
import Testing

@testable import Store

/// Words in texts of tickets that a desk does not have.
struct StoreIndexTests {
  private let test: TestStore
  /// Keeps everything and does the work.
  private let lead: DeskConnection
  /// Keeps the zone `billing` alone.
  private let desk: DeskConnection

  init() throws {
    test = try TestStore()
    lead = try test.desk("tangyue")
    desk = try Self.part(test, test.store)
  }

  private static func part(_ test: TestStore, _ store: any StoreService, _ name: String = "part") throws
    -> DeskConnection
  {
    let clock = test.clock
    return try DeskConnection(
      store: store, replica: Replica(path: test.folder("\(name).replica")), agent: "linxiao",
      now: { clock.now }, identifiers: test.identifiers,
      window: DeskWindow(agent: "linxiao", zones: ["billing"], days: 3))
  }

  private var path: String { StoreIndex.path(of: test.store.path) }

  @discardableResult
  private func ticket(_ message: String, _ name: String = "赵敏儿", phone: String = "13800000002") throws
    -> TicketID
  {
    let holder = try lead.replica.customer(holding: .phone, phone)
    return try lead.makeTicket(
      test, customer: holder ?? lead.makeCustomer(test, name, phone: phone), zone: "broadband",
      subject: "上网慢",
      message: message)
  }

  private func note(_ text: String, on id: TicketID) throws {
    #expect(try lead.submit(test.ticket(id, .note(text), by: "tangyue")) == .accepted)
  }

  private func found(_ words: String) -> [TicketID] { Self.tickets(desk.found(words: words).hits) }

  private static func tickets(_ hits: [FindHit]) -> [TicketID] {
    hits.compactMap { if case .ticket(let id) = $0.target { id } else { nil } }
  }

  @discardableResult
  private func run(fromScratch: Bool = false) throws -> IndexReport {
    try IndexWork.run(test.store, fromScratch: fromScratch)
  }

  @Test func `words in a ticket that is not on the desk are found, with everything personal masked`() throws {
    let id = try ticket("路由器闪红灯，请打 13900001234，身份证 11010519491231002X")
    try note("师傅换了光猫 13900001234", on: id)
    #expect(try desk.replica.find("路由器").isEmpty)
    #expect(desk.found(words: "路由器").reach == .unavailable)
    let report = try run()
    #expect(report.isNew && report.revision == report.head && report.tickets == 1)
    let (hits, reach) = desk.found(words: "路由器")
    #expect(reach == .whole)
    #expect(Self.tickets(hits) == [id])
    let hit = try #require(hits.first)
    #expect(hit.evidence == .words)
    let (number, whole) = (try lead.replica.ticket(id)?.number, try lead.replica.find("路由器"))
    #expect(hit.title == number)
    #expect(hit == whole.first)
    for query in ["光猫", "路由器 光猫", "赵敏儿 光猫", "光猫 13900001234"] {
      for hit in desk.found(words: query).hits {
        #expect(!hit.detail.contains("13900001234") && !hit.detail.contains("11010519491231002X"), "\(query)")
        #expect(!hit.detail.contains("赵敏儿"), "\(query)")
      }
    }
    #expect(found("光猫") == [id] && found("赵敏儿 光猫") == [id])
    #expect(found("空调").isEmpty)
    #expect(try desk.bring(id))
    #expect(try desk.replica.ticketDetail(id) == lead.replica.ticketDetail(id))
  }

  @Test func `whoever keeps everything asks nobody`() throws {
    try ticket("路由器")
    try run()
    #expect(lead.found(words: "路由器").hits.isEmpty)
    #expect(lead.found(words: "路由器").reach == .whole)
  }

  @Test func `the index follows the store step by step and finds what a new one finds`() throws {
    var random = SplitMix64(7)
    let words = ["光猫", "路由器", "红灯", "漫游", "退费", "断线", "发票", "套餐", "refund", "router"]
    var ids: [TicketID] = []
    let work = try IndexWork(test.store)
    defer { work.close() }
    for turn in 0..<60 {
      let text = (0..<3).map { _ in words[random.below(words.count)] }.joined(separator: "，")
      if ids.isEmpty || random.chance(0.3) {
        ids.append(try ticket(text, "客户\(turn)", phone: "138\(10_000_000 + turn)"))
      } else {
        try note(text, on: ids[random.below(ids.count)])
      }
      if random.chance(0.3) { while let (revision, head) = try work.step(), revision < head {} }
    }
    while let (revision, head) = try work.step(), revision < head {}
    let queries = words + ["红灯 退费", "客户3 光猫", "断线 router"]
    let followed = queries.map { test.store.foundWords($0) }
    #expect(try run(fromScratch: true).isNew)
    #expect(queries.map { test.store.foundWords($0) } == followed)
    let head = try test.store.revision()
    for (query, answer) in zip(queries, followed) {
      let all = try lead.replica.find(query).filter { if case .ticket = $0.target { true } else { false } }
      #expect(answer.hits == all, "\(query)")
      #expect(answer.indexed == head)
    }
    #expect(try !run().isNew)
  }

  @Test func `a search says since when the index is behind, and not when that is a moment`() throws {
    try ticket("路由器")
    try run()
    test.clock.advance(seconds: 60)
    let late = test.clock.now
    try ticket("光猫")
    #expect(desk.found(words: "路由器").reach == .whole)
    test.clock.advance(seconds: 11)
    #expect(desk.found(words: "路由器").reach == .upTo(late))
    #expect(found("光猫").isEmpty && found("路由器").count == 1)
    try run()
    #expect(desk.found(words: "路由器").reach == .whole)
    #expect(found("光猫").count == 1)
  }

  /// What somebody or something does to the file.
  enum Harm: CaseIterable, Sendable {
    case missing, empty, garbage, cut, middle, otherFormat, otherStore, unfinished, behindHistory
  }

  @Test(arguments: Harm.allCases)
  func `an index that cannot be used finds nothing, says so, and is made anew`(_ harm: Harm) throws {
    let id = try ticket("路由器")
    for number in 0..<40 { try note("备注 \(number) 光猫 \(number * 7919)", on: id) }
    try run()
    #expect(found("路由器") == [id])
    switch harm {
    case .missing: unlinkFile(path)
    case .empty, .garbage, .cut, .middle: try damage(harm)
    case .otherFormat: try change("PRAGMA user_version = 7")
    case .otherStore: try change("UPDATE index_state SET store = 'other'")
    case .unfinished: try change("DELETE FROM index_state")
    case .behindHistory: try test.store.write { try Meta(db: $0).set("epoch", 2) }
    }
    #expect(test.store.foundWords("路由器") == .nothing)
    #expect(try run().isNew)
    #expect(Self.tickets(test.store.foundWords("路由器").hits) == [id])
    #expect(try !run().isNew)
  }

  private func damage(_ harm: Harm) throws {
    test.store.closeWords()
    var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    switch harm {
    case .empty: bytes = Data()
    case .garbage: bytes = Data(repeating: 0x5A, count: bytes.count)
    case .cut: bytes = bytes.prefix(bytes.count / 2)
    default:
      // Everything but the page with the header and the list of tables.
      bytes.replaceSubrange(4096..<bytes.count, with: Data(repeating: 0xFF, count: bytes.count - 4096))
    }
    try bytes.write(to: URL(fileURLWithPath: path))
  }

  private func change(_ sql: String) throws {
    let queue = try DatabaseQueue(path: path)
    defer { try? queue.close() }
    try queue.writeWithoutTransaction { try $0.execute(sql: sql) }
  }

  @Test func `damage that a search meets is mended by whoever keeps the index`() throws {
    let id = try ticket("路由器")
    for number in 0..<40 { try note("备注 \(number) 光猫 \(number * 7919)", on: id) }
    try run()
    try damage(.middle)
    #expect(test.store.foundWords("路由器") == .nothing)
    #expect(!StoreFile.exists(path))
    try run()
    #expect(found("路由器") == [id])
  }

  @Test func `the store is not written to, and writes while the index is being written`() throws {
    let id = try ticket("路由器")
    try test.store.prepareForScopes()
    let before = (try test.store.revision(), StoreFile.walSize(test.store.path))
    try run(fromScratch: true)
    _ = test.store.foundWords("路由器")
    #expect(try test.store.revision() == before.0)
    #expect(StoreFile.walSize(test.store.path) == before.1)
    let index = try StoreIndex(of: test.store, isWriting: true)
    defer { index.close() }
    try index.write { db in
      try db.execute(sql: "UPDATE index_state SET revision = revision")
      #expect(try RowReader(db: db).all("SELECT count(*) FROM ticket") { $0.int(0) } == [1])
      try note("照样写", on: id)
    }
    #expect(throws: (any Error).self) {
      try index.read { try $0.execute(sql: "SELECT * FROM source.find_block") }
    }
  }

  @Test func `two processes do not write to one index at a time`() throws {
    try ticket("路由器")
    let first = try IndexWork(test.store)
    let other = try test.reopened()
    let second = try IndexWork(other)
    defer {
      first.close()
      second.close()
      other.close()
    }
    let turnstile = try Turnstile(store: path)
    let (one, two) = try turnstile.hold { (try first.step(), try second.step()) }
    #expect(one == nil && two == nil)
    #expect(try first.step() != nil)
    #expect(try second.step() != nil)
    #expect(found("路由器").count == 1)
  }

  @Test func `only its owner may read the file`() throws {
    try ticket("路由器")
    try run()
    let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    #expect(mode == 0o600)
  }

  @Test func `a server keeps the index once a desk with a part has come`() throws {
    let server = try TestServer(test)
    let id = try ticket("路由器闪红灯")
    let remote = try server.remote()
    defer { remote.close() }
    #expect(!StoreFile.exists(path))
    let desk = try Self.part(test, remote, "remote")
    defer { desk.close() }
    #expect(try eventually { desk.found(words: "路由器").reach == .whole })
    #expect(Self.tickets(desk.found(words: "路由器").hits) == [id])
    #expect(try remote.serverStatus().indexedRevision != nil)
    let later = try ticket("光猫坏了")
    #expect(try eventually { Self.tickets(desk.found(words: "光猫").hits) == [later] })
    let head = try test.store.revision()
    #expect(try eventually { try remote.serverStatus().indexedRevision == head })
    // Removed while it is served: made again.
    unlinkFile(path)
    #expect(try eventually { Self.tickets(desk.found(words: "光猫").hits) == [later] })
    server.stop()
    #expect(desk.found(words: "路由器").reach == .unavailable)
  }

  @Test func `an open desk with a part keeps the index of a file, and one with everything does not`() throws {
    try lead.startWatching { _ in }
    let id = try ticket("路由器")
    #expect(!StoreFile.exists(path))
    try desk.startWatching { _ in }
    #expect(try eventually { found("路由器") == [id] })
    desk.stopWatching()
    lead.stopWatching()
  }

  @Test func `after a restore the index is that of the new history`() throws {
    try test.store.makeAdminKey()
    let kept = try ticket("路由器")
    _ = try test.store.backUp(to: test.folder("one.backup"))
    let lost = try ticket("光猫坏了")
    try run()
    #expect(found("光猫") == [lost])
    let clock = test.clock
    _ = try StoreRestore(
      backup: test.folder("one.backup"), to: test.store.path, isReplacing: true, now: { clock.now }
    ).run()
    // The one who knows more comes back later.
    _ = try desk.synchronize()
    #expect(desk.found(words: "光猫").reach == .unavailable)
    #expect(try run().isNew)
    #expect(found("光猫").isEmpty && found("路由器") == [kept])
    _ = try lead.synchronize()
    try run()
    #expect(found("光猫") == [lost])
  }
}

/// Asks again until it is so, at most twenty seconds.
private func eventually(_ body: () throws -> Bool) throws -> Bool {
  for _ in 0..<400 {
    if try body() { return true }
    usleep(50_000)
  }
  return false
}
