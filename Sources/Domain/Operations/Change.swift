/// One row that is written. A list of changes is the whole meaning of an accepted operation.
package enum Change: Hashable, Sendable {
  case ticket(Ticket)
  case contact(Contact)
  case entry(TimelineEntry)
  case attachment(Attachment)
  case customer(Customer)
  case identity(Identity)
  case removeIdentity(IdentityID)
  case product(Product)
  case order(Order)
  case bill(Bill)
  case agent(Agent)
  case configuration(ConfigurationChange)
  case disclosure(Disclosure)
  case missedSearch(query: String, language: Language)
  case articleUse(ArticleUse, at: Timestamp)
}

/// How the configuration changes; the store turns it into rows, one for each zone, template, article and so on.
package enum ConfigurationChange: Hashable, Sendable {
  /// All kinds are replaced; agents keep their presence.
  case replace(ConfigurationSet)
  case addArticles([Article])
  case putTeam(Team)
  case removeTeam(TeamID)
  case putModel(LearnedModel)
}

/// A record that somebody saw personal data in clear. It names the field, never the value.
package struct Disclosure: Hashable, Codable, Sendable, Identifiable {
  package var id: OperationID
  package var customer: CustomerID
  package var agent: AgentID
  package var at: Timestamp
  package var field: String
  package var reason: String

  package init(
    id: OperationID, customer: CustomerID, agent: AgentID, at: Timestamp, field: String, reason: String
  ) {
    self.id = id
    self.customer = customer
    self.agent = agent
    self.at = at
    self.field = field
    self.reason = reason
  }
}

/// What became of an operation: stored with it, and the same whenever it is asked again.
package enum Outcome: Hashable, Codable, Sendable {
  case accepted
  case refused(Refusal)
}
