import Desk
import Domain
import Terminal

/// A set of screens with its state: the workspace, the monitor, the sandbox.
protocol ScreenProgram {
  mutating func update(_ message: DeskMessage) -> [DeskEffect]
  func view(size: Size) -> Frame
  /// When a tick is wanted before the next second begins.
  var wakesAt: Timestamp? { get }
  /// Whether whoever sits here takes contacts, and leaves the floor when the screens close.
  var isSeat: Bool { get }
}

/// Waits in one `poll`, drains all input, updates for each event, draws once.
final class RunLoop {
  /// Redraws that nobody asked for with a key are coalesced to ten a second.
  private static let backgroundIntervalMilliseconds: Int64 = 100

  private let driver: CursesDriver
  private let input: TerminalInput
  private let mailbox: Mailbox
  private let runner: EffectRunner
  private let settings: SettingsWatch
  private var program: any ScreenProgram
  private var lastDraw = Timestamp(milliseconds: 0)
  private var lastTick = Timestamp(milliseconds: 0)
  private var needsDraw = true
  private var isDrawUrgent = true

  init(
    driver: CursesDriver, input: TerminalInput, mailbox: Mailbox, runner: EffectRunner,
    settings: SettingsWatch, program: any ScreenProgram
  ) {
    self.driver = driver
    self.input = input
    self.mailbox = mailbox
    self.runner = runner
    self.settings = settings
    self.program = program
  }

  /// Runs until somebody quits or the terminal goes away.
  func run() {
    send(.tick(.now))
    send(.started)
    draw(at: .now)
    // Opening the queue is what a person waits for; everything else comes after the first frame.
    runner.startBackgroundWork()
    send(.shown)
    while !runner.isFinished {
      let result = input.poll(timeoutMilliseconds: timeout(at: .now))
      let now = Timestamp.now
      if result.isGone || driver.isGone { break }
      if !handle(result.signals) { break }
      let isWoken = program.wakesAt.map { $0 <= now } ?? false
      if isWoken { isDrawUrgent = true }
      if isWoken || !result.events.isEmpty || now - lastTick >= 1000 { tick(now) }
      for event in result.events {
        if case .resize(let size) = event { driver.resize(to: size) }
        send(.input(event))
        isDrawUrgent = true
      }
      for message in mailbox.take() {
        if message.isAnswerToKey { isDrawUrgent = true }
        send(message)
      }
      if needsDraw, isDrawUrgent || now - lastDraw >= Self.backgroundIntervalMilliseconds { draw(at: now) }
    }
    send(.tick(.now))
    for effect in program.update(.closing) { runner.perform(effect) { _ in } }
    runner.finish(signsOff: program.isSeat)
  }

  private func tick(_ now: Timestamp) {
    lastTick = Timestamp(milliseconds: now.milliseconds / 1000 * 1000)
    send(.tick(now))
    if let changed = settings.changed() { take(changed) }
  }

  private func take(_ changed: SettingsWatch.Change) {
    runner.settingsChanged(changed.settings)
    if let theme = changed.theme { driver.theme = theme }
    send(.preferencesChanged(runner.preferences(of: changed.settings), problem: changed.problem))
  }

  /// Until the next second begins, the screens want a tick, or a coalesced redraw is due.
  private func timeout(at now: Timestamp) -> Int {
    var wait = 1000 - now.milliseconds % 1000
    if let due = program.wakesAt { wait = min(wait, due - now) }
    if needsDraw { wait = min(wait, Self.backgroundIntervalMilliseconds - (now - lastDraw)) }
    return Int(max(0, wait))
  }

  /// False: the program ends.
  private func handle(_ signals: SignalSet) -> Bool {
    if signals.contains(.terminate) || signals.contains(.hangup) { return false }
    if signals.contains(.stop) { suspend() }
    if signals.contains(.resumed) {
      // Whoever stopped the program has had the terminal since.
      driver.resume()
      needsDraw = true
      isDrawUrgent = true
    }
    if signals.contains(.interrupt) {
      send(.input(.key(.control("c"))))
      isDrawUrgent = true
    }
    return true
  }

  /// Updates, performs what was asked for, and goes on with the answers that came at once.
  private func send(_ message: DeskMessage) {
    var queue = [message]
    var index = 0
    while index < queue.count {
      let effects = program.update(queue[index])
      index += 1
      needsDraw = true
      for effect in effects { perform(effect, answer: { queue.append($0) }) }
    }
  }

  private func perform(_ effect: DeskEffect, answer: (DeskMessage) -> Void) {
    if driver.perform(effect) { return }
    switch effect {
    case .suspend: suspend()
    case .setTheme(let name): if let theme = runner.theme(named: name) { driver.theme = theme }
    case .openEditor(let text):
      driver.suspend()
      runner.edit(text, answer: answer)
      driver.resume()
    case .openAttachment(let attachment):
      runner.openAttachment(
        attachment,
        whileSuspended: { [driver] work in
          driver.suspend()
          work()
          driver.resume()
        }, answer: answer)
    default: runner.perform(effect, answer: answer)
    }
  }

  private func suspend() {
    driver.suspend()
    runner.whileIdle { TerminalProcess.stopJob() }
    driver.resume()
    needsDraw = true
    isDrawUrgent = true
  }

  private func draw(at now: Timestamp) {
    driver.draw(program.view(size: driver.size))
    needsDraw = false
    isDrawUrgent = false
    lastDraw = now
  }
}

extension DeskMessage {
  /// Somebody pressed a key and waits for this.
  fileprivate var isAnswerToKey: Bool {
    switch self {
    case .saved, .outcome, .failed, .requested, .revealed, .found, .knowledgeFound, .queueLoaded,
      .attachmentStored,
      .attachmentFailed, .modelAnswered:
      true
    default: false
    }
  }
}
