import Assist
import Domain
import Terminal

// What is wrong in a text before the customer gets it: of replies, closings and macros alike. Notes are for colleagues and are
// not checked.
extension DeskModel {
  /// The lists of words come from the reading; where there is none, the rest is checked.
  private static let noWords = ReadingWords(AssistanceWords())

  /// - Parameter ticket: as it will be when the text goes.
  func findings(
    in text: String, of detail: TicketDetail, ticket: Ticket, disposition: String? = nil, isClosing: Bool
  ) -> [QualityFinding] {
    let reading = open?.id == detail.ticket.id ? open?.reading : nil
    return QualityCheck.findings(
      of: ReplyDraft(
        text: text, language: ticket.language, isClosing: isClosing, disposition: disposition, ticket: ticket,
        zone: detail.zone, fields: ticket.fields, customer: detail.customer, clearName: detail.clearName,
        mood: reading?.mood, risk: reading?.risk, amounts: reading?.findings.compactMap(\.amount) ?? [],
        knowsRefunds: directory.refunds != nil, words: reading?.words.words ?? Self.noWords, clock: clock,
        now: now))
  }

  /// What a finding says, and the key that settles it where there is one.
  func sentence(_ finding: QualityFinding) -> String {
    let why = sentence(finding.reason)
    guard finding.kind == .refund, let key = actions.shortKey(.refund) else { return why }
    return "\(why) · \(key) \(words.text("action.refund"))"
  }

  // MARK: - While a reply is written

  /// Up to this many bytes a reply is checked with every key: two milliseconds at most. A longer one is checked when the keys
  /// rest, and only its beginning; before it goes it is checked as a whole.
  static let checkedWithEveryKey = 4_000
  private static let checkedAtRest = 64_000
  private static let rest: Int64 = 1000

  static func beginning(_ text: String) -> String {
    text.utf8.count > checkedAtRest
      ? String(decoding: text.utf8.prefix(checkedAtRest), as: UTF8.self) : text
  }

  /// Called after everything that happened: only what changed since the last time costs anything.
  mutating func checkText() {
    if let since = open?.closing?.uncheckedSince, now - since >= Self.rest { checkClosing(whole: false) }
    checkReply()
  }

  private mutating func checkReply() {
    guard let composer = open?.composer, composer.kind == .reply, let detail = open?.detail else { return }
    let key = Composer.CheckKey(
      changes: composer.editor.changes, loads: open?.loads ?? 0, read: open?.reading?.version)
    guard composer.checked != key else { return }
    let text = composer.editor.text
    let isLong = text.utf8.count > Self.checkedWithEveryKey
    guard !isLong || now - composer.lastChange >= Self.rest else { return }
    let part = Self.beginning(text)
    let found =
      part.contains { !$0.isWhitespace }
      ? findings(in: part, of: detail, ticket: detail.ticket, isClosing: false) : []
    open?.composer?.checked = key
    open?.composer?.quality = found
  }

  /// Says what stops the reply and puts the caret there; false where nothing does.
  mutating func stopReply() -> Bool {
    guard let composer = open?.composer, composer.kind == .reply, let detail = open?.detail else {
      return false
    }
    let text = composer.editor.text
    let found = findings(in: text, of: detail, ticket: detail.ticket, isClosing: false)
    open?.composer?.quality = found
    guard let fatal = found.first(where: { $0.severity == .fatal }) else { return false }
    let place = fatal.place?.lowerBound ?? 0
    open?.composer?.editor.moveTo(codePoint: place)
    let line = 1 + text.unicodeScalars.prefix(place).count { $0 == "\n" }
    say(
      words.text(
        fatal.place == nil ? "desk.reply.fatal" : "desk.reply.fatal-at",
        ["why": sentence(fatal), "line": line]), .danger, seconds: 15, about: .place(nil))
    return true
  }
}
