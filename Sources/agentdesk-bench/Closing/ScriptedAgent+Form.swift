import Desk
import Domain
import Terminal

// The form of the ticket, and how hands do it with the fewest keys.
extension ScriptedAgent {
  /// Whether the ticket would be closed with another value than it has to end with.
  func hasWrongFields(_ truth: ClosingTruth) -> Bool {
    (sight.form?.fields ?? []).contains { isWrong($0, truth) }
  }

  /// What a field will hold when the ticket is closed now: of proposals only those that the closing saves.
  private func value(_ field: DeskSight.Field, _ truth: ClosingTruth) -> String {
    guard field.value.isEmpty, mode == .assisted,
      isAsked(field.id, truth) || truth.answered.contains(field.id)
    else { return field.value }
    return field.proposed ?? ""
  }

  private func isAsked(_ id: String, _ truth: ClosingTruth) -> Bool {
    (mode == .blank ? truth.required : truth.asked).contains(id)
  }

  private func isWrong(_ field: DeskSight.Field, _ truth: ClosingTruth) -> Bool {
    truth.wanted(field.id).map { $0 != value(field, truth) } ?? false
  }

  /// One key takes over everything that is proposed: worth it where the closing would leave something right behind.
  mutating func acceptProposals(_ truth: ClosingTruth) throws {
    guard mode == .assisted else { return }
    let isWorth = (sight.form?.fields ?? []).contains { field in
      isWrong(field, truth) && field.proposed.map { $0 == truth.wanted(field.id) && !$0.isEmpty } == true
    }
    guard isWorth else { return }
    decisions += 1
    try desk.press("=")
  }

  /// Puts right what the closing will not ask for.
  ///
  /// - Parameter skipsAnswered: leaves what comes with the line of a bill that the closing will ask for.
  mutating func correctForm(_ truth: ClosingTruth, skipsAnswered: Bool) throws {
    for _ in 0..<40 {
      guard let form = sight.form else { throw stuck("no form") }
      let wrong = form.fields.indices.filter { index in
        let field = form.fields[index]
        guard isWrong(field, truth), !isAsked(field.id, truth) || !field.value.isEmpty else { return false }
        return !skipsAnswered || !comesWithLine(field.id, form, truth)
      }
      guard !wrong.isEmpty else { return }
      guard let focus = form.focus else {
        try desk.press("F2")
        continue
      }
      guard let target = wrong.min(by: { distance($0, focus, form) < distance($1, focus, form) }) else {
        return
      }
      if target != focus {
        let ahead = (target - focus + form.fields.count) % form.fields.count
        try desk.press(ahead * 2 <= form.fields.count ? "Down" : "Up")
        continue
      }
      try correct(form.fields[focus], truth)
    }
    throw stuck("the form cannot be put right")
  }

  private func distance(_ index: Int, _ focus: Int, _ form: DeskSight.Form) -> Int {
    let ahead = (index - focus + form.fields.count) % form.fields.count
    return min(ahead, form.fields.count - ahead)
  }

  /// A line of a bill that is still to be chosen brings its amount, month and day along.
  private func comesWithLine(_ id: String, _ form: DeskSight.Form, _ truth: ClosingTruth) -> Bool {
    guard truth.answered.contains(id), let line = truth.zone.fields.first(where: { $0.kind == .billLine })
    else { return false }
    return form.fields.contains { $0.id == line.id && isWrong($0, truth) }
      && form.fields.contains { $0.id == id && $0.value.isEmpty && $0.proposed == nil }
  }

  private mutating func correct(_ field: DeskSight.Field, _ truth: ClosingTruth) throws {
    guard let known = truth.zone.field(field.id) else { throw stuck("no field \(field.id)") }
    let value = truth.wanted(field.id) ?? ""
    decisions += 1
    if value.isEmpty {
      try desk.press("Delete")
      return
    }
    if let index = known.choices.firstIndex(where: { $0.id == value }), index < 9 {
      try desk.press(Key(Character(String(index + 1))))
      return
    }
    let shown = field.value.isEmpty ? field.proposed ?? "" : field.value
    let isEdited = 1 + Self.cheapest(shown, as: value).cost < value.count
    let hasList = known.kind == .choice || known.kind == .order || known.kind == .billLine
    if !isEdited, !hasList {
      // The first character replaces what stands there.
      try desk.type(value)
      try desk.press("Enter")
      return
    }
    try desk.press("Enter")
    if let list = sight.list {
      decisions -= 1
      try take(value, from: list, truth)
    } else {
      try retype(shown, as: value)
      try desk.press("Enter")
    }
  }

  // MARK: - Hands

  /// What is kept of a text at its beginning, and how many keys the rest costs.
  private static func cheapest(_ text: String, as wanted: String) -> (kept: Int, cost: Int) {
    let kept = zip(text, wanted).prefix { $0 == $1 }.count
    let byDeleting = text.count - kept + wanted.count - kept
    let anew = (text.isEmpty ? 0 : 1) + wanted.count
    return byDeleting <= anew ? (kept, byDeleting) : (0, anew)
  }

  /// Makes one text of another, with the cursor at its end.
  func retype(_ text: String, as wanted: String) throws {
    let way = Self.cheapest(text, as: wanted)
    if way.kept == 0, text.count > 1 {
      try desk.press("Ctrl-U")
    } else {
      for _ in 0..<(text.count - way.kept) { try desk.press("Backspace") }
    }
    try desk.type(String(wanted.dropFirst(way.kept)))
  }

  /// A value from the list that is open. Of the lines of a bill it is the one with the right month, amount and day.
  mutating func take(_ value: String, from list: DeskSight.List, _ truth: ClosingTruth) throws {
    decisions += 1
    if let place = list.items.firstIndex(of: value) {
      try choose(value, label: list.labels[place])
      return
    }
    let signs = ["period", "amount", "charged-on"].compactMap { truth.fields[$0] }
    let fits = list.labels.indices.filter { list.labels[$0].hasSuffix(value) }
    func agreement(_ index: Int) -> Int {
      signs.count { list.labels[index].contains($0) || list.details[index].contains($0) }
    }
    guard let place = fits.max(by: { (agreement($0), $1) < (agreement($1), $0) }) else {
      throw stuck("no line \(value)")
    }
    try choose(list.items[place], label: value)
  }

  /// The fewest keys that lead to an item: its digit, the beginning of its name, or the arrows.
  func choose(_ id: String, label: String) throws {
    guard let list = sight.list, let index = list.items.firstIndex(of: id) else {
      throw stuck("no item \(id)")
    }
    if list.hasNumbers, index < 9 {
      try desk.press(Key(Character(String(index + 1))))
      return
    }
    // A digit at the beginning would choose by number.
    let typed = label.filter { !$0.isWhitespace }.drop { list.hasNumbers && $0.isWholeNumber }
    if abs(index - list.selected) > 3 {
      for character in typed {
        try desk.press(Key(character))
        guard let found = sight.list, let place = found.items.firstIndex(of: id) else {
          throw stuck("lost \(id)")
        }
        if abs(place - found.selected) <= 1 { break }
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
}
