import Assist
import Configuration
import DemoWorld
import Domain
import Foundation
import Store

/// A store whose newest closed tickets come in again, as they came, and what they were closed with: the truth that a scripted
/// agent works towards. Nothing that is younger than the oldest of them is left.
struct ClosingWorld {
  let configuration: ConfigurationSet
  let agent: Agent
  let changes: [Change]
  let truths: [TicketID: ClosingTruth]
  /// The half of the tickets that ask for less, by what their records need and by nothing that a desk did.
  let simple: Set<TicketID>
  /// Closed tickets that were looked at and cannot come in again, by reason.
  let unfit: [String: Int]
  let models: ReadingModels
  let now: Timestamp

  /// - Parameters:
  ///   - tickets: that come in again.
  ///   - history: closed tickets besides, from which the desk has learned.
  init(seed: UInt64, tickets: Int, history: Int, extent: ClosingTruth.Extent, now: Timestamp) throws {
    var configuration = try Place.configuration()
    var agent = try configuration.worker()
    agent.zones = []
    if let index = configuration.agents.firstIndex(where: { $0.id == agent.id }) {
      configuration.agents[index] = agent
    }
    let world = try DemoWorld(
      DemoOptions(seed: seed, tickets: (tickets + history) * 5 / 4, now: now),
      material: ResourceFolder(Place.resources()).loadDemoMaterial(), configuration: configuration)
    let all = world.changes()
    var records = ClosingRecords()
    var closed: [Ticket] = []
    for change in all {
      records.add(change)
      if case .ticket(let ticket) = change, ticket.state == .closed || ticket.state == .solved {
        closed.append(ticket)
      }
    }
    let templates = Dictionary(
      configuration.templates.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    let zones = Dictionary(configuration.zones.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    var truths: [TicketID: ClosingTruth] = [:]
    var unfit: [String: Int] = [:]
    var oldest = now
    for ticket in closed.sorted(by: { $0.createdAt > $1.createdAt }) where truths.count < tickets {
      do {
        truths[ticket.id] = try ClosingTruth(
          ticket, extent, templates: templates, zones: zones, records: records)
        oldest = ticket.createdAt
      } catch let why as ClosingTruth.Unfit {
        unfit[why.rawValue, default: 0] += 1
      }
    }
    self.configuration = configuration
    self.agent = agent
    self.truths = truths
    simple = Self.simpleHalf(truths)
    self.unfit = unfit
    self.now = now
    let past = Self.again(all, truths, agent, before: oldest)
    changes = past
    models = try Self.learn(past)
  }

  private static func simpleHalf(_ truths: [TicketID: ClosingTruth]) -> Set<TicketID> {
    let sorted = truths.sorted { ($0.value.effort, $0.key) < ($1.value.effort, $1.key) }
    return Set(sorted.prefix((sorted.count + 1) / 2).map(\.key))
  }

  /// The same rows with those tickets as they came in: the first message of the customer, and nothing done. Other tickets that
  /// are not done, or that came later, are left out: the queue holds these alone, and nobody knows what comes.
  private static func again(
    _ all: [Change], _ truths: [TicketID: ClosingTruth], _ agent: Agent, before oldest: Timestamp
  ) -> [Change] {
    var kept: Set<TicketID> = []
    var heard: Set<TicketID> = []
    var waiting: [ContactID: TicketID] = [:]
    for change in all {
      guard case .ticket(let ticket) = change else { continue }
      if truths[ticket.id] != nil {
        if let contact = ticket.contact { waiting[contact] = ticket.id }
      } else if ticket.state.isDone, ticket.createdAt < oldest {
        kept.insert(ticket.id)
      }
    }
    return all.compactMap { change in
      switch change {
      case .ticket(let ticket):
        guard truths[ticket.id] != nil else { return kept.contains(ticket.id) ? change : nil }
        var new = Ticket(
          id: ticket.id, customer: ticket.customer, zone: ticket.zone, subject: ticket.subject,
          priority: ticket.priority, language: ticket.language, channel: ticket.channel,
          createdAt: ticket.createdAt, createdBy: ticket.createdBy)
        new.number = ticket.number
        new.contact = ticket.contact
        new.preview = ticket.preview
        new.waitingSince = ticket.createdAt
        return .ticket(new)
      case .contact(let contact):
        guard waiting[contact.id] != nil else { return kept.contains(contact.ticket) ? change : nil }
        return .contact(
          Contact(
            id: contact.id, ticket: contact.ticket, customer: contact.customer, channel: contact.channel,
            arrivedAt: contact.arrivedAt))
      case .entry(let entry):
        guard truths[entry.ticket] != nil else { return kept.contains(entry.ticket) ? change : nil }
        guard entry.kind == .customerMessage, heard.insert(entry.ticket).inserted else { return nil }
        return change
      case .agent(var known):
        known.presence = Presence(state: .ready, since: known.presence.since)
        known.currentTicket = nil
        if known.id == agent.id { known.zones = [] }
        return .agent(known)
      default: return change
      }
    }
  }

  /// A model from the closed tickets, as a store learns it from its own.
  private static func learn(_ past: [Change]) throws -> ReadingModels {
    var tickets: [TicketID: Ticket] = [:]
    var said: [TicketID: [(index: Int, text: String)]] = [:]
    for change in past {
      switch change {
      case .ticket(let ticket) where ticket.state.isDone: tickets[ticket.id] = ticket
      case .entry(let entry) where entry.kind == .customerMessage:
        said[entry.ticket, default: []].append((said[entry.ticket]?.count ?? 0, entry.body))
      default: break
      }
    }
    let texts = tickets.values.sorted { $0.id < $1.id }.compactMap { ticket -> LabelledText? in
      ticket.category.map {
        LabelledText(
          text: TicketText(subject: ticket.subject, messages: said[ticket.id] ?? []).text, label: $0.text)
      }
    }
    return ReadingModels(category: try ModelTraining().model(from: texts))
  }

  /// What the customer reads when the ticket is closed right: the same text by every way.
  func text(_ truth: ClosingTruth, _ ticket: Ticket, _ customer: CustomerProfile?) throws -> String {
    var ticket = ticket
    ticket.fields = truth.fields
    ticket.category = truth.category
    let zone = configuration.zones.first { $0.id == ticket.zone }
    let language = truth.language
    var values = Assist.TemplateValues.of(
      ticket, customer: customer, clearName: truth.customerName, zone: zone,
      categoryName: configuration.categories.first { $0.id == truth.category }?.name[language] ?? "",
      agent: agent, teamName: configuration.teams.first { $0.id == agent.team }?.name[language] ?? "",
      dispositionName: zone?.dispositions.first { $0.id == truth.template.disposition }?.name[language] ?? "",
      clock: .china, now: now, language: language)
    for choice in truth.template.choices {
      guard let index = truth.choices[choice.id] else { continue }
      values["choice.\(choice.id)"] = choice.options[index][language]
    }
    return try TemplateFilling(truth.template, language: language).fill(values) { $0 }.text
  }
}
