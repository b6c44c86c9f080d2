import Domain
import Terminal

/// The practice desk: the real workspace, with a simulated customer at its other end and a score at the end.
///
/// It listens to what the workspace asks of the world. A reply makes the customer answer a moment later, as an operation of
/// the system on the sandbox's own store; closing the ticket ends the practice.
package struct SandboxModel: Sendable {
  /// More than a practice can have.
  private static let entries = 10_000
  /// How long the customer takes to answer.
  private static let answerSeconds: Int64 = 2

  package private(set) var desk: DeskModel
  private let scenario: Scenario
  private let ticket: TicketID
  private let itemName: @Sendable (String) -> String
  private var customer: PracticeCustomer
  private var answer: Answer?
  private var revealedAt: [Timestamp] = []
  /// The operation that closes the ticket, while it is on its way.
  private var closing: OperationID?
  private var isAssessing = false
  private(set) var sheet: ScoreSheet?
  private(set) var isSheetShown = false

  private struct Answer {
    var text: String
    var due: Timestamp
  }

  /// - Parameter itemName: the name that a plan, product or charge of the scenario has on a bill.
  package init(
    desk: DeskModel, scenario: Scenario, ticket: TicketID, itemName: @escaping @Sendable (String) -> String
  ) {
    self.desk = desk
    self.scenario = scenario
    self.ticket = ticket
    self.itemName = itemName
    customer = PracticeCustomer(scenario: scenario)
  }

  package mutating func update(_ message: DeskMessage) -> [DeskEffect] {
    if isSheetShown, case .input(.key(let key)) = message, let effects = pressInSheet(key) { return effects }
    var effects = Desk.update(&desk, message)
    for effect in effects { notice(effect) }
    switch message {
    case .tick(let now): effects += speak(at: now)
    case .outcome(let id, .accepted) where id == closing:
      isAssessing = true
      effects.append(.loadTicket(ticket, entries: Self.entries))
    case .ticketLoaded(let id, .some(let detail))
    where id == ticket && isAssessing && detail.ticket.state.isDone:
      assess(detail)
    default: break
    }
    return effects
  }

  private mutating func notice(_ effect: DeskEffect) {
    switch effect {
    case .save(let operation, _), .submit(let operation):
      guard case .ticket(ticket, let action) = operation.action else { return }
      notice(action, of: operation.id)
    case .reveal: revealedAt.append(desk.now)
    default: break
    }
  }

  private mutating func notice(_ action: TicketAction, of operation: OperationID) {
    switch action {
    case .together(let actions): for action in actions { notice(action, of: operation) }
    case .reply(let text):
      if let said = customer.answer(to: text) {
        answer = Answer(text: said, due: desk.now.advanced(seconds: Self.answerSeconds))
      }
    case .close, .solve: closing = operation
    default: break
    }
  }

  private mutating func speak(at now: Timestamp) -> [DeskEffect] {
    guard let answer, now >= answer.due else { return [] }
    self.answer = nil
    let operation = Operation(
      id: desk.nextIdentifier(), actor: Agent.system.id, at: now,
      action: .ticket(ticket, .receive(message: answer.text, contact: nil)))
    return [.save(operation, clearing: nil)]
  }

  private mutating func assess(_ detail: TicketDetail) {
    isAssessing = false
    let record = PracticeRecord(
      ticket: detail.ticket, entries: detail.entries, revealedAt: revealedAt, clock: desk.clock,
      itemName: itemName)
    sheet = record.assess(scenario)
    isSheetShown = true
  }

  private mutating func pressInSheet(_ key: Key) -> [DeskEffect]? {
    switch desk.actions.actions(for: key, in: [.everywhere], isTyping: false).first {
    case .quit, .interrupt: return [.quit]
    case .language: return nil
    case .back:
      isSheetShown = false
      return []
    default:
      if key == .enter { isSheetShown = false }
      return []
    }
  }

  // MARK: - View

  package func view(size: Size) -> Frame {
    var frame = Desk.view(desk, size: size)
    guard isSheetShown, let sheet else { return frame }
    drawSheet(sheet, on: &frame)
    return frame
  }

  /// Which generation closed it, and what that cost.
  private func text(of ending: ScoreSheet.Ending) -> String {
    let tenths = ((ending.milliseconds ?? 0) + 50) / 100
    return desk.words.text(
      "sandbox.ending",
      [
        "mode": desk.words.text("closing.mode.\(ending.mode.rawValue)"), "keys": ending.keys ?? 0,
        "seconds": "\(tenths / 10).\(tenths % 10)",
      ])
  }

  private func drawSheet(_ sheet: ScoreSheet, on frame: inout Frame) {
    let words = desk.words
    let language = desk.language
    let goal = SafeText(scenario.goal[language])
    let columns = min(72, frame.size.columns - 2)
    guard columns >= 24, frame.size.rows >= 6 else { return }
    let goalLines = goal.wrapped(columns: columns - 4)
    let zero = sheet.fatal.isEmpty ? "" : words.text("sandbox.zero", ["points": sheet.earned])
    let zeroLines = zero.isEmpty ? [] : SafeText(zero).wrapped(columns: columns - 4)
    let rows = min(
      frame.size.rows - 2,
      sheet.items.count + sheet.fatal.count + goalLines.count + zeroLines.count
        + (sheet.ending == nil ? 7 : 8))
    let rect = Rect(
      column: (frame.size.columns - columns) / 2, row: (frame.size.rows - rows) / 2, columns: columns,
      rows: rows)
    frame.fill(rect)
    frame.box(rect, title: words("sandbox.score"), style: Style(.borderFocused))
    frame.cursor = nil
    let inner = rect.inset(columns: 2, rows: 1)
    frame.clipped(to: inner) { frame in
      var row = inner.minRow
      func line(_ text: SafeText, _ style: Style, _ right: SafeText = .empty) {
        frame.put(
          text, at: Point(column: inner.minColumn, row: row), style: style, limit: inner.columns - right.width
        )
        frame.put(right, at: Point(column: inner.maxColumn - right.width, row: row), style: style)
        row += 1
      }
      line(
        SafeText(scenario.name[language]), Style(.title, .bold),
        sheet.score.map { SafeText(words.text("sandbox.points", ["points": $0])) } ?? words("sandbox.not-yet")
      )
      for text in goalLines { line(text, Style(.muted)) }
      row += 1
      for item in sheet.items {
        let mark: SafeText = item.isMet ? "✓ " : "✗ "
        line(
          mark + SafeText(item.name[language]), Style(item.isMet ? .success : .warning),
          SafeText("\(item.isMet ? item.points : 0)/\(item.points)"))
      }
      for item in sheet.fatal {
        line("✗ " + SafeText(item.name[language]), Style(.danger, .bold), words("sandbox.fatal"))
      }
      for text in zeroLines { line(text, Style(.danger)) }
      if let ending = sheet.ending { line(SafeText(text(of: ending)), Style(.muted)) }
      row += 1
      line(words("sandbox.score-keys"), Style(.keyLabel))
    }
  }
}
