import Domain
import Foundation
import Terminal
import Testing

@testable import Desk

/// The floor with the world of the workspace screens: keys in, effects answered from memory, the screen as text.
struct ScriptedMonitor {
  var model: MonitorModel
  var world: MemoryDesk
  private var parser = InputParser()

  init(size: Size, language: Language, world: MemoryDesk = Fixture.floor()) {
    self.world = world
    model = MonitorModel(
      DeskSetup(
        me: world.agents["tangyue"]!, language: language, catalogues: Fixture.catalogues, clock: .china,
        now: Fixture.now, size: size, seed: 7))
    send(.started)
    send(.shown)
    send(.viewers([Viewer(agent: Fixture.colleague, ticket: "t1", isTyping: false)]))
  }

  mutating func send(_ message: DeskMessage) {
    var messages = [message]
    while !messages.isEmpty {
      for effect in model.update(messages.removeFirst()) {
        if let message = answer(effect) { messages.append(message) }
      }
    }
  }

  private mutating func answer(_ effect: DeskEffect) -> DeskMessage? {
    switch effect {
    case .loadRaised: return .raisedLoaded(world.raised)
    case .save(let operation, _):
      let outcome = world.run(operation, at: model.now)
      return outcome == .accepted ? .saved(operation.id) : .outcome(operation.id, outcome)
    case .loadDirectory:
      return .directoryLoaded(
        Directory(
          zones: world.configuration.zones, categories: world.configuration.categories,
          teams: world.configuration.teams, agents: world.agents.values.sorted { $0.number < $1.number }))
    case .loadQueue(let request): return .queueLoaded(world.page(request))
    case .loadServiceLevel: return .serviceLevelCounted(world.serviceLevel)
    case .loadCounts: return .countsChanged(world.counts(of: model.me.id))
    case .loadTicket(let id, let limit): return .ticketLoaded(id, world.detail(id, limit: limit))
    default: return nil
    }
  }

  /// Types bytes, as a terminal sends them.
  mutating func type(_ text: String) {
    for event in parser.feed(Array(text.utf8)) + parser.flush() { send(.input(event)) }
  }

  mutating func resize(_ columns: Int, _ rows: Int) {
    send(.input(.resize(Size(columns: columns, rows: rows))))
  }

  var frame: Frame { model.view(size: model.size) }
  var screen: String { (0..<model.size.rows).map { frame.text(row: $0) }.joined(separator: "\n") }
}

extension Fixture {
  /// Somebody in every state, and tickets that people work on.
  static func floor() -> MemoryDesk {
    var desk = world()
    let states: [(Presence.State, Int64, String?)] = [
      (.onContact, 184, nil), (.ready, 42, nil), (.afterContactWork, 31, nil), (.notReady, 512, "break"),
      (.onContact, 71, nil), (.notReady, 1290, "meal"), (.offline, 0, nil), (.ready, 7, nil),
    ]
    for (index, id) in desk.agents.keys.sorted().enumerated() {
      let (state, seconds, reason) = states[index % states.count]
      desk.agents[id]?.presence = Presence(
        state: state, since: now.advanced(seconds: -seconds), reason: reason)
    }
    _ = desk.run(
      Operation(id: "m1", actor: colleague, at: now, action: .ticket("t1", .claim)),
      at: now.advanced(seconds: -90))
    _ = desk.run(
      Operation(id: "m2", actor: colleague, at: now, action: .ticket("t1", .reply("您好，正在为您检测光猫。"))),
      at: now.advanced(seconds: -60))
    return desk
  }
}

struct MonitorScene: Sendable, CustomTestStringConvertible {
  let name: String
  /// What is typed.
  let keys: String

  var testDescription: String { name }

  static let all = [
    MonitorScene(name: "monitor-floor", keys: "jj"),
    MonitorScene(name: "monitor-queue", keys: "\tj"),
    MonitorScene(name: "monitor-open", keys: "3"),
    MonitorScene(name: "monitor-look", keys: "3j\r"),
    MonitorScene(name: "monitor-help", keys: "?"),
  ]
}

@Suite struct `Monitor Screens` {
  private static func monitor(_ scene: MonitorScene, _ language: Language, _ size: Size) -> ScriptedMonitor {
    var monitor = ScriptedMonitor(size: size, language: language)
    monitor.type(scene.keys)
    return monitor
  }

  /// Record with `RECORD_SCREENS=1 swift test --filter Screens`, then read what changed.
  @Test(arguments: MonitorScene.all, Language.allCases)
  func `every screen looks as it was recorded`(_ scene: MonitorScene, _ language: Language) throws {
    for size in Screens.sizes {
      let golden = Self.monitor(scene, language, size).frame.golden()
      try Screens.compare(golden, "\(scene.name)-\(language.rawValue)-\(size.columns)x\(size.rows).txt")
    }
  }

  @Test(arguments: MonitorScene.all, Language.allCases)
  func `no colour is needed: what is chosen also has a mark or an attribute`(
    _ scene: MonitorScene, _ language: Language
  ) {
    let theme = Theme.dark
    let plain = theme.appearance(of: .text, depth: .none)
    for size in Screens.sizes {
      let frame = Self.monitor(scene, language, size).frame
      for row in 0..<size.rows {
        for column in 0..<size.columns {
          let style = frame[column, row].style
          guard [.selection, .statusDanger, .statusWarning].contains(style.role) else { continue }
          #expect(
            theme.appearance(of: style, depth: .none) != plain,
            "\(style.role) cannot be told from text without colour")
        }
      }
    }
  }

  @Test(arguments: MonitorScene.all)
  func `masked values never stand on a screen in clear`(_ scene: MonitorScene) {
    for language in Language.allCases {
      for size in Screens.sizes {
        let text = Self.monitor(scene, language, size).screen
        for secret in ["13812342071", "330106198503124527", "王秀芳", "wx_xiufang88"] {
          #expect(!text.contains(secret))
        }
      }
    }
  }

  @Test(arguments: MonitorScene.all)
  func `every size draws, and coming back shows the same`(_ scene: MonitorScene) {
    var monitor = Self.monitor(scene, .chinese, Size(columns: 120, rows: 40))
    let before = monitor.frame
    for (columns, rows) in [(1, 1), (59, 14), (60, 15), (99, 24), (100, 24), (200, 60), (0, 0)] {
      monitor.resize(columns, rows)
      #expect(monitor.frame.size == Size(columns: columns, rows: rows))
    }
    monitor.resize(120, 40)
    #expect(monitor.frame == before)
  }
}
