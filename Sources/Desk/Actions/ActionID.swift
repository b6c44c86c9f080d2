/// Everything a person can do with a key, by the name that settings, the palette and the manual use.
package enum ActionID: String, CaseIterable, Sendable {
  // Everywhere.
  case help, palette, find, knowledge
  case claimNext = "claim-next"
  case newTicket = "new-ticket"
  case presence
  case notSent = "not-sent"
  case raised
  case trouble
  case myResults = "my-results"
  case drafts, language, theme
  case nextPane = "next-pane"
  case previousPane = "previous-pane"
  case customer, back, undo, suspend, repaint, interrupt, quit

  // Moving in lists and texts.
  case up, down
  case pageUp = "page-up"
  case pageDown = "page-down"
  case halfUp = "half-up"
  case halfDown = "half-down"
  case first, last

  // The queue.
  case open, filter
  case nextMatch = "next-match"
  case previousMatch = "previous-match"
  case mark
  case markRange = "mark-range"
  case clearMarks = "clear-marks"
  case waiting, mine
  case openTickets = "open-tickets"
  case pending, done
  case nextScope = "next-scope"
  case previousScope = "previous-scope"

  // A ticket, or the marked ones.
  case claim, release, reply, note, close, solve, reopen, hold, resume, transfer, category, priority, subject
  case editForm = "edit-form"
  case step, refund, verify
  case addTag = "add-tag"
  case removeTag = "remove-tag"
  case attach, attachments
  case reminder, link, unlink, merge, split
  case addContact = "add-contact"
  case markRead = "mark-read"
  case takeBack = "take-back"
  case fullText = "full-text"
  case changes
  case olderEntries = "older-entries"
  case copyNumber = "copy-number"
  case reading, accept

  // Writing.
  case send, editor, discard

  // The language model.
  case draftReply = "draft-reply"
  case summarise
  case takeDraft = "take-draft"

  // The form and closing.
  case editField = "edit-field"
  case nextField = "next-field"
  case previousField = "previous-field"
  case nextMissing = "next-missing"
  case confirmClose = "confirm-close"
  case byHand = "by-hand"
  case byTemplate = "by-template"
  case disposition
  case closingSteps = "closing-steps"

  // The customer.
  case activate, reveal
  case copyValue = "copy-value"
  case mergeCustomer = "merge-customer"
  case unmergeCustomer = "unmerge-customer"

  // Knowledge.
  case openArticle = "open-article"
  case insertPassage = "insert-passage"
  case insertArticle = "insert-article"

  /// `action.claim-next`: its name in the string catalogue; with `.help` one sentence more.
  package var key: String { "action.\(rawValue)" }

  /// Whether it only moves and shows: what somebody may do whose account is no longer active.
  var isReading: Bool {
    switch self {
    case .help, .palette, .find, .knowledge, .notSent, .raised, .trouble, .myResults, .drafts, .language,
      .theme,
      .nextPane, .previousPane, .customer, .back, .suspend, .repaint, .interrupt, .quit, .up, .down, .pageUp,
      .pageDown, .halfUp, .halfDown, .first, .last, .open, .filter, .nextMatch, .previousMatch, .clearMarks,
      .waiting, .mine, .openTickets, .pending, .done, .nextScope, .previousScope, .attachments, .fullText,
      .changes, .olderEntries, .copyNumber, .reading, .activate, .copyValue, .openArticle:
      true
    default: false
    }
  }
}
