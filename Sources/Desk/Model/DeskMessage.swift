import Assist
import Domain
import Terminal

/// Something that happened. The run loop hands them to `update` one after another.
package enum DeskMessage: Sendable {
  /// Once, before everything else.
  case started
  /// The first frame is on the terminal: what nobody waits for may be read now.
  case shown
  case input(InputEvent)
  /// The clock. Sent once a second, and before a batch of input, so that what is measured is exact.
  case tick(Timestamp)

  case wordsLoaded(StringCatalogue)
  case directoryLoaded(Directory)
  /// Whoever sits here: other rights, other zones.
  case meChanged(Agent)
  case queueLoaded(QueuePage)
  case countsChanged(QueueCounts)
  case serviceLevelCounted(ServiceLevelToday)
  /// Oldest first.
  case remindersDue([Ticket])
  /// Nil: there is no such ticket here.
  case ticketLoaded(TicketID, TicketDetail?)
  /// What the desk read in the ticket; nil: it is not here.
  case ticketRead(TicketID, TicketReading?)
  case ticketsLoaded([TicketDetail])
  case customerLoaded(CustomerID, CustomerProfile?)
  case resultsLoaded(MyResults)
  case draftsFound([Draft])
  case notSentLoaded([NotSent])
  /// Claims that were saved before and that the store has not answered.
  case requestsFound([Operation])
  /// Oldest first.
  case raisedLoaded([RaisedItem])
  case articleLoaded(Article?)
  /// In both languages; of an article that has only one, that one twice.
  case articleTitlesLoaded([ArticleID: LocalizedText])
  case knowledgeFound(token: Int, [ArticleHit])
  case found(token: Int, [FindHit], FindReach = .whole)

  case modelAnswered(token: Int, ModelAnswer)

  /// The operation is durable on this desk.
  case saved(OperationID)
  /// The store (or already this desk's reducer) has decided.
  case outcome(OperationID, Outcome)
  /// It could not be done; the sentence says why, in the language of the screen. What was typed comes back.
  case failed(OperationID?, String)
  /// The store could not be asked. The operation is saved and will be sent: its `outcome` comes when the store is back.
  case requested(OperationID, String)
  case revealed(CustomerID, field: String, value: String?)

  /// Rows that screens show have changed.
  case storeChanged
  case syncStatus(SyncStatus)
  /// What stays wrong with the exchange until somebody does something about it; nil: it is over.
  case storeTrouble(StandingTrouble?)
  /// The store was restored from a backup of this revision; this desk sends again what the store may miss.
  case storeRestored(revision: Int64)
  /// Something that went well and has to be known, in the language of the screen.
  case told(String)
  /// Everybody who has a ticket open at another desk.
  case viewers([Viewer])

  /// Nil: the editor failed or the text is unchanged.
  case editorReturned(String?)
  case attachmentStored(StoredFile)
  /// Why a file could not be attached, in the language of the screen.
  case attachmentFailed(String)
  /// The program ends, the terminal may already be gone: answer with what must still be kept (`saveDraft`).
  case closing
  /// config.yaml was changed, and what is wrong in it.
  case preferencesChanged(Preferences, problem: String?)
}

/// What stays wrong until a person does something about it: facts of another module in both languages, because the language
/// of the screen may change while it stands there.
package struct StandingTrouble: Hashable, Sendable {
  /// One line of the screen.
  package var line: LocalizedText
  /// All of it, with what to do; paragraphs are divided by line breaks.
  package var text: LocalizedText

  package init(line: LocalizedText, text: LocalizedText) {
    self.line = line
    self.text = text
  }
}

/// A file whose bytes the store has.
package struct StoredFile: Hashable, Sendable {
  package var ticket: TicketID
  package var name: String
  package var mediaType: String
  package var byteCount: Int64
  package var digest: String

  package init(ticket: TicketID, name: String, mediaType: String, byteCount: Int64, digest: String) {
    self.ticket = ticket
    self.name = name
    self.mediaType = mediaType
    self.byteCount = byteCount
    self.digest = digest
  }
}
