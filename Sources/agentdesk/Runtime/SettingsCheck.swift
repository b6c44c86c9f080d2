import Configuration
import Desk
import Domain
import Terminal

/// A mistake in somebody's settings costs its own value and is told. It never keeps anybody from the floor.
extension DeskSettings {
  /// The settings with what is wrong in them, also what only the screens can see: keys.
  static func checked(_ paths: DeskPaths) -> (settings: DeskSettings, problems: [ConfigurationProblem]) {
    var (settings, problems) = load(paths.settingsFile)
    // Start-up waits for this: where no keys are set, none can be wrong.
    guard !settings.keys.isEmpty else { return (settings, problems) }
    problems += ActionRegistry(keys: settings.keys).problems.map { problem in
      let kind: ConfigurationProblem.Kind =
        switch problem {
        case .unknownAction(let name): .unknown(.action, name)
        case .unknownKey(let name, _): .unknownKeyName(name)
        }
      return settings.problem(kind, at: "keys.\(problem.action)", in: paths.settingsFile)
    }
    return (settings, problems)
  }
}

extension ThemeShelf {
  /// The chosen theme, or the one that everybody begins with where its file cannot be used.
  func theme(
    of settings: DeskSettings, _ paths: DeskPaths, problems: inout [ConfigurationProblem]
  ) -> Theme {
    do {
      return try theme(named: settings.theme)
    } catch {
      problems += error.problems.map { problem in
        // Nobody wrote the file that is missing: the line that names it is what is wrong.
        problem.kind == .fileMissing
          ? settings.problem(.unknownTheme(settings.theme), at: "theme", in: paths.settingsFile) : problem
      }
      return .dark
    }
  }
}

extension [ConfigurationProblem] {
  /// One line for a screen that has one line: the first, and how many there are beside it.
  func notice(_ words: StringCatalogue) -> String? {
    guard var first else { return nil }
    first.file = first.file.split(separator: "/").last.map(String.init) ?? first.file
    let sentence = first.description(in: words)
    return count == 1
      ? sentence : words("runtime.settings-problems", ["first": sentence, "count": count - 1])
  }
}
