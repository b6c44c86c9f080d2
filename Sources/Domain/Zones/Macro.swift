/// Several changes of a ticket and a text under one name and key: `Resources/macros.yaml`.
package struct Macro: Hashable, Codable, Sendable, Identifiable {
  package struct Hold: Hashable, Codable, Sendable {
    package var reason: LocalizedText
    /// Nil: until somebody resumes it.
    package var minutes: Int?

    package init(reason: LocalizedText, minutes: Int? = nil) {
      self.reason = reason
      self.minutes = minutes
    }
  }

  package struct Transfer: Hashable, Codable, Sendable {
    package var zone: ZoneID?
    package var team: TeamID?
    package var note: LocalizedText

    package init(zone: ZoneID? = nil, team: TeamID? = nil, note: LocalizedText) {
      self.zone = zone
      self.team = team
      self.note = note
    }
  }

  package var id: String
  package var name: LocalizedText
  /// Its key as settings write it, such as `Alt-7`; nil: through the palette alone.
  package var key: String?
  /// Where it can be run; empty: everywhere.
  package var zones: [ZoneID]
  package var fields: [String: String]
  package var category: CategoryID?
  package var priority: Ticket.Priority?
  package var addTags: [String]
  package var removeTags: [String]
  /// Ids of steps that are done with it.
  package var steps: [String]
  /// Texts have the slots of templates.
  package var reply: LocalizedText?
  package var note: LocalizedText?
  package var hold: Hold?
  package var transfer: Transfer?
  /// Closes with this template.
  package var close: TemplateID?

  package init(
    id: String, name: LocalizedText, key: String? = nil, zones: [ZoneID] = [], fields: [String: String] = [:],
    category: CategoryID? = nil, priority: Ticket.Priority? = nil, addTags: [String] = [],
    removeTags: [String] = [], steps: [String] = [], reply: LocalizedText? = nil, note: LocalizedText? = nil,
    hold: Hold? = nil, transfer: Transfer? = nil, close: TemplateID? = nil
  ) {
    self.id = id
    self.name = name
    self.key = key
    self.zones = zones
    self.fields = fields
    self.category = category
    self.priority = priority
    self.addTags = addTags
    self.removeTags = removeTags
    self.steps = steps
    self.reply = reply
    self.note = note
    self.hold = hold
    self.transfer = transfer
    self.close = close
  }

  /// Whether it may be run on a ticket of `zone`.
  package func fits(_ zone: ZoneID) -> Bool { zones.isEmpty || zones.contains(zone) }
}
