/// What the reducer may read: one consistent state of the desk's data. The replica, the shared store and tests each have one.
package protocol DeskState {
  func ticket(_ id: TicketID) throws -> Ticket?
  func contact(_ id: ContactID) throws -> Contact?
  /// Contacts of a ticket that are not wrapped up or abandoned.
  func openContacts(of ticket: TicketID) throws -> [Contact]
  func entry(_ id: EntryID) throws -> TimelineEntry?
  func customer(_ id: CustomerID) throws -> Customer?
  func identity(_ id: IdentityID) throws -> Identity?
  func identities(of customer: CustomerID) throws -> [Identity]
  /// Who already has this identity.
  func holder(of kind: Identity.Kind, normalized: String) throws -> CustomerID?
  func bill(_ id: BillID) throws -> Bill?
  /// What somebody granted after a moment, newest or oldest first: the timeline entries that say so.
  func grantedRefunds(by agent: AgentID, after moment: Timestamp) throws -> [Refund.Event]
  func refundRules() throws -> RefundRules?
  func agent(_ id: AgentID) throws -> Agent?
  /// Everybody, active or not. Only changes of people ask for it.
  func everybody() throws -> [Agent]
  func teamExists(_ id: TeamID) throws -> Bool
  func zone(_ id: ZoneID) throws -> Zone?
  func zones() throws -> [Zone]
  func category(_ id: CategoryID) throws -> Category?
  /// Nil while nothing was learned.
  func learnedModel() throws -> LearnedModel?
  /// What may be offered to customers.
  func offers() throws -> OfferBook
  /// The next number for a ticket created at `moment`. Only the shared store gives numbers; a replica answers nil.
  func nextTicketNumber(at moment: Timestamp) throws -> String?
}
