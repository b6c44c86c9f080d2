import Domain
import Terminal

/// What a screen asks of the world. The effect runner does it and answers with a `DeskMessage`.
package enum DeskEffect: Equatable, Sendable {
  // MARK: Reads

  /// The texts of the screens in a language; answered by `wordsLoaded`.
  case loadWords(Language)
  /// Answered by `directoryLoaded`.
  case loadDirectory
  /// Answered by `queueLoaded` with the same request.
  case loadQueue(QueueRequest)
  /// Answered by `countsChanged`.
  case loadCounts
  /// Answered by `serviceLevelCounted`, a moment later.
  case loadServiceLevel
  /// Reminders of this person that are due; answered by `remindersDue`.
  case loadDueReminders(at: Timestamp)
  /// Answered by `ticketLoaded`.
  case loadTicket(TicketID, entries: Int)
  /// Reads the texts and records of a ticket, in clear and on this desk alone; answered by `ticketRead`.
  case readTicket(TicketID)
  /// Answered by `ticketsLoaded`: what a bulk close needs of each.
  case loadTickets([TicketID])
  /// Answered by `customerLoaded`.
  case loadCustomer(CustomerID)
  /// Answered by `resultsLoaded`.
  case loadResults(ResultsQuery)
  /// All drafts of this desk; answered by `draftsFound`.
  case loadDrafts
  /// Answered by `notSentLoaded`.
  case loadNotSent
  /// Claims of an earlier start that the store has not answered; answered by `requestsFound`.
  case loadRequests
  /// What waits for a lead; answered by `raisedLoaded`.
  case loadRaised
  /// Answered by `articleLoaded`.
  case loadArticle(ArticleID, Language)
  /// Answered by `articleTitlesLoaded`.
  case loadArticleTitles([ArticleID])
  /// Answered by `knowledgeFound` with the same token; a newer search interrupts an older one.
  case searchKnowledge(KnowledgeQuery)
  /// Answered by `found` with the same token; a newer search interrupts an older one.
  case find(FindQuery)
  /// Interrupts searches that still run.
  case cancelSearch
  /// Sends the ticket, masked, to the language model; answered by `modelAnswered` with the same token, sooner or later.
  case askModel(token: Int, ticket: TicketID, use: ModelUse)
  /// Nobody waits for the language model any more; not answered.
  case cancelModel

  // MARK: Writes

  /// One durable transaction on this desk, then to the store. Answered by `saved` (or `failed`), later by `outcome`.
  case save(Operation, clearing: DraftKey?)
  /// As `save`, and waits for the store: the operation counts only with its answer. Answered by `outcome`, while the store is
  /// away by `requested`, and by `failed` where it could not be saved.
  case submit(Operation)
  /// Saves the disclosure first and answers with `revealed`.
  case reveal(Operation, customer: CustomerID, field: String)
  /// Compares what the customer said with the records, puts the result into the operation and saves it. The answer goes no
  /// further. Answered as `save` is.
  case verify(Operation, customer: CustomerID, answer: String)
  case saveDraft(Draft)
  case deleteDraft(DraftKey)
  case dismissNotSent(OperationID)
  /// Tells other desks what is open here.
  case look(at: TicketID?, isTyping: Bool)

  // MARK: Files and other programs

  /// Opens `$EDITOR` on the text; answered by `editorReturned`.
  case openEditor(String)
  /// Reads a file and stores its bytes; answered by `attachmentStored` or `attachmentFailed`.
  case attach(path: String, ticket: TicketID)
  /// Opens a stored attachment with the agent's own program.
  case openAttachment(Attachment)
  case copyToClipboard(String)

  // MARK: Terminal and process

  case setLanguage(Language)
  case setTheme(String)
  case ringBell
  case setTitle(String)
  case repaint
  case suspend
  case quit
}

/// Which draft: one for each ticket and place of typing.
package struct DraftKey: Hashable, Sendable {
  package var ticket: TicketID?
  package var slot: Draft.Slot

  package init(ticket: TicketID?, slot: Draft.Slot) {
    self.ticket = ticket
    self.slot = slot
  }
}

package struct KnowledgeQuery: Hashable, Sendable {
  package var token: Int
  package var text: String
  package var zone: ZoneID?
  package var language: Language
  package var limit: Int
  /// The open ticket, while nothing is typed: then `text` is the name of its category, and articles are suggested for what it
  /// says and for how similar ones were answered.
  package var ticket: SimilarQuery?

  package init(
    token: Int, text: String, zone: ZoneID?, language: Language, limit: Int, ticket: SimilarQuery? = nil
  ) {
    self.token = token
    self.text = text
    self.zone = zone
    self.language = language
    self.limit = limit
    self.ticket = ticket
  }
}

package struct FindQuery: Hashable, Sendable {
  package var token: Int
  package var text: String
  package var limit: Int

  package init(token: Int, text: String, limit: Int) {
    self.token = token
    self.text = text
    self.limit = limit
  }
}
