import Configuration
import Domain
import Foundation
import Testing

@Suite struct SettingsTests {
  @Test func `no settings file is no problem`() {
    let (settings, problems) = DeskSettings.load("/nonexistent/config.yaml")
    #expect(settings == DeskSettings())
    #expect(problems == [])
  }

  @Test func `every setting is read`() throws {
    let folder = try TemporaryFolder([
      "config.yaml": """
      language: en
      theme: light
      store: file:/srv/desk.store
      agent: linxiao
      mouse: true
      ambiguous_width: 2
      editor: vim -u NONE
      notices: bell
      paste_limit: 200
      keys:
        take-next: [F5, n]
        close: F8
        undo: []
      """
    ])
    let (settings, problems) = DeskSettings.load(folder.path + "/config.yaml")
    #expect(problems == [])
    #expect(settings.language == .english)
    #expect(settings.theme == "light")
    #expect(settings.store == "file:/srv/desk.store")
    #expect(settings.agent == "linxiao")
    #expect(settings.mouse && settings.isAmbiguousWide)
    #expect(settings.editor == "vim -u NONE")
    #expect(settings.notices == .bell)
    #expect(settings.pasteLimit == 200)
    #expect(settings.keys == ["take-next": ["F5", "n"], "close": ["F8"], "undo": []])
    #expect(settings.lines["keys.close"] == 12)
  }

  @Test func `a typo is told with its line and costs nothing else`() throws {
    let folder = try TemporaryFolder([
      "config.yaml": "language: fr\nthem: light\nmouse: true\npaste_limit: many\n"
    ])
    let (settings, problems) = DeskSettings.load(folder.path + "/config.yaml")
    #expect(settings.mouse)
    #expect(settings.language == nil)
    #expect(problems.map(\.line) == [1, 2, 4])
  }

  @Test(arguments: ["0", "3651", "-3", "many", "[7]", "1.5"])
  func `how many days a desk keeps is a number of days, or its line is told and it keeps everything`(
    value: String
  ) throws {
    let folder = try TemporaryFolder(["config.yaml": "mouse: true\nrecent_days: \(value)\n"])
    let path = folder.path + "/config.yaml"
    let (settings, problems) = DeskSettings.load(path)
    #expect(settings.recentDays == nil && settings.mouse)
    #expect(problems.map(\.line) == [2])
    #expect(problems.map(\.file) == [path])
    for days in [1, 30, 3650] {
      let folder = try TemporaryFolder(["config.yaml": "recent_days: \(days)\n"])
      let (settings, problems) = DeskSettings.load(folder.path + "/config.yaml")
      #expect(settings.recentDays == days && problems.isEmpty)
    }
  }

  private static let model = """
    language_model:
      endpoint: https://models.example.com/v1/chat/completions
      model: care-7b
    """

  private static func load(_ text: String) throws -> (
    settings: DeskSettings, problems: [ConfigurationProblem]
  ) {
    let folder = try TemporaryFolder(["config.yaml": text])
    return DeskSettings.load(folder.path + "/config.yaml")
  }

