import Domain
import Yams

/// `themes/NAME.yaml`: words for each role. What the words mean the terminal knows.
package struct ThemeFile: Hashable, Sendable {
  package struct Role: Hashable, Sendable {
    package var foreground: String?
    package var background: String?
    package var attributes: [String]
  }

  package var name: String
  /// The theme whose roles are taken where this one names none.
  package var base: String?
  package var roles: [String: Role]
  /// As it is named in problems.
  package let file: String
  private var lines: [String: Int]

  /// Looks in the folders one after the other: a person's own themes come first.
  package static func load(
    _ name: String, folders: [String]
  ) -> (theme: ThemeFile?, problems: [ConfigurationProblem]) {
    let log = ProblemLog()
    for folder in folders {
      let path = "\(folder)/\(name).yaml"
      switch TextFile.bytes(at: path, limit: 256 << 10) {
      case .failure(let failure) where failure.kind == .fileMissing: continue
      case .failure(let failure): log.add(failure.kind, file: path, line: nil)
      case .success(let bytes):
        guard let file = TextFile.check(bytes, name: path, into: log),
          let yaml = YAMLFile.parse(file, into: log)
        else { return (nil, log.sorted) }
        let theme = read(yaml, name: name, file: path)
        return (log.problems.isEmpty ? theme : nil, log.sorted)
      }
      return (nil, log.sorted)
    }
    log.add(.fileMissing, file: "themes/\(name).yaml", line: nil)
    return (nil, log.problems)
  }

  /// A problem that only the terminal can see, such as a colour that it does not know. `key` is a role or `role.foreground`.
  package func problem(_ kind: ConfigurationProblem.Kind, at key: String) -> ConfigurationProblem {
    ConfigurationProblem(file: file, line: lines[key], kind: kind)
  }

  private static func read(_ yaml: YAMLFile, name: String, file: String) -> ThemeFile? {
    let reading = yaml.reading
    guard let fields = reading.fields(yaml.root, keys: ["base", "roles"]) else { return nil }
    var theme = ThemeFile(
      name: name, base: fields.values["base"].flatMap { reading.identifier($0) }, roles: [:], file: file,
      lines: [:])
    for pair in fields.required("roles").map(reading.pairs) ?? [] {
      let role = pair.key
      guard let parts = reading.fields(pair.value, keys: ["foreground", "background", "attributes"]) else {
        continue
      }
      theme.lines[role] = reading.line(of: pair.keyNode)
      for (part, node) in parts.values { theme.lines["\(role).\(part)"] = reading.line(of: node) }
      theme.roles[role] = Role(
        foreground: parts.values["foreground"].flatMap { reading.text($0, limit: 40) },
        background: parts.values["background"].flatMap { reading.text($0, limit: 40) },
        attributes: parts.items("attributes").compactMap { reading.text($0, limit: 40) })
    }
    return theme
  }
}
