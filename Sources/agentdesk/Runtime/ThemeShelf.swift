import Configuration
import Domain
import Terminal

/// The themes of the program, then those of the team's and the agent's own files; a file of a known name replaces it.
struct ThemeShelf {
  private(set) var all: [String: Theme] = [:]

  init(chosen: String, resources: String, own: String) throws(ConfigurationProblems) {
    for theme in Theme.builtIn { all[theme.name] = theme }
    // Only the theme that is wanted is read: start-up waits for it.
    let (file, problems) = ThemeFile.load(chosen, folders: [own, resources + "/themes"])
    guard let file else {
      if all[chosen] == nil { throw ConfigurationProblems(problems) }
      return
    }
    do {
      all[chosen] = try Theme.parse(
        name: chosen,
        words: file.roles.mapValues {
          Theme.Words(foreground: $0.foreground, background: $0.background, attributes: $0.attributes)
        },
        base: file.base.flatMap { all[$0] } ?? all[chosen] ?? .dark)
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

  subscript(name: String) -> Theme? { all[name] }
}
