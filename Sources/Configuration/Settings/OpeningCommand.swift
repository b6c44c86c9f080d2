import Domain

/// How a desk was opened, as a command for another terminal: whatever pointed this desk at its store and its files is said
/// again, because the other terminal has neither its variables nor its folder.
package struct OpeningCommand: Sendable {
  private let program: String
  private let folder: String
  private let variables: [(name: String, value: String)]
  private let store: String?
  private let replica: String?
  private let language: Language?

  /// - Parameters:
  ///   - program: what the process was started as.
  ///   - folder: where it was started.
  ///   - environment: that of this process.
  ///   - store: the path of the store; nil where nobody named one.
  ///   - replica: nil where nobody named one.
  package init(
    program: String, folder: String = DeskPaths.currentFolder,
    environment: (String) -> String? = environmentValue, store: String?, replica: String?, language: Language?
  ) {
    self.program = program
    self.folder = folder
    self.store = store
    self.replica = replica
    self.language = language
    var variables = ["AGENTDESK_HOME", "AGENTDESK_RESOURCES"].compactMap { name in
      environment(name).map { (name: name, value: Self.absolute($0, in: folder)) }
    }
    // One folder of one's own replaces the others.
    if environment("AGENTDESK_HOME") == nil {
      for (name, usual) in Self.folders {
        guard let value = environment(name), value.hasPrefix("/"),
          value != environment("HOME").map({ $0 + usual })
        else { continue }
        variables.append((name, value))
      }
    }
    self.variables = variables
  }

  private static let folders = [
    (name: "XDG_DATA_HOME", usual: "/.local/share"), (name: "XDG_STATE_HOME", usual: "/.local/state"),
    (name: "XDG_CONFIG_HOME", usual: "/.config"),
  ]

  /// The words of the command, as a shell reads them.
  package func words(agent: String) -> [String] {
    var words = variables.map { "\($0.name)=\(Self.quoted($0.value))" }
    // A name without a slash was found by the shell, and will be found again.
    words.append(Self.quoted(program.contains("/") ? absolute(program) : program))
    if let store { words += ["--store", Self.quoted(absolute(store))] }
    if let replica { words += ["--replica", Self.quoted(beside(absolute(replica), agent))] }
    if let language { words += ["--lang", language.rawValue] }
    return words + ["--agent", Self.quoted(agent)]
  }

  /// A replica has one desk at a time: the other one gets a file of its own in the same folder.
  private func beside(_ path: String, _ agent: String) -> String {
    guard let dot = path.lastIndex(of: "."), !path[dot...].contains("/") else { return "\(path)-\(agent)" }
    return "\(path[..<dot])-\(agent)\(path[dot...])"
  }

  private func absolute(_ path: String) -> String { Self.absolute(path, in: folder) }

  private static func absolute(_ path: String, in folder: String) -> String {
    if path.hasPrefix("/") { return path }
    let rest = path.hasPrefix("./") ? path.dropFirst(2) : path[...]
    return (folder == "/" ? "" : folder) + "/" + rest
  }

  private static func quoted(_ word: String) -> String {
    let isPlain =
      !word.isEmpty
      && word.utf8.allSatisfy { byte in
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: "_-./:@%+=,".utf8.contains(byte)
        }
      }
    return isPlain
      ? word
      : "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }
}
