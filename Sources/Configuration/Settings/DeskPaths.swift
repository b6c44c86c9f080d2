import Glibc

/// Where the program keeps its files: the XDG folders, or everything below `AGENTDESK_HOME`.
package struct DeskPaths: Hashable, Sendable {
  /// The shared store of a desk of one's own, and the demo.
  package var data: String
  /// Replicas and logs: what a desk can build again, or nobody else needs.
  package var state: String
  package var configuration: String

  package init(data: String, state: String, configuration: String) {
    self.data = data
    self.state = state
    self.configuration = configuration
  }

  /// Relative paths in XDG variables are ignored, as their specification says.
  package init(environment: (String) -> String?) {
    if let home = environment("AGENTDESK_HOME") {
      let absolute = home.hasPrefix("/") ? home : DeskPaths.currentFolder + "/" + home
      self.init(data: absolute, state: absolute, configuration: absolute)
      return
    }
    let home = environment("HOME") ?? "/tmp"
    func folder(_ name: String, _ fallback: String) -> String {
      let named = environment(name).flatMap { $0.hasPrefix("/") ? $0 : nil }
      return (named ?? home + fallback) + "/agentdesk"
    }
    self.init(
      data: folder("XDG_DATA_HOME", "/.local/share"), state: folder("XDG_STATE_HOME", "/.local/state"),
      configuration: folder("XDG_CONFIG_HOME", "/.config"))
  }

  package static var current: DeskPaths { DeskPaths(environment: environmentValue) }

  package var settingsFile: String { configuration + "/config.yaml" }
  package var themes: String { configuration + "/themes" }
  package var defaultStore: String { data + "/desk.store" }
  package var logs: String { state + "/logs" }

  /// The folder of an agent's replicas of one store. A store that moved is another store to a desk.
  package func replicas(store path: String, agent: String) -> String {
    "\(state)/replicas/\(Self.folderName(path))/\(Self.safe(agent))"
  }

  /// The last part of a path, readable, and a hash of the whole, so that two stores of one name stay apart.
  private static func folderName(_ path: String) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in path.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    let digits = String(hash, radix: 16)
    let last = path.split(separator: "/").last.map(String.init) ?? "store"
    return safe(String(last.prefix(40))) + "-" + String(repeating: "0", count: 16 - digits.utf8.count)
      + digits
  }

  /// A name that came from outside never leaves its folder.
  private static func safe(_ name: String) -> String {
    let kept = name.utf8.map { byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x5F: byte
      default: UInt8(ascii: "_")
      }
    }
    return kept.isEmpty ? "_" : String(decoding: kept, as: UTF8.self)
  }

  package static var currentFolder: String {
    guard let path = getcwd(nil, 0) else { return "/" }
    defer { free(path) }
    return String(cString: path)
  }
}
