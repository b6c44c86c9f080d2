import Configuration
import Domain
import Glibc
import Store

/// Opens a shared store by its address, whichever way leads there.
struct StoreOpening {
  let location: StoreLocation
  let paths: DeskPaths

  static let program = "agentdesk/\(AgentDeskCommand.version)"

  init(_ location: StoreLocation, _ paths: DeskPaths) {
    self.location = location
    self.paths = paths
  }

  /// What names the store in sentences and in the folder of its replicas.
  var address: String {
    if case .file(let path) = location { path } else { location.description }
  }

  /// The folder that a path lies in.
  static func folder(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
  }

  /// - Parameters:
  ///   - agent: whom to ask for; a store that is served decides for itself.
  ///   - mayBeAway: a desk that was there before may begin without the store.
  func open(agent: AgentID?, mayBeAway: Bool) throws -> any StoreService {
    var options = RemoteStore.Options(program: Self.program, agent: agent)
    options.folder = paths.replicas(store: address, agent: agent?.text ?? "me")
    switch location {
    case .file(let path): return try SharedStore(path: path)
    case .unix(let path):
      return try RemoteStore(address, UnixLink(path: path), options, mayBeAway: mayBeAway)
    case .ssh(let target):
      let command = environmentValue("AGENTDESK_SSH").map(ChildProcess.words) ?? ["ssh"]
      let link = SecureShellLink(target, command: command.isEmpty ? ["ssh"] : command)
      return try RemoteStore(address, link, options, mayBeAway: mayBeAway)
    }
  }
}
