/// How a ticket was closed, and what it cost: the proof of benefit.
package struct Closing: Hashable, Codable, Sendable {
  /// 1.0 written by hand, 2.0 template and manual fill, 3.0 template that the desk filled.
  package enum Mode: String, Codable, CaseIterable, Sendable { case blank, template, assisted }

  /// What the customer reads.
  package var text: String
  package var mode: Mode
  package var template: TemplateID?
  /// Keys pressed from opening the close form to closing; nil where nobody counted.
  package var keys: Int?
  /// Milliseconds from opening the close form to closing.
  package var milliseconds: Int64?
  /// Whether its text began as the draft of a language model; nil: no. Set by the reducer from the operation.
  package var isMachineDrafted: Bool?
  /// Those of the keys that were characters of a text or a value; nil where nobody counted.
  package var characters: Int?
  /// What the file keeps beside the text; nil where nothing was made.
  package var record: ClosingRecord?
  /// What the desk proposed and what became of it, each subject once.
  package var suggestions: [SuggestionUse]

  package init(
    text: String, mode: Mode, template: TemplateID? = nil, keys: Int? = nil, milliseconds: Int64? = nil,
    characters: Int? = nil, record: ClosingRecord? = nil, suggestions: [SuggestionUse] = []
  ) {
    self.text = text
    self.mode = mode
    self.template = template
    self.keys = keys
    self.milliseconds = milliseconds
    self.characters = characters
    self.record = record
    self.suggestions = suggestions
  }

  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    text = try values.decode(String.self, forKey: .text)
    mode = try values.decode(Mode.self, forKey: .mode)
    template = try values.decodeIfPresent(TemplateID.self, forKey: .template)
    keys = try values.decodeIfPresent(Int.self, forKey: .keys)
    milliseconds = try values.decodeIfPresent(Int64.self, forKey: .milliseconds)
    characters = try values.decodeIfPresent(Int.self, forKey: .characters)
    record = try values.decodeIfPresent(ClosingRecord.self, forKey: .record)
    suggestions = try values.decodeIfPresent([SuggestionUse].self, forKey: .suggestions) ?? []
    isMachineDrafted = try values.decodeIfPresent(Bool.self, forKey: .isMachineDrafted)
  }
}

/// What a colleague who opens the ticket next year wants to know, in both languages: made with the text that the customer
/// reads, from the same facts. Personal data in it is masked.
package struct ClosingRecord: Hashable, Codable, Sendable {
  /// What the customer wanted.
  package var wanted: LocalizedText
  /// What was found, each with its evidence.
  package var found: [LocalizedText]
  /// Steps that were done, refunds, how the customer was verified.
  package var done: [LocalizedText]
  package var outcome: LocalizedText
  /// What the customer was promised; nil where nothing was.
  package var promise: LocalizedText?
  /// The last day of that promise, where it names one.
  package var due: CivilDate?

  package init(
    wanted: LocalizedText, found: [LocalizedText], done: [LocalizedText], outcome: LocalizedText,
    promise: LocalizedText? = nil, due: CivilDate? = nil
  ) {
    self.wanted = wanted
    self.found = found
    self.done = done
    self.outcome = outcome
    self.promise = promise
    self.due = due
  }
}

/// What became of one thing that the desk proposed.
package struct SuggestionUse: Hashable, Codable, Sendable {
  package enum Outcome: String, Codable, CaseIterable, Sendable { case accepted, changed, cleared }

  /// `category`, `template`, `field.ID`, `choice.ID`, `input.NAME`.
  package var subject: String
  package var outcome: Outcome
  /// 0 to 1, as it was shown; nil where the desk gave none.
  package var confidence: Double?

  package init(subject: String, outcome: Outcome, confidence: Double? = nil) {
    self.subject = subject
    self.outcome = outcome
    self.confidence = confidence
  }
}
