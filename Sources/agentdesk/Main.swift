import ArgumentParser
import Glibc

@main
struct Main: ParsableCommand {
  @Option var store: String?
  @Option var agent: String?
  @Flag var demo = false
  @Argument var mode = "workspace"

  func run() throws {
    do throws(LaunchFailure) {
      let launch = try Launch(
        mode: mode == "monitor" ? .monitor : mode == "sandbox" ? .sandbox(scenario: nil) : .workspace,
        options: LaunchOptions(store: store, agent: agent, makesDemo: demo))
      try launch.run()
    } catch {
      print(error.sentence)
      throw ExitCode(error.code)
    }
  }
}
