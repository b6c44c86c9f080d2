import Domain
import Foundation
import Synchronization
import Testing

@testable import Store

/// What was learned lies in the store and reaches every desk. The store does not know what the bytes mean: any will do.
struct LearnedModelTests {
  private static func bytes(_ seed: UInt8, count: Int = 300_000) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ Int(seed) &+ $0 >> 8) }
  }

  private static func attempt(
    basedOn: Int64 = 0, _ bytes: [UInt8]? = nil, digest: String? = nil
  ) -> LearnedModel.Attempt {
    LearnedModel.Attempt(
      basedOn: basedOn,
      files: bytes.map {
        [
          LearnedModel.File(
            use: .category, digest: digest ?? SharedStore.digest($0), byteCount: Int64($0.count))
        ]
      } ?? [], texts: 200, labels: 5, learnedUntil: Timestamp(seconds: 1_780_000_000),
      figures: LearnedModel.Figures(
        texts: 50, right: 45, rightBefore: nil, macroF1: 0.88, calibrationError: 0.03),
      findings: [LearnedModel.Finding("first", ["after": "90.0", "before": "20.0"])])
  }

  private static func adopt(_ test: TestStore, basedOn: Int64 = 0, _ bytes: [UInt8]) throws {
    _ = try test.store.storeAttachment(bytes)
    #expect(try test.store.learn(attempt(basedOn: basedOn, bytes), isAdopted: true))
  }

  private static func shelf(_ desk: DeskConnection) -> ModelShelf<[UInt8]> {
    ModelShelf(desk.replica, desk.store, empty: []) { _, paths in
      let bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: #require(paths[.category]))))
      // What is cut off is no model.
      guard bytes.count == 300_000 else { throw StoreError.attachmentMissing(digest: "short") }
      return bytes
    }
  }

  // MARK: - Reaching desks

  @Test func `a desk on the file and one on a served store read with a new model without being opened again`()
    throws
  {
    let test = try TestStore()
    let server = try TestServer(test)
    defer { server.stop() }
    let near = try test.desk(store: test.reopened())
    let far = try test.desk("chenyu", store: server.remote("chenyu", folder: test.folder("far")))
    let shelves = [Self.shelf(near), Self.shelf(far)]
    for (number, seed) in [(Int64(1), UInt8(7)), (2, 8)] {
      try Self.adopt(test, basedOn: number - 1, Self.bytes(seed))
      for (desk, shelf) in zip([near, far], shelves) {
        let report = try desk.synchronize()
        #expect(report.changed.contains(.learnedModel))
        shelf.refresh()
        shelf.settle()
        #expect(shelf.models == Self.bytes(seed))
        #expect(shelf.version == number)
      }
    }
  }

  @Test func `a desk that keeps a part of the store has the model too`() throws {
    let test = try TestStore()
    let window = DeskWindow(agent: "linxiao", zones: ["billing"], days: 1)
    let clock = test.clock
    let desk = try DeskConnection(
      store: test.reopened(), replica: Replica(path: test.folder("part.replica")), agent: "linxiao",
      now: { clock.now }, identifiers: test.identifiers, window: window)
    try Self.adopt(test, Self.bytes(1))
    _ = try desk.synchronize()
    let shelf = Self.shelf(desk)
    shelf.refresh()
    shelf.settle()
    #expect(shelf.models == Self.bytes(1))
  }

  @Test(arguments: [2000, 60_000, 200_000])
  func `a transfer that is cut off leaves the old model in use, and is made up for`(_ limit: Int) throws {
    let test = try TestStore()
    let server = try TestServer(test)
    defer { server.stop() }
    try Self.adopt(test, Self.bytes(3))
    let folder = test.folder("cut")
    let link = CuttingLink(path: server.socket, .toDesk, after: nil)
    let desk = try test.desk("chenyu", store: RemoteStore.test(link, "chenyu", folder: folder))
    let shelf = Self.shelf(desk)
    shelf.refresh()
    shelf.settle()
    #expect(shelf.version == 1)
    desk.close()

    try Self.adopt(test, basedOn: 1, Self.bytes(4))
    let cut = CuttingLink(path: server.socket, .toDesk, after: limit)
    let store = try RemoteStore.test(cut, "chenyu", folder: folder, mayBeAway: true)
    let digest = SharedStore.digest(Self.bytes(4))
    var path: String?
    for _ in 0..<100 where path == nil {
      path = try? store.attachmentFile(digest)
      if path == nil { Thread.sleep(forTimeInterval: 0.02) }
    }
    let got = try [UInt8](Data(contentsOf: URL(fileURLWithPath: #require(path))))
    #expect(got == Self.bytes(4))
    store.close()
  }

  @Test func `a file that is missing or broken leaves the old one in use, and is said once`() throws {
    let test = try TestStore()
    let desk = try test.desk(store: test.reopened())
    try Self.adopt(test, Self.bytes(5))
    _ = try desk.synchronize()
    let shelf = Self.shelf(desk)
    let told = Mutex<[String]>([])
    let tell: @Sendable (ModelShelf<[UInt8]>.News) -> Void = { news in
      told.withLock { told in
        switch news {
        case .event(let event): told.append("event \(event.version ?? 0)")
        case .ready(let version): told.append("ready \(version)")
        case .broken(let version, _): told.append("broken \(version)")
        }
      }
    }
    shelf.refresh(tell)
    shelf.settle()
    try Self.adopt(test, basedOn: 1, Self.bytes(6))
    let path = try test.store.attachmentFile(SharedStore.digest(Self.bytes(6)))
    try Data(Self.bytes(6).prefix(1000)).write(to: URL(fileURLWithPath: path))
    _ = try desk.synchronize()
    for _ in 0..<3 {
      shelf.refresh(tell)
      shelf.settle()
    }
    #expect(shelf.models == Self.bytes(5))
    #expect(shelf.version == 1)
    #expect(told.withLock { $0 } == ["ready 1", "event 2", "broken 2"])
  }

  @Test func `a copy on the desk's machine that was changed is fetched anew`() throws {
    let test = try TestStore()
    let server = try TestServer(test)
    defer { server.stop() }
    try Self.adopt(test, Self.bytes(9))
    let store = try server.remote("linxiao", folder: test.folder("copy"))
    defer { store.close() }
    let digest = SharedStore.digest(Self.bytes(9))
    let path = try store.attachmentFile(digest)
    try Data(Self.bytes(9).reversed()).write(to: URL(fileURLWithPath: path))
    let again = try store.attachmentFile(digest)
    #expect(try [UInt8](Data(contentsOf: URL(fileURLWithPath: again))) == Self.bytes(9))
  }

  // MARK: - Who, and in which order

  @Test func `only who may configure adopts, and only over the model that it was measured against`() throws {
    let test = try TestStore()
    let (desk, admin) = (
      try test.desk(store: test.reopened()), try test.desk("admin", store: test.reopened())
    )
    let adopting = Action.configuration(.adoptModel(Self.attempt(Self.bytes(1))))
    #expect(
      try desk.submit(test.operation("linxiao", adopting)) == .refused(.missingRight(.configure)))
    #expect(try admin.submit(test.operation("admin", adopting)) == .accepted)
    #expect(try admin.submit(test.operation("admin", adopting)) == .refused(.changedSince(now: 1)))
    let model = try #require(try test.store.learnedModel())
    #expect(model.version == 1)
    #expect(model.current?.by == "admin")
    let refusing = Action.configuration(.refuseModel(Self.attempt(basedOn: 1)))
    #expect(try admin.submit(test.operation("admin", refusing)) == .accepted)
    let after = try #require(try test.store.learnedModel())
    #expect(after.current == model.current)
    #expect(after.history.map(\.version) == [nil, 1])
  }

  @Test func `what does not say what it must is refused`() throws {
    let test = try TestStore()
    let admin = try test.desk("admin", store: test.reopened())
    var attempts = [Self.attempt(Self.bytes(1), digest: "../../etc/passwd"), Self.attempt()]
    attempts.append(Self.attempt(Self.bytes(1)))
    attempts[2].files[0].byteCount = 1 << 40
    attempts.append(Self.attempt(Self.bytes(1)))
    attempts[3].figures.right = 51
    attempts.append(Self.attempt(Self.bytes(1)))
    attempts[4].findings = Array(repeating: LearnedModel.Finding("share"), count: 1000)
    for attempt in attempts {
      #expect(
        try admin.submit(test.operation("admin", .configuration(.adoptModel(attempt))))
          == .refused(.invalidModel))
    }
    #expect(try test.store.learnedModel() == nil)
  }

  @Test func `adopting is in the log as what it is`() throws {
    let test = try TestStore()
    try Self.adopt(test, Self.bytes(1))
    let entries = try test.store.read { db in
      try RowReader(db: db).all(
        "SELECT actor || ' ' || aggregate || ' ' || result FROM operation ORDER BY rev"
      ) { $0.text(0) }
    }
    #expect(entries.last == "system configuration ")
    #expect(try test.store.verifyAudit().findings.isEmpty)
  }

  // MARK: - Staying

  @Test func `a new configuration, and older programs, leave what was learned alone`() throws {
    let test = try TestStore()
    try Self.adopt(test, Self.bytes(1))
    let admin = try test.desk("admin", store: test.reopened())
    var set = Sample.configuration
    set.zones.removeLast()
    #expect(try admin.submit(test.operation("admin", .configuration(.apply(set)))) == .accepted)
    #expect(try test.store.learnedModel()?.version == 1)
    #expect(try admin.replica.learnedModel()?.version == 1)
    #expect(try admin.replica.categories().count == Sample.configuration.categories.count)
    // A program that is older than learning reads every row of a kind that it knows; this one it finds by no id.
    let kind = try test.store.read { db in
      try RowReader(db: db).first("SELECT kind FROM configuration WHERE id = ?", "model") { $0.text(0) }
    }
    #expect(kind == "categories")
  }

  @Test func `the check misses a file, and a backup brings it back`() throws {
    let test = try TestStore()
    try Self.adopt(test, Self.bytes(1))
    #expect(try test.store.check().problems.isEmpty)
    let backup = test.folder("backup.store")
    _ = try test.store.backUp(to: backup)
    let digest = SharedStore.digest(Self.bytes(1))
    #expect(FileManager.default.fileExists(atPath: "\(backup).files/\(digest.prefix(2))/\(digest)"))
    try FileManager.default.removeItem(atPath: test.store.attachmentFile(digest))
    #expect(try test.store.check().problems == [.attachmentMissing(digest: digest)])
  }

  @Test func `the model before stays, older ones go, and what a ticket has stays`() throws {
    let test = try TestStore()
    let desk = try test.desk(store: test.reopened())
    let ticket = try desk.makeTicket(test, customer: desk.makeCustomer(test))
    let attached = try test.store.storeAttachment(Self.bytes(1))
    let attachment = Attachment(
      id: "a", ticket: ticket, name: "f", mediaType: "text/plain", byteCount: 300_000, digest: attached)
    try #require(try desk.submit(test.ticket(ticket, .claim)) == .accepted)
    try #require(try desk.submit(test.ticket(ticket, .attach(attachment))) == .accepted)
    for number in 1...4 { try Self.adopt(test, basedOn: Int64(number - 1), Self.bytes(UInt8(number))) }
    func isThere(_ seed: UInt8) -> Bool {
      (try? test.store.attachmentFile(SharedStore.digest(Self.bytes(seed)))) != nil
    }
    #expect([1, 2, 3, 4].map(isThere) == [true, false, true, true])
    #expect(try test.store.check().problems.isEmpty)
  }

  // MARK: - Lessons

  /// A store with a closed ticket whose category somebody corrected, and one that is open.
  private static func lessons(_ desk: DeskConnection, _ test: TestStore) throws -> TicketID {
    let customer = try desk.makeCustomer(test)
    let closed = try desk.makeTicket(test, customer: customer, subject: "扣费", message: "漫游包扣了两次")
    _ = try desk.makeTicket(test, customer: customer, message: "还没有办完")
    let steps: [TicketAction] = [
      .claim, .receive(message: "还在吗", contact: nil), .setCategory("bill/double", zone: "billing"),
      .setSubject("重复扣费 38 元"), .setFields(["period": "2026-10"]),
    ]
    for step in steps { try #require(try desk.submit(test.ticket(closed, step)) == .accepted) }
    let closing = TicketAction.close(disposition: "refunded", Closing(text: "已退费", mode: .blank))
    let version = try desk.replica.version(of: closed)
    try #require(try desk.submit(test.ticket(closed, closing, basedOn: version)) == .accepted)
    return closed
  }

  @Test func `a closed ticket is a lesson as it came in, of whoever gave its category`() throws {
    let test = try TestStore()
    let desk = try test.desk(store: test.reopened())
    let closed = try Self.lessons(desk, test)
    let lessons = try test.store.closedTickets(newest: 100)
    #expect(lessons.map(\.id) == [closed])
    let lesson = try #require(lessons.first)
    #expect(lesson.subject == "扣费")
    #expect(lesson.messages == ["漫游包扣了两次", "还在吗"])
    #expect(lesson.category == "bill/double")
    #expect(lesson.labelledBy == "linxiao")
    #expect(!lesson.isCorrected)
    // The same with the index of desks that keep a part, and on a desk.
    try test.store.prepareForScopes()
    #expect(try test.store.closedTickets(newest: 100) == lessons)
    _ = try desk.synchronize()
    #expect(try desk.replica.closedTickets(newest: 100) == lessons)
  }

  @Test func `reading lessons ends when it is asked to`() throws {
    let test = try TestStore()
    _ = try Self.lessons(test.desk(store: test.reopened()), test)
    #expect(throws: CancellationError.self) { try test.store.closedTickets(newest: 10) { true } }
  }

  @Test func `it is due after many closes, or a day after the last attempt after some`() throws {
    let test = try TestStore()
    let desk = try test.desk(store: test.reopened())
    _ = try Self.lessons(desk, test)
    func schedule(_ count: Int) -> LearningSchedule { LearningSchedule(afterCloses: count) { _, _ in nil } }
    #expect(try schedule(1).isDue(test.store))
    #expect(try !schedule(2).isDue(test.store))
    #expect(try !schedule(0).isDue(test.store))
    try test.store.learn(Self.attempt(), isAdopted: false)
    #expect(try !schedule(1).isDue(test.store))
  }

  @Test func `a served store learns by itself, and practice does not`() throws {
    let test = try TestStore()
    _ = try Self.lessons(test.desk(store: test.reopened()), test)
    let rounds = Atomic(0)
    let schedule = LearningSchedule(afterCloses: 1) { store, _ in
      rounds.add(1, ordering: .relaxed)
      _ = try store.learn(Self.attempt(), isAdopted: false)
      return "adopted=false"
    }
    let server = try TestServer(test, learning: schedule)
    for _ in 0..<500 where !server.logged.contains("event=learned") { Thread.sleep(forTimeInterval: 0.02) }
    server.stop()
    #expect(server.logged.contains("event=learned adopted=false"))
    #expect(rounds.load(ordering: .relaxed) == 1)
    #expect(try test.store.learnedModel()?.history.count == 1)

    let folder = try TemporaryFolder()
    let practice = try SharedStore.create(
      at: folder("p.store"), purpose: .practice, configuration: Sample.configuration)
    defer { practice.close() }
    #expect(try !schedule.isDue(practice))
  }
}
