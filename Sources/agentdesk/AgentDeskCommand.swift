import ArgumentParser
import Domain
import Glibc

/// The command tree. Without a subcommand it opens the workspace.
struct AgentDeskCommand: ParsableCommand {
  static let version = "0.1.0"

  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "agentdesk", abstract: HelpWords.strings("cli.command.agentdesk"),
      discussion: HelpWords.strings("cli.command.discussion"), version: version,
      subcommands: [
        WorkspaceCommand.self, MonitorCommand.self, SandboxCommand.self, TicketCommand.self,
        CustomerCommand.self,
        KnowledgeCommand.self, FindCommand.self, AssistCommand.self, PrivacyCommand.self, ExportCommand.self,
        AdminCommand.self,
        StoreCommand.self, SyncCommand.self, CompletionsCommand.self, GenerateDocs.self,
      ],
      defaultSubcommand: WorkspaceCommand.self)
  }

  /// Runs the process's arguments and ends the process.
  static func start() -> Never {
    do {
      let arguments = ordered(Array(CommandLine.arguments.dropFirst()))
      if let unknown = UnknownCommand(arguments) {
        requireWords(.usage)
        Output.warn(unknown.sentence(HelpWords.strings))
        Glibc.exit(CommandFailure.Code.usage.rawValue)
      }
      var command = try parseAsRoot(arguments)
      try command.run()
      Glibc.exit(0)
    } catch let code as ExitCode {
      Glibc.exit(code.rawValue)
    } catch {
      let isFailure = exitCode(for: error) != .success
      if !CommandLine.arguments.contains("--version") { requireWords(isFailure ? .usage : .refused) }
      let message = UsageWords.localized(fullMessage(for: error), HelpWords.strings)
      Output.write(Array((message + "\n").utf8), to: isFailure ? STDERR_FILENO : STDOUT_FILENO)
      Glibc.exit(isFailure ? CommandFailure.Code.usage.rawValue : 0)
    }
  }

  /// Ends the process where there are no words: help and sentences would be their keys.
  private static func requireWords(_ code: CommandFailure.Code) {
    guard HelpWords.areMissing else { return }
    Output.warn(HelpWords.missing)
    Glibc.exit(code.rawValue)
  }

  /// Opens a screen; ends the process with its sentence and code where it cannot.
  static func open(_ mode: DeskMode, _ options: LaunchOptions) -> Never {
    do throws(LaunchFailure) {
      try Launch(mode: mode, options: options).run()
      // Everything is on the disk and the terminal is restored. `exit` would take libraries down under threads that nobody waits
      // for: one that makes lists, or learns, or waits for a slow store.
      fflush(nil)
      Glibc._exit(0)
    } catch {
      Output.warn(error.sentence)
      Glibc.exit(error.code)
    }
  }

  /// Options that stand before the subcommand go behind it, where the parser wants them.
  static func ordered(_ arguments: [String]) -> [String] {
    var leading: [String] = []
    var index = 0
    while index < arguments.count {
      let argument = arguments[index]
      if argument == "--lang", index + 1 < arguments.count, Language(tag: arguments[index + 1]) != nil {
        // Groups of commands have no options, and what they refuse is said in this language too.
        setenv("AGENTDESK_LANG", arguments[index + 1], 1)
        index += 2
      } else if LaunchOptions.valued.contains(argument), index + 1 < arguments.count {
        leading += arguments[index...(index + 1)]
        index += 2
      } else if argument == "--json" || LaunchOptions.valued.contains(where: { argument.hasPrefix($0 + "=") })
      {
        leading.append(argument)
        index += 1
      } else {
        break
      }
    }
    let rest = arguments[index...]
    guard let first = rest.first, !first.hasPrefix("-") else { return arguments }
    guard let end = rest.firstIndex(of: "--") else { return rest + leading }
    return rest[..<end] + leading + rest[end...]
  }
}

struct WorkspaceCommand: ParsableCommand {
  static var configuration: CommandConfiguration { .words("workspace", "workspace") }

  @OptionGroup var global: GlobalOptions
  @Flag(help: .words("workspace.demo")) var demo = false

  func run() throws {
    var options = LaunchOptions(global)
    options.makesDemo = demo
    AgentDeskCommand.open(.workspace, options)
  }
}

struct MonitorCommand: ParsableCommand {
  static var configuration: CommandConfiguration { .words("monitor", "monitor") }

  @OptionGroup var global: GlobalOptions

  @Flag(help: .words("workspace.demo")) var demo = false

  func run() throws {
    var options = LaunchOptions(global)
    options.makesDemo = demo
    AgentDeskCommand.open(.monitor, options)
  }
}

struct SandboxCommand: ParsableCommand {
  static var configuration: CommandConfiguration { .words("sandbox", "sandbox") }

  @OptionGroup var global: GlobalOptions
  @Option(help: .words("sandbox.scenario", value: "id")) var scenario: String?

  func run() throws {
    AgentDeskCommand.open(.sandbox(scenario: scenario), LaunchOptions(global))
  }
}
