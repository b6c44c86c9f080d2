import Configuration
import DemoWorld
import Desk
import Domain
import Glibc
import Store
import Terminal

/// Which screens are opened.
enum DeskMode: Sendable {
  case workspace, monitor
  case sandbox(scenario: String?)
}

/// What the command line said; everything that is not said comes from the environment, the settings, or a default.
struct LaunchOptions: Sendable {
  var store: String?
  var replica: String?
  var agent: String?
  var language: Language?
  /// Make a demo desk where there is no store yet.
  var makesDemo = false
}

/// A sentence on standard error and an exit code: why the screens could not be opened.
struct LaunchFailure: Error {
  var sentence: String
  var code: Int32
}

/// Opens a desk: settings, store, replica, terminal, loop.
struct Launch {
  let mode: DeskMode
  let options: LaunchOptions
  let paths: DeskPaths
  let settings: DeskSettings
  /// What is wrong in the settings: told, and no reason to stay closed.
  let problems: [ConfigurationProblem]
  let resources: String
  let catalogues: CatalogueShelf
  /// Before anybody is known: the language that was asked for or that the machine speaks.
  let language: Language

  init(mode: DeskMode, options: LaunchOptions) throws(LaunchFailure) {
    self.mode = mode
    self.options = options
    paths = .current
    (settings, problems) = DeskSettings.checked(paths)
    let asked = options.language ?? environmentValue("AGENTDESK_LANG").flatMap { Language(tag: $0) }
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].lazy.compactMap { environmentValue($0) }
      .compactMap { Language(tag: $0) }.first
    language = asked ?? settings.language ?? locale ?? .chinese
    guard let resources = ResourceLocator.find(), !HelpWords.areMissing else {
      throw LaunchFailure(sentence: HelpWords.missing, code: CommandFailure.Code.refused.rawValue)
    }
    self.resources = resources
    catalogues = CatalogueShelf(resources: resources)
  }

  var words: StringCatalogue { catalogues[language] }

  // MARK: - Opening

  func run() throws(LaunchFailure) {
    guard isatty(0) == 1, isatty(1) == 1 else {
      throw LaunchFailure(sentence: words("runtime.not-a-terminal"), code: CommandFailure.Code.usage.rawValue)
    }
    do {
      let desk = try open()
      defer { desk.practice?.remove() }
      try show(desk)
    } catch let failure as LaunchFailure {
      throw failure
    } catch let error as StoreError {
      throw LaunchFailure(sentence: error.sentence(words), code: error.exitCode.rawValue)
    } catch let error as ConfigurationProblems {
      throw LaunchFailure(
        sentence: error.problems.map { $0.description(in: words) }.joined(separator: "\n"),
        code: CommandFailure.Code.refused.rawValue)
    } catch let error as TerminalError {
      throw LaunchFailure(sentence: sentence(error), code: CommandFailure.Code.usage.rawValue)
    } catch {
      throw LaunchFailure(
        sentence: words("runtime.failed", ["detail": "\(error)"]), code: CommandFailure.Code.store.rawValue)
    }
  }

  private struct OpenDesk {
    var connection: DeskConnection
    var me: Agent
    var isNew: Bool
    var practice: Practice?
    /// Saved after the first frame, which shows it already.
    var signIn: Operation?
    /// Whom somebody wanted to be and is not.
    var ignored: AgentID?
  }

  private func open() throws -> OpenDesk {
    if case .sandbox(let scenario) = mode {
      let practice = try Practice.make(scenario: scenario, launch: self)
      do {
        return try join(practice.store, practice: practice, isNew: false)
      } catch {
        practice.remove()
        throw error
      }
    }
    let opening = StoreOpening(try StoreLocation(storeAddress), paths)
    var isNew = false
    if case .file(let path) = opening.location, !SharedStore.exists(at: path) {
      guard options.makesDemo else { throw StoreError.missing(path: path) }
      let bar = ProgressBar(words("runtime.making-demo"), strings: words)
      try DemoDesk.create(
        at: path, resources: resources, options: DemoOptions(now: .now, clock: .local), progress: bar.show)
      bar.end()
      isNew = true
    }
    let store = try opening.open(agent: Seat.named(options.agent, settings), mayBeAway: true)
    return try join(store, practice: nil, isNew: isNew)
  }

  private var storeAddress: String {
    options.store ?? environmentValue("AGENTDESK_STORE") ?? settings.store ?? paths.defaultStore
  }

  private func join(_ store: any StoreService, practice: Practice?, isNew: Bool) throws -> OpenDesk {
    let agent = try agentID(in: store, practice: practice)
    try store.sit(as: agent)
    let replica = try replica(of: agent, store, practice)
    let bar = ProgressBar(words("runtime.filling"), strings: words)
    let connection: DeskConnection
    do {
      // What went wrong must not be written behind the bar.
      defer { bar.end() }
      connection = try DeskConnection(
        store: store, replica: replica, agent: agent, window: try window(agent, store, replica),
        mayStandAlone: practice == nil, progress: { bar.show($0) })
    }
    connection.makeBackups(DailyBackup(count: settings.backups))
    connection.doTimedWork()
    if let practice, case .refused(let refusal) = try connection.submit(practice.opening) { throw refusal }
    guard var me = try replica.agent(agent)?.current(at: .now) else { throw StoreError.unknownAgent(agent) }
    if case .monitor = mode, !me.has(.watch) {
      throw LaunchFailure(
        sentence: words("runtime.no-right-to-watch", ["agent": me.name[words.language]]),
        code: CommandFailure.Code.refused.rawValue)
    }
    let operation = signIn(me)
    if let operation { me.presence = Presence(state: .ready, since: operation.at) }
    return OpenDesk(
      connection: connection, me: me, isNew: isNew, practice: practice, signIn: operation,
      ignored: Seat.ignoredName(options.agent, settings, in: store))
  }

  /// That of a practice goes with it.
  private func replica(of agent: AgentID, _ store: any StoreService, _ practice: Practice?) throws -> Replica
  {
    if let practice { return try Replica.free(in: practice.folder, for: agent) }
    if let path = options.replica { return try Replica(path: path) }
    return try Replica.free(in: paths.replicas(store: store.address, agent: agent.text), for: agent)
  }

  /// What this desk keeps of the store. The floor and practice are looked at as a whole.
  private func window(_ agent: AgentID, _ store: any StoreService, _ replica: Replica) throws -> DeskWindow? {
    guard let days = settings.recentDays, case .workspace = mode else { return nil }
    let known = try replica.agent(agent) ?? store.agents().first { $0.id == agent }
    return DeskWindow(agent: agent, zones: known?.zones ?? [], days: days)
  }

  /// Whoever opens a desk is there; who was away for a reason stays away. Leads who only look do not take contacts.
  private func signIn(_ me: Agent) -> Operation? {
    if case .monitor = mode { return nil }
    guard me.presence.state == .offline else { return nil }
    return Operation(
      id: IdentifierSource().next(), actor: me.id, at: .now,
      action: .agent(me.id, .setPresence(.ready, reason: nil, ticket: nil)))
  }

  /// Who sits here: said, set, or on a demo the first of the people who may do what the mode is for.
  private func agentID(in store: any StoreService, practice: Practice?) throws -> AgentID {
    var wanted = Right.work
    if case .monitor = mode { wanted = .watch }
    guard let id = try Seat.agent(options.agent, settings, in: store, wanting: wanted) else {
      throw LaunchFailure(sentence: words("runtime.who-are-you"), code: CommandFailure.Code.usage.rawValue)
    }
    return id
  }

  // MARK: - Showing

  private func show(_ desk: OpenDesk) throws {
    let language =
      options.language ?? environmentValue("AGENTDESK_LANG").flatMap { Language(tag: $0) }
      ?? settings.language ?? desk.me.language
    let themes = ThemeShelf(own: paths.themes)
    var problems = problems
    let theme = themes.theme(of: settings, paths, problems: &problems)
    for problem in problems { Output.warn(problem.description(in: words)) }
    // Before the first text is measured: texts remember their width.
    if settings.isAmbiguousWide { Width.ambiguousIsWide = true }
    guard let pipe = WakePipe() else { throw TerminalError.system(errno) }
    mkdir(paths.state, 0o700)
    mkdir(paths.logs, 0o700)
    try TerminalProcess.logErrors(to: paths.logs + "/agentdesk.log")
    let driver = try CursesDriver(
      CursesDriver.Options(theme: theme, mouse: settings.mouse))
    defer { driver.restore() }
    let mailbox = Mailbox(pipe: pipe)
    let clock = WallClock.local
    let zones: Set<ZoneID> = if case .monitor = mode { [] } else { desk.me.zones }
    let runner = EffectRunner(
      .init(
        connection: desk.connection, mailbox: mailbox, me: desk.me, zones: zones, clock: clock,
        catalogues: catalogues, language: language,
        themes: themes, files: DeskFiles(folder: paths.state + "/open", editor: settings.editor),
        signIn: desk.signIn, languageModel: settings.languageModel, mayAskModel: mayAskModel(desk)))
    let setup = DeskSetup(
      me: desk.me, language: language, catalogues: [language: catalogues[language]], clock: clock, now: .now,
      size: driver.size,
      seed: UInt64.random(in: .min ... .max), preferences: runner.preferences(of: settings),
      themes: themes.names,
      theme: settings.theme,
      banner: desk.practice.map { _ in both("sandbox.banner") },
      welcome: desk.isNew ? welcome(desk) : nil, problem: notice(problems, desk))
    RunLoop(
      driver: driver, input: TerminalInput(wakePipe: pipe), mailbox: mailbox, runner: runner,
      settings: SettingsWatch(settings, paths: paths, themes: themes, words: { catalogues[runner.language] }),
      program: program(setup, desk)
    ).run()
  }

  /// Practice stays inside, and the monitor has nobody to write to.
  private func mayAskModel(_ desk: OpenDesk) -> Bool {
    if case .workspace = mode { desk.practice == nil } else { false }
  }

  /// What has to be known before anything is done here, on one line.
  private func notice(_ problems: [ConfigurationProblem], _ desk: OpenDesk) -> String? {
    let said = [
      desk.ignored.map { words("runtime.agent-ignored", ["named": $0, "agent": desk.me.id]) },
      problems.notice(words),
    ].compactMap(\.self)
    return said.isEmpty ? nil : said.joined(separator: words.language == .chinese ? "" : " ")
  }

  private func program(_ setup: DeskSetup, _ desk: OpenDesk) -> any ScreenProgram {
    if case .monitor = mode { return MonitorProgram(model: MonitorModel(setup)) }
    let model = DeskModel(setup)
    guard let practice = desk.practice else { return WorkspaceProgram(model: model) }
    return SandboxProgram(
      model: SandboxModel(
        desk: model, scenario: practice.scenario, ticket: practice.ticket, itemName: practice.itemName))
  }

  private func both(_ key: String) -> LocalizedText {
    LocalizedText(
      chinese: catalogues[.chinese](key), english: catalogues[.english](key))
  }

  private func welcome(_ desk: OpenDesk) -> Welcome {
    let other = (try? desk.connection.replica.agents())?.first { $0.id != desk.me.id && $0.has(.work) }?.id
      .text
    let store = (options.store ?? environmentValue("AGENTDESK_STORE")).flatMap {
      try? StoreLocation($0)
    }.map { StoreOpening($0, paths).address }
    let command = OpeningCommand(
      program: CommandLine.arguments.first ?? "agentdesk", store: store, replica: options.replica,
      language: options.language)
    return Welcome(
      secondTerminal: command.words(agent: other ?? "NAME"), switchAgent: command.words(agent: "NAME"),
      folder: paths.data)
  }

  private func sentence(_ error: TerminalError) -> String {
    switch error {
    case .notATerminal: words("runtime.not-a-terminal")
    case .noDescription(let term): words("runtime.no-terminal-description", ["term": term])
    case .noCursorAddressing(let term): words("runtime.no-cursor-addressing", ["term": term])
    case .system(let number): words("runtime.failed", ["detail": words.reason(SystemFault.code(number))])
    }
  }
}

private struct WorkspaceProgram: ScreenProgram {
  var model: DeskModel
  let isSeat = true

  mutating func update(_ message: DeskMessage) -> [DeskEffect] { Desk.update(&model, message) }
  func view(size: Size) -> Frame { Desk.view(model, size: size) }
  var wakesAt: Timestamp? { model.wakesAt }
}

private struct MonitorProgram: ScreenProgram {
  var model: MonitorModel
  let isSeat = false

  mutating func update(_ message: DeskMessage) -> [DeskEffect] { model.update(message) }
  func view(size: Size) -> Frame { model.view(size: size) }
  var wakesAt: Timestamp? { nil }
}

private struct SandboxProgram: ScreenProgram {
  var model: SandboxModel
  let isSeat = true

  mutating func update(_ message: DeskMessage) -> [DeskEffect] { model.update(message) }
  func view(size: Size) -> Frame { model.view(size: size) }
  var wakesAt: Timestamp? { model.desk.wakesAt }
}
