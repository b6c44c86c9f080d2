import ArgumentParser

struct CompletionsCommand: HeadlessCommand {
  static var configuration: CommandConfiguration { .words("completions", "completions") }

  @OptionGroup var global: GlobalOptions
  @Argument(
    help: .words("shell", value: "shell"), completion: .list(CompletionShell.allCases.map(\.rawValue)))
  var shell: String

  func perform(_ context: CommandContext) throws {
    guard let known = CompletionShell(rawValue: shell) else {
      throw CommandFailure.invalid(
        option: "SHELL", value: shell, allowed: CompletionShell.allCases.map(\.rawValue))
    }
    print(AgentDeskCommand.completionScript(for: known))
  }
}
