import Assist
import Configuration
import DemoWorld
import Domain
import Foundation
import Store

/// A store whose newest closed tickets come in again, as they came, and what they were closed with: the truth that a scripted
/// agent works towards.
struct ClosingWorld {
  /// How a ticket has to end.
  struct Truth {
    var category: CategoryID
    var fields: [String: String]
    var template: ClosingTemplate
    var language: Language
    var customerName: String
    /// Index of each choice's option.
    var choices: [String: Int]
  }

  let configuration: ConfigurationSet
  let agent: Agent
  let changes: [Change]
  let truths: [TicketID: Truth]
  let models: ReadingModels
  let now: Timestamp

  /// - Parameters:
  ///   - tickets: that come in again.
  ///   - history: closed tickets besides, from which the desk has learned.
  init(seed: UInt64, tickets: Int, history: Int, now: Timestamp) throws {
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
    var names: [CustomerID: String] = [:]
    var closed: [Ticket] = []
    for change in all {
      switch change {
      case .customer(let customer): names[customer.id] = customer.name
      case .ticket(let ticket) where ticket.state == .closed || ticket.state == .solved: closed.append(ticket)
      default: break
      }
    }
    let templates = Dictionary(
      configuration.templates.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    let zones = Dictionary(configuration.zones.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    var truths: [TicketID: Truth] = [:]
    for ticket in closed.sorted(by: { $0.createdAt > $1.createdAt }) where truths.count < tickets {
      guard let closing = ticket.closing, let template = closing.template.flatMap({ templates[$0] }),
        let category = ticket.category, let zone = zones[ticket.zone],
        let needed = try? Self.needed(template, zone, ticket.language),
        let choices = Self.choices(template, ticket.language, closing.text)
      else { continue }
      let fields = ticket.fields.filter { needed.contains($0.key) }
      guard needed.allSatisfy({ !(fields[$0] ?? "").isEmpty }),
        fields.allSatisfy({ (try? zone.field($0.key)?.canonical($0.value)) == $0.value })
      else { continue }
      truths[ticket.id] = Truth(
        category: category, fields: fields, template: template, language: ticket.language,
        customerName: names[ticket.customer] ?? "", choices: choices)
    }
    self.configuration = configuration
    self.agent = agent
    self.truths = truths
    self.now = now
    changes = Self.again(all, truths, agent)
    models = try Self.learn(all, without: truths)
  }

  /// Fields that the zone requires or the text uses.
  private static func needed(_ template: ClosingTemplate, _ zone: Zone, _ language: Language) throws
    -> Set<String>
  {
    let slots = try TemplateFilling(template, language: language).slots
    return Set(zone.fields.filter(\.isRequired).map(\.id))
      .union(slots.filter { $0.hasPrefix("fields.") }.map { String($0.dropFirst(7)) })
  }

  /// The options that stand in the text; nil where one cannot be told.
  private static func choices(_ template: ClosingTemplate, _ language: Language, _ text: String) -> [String:
    Int]?
  {
    var found: [String: Int] = [:]
    for choice in template.choices {
      let fits = choice.options.indices.filter { text.contains(choice.options[$0][language]) }
      guard
        let index = fits.max(by: { choice.options[$0][language].count < choice.options[$1][language].count })
      else { return nil }
      found[choice.id] = index
    }
    return found
  }

  /// The same rows with those tickets as they came in: the first message of the customer, and nothing done. Other tickets that
  /// are not done are left out, so that the queue holds these alone.
  private static func again(_ all: [Change], _ truths: [TicketID: Truth], _ agent: Agent) -> [Change] {
    var kept: Set<TicketID> = []
    var heard: Set<TicketID> = []
    var waiting: [ContactID: TicketID] = [:]
    for change in all {
      guard case .ticket(let ticket) = change else { continue }
      if truths[ticket.id] != nil {
        if let contact = ticket.contact { waiting[contact] = ticket.id }
      } else if ticket.state.isDone {
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

  /// A model from the other closed tickets, as a store learns it from its own.
  private static func learn(_ all: [Change], without truths: [TicketID: Truth]) throws -> ReadingModels {
    var tickets: [TicketID: Ticket] = [:]
    var said: [TicketID: [(index: Int, text: String)]] = [:]
    for change in all {
      switch change {
      case .ticket(let ticket) where ticket.state.isDone && truths[ticket.id] == nil:
        tickets[ticket.id] = ticket
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
}
