import Domain
import Glibc
import Yams

extension ResourceReader {
  private static let weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

  mutating func readCalendars() {
    for (name, file) in yamlFiles(in: "calendars", isRequired: false, defining: .calendar) {
      guard let fields = file.reading.fields(file.root, keys: ["id", "time_zone", "weekdays", "years"]) else {
        continue
      }
      if let calendar = calendar(fields, file: name) { set.calendars.append(calendar) }
    }
  }

  private func calendar(_ fields: Fields, file: String) -> WorkingCalendar? {
    let reading = fields.reading
    let id = identifier(fields, file: file)
    if let id { log.define(.calendar, id, at: reading.place(of: fields.node)) }
    let timeZone = fields.text("time_zone", limit: 60)
    if let timeZone, !isTimeZone(timeZone), let node = fields.values["time_zone"] {
      reading.add(.unknownTimeZone(timeZone), at: node)
    }
    var weekdays = [[WorkingCalendar.Interval]](repeating: [], count: 7)
    if let days = fields.required("weekdays").flatMap({ reading.fields($0, keys: Self.weekdays) }) {
      for (index, day) in Self.weekdays.enumerated() { weekdays[index] = intervals(days.items(day), reading) }
    }
    var years: [Int] = []
    var specialDays: [WorkingCalendar.SpecialDay] = []
    for pair in fields.values["years"].map(reading.pairs) ?? [] {
      guard let year = reading.number(pair.keyNode, in: 1970...9999) else { continue }
      years.append(year)
      var dates: [String: ProblemLog.Place] = [:]
      for node in reading.items(pair.value) {
        guard let day = specialDay(node, reading, year: year) else { continue }
        if let first = dates[day.date.description] {
          reading.add(
            .duplicateIdentifier(day.date.description, firstFile: first.file, firstLine: first.line), at: node
          )
        }
        dates[day.date.description] = reading.place(of: node)
        specialDays.append(day)
      }
    }
    guard let id, let timeZone else { return nil }
    return WorkingCalendar(
      id: CalendarID(id), timeZone: timeZone, weekdays: weekdays,
      specialDays: specialDays.sorted { $0.date < $1.date }, years: years.sorted())
  }

  private func specialDay(_ node: Node, _ reading: Reading, year: Int) -> WorkingCalendar.SpecialDay? {
    guard let fields = reading.fields(node, keys: ["name", "date", "isOffDay"]) else { return nil }
    let name = fields.text("name", limit: 60)
    let isOff = fields.required("isOffDay").flatMap(reading.flag)
    guard let dateNode = fields.required("date"), let text = reading.text(dateNode) else { return nil }
    guard let date = isoDate(text) else {
      reading.add(.invalidDate(reading.shortened(text)), at: dateNode)
      return nil
    }
    // The public form lists the days of the holidays of a year, and New Year may begin in the December before.
    guard abs(date.year - year) <= 1 else {
      reading.add(.dateOutsideYear(text, year: year), at: dateNode)
      return nil
    }
    guard let name, let isOff else { return nil }
    return WorkingCalendar.SpecialDay(name: name, date: date, isOff: isOff)
  }

  private func intervals(_ nodes: [Node], _ reading: Reading) -> [WorkingCalendar.Interval] {
    var found: [(interval: WorkingCalendar.Interval, text: String, node: Node)] = []
    for node in nodes {
      guard let text = reading.text(node) else { continue }
      guard let interval = interval(text) else {
        reading.add(.invalidInterval(reading.shortened(text)), at: node)
        continue
      }
      if let other = found.first(where: {
        $0.interval.start < interval.end && interval.start < $0.interval.end
      }) {
        reading.add(.overlappingIntervals(other.text, text), at: node)
        continue
      }
      found.append((interval, text, node))
    }
    return found.map(\.interval).sorted { $0.start < $1.start }
  }

  /// `08:30-12:00`, half-open; the end may be `24:00`.
  private func interval(_ text: String) -> WorkingCalendar.Interval? {
    let ends = text.split(separator: "-", omittingEmptySubsequences: false)
    guard ends.count == 2, let start = secondOfDay(ends[0]), let end = secondOfDay(ends[1]), start < end
    else {
      return nil
    }
    return WorkingCalendar.Interval(start: start, end: end)
  }

  private func secondOfDay(_ text: Substring) -> Int? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ $0.utf8.count == 2 }), let hour = Int(parts[0]),
      let minute = Int(parts[1]), (0...24).contains(hour), (0...59).contains(minute), hour < 24 || minute == 0
    else { return nil }
    return hour * 3600 + minute * 60
  }

  private func isTimeZone(_ name: String) -> Bool {
    guard !name.hasPrefix("/"), !name.contains("."),
      name.utf8.allSatisfy({ byte in
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2B, 0x2D, 0x2F, 0x5F: true
        default: false
        }
      })
    else { return false }
    // A machine without the zone data cannot say; the calendar is then taken at its word.
    guard isFolder("/usr/share/zoneinfo") else { return true }
    return access("/usr/share/zoneinfo/\(name)", R_OK) == 0 && !isFolder("/usr/share/zoneinfo/\(name)")
  }
}
