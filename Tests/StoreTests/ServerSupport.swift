import Domain
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Store

/// A server of a test store in this process, on a socket of its own.
final class TestServer: Sendable {
  let socket: String
  private let server: StoreServer
  private let finished = DispatchSemaphore(value: 0)

  init(
    _ test: TestStore, owner: UInt32? = nil, mostConnections: Int = 1000, name: String = "s",
    patience: StoreServer.Options.Patience = .init(), backups: DailyBackup? = nil,
    learning: LearningSchedule? = nil
  ) throws {
    socket = test.folder(name)
    let lines = Lines()
    var options = StoreServer.Options(program: "test")
    options.owner = owner
    options.mostConnections = mostConnections
    options.patience = patience
    options.backups = backups
    options.learning = learning
    options.log = { line in lines.add(line) }
    self.lines = lines
    let server = try StoreServer(path: test.store.path, options)
    self.server = server
    let (listener, _) = try ServerSocket.listen(at: socket, group: false, environment: { _ in nil })
    let finished = finished
    let thread = Thread {
      do { try server.run(listener: listener) } catch { Issue.record(error) }
      close(listener)
      finished.signal()
    }
    thread.start()
  }

  private let lines: Lines

  final class Lines: Sendable {
    private let all = Mutex<[String]>([])
    func add(_ line: String) { all.withLock { $0.append(line) } }
    var text: String { all.withLock { $0.joined(separator: "\n") } }
  }

  var logged: String { lines.text }
  var store: SharedStore { server.store }

  func stop() {
    server.stop()
    finished.wait()
  }

  func remote(_ agent: AgentID? = "linxiao", folder: String? = nil) throws -> RemoteStore {
    try .test(UnixLink(path: socket), agent, folder: folder)
  }

  /// What a stranger may do: send any bytes and look at what comes back.
  func stranger() throws -> Stranger { Stranger(try UnixLink(path: socket).open()) }
}

extension RemoteStore {
  static func test(_ link: any Link, _ agent: AgentID?, folder: String? = nil, mayBeAway: Bool = false) throws
    -> RemoteStore
  {
    var options = Options(program: "test", agent: agent, folder: folder)
    options.pause = 0.01
    return try RemoteStore("unix:test", link, options, mayBeAway: mayBeAway)
  }
}

final class Stranger: @unchecked Sendable {
  private let stream: LinkEnd
  private var reader = WireReader(limit: WireFrame.largestAnswer)

  init(_ stream: LinkEnd) { self.stream = stream }

  func send(_ bytes: [UInt8]) { _ = RemoteStore.write(bytes, to: stream.descriptor, seconds: 5) }
  func send(_ frame: WireFrame) { send(frame.bytes) }

  /// The next frame; nil when the other side closes.
  func next(seconds: Int = 120) throws -> WireFrame? {
    for _ in 0..<seconds * 5 {
      if let frame = try reader.next() { return frame }
      var source = pollfd(fd: stream.descriptor, events: Int16(POLLIN), revents: 0)
      guard poll(&source, 1, 200) > 0 else { continue }
      var bytes = [UInt8](repeating: 0, count: 1 << 16)
      let count = read(stream.descriptor, &bytes, bytes.count)
      guard count > 0 else { return nil }
      reader.append(bytes[..<count])
    }
    throw StoreError.busy(path: "stranger")
  }

  /// The next frame of this kind; others are news.
  func answer(_ kind: WireFrame.Kind) throws -> WireFrame? {
    while let frame = try next() {
      if frame.kind == kind { return frame }
      if frame.kind == .error { throw StoreError(frame: frame, address: "") }
    }
    return nil
  }

  /// The error after which the connection was closed; nil where it was just closed.
  func end() throws -> StoreError? {
    var last: StoreError?
    while let frame = try next() {
      if frame.kind == .error { last = StoreError(frame: frame, address: "") }
    }
    return last
  }

  @discardableResult
  func hello(_ agent: AgentID?, number: Int = WireFrame.protocolNumber) throws -> Welcome {
    send(try WireFrame(.hello, number: 1, Hello(protocol: number, program: "stranger", agent: agent)))
    guard let frame = try answer(.welcome) else { throw StoreError.closing }
    return try frame.value()
  }
}

/// A way to a socket that is cut after so many bytes in one direction; the ways after it hold.
final class CuttingLink: Link {
  enum Direction: Int, CaseIterable, Sendable { case toStore, toDesk }

  private let path: String
  private let direction: Direction
  private let budget: Mutex<Int?>
  /// Bytes in that direction over the first way.
  let carried = Atomic<Int>(0)

  init(path: String, _ direction: Direction, after bytes: Int?) {
    self.path = path
    self.direction = direction
    budget = Mutex(bytes)
  }

  func open() throws -> LinkEnd {
    let far = try UnixLink(path: path).open()
    let (near, middle) = try ServerSocket.pair()
    let limit = budget.withLock { budget in
      defer { budget = nil }
      return budget ?? .max
    }
    let thread = Thread { [self] in
      relay(middle, far.descriptor, limit)
      close(middle)
      withExtendedLifetime(far) {}
    }
    thread.start()
    return LinkEnd(descriptor: near)
  }

  private func relay(_ desk: Int32, _ store: Int32, _ limit: Int) {
    var left = limit
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    while left > 0 {
      var sources = [
        pollfd(fd: desk, events: Int16(POLLIN), revents: 0),
        pollfd(fd: store, events: Int16(POLLIN), revents: 0),
      ]
      guard poll(&sources, 2, 10_000) > 0 else { return }
      for (index, source) in sources.enumerated() where source.revents != 0 && left > 0 {
        let isCounted = index == direction.rawValue
        let count = read(source.fd, &bytes, isCounted ? min(bytes.count, left) : bytes.count)
        guard count > 0 else { return }
        if isCounted {
          carried.add(count, ordering: .relaxed)
          left -= count
        }
        guard RemoteStore.write(Array(bytes[..<count]), to: index == 0 ? store : desk, seconds: 5) else {
          return
        }
      }
    }
  }
}

extension TestStore {
  /// Starts `agentdesk store serve` and waits until somebody answers.
  func serve(socket: String) throws -> Process {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: BuiltProgram.path("agentdesk"))
    process.arguments = [
      "store", "serve", "--store", "file:" + store.path, "--socket", socket, "--lang", "en",
    ]
    process.environment = [
      "AGENTDESK_HOME": folder.path, "AGENTDESK_RESOURCES": Program.checkout + "/Resources",
      "PATH": "/usr/bin:/bin",
    ]
    process.standardError = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    let limit = Date(timeIntervalSinceNow: PseudoTerminal.patience)
    while Date() < limit {
      if let end = try? UnixLink(path: socket).open() {
        end.cut()
        return process
      }
      usleep(20_000)
    }
    process.terminate()
    throw StoreError.busy(path: socket)
  }
}
