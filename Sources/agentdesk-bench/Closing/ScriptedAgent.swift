import Desk
import Domain
import Terminal

/// Somebody who knows how each ticket has to end, looks at what the screen says, types what is missing and corrects what is
/// wrong, whoever filled it in. Every decision is one of: a category, a template, a value, an option, an outcome, everything that
/// is proposed at once, the end.
struct ScriptedAgent {
  enum Trouble: Error, CustomStringConvertible {
    case stuck(TicketID?, String)

    var description: String {
      switch self {
      case .stuck(let id, let why): "\(id?.text ?? "—"): \(why)"
      }
    }
  }

  let desk: ClosingDesk
  let mode: Closing.Mode
  var decisions = 0

  init(_ desk: ClosingDesk, mode: Closing.Mode) {
    self.desk = desk
    self.mode = mode
  }

  var sight: DeskSight { desk.model.sight }

  func stuck(_ why: String) -> Trouble { .stuck(sight.ticket, "\(why) [\(sight.notice ?? "")]") }

  /// From the queue to the next contact's ticket.
  func takeNext() throws -> TicketID? {
    try desk.press("F5")
    return sight.ticket
  }

  /// - Parameter text: what the customer has to read, for whoever writes by hand.
  mutating func finish(_ truth: ClosingTruth, text: String) throws {
    try acceptProposals(truth)
    if sight.category != truth.category,
      !(mode == .assisted && sight.category == nil && sight.proposedCategory == truth.category)
    {
      try setCategory(truth.category)
    }
    // What the closing will not ask for is put right in the form; a line of a bill may still answer some of it.
    try correctForm(truth, skipsAnswered: true)
    for _ in 0..<3 {
      try desk.press("F8")
      guard sight.closing != nil else { throw stuck("no closing form") }
      decisions += 1
      if mode == .blank {
        try writeByHand(text)
      } else {
        try chooseTemplate(truth.template.id)
      }
      try fill(truth)
      guard let closing = sight.closing else { throw stuck("the form is gone") }
      if let index = closing.stops.firstIndex(where: \.isMissing) {
        throw stuck("missing \(closing.stops[index].subject)")
      }
      guard hasWrongFields(truth) else { break }
      try desk.press("Esc")
      try correctForm(truth, skipsAnswered: false)
    }
    try desk.press("F8")
    if sight.closing != nil { throw stuck("not closed") }
  }

  private mutating func setCategory(_ category: CategoryID) throws {
    try desk.press("Ctrl-T")
    decisions += 1
    guard let list = sight.list else { throw stuck("no categories") }
    guard let index = list.items.firstIndex(of: category.text) else { throw stuck("no category \(category)") }
    try choose(category.text, label: list.labels[index])
  }

  private mutating func chooseTemplate(_ template: TemplateID) throws {
    guard let closing = sight.closing, let index = closing.templates.firstIndex(of: template) else {
      throw stuck("no template \(template)")
    }
    decisions += 1
    guard index != closing.selected else { return }
    if index < 9 {
      try desk.press(Key(Character(String(index + 1))))
      return
    }
    for _ in 0..<(index - closing.selected) { try desk.press("Down") }
  }

  private mutating func writeByHand(_ text: String) throws {
    if sight.closing?.mode != .blank { try desk.press("F2") }
    guard let closing = sight.closing, closing.mode == .blank else { throw stuck("not by hand") }
    guard closing.text != text else { return }
    decisions += 1
    try desk.type(text)
  }

  // MARK: - What the closing asks for

  /// Visits what is missing with Tab, then what is wrong with the arrows.
  private mutating func fill(_ truth: ClosingTruth) throws {
    for _ in 0..<60 {
      guard let closing = sight.closing else { throw stuck("the form is gone") }
      if let list = sight.list {
        guard let index = closing.focus, let value = wanted(closing.stops[index], truth) else {
          throw stuck("a list that nobody asked for")
        }
        try take(value, from: list, truth)
        continue
      }
      if let index = closing.focus, closing.stops[index].isMissing || isWrong(closing.stops[index], truth) {
        try enter(closing.stops[index], closing, truth)
        continue
      }
      if closing.stops.contains(where: \.isMissing) {
        try desk.press("Tab")
        continue
      }
      guard let wrong = closing.stops.firstIndex(where: { isWrong($0, truth) }) else { return }
      guard let focus = closing.focus else {
        try desk.press(wrong < closing.stops.count / 2 ? "Tab" : "BackTab")
        continue
      }
      try desk.press(wrong > focus ? "Down" : "Up")
    }
    throw stuck(
      "cannot be filled: \(sight.closing?.stops.filter { $0.isMissing || isWrong($0, truth) } ?? [])")
  }

  private func wanted(_ stop: DeskSight.Stop, _ truth: ClosingTruth) -> String? {
    switch stop.subject {
    case .field(let id): truth.fields[id]
    case .choice(let id): truth.choices[id].map(String.init)
    case .disposition: truth.template.disposition
    case .input: nil
    }
  }

  private func isWrong(_ stop: DeskSight.Stop, _ truth: ClosingTruth) -> Bool {
    wanted(stop, truth).map { $0 != stop.value } ?? false
  }

  private mutating func enter(
    _ stop: DeskSight.Stop, _ closing: DeskSight.Closing, _ truth: ClosingTruth
  ) throws {
    guard let value = wanted(stop, truth) else { throw stuck("nothing is known for \(stop.subject)") }
    if !closing.isEditing {
      // A line with a list takes the digit of what is wanted at once.
      if let digit = Self.digit(of: value, in: stop.subject, truth) {
        decisions += 1
        try desk.press(Key(digit))
      } else {
        try desk.press("Enter")
      }
      return
    }
    decisions += 1
    try retype(stop.value, as: value)
    try desk.press("Enter")
  }

  /// The digit that chooses a value whose list can be seen before it is opened.
  private static func digit(of value: String, in subject: DeskSight.Stop.Subject, _ truth: ClosingTruth)
    -> Character?
  {
    let index: Int?
    switch subject {
    case .field(let id): index = truth.zone.field(id)?.choices.firstIndex { $0.id == value }
    case .choice: index = Int(value)
    case .disposition: index = truth.zone.dispositions.firstIndex { $0.id == value }
    case .input: index = nil
    }
    return index.flatMap { $0 < 9 ? Character(String($0 + 1)) : nil }
  }
}
