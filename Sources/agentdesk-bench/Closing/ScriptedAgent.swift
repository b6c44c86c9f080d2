import Desk
import Domain
import Terminal

/// Somebody who knows how each ticket has to end, looks at what the screen says, types what is missing and corrects what is
/// wrong. Every decision is one of: a category, a template, a value, an option, an outcome, the end.
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
  private(set) var decisions = 0

  init(_ desk: ClosingDesk, mode: Closing.Mode) {
    self.desk = desk
    self.mode = mode
  }

  private var sight: DeskSight { desk.model.sight }

  private func stuck(_ why: String) -> Trouble {
    .stuck(sight.ticket, "\(why) [\(sight.notice ?? "")]")
  }

  /// From the queue to the next contact's ticket.
  func takeNext() throws -> TicketID? {
    try desk.press("F5")
    return sight.ticket
  }

  /// - Parameter text: what the customer has to read, for whoever writes by hand.
  mutating func finish(_ truth: ClosingWorld.Truth, text: String) throws {
    if !(mode == .assisted && sight.proposedCategory == truth.category) { try setCategory(truth.category) }
    try desk.press("F8")
    guard sight.closing != nil else { throw stuck("no closing form") }
    decisions += 1
    if mode == .blank {
      try writeByHand(truth, text)
    } else {
      try chooseTemplate(truth.template.id)
    }
    try fill(truth)
    guard let closing = sight.closing else { throw stuck("the form is gone") }
    if let index = closing.stops.firstIndex(where: \.isMissing) {
      throw stuck("missing \(closing.stops[index].subject)")
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

  /// The fewest keys that lead to an item: its digit, the beginning of its name, or the arrows.
  private func choose(_ id: String, label: String) throws {
    guard let list = sight.list, let index = list.items.firstIndex(of: id) else {
      throw stuck("no item \(id)")
    }
    if list.hasNumbers, index < 9 {
      try desk.press(Key(Character(String(index + 1))))
      return
    }
    if abs(index - list.selected) > 3 {
      for character in label where !character.isWhitespace {
        try desk.press(Key(character))
        if let found = sight.list, found.items.indices.contains(found.selected),
          found.items[found.selected] == id
        {
          break
        }
      }
    }
    for _ in 0..<200 {
      guard let found = sight.list, let place = found.items.firstIndex(of: id) else {
        throw stuck("lost \(id)")
      }
      if place == found.selected { break }
      try desk.press(place > found.selected ? "Down" : "Up")
    }
    try desk.press("Enter")
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

  private mutating func writeByHand(_ truth: ClosingWorld.Truth, _ text: String) throws {
    try desk.press("F2")
    decisions += 1
    guard sight.closing?.mode == .blank else { throw stuck("not by hand") }
    try desk.type(text)
  }

  /// Visits what is missing with Tab, then what is wrong with the arrows.
  private mutating func fill(_ truth: ClosingWorld.Truth) throws {
    for _ in 0..<60 {
      guard let closing = sight.closing else { throw stuck("the form is gone") }
      if let list = sight.list {
        try take(list, closing, truth)
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

  private func wanted(_ stop: DeskSight.Stop, _ truth: ClosingWorld.Truth) -> String? {
    switch stop.subject {
    case .field(let id): truth.fields[id]
    case .choice(let id): truth.choices[id].map(String.init)
    case .disposition: truth.template.disposition
    case .input: nil
    }
  }

  private func isWrong(_ stop: DeskSight.Stop, _ truth: ClosingWorld.Truth) -> Bool {
    wanted(stop, truth).map { $0 != stop.value } ?? false
  }

  /// A list is open for the line that has the focus.
  private mutating func take(
    _ list: DeskSight.List, _ closing: DeskSight.Closing, _ truth: ClosingWorld.Truth
  )
    throws
  {
    guard let index = closing.focus, let value = wanted(closing.stops[index], truth) else {
      throw stuck("a list that nobody asked for")
    }
    decisions += 1
    if let place = list.items.firstIndex(of: value) {
      try choose(value, label: list.labels[place])
      return
    }
    // A line of a bill: its label has the period and the title. One that has the right amount is the one.
    let period = truth.fields["period"] ?? ""
    let fits = list.labels.indices.filter { list.labels[$0].contains(value) }
    guard let place = fits.first(where: { !period.isEmpty && list.labels[$0].contains(period) }) ?? fits.first
    else { throw stuck("no line \(value)") }
    try choose(list.items[place], label: list.labels[place])
  }

  private mutating func enter(
    _ stop: DeskSight.Stop, _ closing: DeskSight.Closing, _ truth: ClosingWorld.Truth
  )
    throws
  {
    guard let value = wanted(stop, truth) else { throw stuck("nothing is known for \(stop.subject)") }
    guard closing.isEditing else {
      try desk.press("Enter")
      return
    }
    decisions += 1
    for _ in stop.value { try desk.press("Backspace") }
    try desk.type(value)
    try desk.press("Enter")
  }
}
