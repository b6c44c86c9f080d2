import Configuration
import Domain
import Glibc
import Terminal

/// The themes of the program and those of the agent's own folder; a file of a known name replaces it. A file is read when its
/// theme is chosen: start-up waits for none.
struct ThemeShelf {
  /// The folder of the agent's own themes.
  let own: String

  /// What can be chosen, in alphabetical order.
  var names: [String] {
    Set(Theme.builtIn.map(\.name)).union(ownNames).sorted()
  }

  private var ownNames: [String] {
    guard let folder = opendir(own) else { return [] }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name.hasSuffix(".yaml"), !name.hasPrefix(".") { names.append(String(name.dropLast(5))) }
    }
    return names
  }

  func theme(named name: String) throws(ConfigurationProblems) -> Theme {
    let known = Theme.builtIn.first { $0.name == name }
    let (file, problems) = ThemeFile.load(name, folders: [own])
    guard let file else {
      let isMissing = problems.allSatisfy { $0.kind == .fileMissing }
      guard let known, isMissing else { throw ConfigurationProblems(problems) }
      return known
    }
    do {
      return try Theme.parse(
        name: name,
        words: file.roles.mapValues {
          Theme.Words(foreground: $0.foreground, background: $0.background, attributes: $0.attributes)
        },
        base: file.base.flatMap { base in Theme.builtIn.first { $0.name == base } } ?? known ?? .dark)
    } catch {
      throw ConfigurationProblems([Self.problem(error, in: file)])
    }
  }

  private static func problem(_ error: ThemeError, in file: ThemeFile) -> ConfigurationProblem {
    switch error {
    case .unknownRole(let key):
      file.problem(.unknownKey(key, known: Terminal.Role.allCases.map(\.name)), at: key)
    case .unknownColour(let key, let value): file.problem(.invalidValue(value), at: key)
    case .unknownAttribute(let key, let value):
      file.problem(.notOneOf(value, allowed: Modifiers(rawValue: .max).names), at: key)
    }
  }
}
