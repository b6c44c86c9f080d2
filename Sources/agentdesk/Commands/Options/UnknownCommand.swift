import ArgumentParser
import Domain

/// A word where a command stands that is none. The parser would take it for an argument of the workspace and say that there
/// is one too many, which helps nobody who mistyped.
struct UnknownCommand: Equatable {
  /// The commands before it, with the program: `agentdesk ticket`.
  var path: String
  var word: String
  /// The command that it is nearest to; nil when none is near.
  var nearest: String?

  /// Nil when every command of `arguments` exists.
  init?(_ arguments: [String]) {
    var command: any ParsableCommand.Type = AgentDeskCommand.self
    var path = AgentDeskCommand.configuration.commandName ?? "agentdesk"
    for argument in arguments {
      let commands = command.configuration.subcommands
      guard !commands.isEmpty, !argument.hasPrefix("-") else { return nil }
      if let next = commands.first(where: { $0.configuration.commandName == argument }) {
        command = next
        path += " " + argument
        continue
      }
      if argument == "help" { return nil }
      self.path = path
      word = argument
      let names = commands.filter { $0.configuration.shouldDisplay }.compactMap {
        $0.configuration.commandName
      }
      nearest = Self.nearest(to: argument, of: names)
      return
    }
    return nil
  }

  func sentence(_ strings: StringCatalogue) -> String {
    guard let nearest else { return strings("cli.error.commandUnknown", ["value": word, "path": path]) }
    return strings("cli.error.commandMistyped", ["value": word, "nearest": "\(path) \(nearest)"])
  }

  /// The name that fewest changes make of `word`: at most a third of its letters, and at least one.
  static func nearest(to word: String, of names: [String]) -> String? {
    let far = max(1, (word.count + 2) / 3)
    return names.map { (name: $0, distance: distance(Array(word.lowercased()), Array($0))) }
      .filter { $0.distance <= far }.min { ($0.distance, $0.name) < ($1.distance, $1.name) }?.name
  }

  /// Letters put in, left out, changed, or swapped with their neighbour (Damerau, optimal string alignment).
  private static func distance(_ left: [Character], _ right: [Character]) -> Int {
    var rows = [[Int]](repeating: [Int](repeating: 0, count: right.count + 1), count: left.count + 1)
    for row in 0...left.count { rows[row][0] = row }
    for column in 0...right.count { rows[0][column] = column }
    for row in left.indices {
      for column in right.indices {
        let change = left[row] == right[column] ? 0 : 1
        var least = min(rows[row][column + 1] + 1, rows[row + 1][column] + 1, rows[row][column] + change)
        if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
          least = min(least, rows[row - 1][column - 1] + 1)
        }
        rows[row + 1][column + 1] = least
      }
    }
    return rows[left.count][right.count]
  }
}
