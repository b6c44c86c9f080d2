import ArgumentParser

/// Measures the desk beside floors that are taken in the same run; not installed.
@main
struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "agentdesk-bench",
    abstract: "Measures AgentDesk: each figure beside its floor, its target, and the load of the machine.",
    subcommands: [
      AllCommand.self, ScreenCommand.self, MemoryCommand.self, QueueCommand.self, FindCommand.self,
      KnowledgeCommand.self, LifeCommand.self, LifecycleCommand.self, SearchCommand.self,
      ClaimWorkerCommand.self, WorldCommand.self, SimulateCommand.self, ClaimsCommand.self,
      LagCommand.self, AssistCommand.self, SoakCommand.self, SoakDeskCommand.self, ClassifyCommand.self,
      QualityCommand.self,
      ClosingCommand.self,
    ])
}
