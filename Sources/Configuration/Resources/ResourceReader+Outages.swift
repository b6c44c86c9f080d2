import Domain
import Yams

extension ResourceReader {
  mutating func readOutages() {
    guard let file = yaml("outages.yaml", isRequired: false),
      let fields = file.reading.fields(file.root, keys: ["time_zone", "outages"])
    else { return }
    guard let node = fields.values["outages"], let clock = clock(of: fields) else { return }
    set.outages = file.reading.items(node).compactMap { node in
      outage(node, file.reading, clock, isDefining: true)
    }
  }

  /// The outages of a test case, which are only its own. Its records and its day are read by the clock of whoever runs it.
  func outages(in node: Node, _ reading: Reading) -> [Outage] {
    reading.items(node).compactMap { outage($0, reading, clock, isDefining: false) }
  }

  /// What "08:30" in `outages.yaml` means, wherever the folder is loaded: the clock of its own `time_zone`, or of the one time zone
  /// that all calendars have.
  private func clock(of fields: Fields) -> WallClock? {
    let name: String
    if let node = fields.values["time_zone"] {
      guard let text = fields.reading.text(node, limit: 60) else { return nil }
      name = text
    } else {
      let zones = Set(set.calendars.map(\.timeZone))
      guard let only = zones.first else { return self.clock }
      guard zones.count == 1 else {
        fields.reading.add(.missingKey("time_zone"), at: fields.node)
        return nil
      }
      name = only
    }
    if let clock = WallClock(timeZone: name) { return clock }
    fields.reading.add(.unknownTimeZone(name), at: fields.values["time_zone"] ?? fields.node)
    return nil
  }

  private func outage(_ node: Node, _ reading: Reading, _ clock: WallClock, isDefining: Bool) -> Outage? {
    guard
      let fields = reading.fields(
        node, keys: ["id", "areas", "services", "from", "until", "promised", "cause"])
    else { return nil }
    let id = fields.identifier("id")
    if let id, isDefining { log.define(.outage, id, at: reading.place(of: node)) }
    let areas = fields.requiredItems("areas").compactMap { area($0, reading) }
    let services = fields.requiredItems("services").compactMap { reading.text($0, limit: 100) }
    let from = fields.required("from").flatMap { moment($0, reading, clock) }
    let until = fields.values["until"].flatMap { moment($0, reading, clock) }
    let promised = fields.values["promised"].flatMap { moment($0, reading, clock) }
    if let from, let node = fields.values["until"], let until, until < from {
      reading.add(.endsBeforeItBegins, at: node)
    }
    if let from, let node = fields.values["promised"], let promised, promised < from {
      reading.add(.endsBeforeItBegins, at: node)
    }
    guard let cause = fields.localized("cause"), let id, let from, !areas.isEmpty, !services.isEmpty else {
      return nil
    }
    return Outage(
      id: OutageID(id), areas: areas, services: services, from: from, until: until, promised: promised,
      cause: cause)
  }

  private func area(_ node: Node, _ reading: Reading) -> Outage.Area? {
    guard let fields = reading.fields(node, keys: ["city", "district", "places"]) else { return nil }
    let area = Outage.Area(
      city: fields.values["city"].flatMap { reading.text($0, limit: 100) },
      district: fields.values["district"].flatMap { reading.text($0, limit: 100) },
      places: fields.listed("places").compactMap { reading.text($0, limit: 100) })
    guard area.city != nil || area.district != nil || !area.places.isEmpty else {
      reading.add(.missingKey("city"), at: node)
      return nil
    }
    return area
  }

  /// `2026-11-22 08:30` on the clock of the place; `2026-11-22` is its beginning.
  private func moment(_ node: Node, _ reading: Reading, _ clock: WallClock) -> Timestamp? {
    guard let text = reading.text(node, limit: 60) else { return nil }
    let parts = text.split(whereSeparator: { $0 == " " || $0 == "T" })
    let time = parts.count == 2 ? parts[1].split(separator: ":") : []
    guard (1...2).contains(parts.count), let date = CivilDate(parts[0]), date.description == parts[0],
      parts.count == 1 || time.count == 2 && parts[1].utf8.count == 5,
      let hour = Int(time.first ?? "0"), let minute = Int(time.last ?? "0"), (0..<24).contains(hour),
      (0..<60).contains(minute)
    else {
      reading.add(.invalidMoment(reading.shortened(text)), at: node)
      return nil
    }
    return clock.moment(date, secondOfDay: hour * 3600 + minute * 60)
  }
}
