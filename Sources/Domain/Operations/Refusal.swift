/// Why the reducer does not do an operation: facts. The sentences are in the string catalogue as `refusal.CASE`.
package enum Refusal: Hashable, Codable, Sendable, Error {
  case missingRight(Right)
  case unknownActor(AgentID)
  case ticketMissing
  case ticketExists
  case customerMissing
  case customerExists
  case agentMissing
  case contactMissing
  case entryMissing
  case identityMissing
  case alreadyOwned(by: AgentID)
  /// Only the owner may do it; nil when nobody owns the ticket.
  case notOwner(owner: AgentID?)
  case wrongState(Ticket.State)
  case wrongContactState(from: Contact.State, to: Contact.State)
  /// Somebody changed it since; what was typed is kept.
  case changedSince(now: Int64)
  case requiredFieldsMissing(zone: ZoneID, fields: [String])
  /// Steps that the zone requires are neither done nor skipped.
  case requiredStepsOpen(zone: ZoneID, steps: [String])
  case unknownOffer(OfferID)
  case invalidField(field: String, FormField.Problem)
  case unknownField(String)
  case unknownStep(String)
  case unknownZone(ZoneID)
  case unknownCategory(CategoryID)
  case unknownDisposition(String)
  case unknownTeam(TeamID)
  case unknownAgent(AgentID)
  case textMissing
  case textTooLong(limit: Int)
  case reasonMissing
  case identityTaken(by: CustomerID)
  /// Two customers whose ID cards differ are two people.
  case identitiesConflict([Identity.Kind])
  case sameTicket
  case sameCustomer
  case alreadyMerged
  case notMerged
  case alreadyStruck
  /// A reply that has been released cannot be taken back.
  case alreadyReleased
  case notYours
  case unknownReason(String)
  case emptyConfiguration
  /// Nobody gives or takes a right that they do not have themselves.
  case rightNotHeld(Right)
  /// Somebody has to be left who may do everything.
  case lastAdministrator
  case teamInUse(TeamID)
  /// The time at which it ends has passed already.
  case alreadyExpired
  case invalidLevel(Int)
  case notGranted
  /// What was learned does not say what it must.
  case invalidModel

  // Since the second format of operations.
  case billMissing
  /// The bill has another line there than the one that was seen.
  case billChanged
  /// The bill belongs to somebody else than the ticket.
  case otherCustomer
  case refundsNotConfigured
  case refundNotPositive
  /// More than the line still has to give.
  case refundAboveCharge(left: Money)
  case refundMissing
  /// It was granted, declined or withdrawn already.
  case refundDecided(Refund.State)
  /// Nobody approves what they asked for themselves.
  case ownRefund
  /// Above what whoever approves may grant at once, or has left of the day.
  case refundAboveLimit(refund: Money, left: Money)
  case refundPaid
  /// An import would take away what was paid back already.
  case billHasRefunds(bill: String)
  case verificationMissing
  case verificationLocked
  /// The zone asks nobody that.
  case verificationNotAsked
  case contactOver
  /// Not every change can be one of several that are done together.
  case notTogether

  /// What a desk can be told whose program writes operations of `schema`.
  package func told(toSchema schema: Int) -> Refusal {
    guard schema < 2, case .verificationMissing = self else { return self }
    return .missingRight(.reveal)
  }
}
