import Domain
import Yams

/// What a person sets in `config.yaml`; see docs/settings.md. Flags and environment variables win over it.
package struct DeskSettings: Hashable, Sendable {
  package enum Notices: String, Hashable, Sendable, CaseIterable { case none, bell, title, both }

  /// Nil: that of the agent, then of the locale.
  package var language: Language?
  /// The name of a file in `themes/`, without its ending.
  package var theme = "dark"
  /// `file:PATH`; nil: the desk's own store below the data folder.
  package var store: String?
  package var agent: String?
  /// Keys by action; an empty list takes an action's keys away.
  package var keys: [String: [String]] = [:]
  package var mouse = false
  /// Whether characters of ambiguous width take two columns.
  package var isAmbiguousWide = false
  /// The command for long texts; nil: `$VISUAL`, then `$EDITOR`.
  package var editor: String?
  package var notices = Notices.both
  /// Characters above which a paste asks first.
  package var pasteLimit = 4000
  /// How many daily backups of a `file:` store are kept; 0: none is made.
  package var backups = 7
  /// After how many closes a served store learns from them at once; 0: it does not learn by itself.
  package var learnAfter = 500
  /// For how many days tickets that are done stay on this desk, of one's own zones alone; nil: everything stays.
  package var recentDays: Int?
  /// The language model that may be asked; nil: none.
  package var languageModel: ModelEndpoint?
  /// Where each value stands in the file (`theme`, `keys.claim-next`), for problems that only others can see.
  package private(set) var lines: [String: Int] = [:]

  package init() {}

  private static let knownKeys = [
    "language", "theme", "store", "agent", "keys", "mouse", "ambiguous_width", "editor", "notices",
    "paste_limit", "backups", "recent_days", "learn_after", "language_model",
  ]

  /// The settings of a file. What is wrong is reported and left at its default, so that one typo does not cost the rest. No
  /// file: all defaults and no problem.
  package static func load(_ path: String) -> (settings: DeskSettings, problems: [ConfigurationProblem]) {
    let log = ProblemLog()
    var settings = DeskSettings()
    switch TextFile.bytes(at: path, limit: 256 << 10) {
    case .failure(let failure):
      if failure.kind != .fileMissing { log.add(failure.kind, file: path, line: nil) }
    case .success(let bytes):
      if let file = TextFile.check(bytes, name: path, into: log), file.hasContent,
        let yaml = YAMLFile.parse(file, into: log)
      {
        settings.read(yaml)
      }
    }
    return (settings, log.sorted)
  }

  /// A problem that somebody else found in a value of the file, such as a key that no terminal sends.
  package func problem(
    _ kind: ConfigurationProblem.Kind, at key: String, in path: String
  ) -> ConfigurationProblem {
    ConfigurationProblem(file: path, line: lines[key], kind: kind)
  }

  private mutating func read(_ file: YAMLFile) {
    let reading = file.reading
    guard let fields = reading.fields(file.root, keys: Self.knownKeys) else { return }
    for (key, node) in fields.values { lines[key] = reading.line(of: node) }
    if let node = fields.values["language"] { language = reading.oneOf(node, Language.self) }
    if let node = fields.values["theme"], let name = reading.identifier(node) { theme = name }
    if let node = fields.values["store"] { store = reading.text(node, limit: 4096) }
    if let node = fields.values["agent"] { agent = reading.identifier(node) }
    if let node = fields.values["mouse"], let flag = reading.flag(node) { mouse = flag }
    if let node = fields.values["editor"] { editor = reading.text(node, limit: 4096) }
    if let node = fields.values["notices"], let value = reading.oneOf(node, Notices.self) { notices = value }
    if let node = fields.values["paste_limit"], let value = reading.number(node, in: 1...1_000_000) {
      pasteLimit = value
    }
    if let node = fields.values["backups"], let value = reading.number(node, in: 0...1000) { backups = value }
    if let node = fields.values["learn_after"], let value = reading.number(node, in: 0...1_000_000) {
      learnAfter = value
    }
    if let node = fields.values["recent_days"] { recentDays = reading.number(node, in: 1...3650) }
    if let node = fields.values["language_model"] {
      languageModel = LanguageModelReader(reading).endpoint(node)
    }
    if let node = fields.values["ambiguous_width"], let value = reading.number(node, in: 1...2) {
      isAmbiguousWide = value == 2
    }
    for pair in fields.values["keys"].map(reading.pairs) ?? [] {
      let (action, value) = (pair.key, pair.value)
      guard reading.text(pair.keyNode, limit: 60) != nil else { continue }
      lines["keys." + action] = reading.line(of: pair.keyNode)
      if case .scalar = value {
        if let key = reading.text(value, limit: 40) { keys[action] = [key] }
      } else {
        keys[action] = reading.items(value).compactMap { reading.text($0, limit: 40) }
      }
    }
  }
}

extension TextFile {
  /// Whether anything but blank lines and comments is there: a settings file with everything commented out is fine.
  var hasContent: Bool {
    text.split(separator: "\n").contains { line in
      let trimmed = String(line).trimmed
      return !trimmed.isEmpty && !trimmed.hasPrefix("#")
    }
  }
}
