extension Zone {
  /// What closing does while a required step is neither done, skipped nor superfluous.
  package enum OpenSteps: String, Codable, CaseIterable, Sendable { case refuse, warn, allow }

  /// One step of the standard procedure (SOP).
  package struct Step: Hashable, Codable, Sendable, Identifiable {
    package var id: String
    package var name: LocalizedText
    package var help: LocalizedText?
    /// Nil: always needed.
    package var when: StepConditions?
    /// One of these shows that it was done; empty: a person says so.
    package var doneBy: [StepEvidence]
    package var isRequired: Bool

    package init(
      id: String, name: LocalizedText, help: LocalizedText? = nil, when: StepConditions? = nil,
      doneBy: [StepEvidence] = [], isRequired: Bool = false
    ) {
      self.id = id
      self.name = name
      self.help = help
      self.when = when
      self.doneBy = doneBy
      self.isRequired = isRequired
    }

    private enum CodingKeys: String, CodingKey { case id, name, help, when, doneBy, isRequired }

    /// Steps that were stored before there were conditions are always needed and never required.
    package init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      self.init(
        id: try container.decode(String.self, forKey: .id),
        name: try container.decode(LocalizedText.self, forKey: .name),
        help: try container.decodeIfPresent(LocalizedText.self, forKey: .help),
        when: try container.decodeIfPresent(StepConditions.self, forKey: .when),
        doneBy: try container.decodeIfPresent([StepEvidence].self, forKey: .doneBy) ?? [],
        isRequired: try container.decodeIfPresent(Bool.self, forKey: .isRequired) ?? false)
    }
  }

  package func step(_ id: String) -> Step? { steps.first { $0.id == id } }

  /// Ids of required steps that are neither done nor skipped, in the order of the procedure. What a desk can read besides is
  /// recorded by it before it closes (`TicketAction.recordSteps`).
  package func openSteps(of ticket: Ticket) -> [String] {
    steps.filter { $0.isRequired && !ticket.steps.contains($0.id) && ticket.skippedSteps[$0.id] == nil }.map(
      \.id)
  }
}

/// When a step is needed. Everything that is given has to hold; of a list one thing.
package struct StepConditions: Hashable, Codable, Sendable {
  /// Rules of the zone's diagnosis that found something.
  package var findings: [String]
  /// Rules that found nothing.
  package var withoutFindings: [String]
  /// Values by field; an empty list: the field is filled.
  package var fields: [String: [String]]
  package var categories: [CategoryID]
  package var channels: [Channel]
  /// Tags of the customer.
  package var tags: [String]
  /// 0 (content) to 3 (furious).
  package var moodAtLeast: Int?
  package var riskAtLeast: RiskSeverity?

  package init(
    findings: [String] = [], withoutFindings: [String] = [], fields: [String: [String]] = [:],
    categories: [CategoryID] = [], channels: [Channel] = [], tags: [String] = [], moodAtLeast: Int? = nil,
    riskAtLeast: RiskSeverity? = nil
  ) {
    self.findings = findings
    self.withoutFindings = withoutFindings
    self.fields = fields
    self.categories = categories
    self.channels = channels
    self.tags = tags
    self.moodAtLeast = moodAtLeast
    self.riskAtLeast = riskAtLeast
  }
}

/// Something that shows that a step was done.
package enum StepEvidence: Hashable, Codable, Sendable {
  /// The field has a value.
  case field(String)
  /// A public reply was sent; where words are given, one of them stands in it.
  case reply([String])
  /// A note was written; where words are given, one of them stands in it.
  case note([String])
  /// The customer's identity was verified.
  case verified
  /// A refund was made on the ticket.
  case refund
  /// Personal data of the customer was revealed, with a reason.
  case disclosure
  /// This desk showed an article, a bill or an order while the ticket was open.
  case shown(StepSight)
  /// It was handed to another zone, team or person.
  case transferred
  /// A reminder was set.
  case reminder
}

package enum StepSight: String, Codable, CaseIterable, Sendable { case article, bill, order, product }