  @Test func `a language model is off unless it is set up, and then says how it is asked`() throws {
    #expect(DeskSettings().languageModel == nil)
    let plain = try Self.load(Self.model)
    #expect(plain.problems == [])
    let endpoint = try #require(plain.settings.languageModel)
    #expect(endpoint.address.host == "models.example.com" && endpoint.model == "care-7b")
    #expect(
      endpoint.uses == [.draft, .summary] && endpoint.key == nil && endpoint.keyHeader == "Authorization")
    #expect(endpoint.seconds == 20 && endpoint.longestAnswer == 1200 && endpoint.headers.isEmpty)
    let whole = try Self.load(
      Self.model + """

          uses: [summary]
          key_variable: CARE_MODEL_KEY
          key_header: api-key
          headers: { X-Team: care }
          timeout: 45s
          longest_answer: 600
        """)
    #expect(whole.problems == [])
    let set = try #require(whole.settings.languageModel)
    #expect(set.uses == [.summary] && set.key == .variable("CARE_MODEL_KEY") && set.keyHeader == "api-key")
    #expect(set.headers == ["X-Team": "care"] && set.seconds == 45 && set.longestAnswer == 600)
    let file = try Self.load(Self.model + "\n  key_file: /etc/agentdesk/model.key\n")
    #expect(file.settings.languageModel?.key == .file("/etc/agentdesk/model.key"))
  }

  @Test func `unencrypted only to this machine, unless that is said`() throws {
    func problems(_ endpoint: String, _ more: String = "") throws -> [ConfigurationProblem.Kind] {
      try Self.load("language_model:\n  model: m\n  endpoint: \(endpoint)\n\(more)").problems.map(\.kind)
    }
    #expect(try problems("http://127.0.0.1:8080/v1/chat/completions") == [])
    #expect(try problems("http://models.example.com/v1") == [.unencryptedModelAddress("models.example.com")])
    #expect(try problems("http://models.example.com/v1", "  allow_unencrypted: true\n") == [])
    #expect(try problems("https://user:secret@host/v1") == [.invalidModelAddress])
    #expect(try problems("models.example.com/v1") == [.invalidModelAddress])
  }

  /// A line of the block and the problem on it.
  @Test(arguments: [
    ("timeout: 500s", ConfigurationProblem.Kind.numberOutOfRange(low: 1, high: 120)),
    ("timeout: soon", .invalidDuration("soon")),
    ("longest_answer: 9", .numberOutOfRange(low: 50, high: 8000)),
    ("key_variable: sk-abcdef0123456789", .notVariableName), ("key_variable: 9KEY", .notVariableName),
    ("key_file: model.key", .notAbsolutePath("model.key")),
    ("uses: [draft, refund]", .notOneOf("refund", allowed: ["draft", "summary"])),
    ("uses: []", .listEmpty("uses")),
    ("headers: { Authorization: Bearer sk-1 }", .secretHeader("Authorization")),
    ("headers: { X-Api-Key: sk-1 }", .secretHeader("X-Api-Key")),
    ("headers: { Host: evil.example }", .invalidHeader("Host")),
    ("headers: { \"X Team\": care }", .invalidHeader("X Team")),
    ("key_header: Content-Length", .invalidHeader("Content-Length")),
    ("key: sk-1", .unknownKey("key", known: [])),
  ]) func `a mistake leaves the language model off, with its line, and repeats no secret`(
    line: String, kind: ConfigurationProblem.Kind
  ) throws {
    let (settings, problems) = try Self.load("mouse: true\n" + Self.model + "\n  " + line + "\n")
    #expect(settings.languageModel == nil && settings.mouse)
    #expect(problems.map(\.line) == [5])
    if case .unknownKey = kind {
      guard case .unknownKey("key", _) = problems.first?.kind else {
        Issue.record("\(problems)")
        return
      }
    } else {
      #expect(problems.map(\.kind) == [kind])
    }
    #expect(!"\(problems.map(\.kind))".contains("sk-"))
  }

  @Test func `a file with everything commented out is all defaults`() throws {
    let folder = try TemporaryFolder(["config.yaml": "# language: en\n\n"])
    let (settings, problems) = DeskSettings.load(folder.path + "/config.yaml")
    #expect(settings == DeskSettings())
    #expect(problems == [])
  }

  @Test func `XDG folders are used, relative ones are not, and a home of one's own wins`() {
    let plain = DeskPaths { ["HOME": "/h/a"][$0] }
    #expect(plain.data == "/h/a/.local/share/agentdesk")
    #expect(plain.settingsFile == "/h/a/.config/agentdesk/config.yaml")
    let moved = DeskPaths { ["HOME": "/h/a", "XDG_DATA_HOME": "/data", "XDG_STATE_HOME": "state"][$0] }
    #expect(moved.data == "/data/agentdesk")
    #expect(moved.state == "/h/a/.local/state/agentdesk")
    let own = DeskPaths { ["HOME": "/h/a", "XDG_DATA_HOME": "/data", "AGENTDESK_HOME": "/own"][$0] }
    #expect(own.data == "/own" && own.state == "/own" && own.configuration == "/own")
  }

  @Test func `the name of an agent never leaves the folder of replicas`() {
    let paths = DeskPaths(data: "/d", state: "/s", configuration: "/c")
    let folder = paths.replicas(store: "/srv/desk.store", agent: "../../etc")
    #expect(folder.hasPrefix("/s/replicas/"))
    #expect(!folder.contains(".."))
    #expect(folder != paths.replicas(store: "/other/desk.store", agent: "../../etc"))
  }

  @Test func `resources are found beside an installed program and in a checkout`() throws {
    let folder = try TemporaryFolder([
      "checkout/Resources/strings/en/a.yaml": "a: b", "checkout/Resources/zones/z.yaml": "",
      "prefix/share/agentdesk/Resources/strings/en/a.yaml": "",
      "prefix/share/agentdesk/Resources/zones/z.yaml": "",
    ])
    let none: (String) -> String? = { _ in nil }
    #expect(
      ResourceLocator.find(environment: none, executable: folder.path + "/checkout/.build/debug/agentdesk")
        == folder.path + "/checkout/Resources")
    #expect(
      ResourceLocator.find(environment: none, executable: folder.path + "/prefix/bin/agentdesk")
        == folder.path + "/prefix/share/agentdesk/Resources")
    #expect(ResourceLocator.find(environment: none, executable: "/nowhere/agentdesk") == nil)
    #expect(ResourceLocator.find(environment: { _ in "/named" }, executable: nil) == "/named")
  }

  /// What the page tells a person to write must be what the program reads.
  @Test func `the settings and the theme of the page have no problem`() throws {
    let page = try String(contentsOfFile: ResourcesTests.folder + "/../docs/settings.md", encoding: .utf8)
    let examples = page.components(separatedBy: "```yaml\n").dropFirst().compactMap {
      $0.components(separatedBy: "```").first
    }
    #expect(examples.count == 3)
    let folder = try TemporaryFolder([
      "config.yaml": examples[0], "model.yaml": examples[1], "themes/mine.yaml": examples[2],
    ])
    #expect(DeskSettings.load(folder.path + "/model.yaml").problems == [])
    let (settings, problems) = DeskSettings.load(folder.path + "/config.yaml")
    #expect(problems == [])
    #expect(settings.keys == ["claim-next": ["F5", "Ctrl-N"]])
    #expect(settings.languageModel != nil)
    let (theme, mistakes) = ThemeFile.load("mine", folders: ["/nonexistent", folder.path + "/themes"])
    #expect(mistakes == [])
    #expect(theme?.base == "dark")
    let selection = try #require(theme?.roles["selection"])
    #expect(selection.background == "24/blue" && selection.attributes == ["bold"])
  }

  @Test func `a theme that is wrong is told with its line`() throws {
    let folder = try TemporaryFolder(["mine.yaml": "base: dark\nroles:\n  selection: { foregrund: red }\n"])
    let (theme, problems) = ThemeFile.load("mine", folders: [folder.path])
    #expect(theme == nil)
    #expect(problems.map(\.line) == [3])
  }
}
