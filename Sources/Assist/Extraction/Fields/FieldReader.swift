import Domain

/// Maps what the messages of a customer and the customer's records say to the fields of the zone's form.
///
/// Only the customer's own messages count, a newer one before an older one. A profile in clear gives more: masked values
/// (with `*`) are never filled in.
package struct FieldReader {
  let input: ReadingInput
  let zone: Zone
  let catalogue: [CatalogueItem]
  let messages: [Said]
  /// The line of a bill that the messages are about.
  let line: DisputedLine?

  /// A message of the customer with what it names.
  struct Said {
    /// Index in `ReadingInput.messages`.
    var index: Int
    var at: Timestamp
    var today: CivilDate
    var finds: TextFinds
    var scalars: [Unicode.Scalar]
  }

  /// - Parameter products: of the catalogue, where it was made ready before.
  /// - Returns: At most one reading for each field, in the order of the form. Empty without a zone.
  package static func read(
    _ input: ReadingInput, catalogue: [CatalogueItem], calendars: [WorkingCalendar] = [],
    products: ProductReader? = nil
  ) -> [FieldReading] {
    guard let zone = input.zone else { return [] }
    let reader = FieldReader(
      input, zone, catalogue, calendars, products ?? ProductReader(catalogue: catalogue))
    return zone.fields.compactMap { reader.reading(of: $0) }
  }

  /// Code points of a message that are read; what stands behind them is left out.
  static let longestMessage = 100_000

  private init(
    _ input: ReadingInput, _ zone: Zone, _ catalogue: [CatalogueItem], _ calendars: [WorkingCalendar],
    _ products: ProductReader
  ) {
    let context = TextFinds.Context(
      clock: input.clock, products: products, customer: input.customer, calendars: calendars)
    self.input = input
    self.zone = zone
    self.catalogue = catalogue
    messages = input.messages.enumerated().filter { $0.element.isFromCustomer }.map { index, message in
      let text = String(String.UnicodeScalarView(message.text.unicodeScalars.prefix(Self.longestMessage)))
      return Said(
        index: index, at: message.at, today: input.clock.civil(message.at).date,
        finds: TextFinds(text, at: message.at, context),
        scalars: Array(text.unicodeScalars))
    }
    line = DisputedLine.find(in: messages, customer: input.customer, catalogue: catalogue)
  }

  // MARK: - Choosing

  /// What fills a field.
  package static func usual(_ field: FormField, _ catalogue: [CatalogueItem]) -> FormField.Reader {
    field.reads ?? usualReader(of: field, catalogue)
  }

  private func reading(of field: FormField) -> FieldReading? {
    let reader = Self.usual(field, catalogue)
    let candidates = self.candidates(for: field, reader).filter { $0.value.isEmpty == false }
    guard var best = choose(candidates) else { return nil }
    guard let value = try? field.canonical(best.value), !value.isEmpty else { return nil }
    best.value = value
    return FieldReading(
      field: field.id, value: best.value, place: best.place, confidence: best.confidence, reason: best.reason,
      source: best.place == nil ? .records : .text)
  }

  struct Candidate {
    var value: String
    var place: TextPlace?
    var confidence: Double
    var reason: Reason
  }

  /// The surest of the newest message that has one; what follows from records alone comes last.
  private func choose(_ candidates: [Candidate]) -> Candidate? {
    let said = candidates.filter { $0.place != nil }
    let newest = said.filter { $0.confidence >= 0.4 }.map { $0.place?.message ?? 0 }.max()
    let fresh = said.filter { $0.place?.message == newest }
    let text = fresh.max { $0.confidence < $1.confidence }
    let record = candidates.filter { $0.place == nil }.max { $0.confidence < $1.confidence }
    guard let text else { return record }
    guard let record, record.confidence > text.confidence, text.confidence < 0.6 else { return text }
    return record
  }

  private func candidates(for field: FormField, _ reader: FormField.Reader) -> [Candidate] {
    switch reader {
    case .nothing: []
    case .period: periods()
    case .product: products(field)
    case .plan: plans(field)
    case .place: places(field)
    case .name: names()
    case .email: personal(.email, record: .email)
    case .plate: personal(.plate, record: nil)
    case .phone: phones(field)
    case .ticket: numbers([.ticket])
    case .order: orders(field)
    case .reference: references(field)
    case .amount: amounts(field)
    case .device: words(\.devices)
    case .speed: words(\.speeds)
    case .date: dates()
    case .since: since()
    case .coming: coming()
    case .today: today(field)
    case .nextMonth: nextMonth(field)
    case .chargedOn: chargedOn()
    case .contractEnd: contractEnd()
    case .words: field.kind == .choice ? choices(field) : suggestions(field)
    }
  }

  // MARK: - What stands in a message

  /// Characters of a message as they may be shown.
  func quote(_ message: Said, _ start: Int, _ end: Int) -> String {
    Masking.text(String(String.UnicodeScalarView(message.scalars[start..<min(end, start + 60)])))
  }

  func candidate(
    _ value: String, _ message: Said, _ start: Int, _ end: Int, _ confidence: Double, _ key: String = "said",
    _ values: [String: String] = [:]
  ) -> Candidate {
    var values = values
    if values["words"] == nil { values["words"] = quote(message, start, end) }
    return Candidate(
      value: value, place: TextPlace(message: message.index, start: start, end: end), confidence: confidence,
      reason: Reason("field.\(key)", values))
  }

  func record(_ value: String, _ confidence: Double, _ key: String, _ values: [String: String] = [:])
    -> Candidate
  {
    Candidate(value: value, place: nil, confidence: confidence, reason: Reason("field.\(key)", values))
  }

  private func words(_ kind: KeyPath<TextFinds, [FoundPhrase]>) -> [Candidate] {
    messages.flatMap { message in
      message.finds[keyPath: kind].map { candidate($0.value, message, $0.start, $0.end, 0.85) }
    }
  }

  private func personal(_ kind: PersonalData.Kind, record identity: Identity.Kind?) -> [Candidate] {
    var found = messages.flatMap { message in
      message.finds.personal.filter { $0.kind == kind }.map {
        candidate($0.value, message, $0.start, $0.end, 0.9)
      }
    }
    if let identity,
      let known = input.customer?.identities.first(where: { $0.kind == identity && !$0.value.contains("*") })
    {
      found.append(record(known.value, 0.7, "record"))
    }
    return found
  }

  /// A field that only asks for another number than the customer's own is not filled with the customer's.
  private func phones(_ field: FormField) -> [Candidate] {
    let own = input.customer?.identities.filter { $0.kind == .phone } ?? []
    let wantsOwn = field.reads == .phone || field.isRequired
    var found: [Candidate] = []
    for message in messages {
      for data in message.finds.personal where data.kind == .mobile {
        let isOwn = own.contains { $0.normalized == data.value }
        if isOwn, !wantsOwn { continue }
        found.append(
          candidate(
            data.value, message, data.start, data.end, isOwn ? 0.95 : 0.85, isOwn ? "ownPhone" : "said"))
      }
    }
    if wantsOwn,
      let phone = own.first(where: { $0.isVerified && !$0.value.contains("*") })
        ?? own.first(where: { !$0.value.contains("*") })
    {
      found.append(record(phone.normalized, 0.85, "recordPhone", ["value": Masking.phone(phone.normalized)]))
    }
    return found
  }

  private func names() -> [Candidate] {
    var found = messages.flatMap { message in
      message.finds.names.map {
        candidate($0.value, message, $0.start, $0.end, 0.8, "said", ["words": $0.masked])
      }
    }
    if let name = input.customer?.customer.name, !name.isEmpty, !name.contains("*") {
      found.append(record(name, 0.7, "record"))
    }
    return found
  }

  private func places(_ field: FormField) -> [Candidate] {
    var found: [Candidate] = []
    for message in messages {
      if let known = input.customer?.customer.address, !known.isEmpty, !known.contains("*"),
        let place = message.find(known)
      {
        found.append(
          candidate(
            known, message, place.lowerBound, place.upperBound, 0.97, "ownAddress",
            ["words": Masking.address(known)]))
        continue
      }
      for address in message.finds.addresses {
        found.append(
          candidate(
            address.value, message, address.start, address.end, address.isExact ? 0.9 : 0.6, "said",
            ["words": Masking.address(address.value)]))
      }
      for landmark in message.finds.landmarks {
        found.append(candidate(landmark.value, message, landmark.start, landmark.end, 0.55))
      }
    }
    found += suggestions(field)
    // Where the trouble may be anywhere, the file says which words mean the customer's home.
    let home = WordTable(field.says.map { ($0, true) })
    let isHome = home.isEmpty || messages.contains { !home.all(in: $0.finds.folded).isEmpty }
    if isHome, field.isRequired || field.reads == .place, let customer = input.customer?.customer {
      if !customer.address.isEmpty, !customer.address.contains("*") {
        found.append(
          record(customer.address, 0.6, "recordAddress", ["value": Masking.address(customer.address)]))
      }
    }
    return found
  }

  private func numbers(_ kinds: Set<FoundNumber.Kind>) -> [Candidate] {
    messages.flatMap { message in
      message.finds.numbers.filter { kinds.contains($0.kind) }.map {
        candidate(
          $0.value, message, $0.start, $0.end, $0.isKnown ? 0.97 : 0.8, $0.isKnown ? "ownNumber" : "number")
      }
    }
  }

  private func references(_ field: FormField) -> [Candidate] {
    var found = numbers([.reference])
    // A ticket's number stands in for a reference where the field's words come before it.
    for message in messages {
      for number in message.finds.numbers where number.kind != .reference {
        let before = max(0, number.start - 16)
        let hasWord = field.says.contains { word in
          let scalars = word.unicodeScalars.map(FoldedText.fold)
          return (before..<number.start).contains { message.finds.folded.stands(scalars, at: $0) }
        }
        if hasWord { found.append(candidate(number.value, message, number.start, number.end, 0.8, "number")) }
      }
    }
    return found
  }
}

extension FieldReader.Said {
  /// Where the very words stand.
  func find(_ words: String) -> Range<Int>? {
    let wanted = words.unicodeScalars.map(FoldedText.fold)
    guard let first = wanted.first, wanted.count <= finds.folded.count else { return nil }
    for index in 0...finds.folded.count - wanted.count
    where finds.folded.scalars[index] == first && finds.folded.stands(wanted, at: index) {
      return index..<index + wanted.count
    }
    return nil
  }
}
