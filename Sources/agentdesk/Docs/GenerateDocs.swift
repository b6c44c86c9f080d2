import ArgumentParser
import Desk
import Domain
import Glibc

/// Writes the manual page from the command tree and the registry of actions, so that it cannot say anything else than the
/// program does.
struct GenerateDocs: HeadlessCommand {
  static var configuration: CommandConfiguration { .words("generate-docs", "generate-docs", isHidden: true) }

  @OptionGroup var global: GlobalOptions
  @Argument(help: .words("docs.folder", value: "folder")) var folder: String

  func perform(_ context: CommandContext) throws {
    let tree: JSON
    do {
      tree = try JSONReader.read(Array(AgentDeskCommand._dumpHelp().utf8))
    } catch {
      throw CommandFailure.notUTF8("--help")
    }
    let page = ManualPage(tree: tree["command"] ?? .null, strings: context.strings).text
    let path =
      context.language == .english ? "\(folder)/man/agentdesk.1" : "\(folder)/man/zh_CN/agentdesk.1"
    try Self.makeFolders(path)
    var file = LazyFile(path: path, replaces: true)
    try file.write(Array(page.utf8))
    file.close()
    context.output.say(path)
  }

  private static func makeFolders(_ path: String) throws {
    for index in path.indices where path[index] == "/" && index != path.startIndex {
      let folder = String(path[..<index])
      if mkdir(folder, 0o755) != 0, errno != EEXIST { throw FileFailure(path: folder, code: errno) }
    }
  }
}

/// troff with the man macros.
struct ManualPage {
  let tree: JSON
  let strings: StringCatalogue

  var text: String {
    var lines = [
      ".\\\" \(strings("cli.man.generated"))",
      ".TH AGENTDESK 1 \"\" \"AgentDesk \(AgentDeskCommand.version)\" \"\(escaped(strings("cli.man.title")))\"",
      ".SH \(strings("cli.man.name"))", "agentdesk \\- \(escaped(strings("cli.command.agentdesk")))",
      ".SH \(strings("cli.man.synopsis"))",
      ".B agentdesk", "[\\fIOPTION\\fR]...", ".br", ".B agentdesk", "\\fICOMMAND\\fR [\\fIOPTION\\fR]...",
      ".SH \(strings("cli.man.description"))", escaped(strings("cli.command.discussion")),
      ".SH \(strings("cli.man.options"))",
    ]
    for (option, key) in Self.everywhere {
      lines += [".TP", ".B \(escaped(option))", escaped(strings("cli.help.option.\(key)"))]
    }
    lines += [".SH \(strings("cli.man.commands"))"]
    for command in list(tree["subcommands"]) { lines += describe(command, path: "agentdesk") }
    lines += [".SH \(strings("cli.man.keys"))", escaped(strings("cli.man.keys-intro"))]
    for binding in ActionRegistry().bindings where !binding.keys.isEmpty {
      lines += [
        ".TP", ".B \(escaped(binding.keys.map(\.description).joined(separator: ", ")))",
        escaped(strings("action.\(binding.id.rawValue)")),
      ]
    }
    lines += [".SH \(strings("cli.man.exit"))"]
    for code in 0...4 { lines += [".TP", ".B \(code)", escaped(strings("cli.man.exit\(code)"))] }
    lines += [".SH \(strings("cli.man.environment"))"]
    for name in [
      "AGENTDESK_HOME", "AGENTDESK_STORE", "AGENTDESK_AGENT", "AGENTDESK_LANG", "AGENTDESK_RESOURCES",
      "NO_COLOR",
    ] {
      lines += [".TP", ".B \(name)", escaped(strings("cli.man.variable.\(name)"))]
    }
    lines += [".SH \(strings("cli.man.files"))"]
    for (path, key) in [
      ("$XDG_CONFIG_HOME/agentdesk/config.yaml", "config"), ("$XDG_DATA_HOME/agentdesk/desk.store", "store"),
      ("$XDG_STATE_HOME/agentdesk/replicas/", "replicas"),
    ] {
      lines += [".TP", ".I \(path)", escaped(strings("cli.man.file.\(key)"))]
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The options of every command, told once.
  private static let everywhere = [
    ("--store <address>", "store"), ("--replica <path>", "replica"), ("--agent <id>", "agent"),
    ("--lang <tag>", "lang"), ("--json", "json"),
  ]

  private func describe(_ command: JSON, path: String) -> [String] {
    guard let name = command["commandName"]?.text, name != "help", command["shouldDisplay"] != .flag(false)
    else {
      return []
    }
    let path = "\(path) \(name)"
    let subcommands = list(command["subcommands"])
    guard subcommands.isEmpty else { return subcommands.flatMap { describe($0, path: path) } }
    var lines = [".SS \(escaped(path))", escaped(command["abstract"]?.text ?? "")]
    for argument in list(command["arguments"]) where argument["shouldDisplay"] != .flag(false) {
      guard let title = title(argument), !["--help", "--version"].contains(title),
        !Self.everywhere.contains(where: { $0.0 == title })
      else { continue }
      lines += [".TP", ".B \(escaped(title))", escaped(argument["abstract"]?.text ?? "")]
    }
    return lines
  }

  private func title(_ argument: JSON) -> String? {
    let value = argument["valueName"]?.text
    guard let name = list(argument["names"]).last?["name"]?.text else { return value.map { "<\($0)>" } }
    return argument["kind"]?.text == "option" ? "--\(name) <\(value ?? "value")>" : "--\(name)"
  }

  private func list(_ json: JSON?) -> [JSON] {
    if case .array(let items)? = json { return items }
    return []
  }

  private func escaped(_ text: String) -> String {
    let plain = text.replacing("\\", with: "\\e").replacing("-", with: "\\-").replacing("\n", with: " ")
    return plain.hasPrefix(".") || plain.hasPrefix("'") ? "\\&\(plain)" : plain
  }
}
