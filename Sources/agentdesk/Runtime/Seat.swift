import Configuration
import Domain
import Store

/// Who sits at a desk, for screens and commands alike.
enum Seat {
  /// Whom a served store takes us for; else said by option, environment or settings; else, on a demo or a practice, the first of the people who may do what is
  /// wanted; else nil. On a store of real work nobody is guessed: what is done would stand under that name for good.
  static func agent(
    _ option: String?, _ settings: DeskSettings, in store: any StoreService, wanting right: Right
  ) throws -> AgentID? {
    if let agent = store.agent ?? named(option, settings) { return agent }
    guard store.purpose != .work else { return nil }
    return try store.agents().first { $0.current(at: .now).has(right) }?.id
  }

  /// Who was named although the store takes us for somebody else: over ssh the key decides. Nil where nobody is misled.
  static func ignoredName(_ option: String?, _ settings: DeskSettings, in store: any StoreService) -> AgentID?
  {
    guard store.isServed, let agent = store.agent, let wanted = named(option, settings), wanted != agent
    else {
      return nil
    }
    return wanted
  }

  /// By option, environment or settings.
  static func named(_ option: String?, _ settings: DeskSettings) -> AgentID? {
    (option ?? environmentValue("AGENTDESK_AGENT") ?? settings.agent).map { AgentID($0) }
  }
}
