import Assist
import Configuration
import Domain

/// What readers of a ticket are tested with: the words that the project ships, and conversations in one line.
enum ReadingSupport {
  static let resources =
    String(#filePath.dropLast("/Tests/AssistTests/ReadingSupport.swift".count)) + "/Resources"

  static let set: ConfigurationSet = {
    do {
      return try ResourceFolder(resources).load()
    } catch {
      fatalError("\(error)")
    }
  }()

  static let words = ReadingWords(set.words)

  /// 2026-11-18 10:00 in China, a Wednesday.
  static let now = WallClock.china.moment(CivilDate(year: 2026, month: 11, day: 18)!, secondOfDay: 36000)

  static func ticket(_ change: (inout Ticket) -> Void = { _ in }) -> Ticket {
    var ticket = Ticket(
      id: "t", customer: "c", zone: "billing-dispute", subject: "s", channel: .chat, createdAt: now,
      createdBy: "a")
    ticket.number = "2611-0417"
    change(&ticket)
    return ticket
  }

  static func customer(_ change: (inout CustomerProfile) -> Void = { _ in }) -> CustomerProfile {
    var profile = CustomerProfile(
      customer: Customer(id: "c", name: "王*芳"), identities: [], products: [], orders: [], bills: [],
      visits: [], ticketCount: 0, merged: [])
    change(&profile)
    return profile
  }

  /// `客: …` or `> …` is the customer, `坐席: …` or `< …` an agent; one minute apart, the last one now.
  static func input(
    _ lines: [String], ticket: Ticket = ticket(), zone: Zone? = nil, customer: CustomerProfile? = nil,
    now: Timestamp = now
  ) -> ReadingInput {
    let messages = lines.enumerated().map { index, line in
      let isAgent = line.hasPrefix("<")
      return ReadingInput.Message(
        author: isAgent ? .agent("linxiao") : .customer,
        at: now.advanced(seconds: Int64(index - lines.count + 1) * 60),
        text: line.hasPrefix("<") || line.hasPrefix(">") ? String(line.dropFirst()).trimmed : line)
    }
    return ReadingInput(
      ticket: ticket, zone: zone, messages: messages, customer: customer, clock: .china, now: now)
  }

  static func mood(_ lines: String...) -> MoodReading { MoodReader.read(input(lines), words: words) }
  static func risk(_ lines: String...) -> RiskReading { RiskReader.read(input(lines), words: words) }

  static func quoted(_ text: String, _ place: TextPlace) -> String {
    String(String.UnicodeScalarView(Array(text.unicodeScalars)[place.start..<place.end]))
  }
}
