import ArgumentParser
import Configuration
import Domain
import Foundation
import Glibc
import Store

/// `agentdesk store serve`: docs/serving.md.
struct StoreServe: HeadlessCommand {
  static var configuration: CommandConfiguration { .words("serve", "store.serve") }

  @OptionGroup var global: GlobalOptions
  @Option(help: .words("serve.socket", value: "path"), completion: .file()) var socket: String?
  @Flag(help: .words("serve.group")) var group = false

  func perform(_ context: CommandContext) throws {
    let path = try context.storeFile()
    let signals = ServerSocket.signals()
    var options = StoreServer.Options(program: StoreOpening.program)
    options.log = ServerLog.write
    options.backups = DailyBackup(count: context.settings.backups)
    options.learning = StoreLearning.schedule(afterCloses: context.settings.learnAfter)
    let server = try StoreServer(path: path, options)
    let socket = try self.socket.map { try StoreLocation.file(at: $0) } ?? path + ".sock"
    let (listener, isOurs) = try ServerSocket.listen(
      at: socket, group: group, environment: environmentValue)
    defer { if isOurs { unlink(socket) } }
    ServerLog.write("event=serving store=\(path) socket=\(isOurs ? socket : "systemd") process=\(getpid())")
    try server.run(listener: listener, signals: signals)
    ServerLog.write("event=stopped store=\(path)")
  }
}

/// The log of the server: facts on standard error, which systemd keeps.
enum ServerLog {
  static func write(_ line: String) {
    Output.write(Array("\(Moments.json(.now).text ?? "") \(line)\n".utf8), to: STDERR_FILENO)
  }
}

/// `agentdesk store connect`: what ssh runs on the side of the store.
struct StoreConnect: HeadlessCommand {
  static var configuration: CommandConfiguration { .words("connect", "store.connect") }

  @OptionGroup var global: GlobalOptions
  @Option(name: .customLong("as"), help: .words("connect.as", value: "id")) var agentName: String?
  @Option(help: .words("connect.socket", value: "path"), completion: .file()) var socket: String?

  func perform(_ context: CommandContext) throws {
    if let asked = environmentValue("SSH_ORIGINAL_COMMAND") {
      ServerLog.write("event=connect agent=\(agentName ?? "-") asked=\(SafeWord.of(asked))")
    }
    signal(SIGPIPE, SIG_IGN)
    let relay = HelloRelay(agent: agentName.map { AgentID($0) })
    let way: Way
    do {
      way = try open(context)
    } catch let error as StoreError {
      relay.tell(error)
      throw error
    }
    switch way {
    case .server(let server): try relay.run(to: server.descriptor)
    case .alone(let server): try serveAlone(server, relay)
    }
  }

  private enum Way {
    case server(LinkEnd)
    case alone(StoreServer)
  }

  private func open(_ context: CommandContext) throws -> Way {
    if let socket { return .server(try UnixLink(path: StoreLocation.file(at: socket)).open()) }
    switch try context.storeLocation() {
    case .unix(let path): return .server(try UnixLink(path: path).open())
    case .file(let path):
      var options = StoreServer.Options(program: StoreOpening.program)
      options.isService = false
      options.log = ServerLog.write
      return .alone(try StoreServer(path: path, options))
    case .ssh(let target): throw StoreError.notAFile(address: "ssh://\(target)")
    }
  }

  /// No server: this process opens the store's file itself, for one desk.
  private func serveAlone(_ server: StoreServer, _ relay: HelloRelay) throws {
    let (near, far) = try ServerSocket.pair()
    let done = DispatchSemaphore(value: 0)
    let thread = Thread {
      try? server.run(listener: -1, adopted: [far])
      done.signal()
    }
    thread.start()
    defer {
      Glibc.close(near)
      done.wait()
    }
    try relay.run(to: near)
  }
}

/// Something from outside as one word of a log line.
enum SafeWord {
  static func of(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.prefix(200).map { $0.value > 0x20 && $0.value < 0x7F ? $0 : "_" }))
  }
}
