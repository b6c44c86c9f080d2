import Assist
import Domain

/// How a ticket has to end: what it was closed with in the demo world, which knows nothing of what any desk would propose.
struct ClosingTruth {
  /// Which values of the form belong to the record.
  enum Extent: String, CaseIterable, Codable {
    /// Every value that the ticket was closed with; a field that was empty then has to be empty.
    case complete
    /// Only what the zone requires or the text says, with the day of a line of a bill.
    case needed
  }

  var category: CategoryID
  var fields: [String: String]
  var zone: Zone
  var template: ClosingTemplate
  var language: Language
  var customerName: String
  /// Index of each choice's option.
  var choices: [String: Int]
  /// Fields that the zone requires, and those that the text uses besides: what a closing asks for.
  var required: Set<String>
  var asked: Set<String>
  /// Fields that a line of a bill answers besides its own, where the closing asks for one.
  var answered: Set<String>
  var extent: Extent

  /// Nil: nobody says what it has to be. Where modes differ in it, the ticket is not counted as the same.
  func wanted(_ field: String) -> String? {
    fields[field] ?? (extent == .complete ? "" : nil)
  }

  /// What a closed ticket has otherwise than the truth: its state, category, outcome, values of the form, text.
  ///
  /// - Parameter text: what the customer has to read.
  func differences(_ closed: Ticket, text: String) -> [String] {
    var result: [String] = []
    if !closed.state.isDone { result.append("state") }
    if closed.category != category { result.append("category") }
    if closed.disposition != template.disposition { result.append("outcome") }
    for id in Set(closed.fields.keys).union(fields.keys).sorted() {
      if let wanted = wanted(id), closed.fields[id] ?? "" != wanted { result.append("field \(id)") }
    }
    if closed.closing?.text != text { result.append("text") }
    return result
  }

  /// What somebody has to say or to see, whatever fills it in: values and options first, then their characters.
  var effort: Effort {
    Effort(
      values: fields.count + choices.count,
      characters: fields.values.reduce(0) { $0 + $1.count })
  }

  struct Effort: Comparable {
    var values: Int
    var characters: Int

    static func < (left: Self, right: Self) -> Bool {
      (left.values, left.characters) < (right.values, right.characters)
    }
  }

  /// Why a closed ticket is not taken.
  enum Unfit: String, Error {
    case writtenByHand, noCategory, missingValue, notAValue, notInTheRecords, unknownChoice
  }

  init(
    _ ticket: Ticket, _ extent: Extent, templates: [TemplateID: ClosingTemplate], zones: [ZoneID: Zone],
    records: ClosingRecords
  ) throws {
    guard let closing = ticket.closing, let template = closing.template.flatMap({ templates[$0] }) else {
      throw Unfit.writtenByHand
    }
    guard let category = ticket.category, let zone = zones[ticket.zone] else { throw Unfit.noCategory }
    let required = Set(zone.fields.filter(\.isRequired).map(\.id))
    let asked = try required.union(Self.fields(of: template, ticket.language))
    guard asked.allSatisfy({ !(ticket.fields[$0] ?? "").isEmpty }) else { throw Unfit.missingValue }
    let hasLine = zone.fields.contains { $0.kind == .billLine && asked.contains($0.id) }
    let answered =
      hasLine
      ? Set<String>(
        [
          zone.fields.first { $0.kind == .money }, zone.fields.first { $0.kind == .date },
          zone.fields.first { $0.id == "period" },
        ].compactMap { $0?.id }) : []
    let kept = asked.union(answered)
    let fields = ticket.fields.filter { !$0.value.isEmpty && (extent == .complete || kept.contains($0.key)) }
    for (id, value) in fields {
      guard let field = zone.field(id), (try? field.canonical(value)) == value else { throw Unfit.notAValue }
      guard records.allow(value, for: field, ticket.customer) else { throw Unfit.notInTheRecords }
    }
    guard let choices = Self.choices(template, ticket.language, closing.text) else {
      throw Unfit.unknownChoice
    }
    self.category = category
    self.fields = fields
    self.zone = zone
    self.template = template
    language = ticket.language
    customerName = records.names[ticket.customer] ?? ""
    self.choices = choices
    self.required = required
    self.asked = asked
    self.answered = answered
    self.extent = extent
  }

  /// Fields that the text uses.
  private static func fields(of template: ClosingTemplate, _ language: Language) throws -> Set<String> {
    Set(
      try TemplateFilling(template, language: language).slots.filter { $0.hasPrefix("fields.") }.map {
        String($0.dropFirst(7))
      })
  }

  /// The options that stand in the text; nil where one cannot be told.
  private static func choices(_ template: ClosingTemplate, _ language: Language, _ text: String) -> [String:
    Int]?
  {
    var found: [String: Int] = [:]
    for choice in template.choices {
      let fits = choice.options.indices.filter { text.contains(choice.options[$0][language]) }
      guard
        let index = fits.max(by: { choice.options[$0][language].count < choice.options[$1][language].count })
      else { return nil }
      found[choice.id] = index
    }
    return found
  }
}

/// What the customers of a demo world have: a form offers nothing else in its lists.
struct ClosingRecords {
  private(set) var names: [CustomerID: String] = [:]
  private var orders: [CustomerID: Set<String>] = [:]
  private var lines: [CustomerID: Set<String>] = [:]

  mutating func add(_ change: Change) {
    switch change {
    case .customer(let customer): names[customer.id] = customer.name
    case .order(let order): orders[order.customer, default: []].insert(order.number)
    case .bill(let bill): lines[bill.customer, default: []].formUnion(bill.lines.map(\.title))
    default: break
    }
  }

  /// Whether the value can be entered: lists are not typed.
  func allow(_ value: String, for field: FormField, _ customer: CustomerID) -> Bool {
    switch field.kind {
    case .order: orders[customer].map { $0.contains(value) } ?? true
    case .billLine: lines[customer].map { $0.contains(value) } ?? true
    default: true
    }
  }
}
