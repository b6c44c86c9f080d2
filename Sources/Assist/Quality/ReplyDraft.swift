import Domain

/// A text for the customer before it goes, with what it is measured against. Made again with every key; nothing in it is read
/// from anywhere.
package struct ReplyDraft: Sendable {
  package var text: String
  /// The language of the customer.
  package var language: Language
  /// The customer reads it; false for the record of the file.
  package var isPublic: Bool
  /// It ends the ticket: then it must say what the zone requires.
  package var isClosing: Bool
  package var disposition: String?
  package var ticket: Ticket
  package var zone: Zone?
  /// Values of the form as they would be stored, those that were not saved yet included.
  package var fields: [String: String]
  /// Masked, as profiles are; nil where the records are not here.
  package var customer: CustomerProfile?
  /// The customer's name in clear, for finding the name of another.
  package var clearName: String?
  package var mood: MoodReading?
  package var risk: RiskReading?
  /// What diagnosis, refunds and offers speak of.
  package var amounts: [Money]
  /// Refunds of this desk are saved on bills: then what the text says of them is held against the customer's bills.
  package var knowsRefunds: Bool
  package var words: ReadingWords
  package var clock: WallClock
  package var now: Timestamp

  package init(
    text: String, language: Language, isPublic: Bool = true, isClosing: Bool = true,
    disposition: String? = nil, ticket: Ticket, zone: Zone?, fields: [String: String]? = nil,
    customer: CustomerProfile? = nil, clearName: String? = nil, mood: MoodReading? = nil,
    risk: RiskReading? = nil, amounts: [Money] = [], knowsRefunds: Bool = false,
    words: ReadingWords, clock: WallClock, now: Timestamp
  ) {
    self.text = text
    self.language = language
    self.isPublic = isPublic
    self.isClosing = isClosing
    self.disposition = disposition
    self.ticket = ticket
    self.zone = zone
    self.fields = fields ?? ticket.fields
    self.customer = customer
    self.clearName = clearName
    self.mood = mood
    self.risk = risk
    self.amounts = amounts
    self.knowsRefunds = knowsRefunds
    self.words = words
    self.clock = clock
    self.now = now
  }

  var facts: [Zone.Assistance.Fact] {
    guard isClosing, isPublic else { return [] }
    return zone?.assistance.facts.filter { fact in
      fact.dispositions.isEmpty || disposition.map(fact.dispositions.contains) == true
    } ?? []
  }
}
