import Assist
import Domain

/// The quality score of a closing, by the same reading in every mode: also where the desk itself read nothing.
struct ClosingJudge {
  let reader: TicketReader

  /// A ticket as it came.
  struct Case {
    var reading: TicketReading
    var customer: CustomerProfile?
  }

  struct Verdict: Codable {
    /// 0 to 100.
    var score: Int
    /// What stops a text: then the score is 0.
    var fatal: [String]
  }

  func open(_ clear: ClearTicket, now: Timestamp) -> Case {
    Case(
      reading: reader.read(ReadingInput(clear, clock: .china, now: now)), customer: clear.customer)
  }

  func verdict(_ opened: Case, _ clear: ClearTicket, now: Timestamp) -> Verdict {
    let ticket = clear.ticket
    let sheet = QualityScore.sheet(
      of: ReplyDraft(
        text: ticket.closing?.text ?? "", language: ticket.language, disposition: ticket.disposition,
        ticket: ticket, zone: clear.zone, customer: opened.customer,
        clearName: opened.customer?.customer.name, mood: opened.reading.mood, risk: opened.reading.risk,
        amounts: opened.reading.findings.compactMap(\.amount), words: reader.words(in: ticket.zone),
        clock: .china, now: now)
    ) { LocalizedText(chinese: $0, english: $0) }
    return Verdict(score: sheet.score ?? 100, fatal: sheet.fatal.map(\.id))
  }
}
