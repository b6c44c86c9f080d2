import Assist
import Configuration
import Domain

/// What stands in one text, and what it gives the form of a zone. Personal data is shown masked.
struct InspectedFinds {
  private var fields: [InspectedField] = []
  /// Nil where no zone was named.
  private var form: [FilledField]?
  private let strings: StringCatalogue

  private struct FilledField {
    var field: FormField
    var reading: FieldReading
    var value: String
  }

  init(_ text: String, _ context: CommandContext, zone: String?, at moment: Timestamp) throws {
    strings = context.strings
    // Without a folder that is right there is no catalogue; with a zone, the folder has to be right.
    let folder = ResourceFolder(context.resources)
    let set = zone == nil ? (try? folder.load()) ?? ConfigurationSet() : try folder.load()
    let clock = WallClock.local
    let finds = TextFinds(
      text, at: moment, TextFinds.Context(clock: clock, catalogue: set.catalogue, calendars: set.calendars))
    fields = InspectedField.all(of: finds, text, context.strings)
    guard let wanted = zone else { return }
    guard let zone = set.zones.first(where: { $0.id.text == wanted }) else {
      throw CommandFailure.invalid(option: "--zone", value: wanted, allowed: set.zones.map(\.id.text))
    }
    let ticket = Ticket(
      id: "", customer: "", zone: zone.id, subject: "", language: context.language, channel: .chat,
      createdAt: moment, createdBy: Agent.system.id)
    let input = ReadingInput(
      ticket: ticket, zone: zone,
      messages: [ReadingInput.Message(author: .customer, at: moment, text: text)], customer: nil,
      clock: clock,
      now: moment)
    form = FieldReader.read(input, catalogue: set.catalogue, calendars: set.calendars).compactMap { reading in
      guard let field = zone.field(reading.field) else { return nil }
      let reader = FieldReader.usual(field, set.catalogue)
      return FilledField(
        field: field, reading: reading, value: Self.shown(reading.value, field, reader, context.language))
    }
  }

  /// The value of a field as people may see it.
  static func shown(
    _ value: String, _ field: FormField, _ reader: FormField.Reader, _ language: Language
  ) -> String {
    switch reader {
    case .phone: Masking.phone(value)
    case .place: Masking.address(value)
    case .name: Masking.name(value)
    case .email: Masking.email(value)
    case .plate: Masking.plate(value)
    default: Masking.text(field.shown(value, in: language))
    }
  }

  var isEmpty: Bool { fields.isEmpty && (form ?? []).isEmpty }

  var pairs: [JSON.Pair] {
    let found = JSON.Pair("fields", .array(fields.map(\.json)))
    guard let form else { return [found] }
    return [
      found,
      JSON.Pair(
        "form",
        .array(
          form.map { item in
            [
              "field": .text(item.field.id), "value": .text(item.value),
              "confidence": .real(item.reading.confidence), "source": .text(item.reading.source.rawValue),
              "start": JSON(item.reading.place?.start), "end": JSON(item.reading.place?.end),
              "reason": .text(sentence(item.reading.reason)),
            ]
          })),
    ]
  }

  var lines: [String] {
    fields.map { "\($0.name)\t\($0.value)\t\($0.reason)" }
      + (form ?? []).map { item in
        "\(item.field.name[strings.language])\t\(item.value)\t\(sentence(item.reading.reason))"
      }
  }

  private func sentence(_ reason: Reason) -> String { strings.sentence(for: reason) }
}

/// A value that stands in the text.
private struct InspectedField {
  var kind: String
  var name: String
  var value: String
  var start: Int
  var end: Int
  var reason: String
  var more: [JSON.Pair] = []

  /// In the order of the text.
  static func all(of finds: TextFinds, _ text: String, _ strings: StringCatalogue) -> [InspectedField] {
    let scalars = Array(text.unicodeScalars)
    func written(_ start: Int, _ end: Int) -> String {
      strings(
        "cli.assist.written", ["words": String(String.UnicodeScalarView(scalars[start..<end].prefix(80)))])
    }
    func field(
      _ kind: String, _ value: String, _ start: Int, _ end: Int, _ reason: String? = nil,
      _ more: [JSON.Pair] = []
    )
      -> InspectedField
    {
      InspectedField(
        kind: kind, name: strings("cli.assist.kind.\(kind)"), value: value, start: start, end: end,
        reason: reason ?? written(start, end), more: more)
    }
    var all = finds.personal.map { data in
      let kind = data.kind.rawValue
      return InspectedField(
        kind: kind, name: strings("cli.privacy.kind.\(kind)"), value: data.masked, start: data.start,
        end: data.end, reason: strings("cli.privacy.reason.\(kind)"))
    }
    all += finds.amounts.map { field("amount", $0.amount.description, $0.start, $0.end) }
    all += finds.periods.map { period in
      let words = String(String.UnicodeScalarView(scalars[period.start..<min(period.end, period.start + 80)]))
      let key = period.assumption.map { "field.assumed.\($0.rawValue)" } ?? "field.date"
      return field(
        "date", period.description, period.start, period.end,
        strings.sentence(for: Reason(key, ["words": words, "value": period.description])),
        [
          JSON.Pair("from", .text(period.from.description)), JSON.Pair("to", .text(period.to.description)),
          JSON.Pair("granularity", .text(period.granularity.rawValue)),
          JSON.Pair(
            "minutes", period.minutes.map { .array([JSON($0.lowerBound), JSON($0.upperBound)]) } ?? .null),
        ])
    }
    all += finds.numbers.map {
      field($0.kind.rawValue, $0.value, $0.start, $0.end, strings.sentence(for: Reason("field.number")))
    }
    all += finds.products.map { product in
      let words = String(String.UnicodeScalarView(scalars[product.start..<product.end]))
      return field(
        "product", product.name, product.start, product.end,
        strings.sentence(
          for: Reason("field.product.\(product.match.rawValue)", ["words": words, "value": product.name])),
        [JSON.Pair("item", JSON(product.item))])
    }
    all += finds.names.map { field("name", $0.masked, $0.start, $0.end, strings("cli.assist.nameReason")) }
    all += finds.addresses.map { address in
      let hidden: Set<FoundAddress.Part> = [.number, .building, .unit, .floor, .room]
      let parts = FoundAddress.Part.allCases.compactMap { part in
        address.parts[part].map { JSON.Pair(part.rawValue, .text(hidden.contains(part) ? "***" : $0)) }
      }
      return field(
        "address", Masking.address(address.value), address.start, address.end,
        strings("cli.assist.addressReason"),
        [JSON.Pair("parts", .object(parts))])
    }
    all += finds.devices.map { field("device", $0.value, $0.start, $0.end) }
    all += finds.speeds.map { field("speed", $0.value, $0.start, $0.end) }
    return all.sorted { ($0.start, $0.end) < ($1.start, $1.end) }
  }

  var json: JSON {
    .object(
      [
        JSON.Pair("kind", .text(kind)), JSON.Pair("value", .text(value)), JSON.Pair("start", JSON(start)),
        JSON.Pair("end", JSON(end)), JSON.Pair("reason", .text(reason)),
      ] + more)
  }
}
