import Domain

/// What a text of the material may leave open.
package enum Slot: String, CaseIterable, Sendable {
  case name, surname, phone, plan, product, amount, period, date, order, address, speed, city
  /// The agent's number, in greetings.
  case agent
  /// The message itself, in the manners of channels.
  case message
  // Of form fields only.
  case today
  case nextMonth = "next-month"
  case contractEnd = "contract-end"
  case reference, spot
  case planID = "plan-id"
  case productID = "product-id"
  /// The plan that was replaced unasked.
  case oldPlanID = "old-plan-id"
  /// A plan that costs more, or less, than the customer's.
  case dearerPlanID = "dearer-plan-id"
  case cheaperPlanID = "cheaper-plan-id"
}

/// Which slots a text has, or which ones an incident can fill.
struct SlotSet: OptionSet {
  let rawValue: UInt32
  init(rawValue: UInt32) { self.rawValue = rawValue }
  init(_ slot: Slot) { rawValue = 1 << UInt32(Slot.allCases.firstIndex(of: slot)!) }

  static let name = SlotSet(.name)
  static let surname = SlotSet(.surname)
  static let phone = SlotSet(.phone)
  static let plan = SlotSet(.plan)
  static let product = SlotSet(.product)
  static let amount = SlotSet(.amount)
  static let period = SlotSet(.period)
  static let date = SlotSet(.date)
  static let order = SlotSet(.order)
  static let address = SlotSet(.address)
  static let speed = SlotSet(.speed)
  static let city = SlotSet(.city)
  static let agent = SlotSet(.agent)
  static let message = SlotSet(.message)
  static let contractEnd = SlotSet(.contractEnd)
  static let productID = SlotSet(.productID)
  static let oldPlanID = SlotSet(.oldPlanID)
  /// What is known of every customer at any time.
  static let always: SlotSet = [
    .name, .surname, .phone, .plan, .address, .city, SlotSet(.today), SlotSet(.nextMonth),
    SlotSet(.reference),
    SlotSet(.spot), SlotSet(.planID), SlotSet(.dearerPlanID), SlotSet(.cheaperPlanID), .agent,
  ]
}

/// A text with slots in braces: `{period}账单的{product}扣了两次`.
package struct SlotText: Hashable, Sendable {
  package struct UnknownSlot: Error, Hashable { package var name: String }

  enum Piece: Hashable, Sendable {
    case literal(String)
    case slot(Slot)
  }

  let pieces: [Piece]
  let slots: SlotSet

  package init(_ text: String) throws(UnknownSlot) {
    var pieces: [Piece] = []
    var slots: SlotSet = []
    var rest = text[...]
    while let open = rest.firstIndex(of: "{") {
      guard let close = rest[open...].firstIndex(of: "}") else {
        throw UnknownSlot(name: String(rest[open...]))
      }
      let name = String(rest[rest.index(after: open)..<close])
      guard let slot = Slot(rawValue: name) else { throw UnknownSlot(name: name) }
      if open > rest.startIndex { pieces.append(.literal(String(rest[..<open]))) }
      pieces.append(.slot(slot))
      slots.insert(SlotSet(slot))
      rest = rest[rest.index(after: close)...]
    }
    if !rest.isEmpty { pieces.append(.literal(String(rest))) }
    self.pieces = pieces
    self.slots = slots
  }

  func filled(_ value: (Slot) -> String) -> String {
    if pieces.count == 1, case .literal(let text) = pieces[0] { return text }
    var result = ""
    for piece in pieces {
      switch piece {
      case .literal(let text): result += text
      case .slot(let slot): result += value(slot)
      }
    }
    return result
  }

  package static func == (left: Self, right: Self) -> Bool { left.pieces == right.pieces }
  package func hash(into hasher: inout Hasher) { hasher.combine(pieces) }
}

/// Texts of one kind in both languages.
package struct SlotTexts: Hashable, Sendable {
  package var chinese: [SlotText]
  package var english: [SlotText]

  package init(chinese: [SlotText] = [], english: [SlotText] = []) {
    self.chinese = chinese
    self.english = english
  }

  package subscript(language: Language) -> [SlotText] { language == .chinese ? chinese : english }

  /// One that needs no more than `available`; nil when there is none.
  func pick(_ language: Language, available: SlotSet, _ random: inout SeededRandom) -> SlotText? {
    let texts = self[language]
    guard !texts.isEmpty else { return nil }
    let start = random.below(texts.count)
    for offset in 0..<texts.count {
      let text = texts[(start + offset) % texts.count]
      if text.slots.isSubset(of: available) { return text }
    }
    return nil
  }
}
