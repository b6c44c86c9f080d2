/// Collects every problem of a run, and the names that files define and use, so that references are checked when all
/// files have been read.
final class ProblemLog {
  struct Place: Hashable {
    var file: String
    var line: Int
  }

  struct Use {
    var reference: ConfigurationProblem.Reference
    var name: String
    var place: Place
  }

  private(set) var problems: [ConfigurationProblem] = []
  /// What the check says and what keeps nobody from working.
  private(set) var hints: [ConfigurationProblem] = []
  private var defined: [ConfigurationProblem.Reference: [String: Place]] = [:]
  private var uses: [Use] = []

  func add(_ kind: ConfigurationProblem.Kind, file: String, line: Int?) {
    problems.append(ConfigurationProblem(file: file, line: line, kind: kind))
  }

  func hint(_ kind: ConfigurationProblem.Kind, file: String, line: Int?) {
    hints.append(ConfigurationProblem(file: file, line: line, kind: kind))
  }

  /// Says so when the name is taken.
  func define(_ reference: ConfigurationProblem.Reference, _ name: String, at place: Place) {
    if let first = defined[reference]?[name] {
      add(
        .duplicateIdentifier(name, firstFile: first.file, firstLine: first.line),
        file: place.file, line: place.line)
    } else {
      defined[reference, default: [:]][name] = place
    }
  }

  /// The name of a file that could not be read: what refers to it is not a second mistake.
  func assume(_ reference: ConfigurationProblem.Reference, _ name: String) {
    if defined[reference]?[name] == nil {
      defined[reference, default: [:]][name] = Place(file: name, line: 1)
    }
  }

  func use(_ reference: ConfigurationProblem.Reference, _ name: String, at place: Place) {
    uses.append(Use(reference: reference, name: name, place: place))
  }

  func checkUses() {
    for use in uses where defined[use.reference]?[use.name] == nil {
      add(.unknown(use.reference, use.name), file: use.place.file, line: use.place.line)
    }
  }

  /// By file and line: a person works through a file from top to bottom.
  var sorted: [ConfigurationProblem] { Self.sorted(problems) }

  /// Problems and hints.
  var everything: [ConfigurationProblem] { Self.sorted(problems + hints) }

  private static func sorted(_ problems: [ConfigurationProblem]) -> [ConfigurationProblem] {
    problems.enumerated().sorted { left, right in
      (left.element.file, left.element.line ?? 0, left.offset)
        < (right.element.file, right.element.line ?? 0, right.offset)
    }.map(\.element)
  }
}
