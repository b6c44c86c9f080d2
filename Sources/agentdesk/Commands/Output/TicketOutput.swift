import Desk
import Domain

extension JSON {
  /// A row of a list.
  static func row(_ row: QueueRow) -> JSON {
    [
      "id": .text(row.id.text), "number": JSON(row.number), "state": .text(row.state.rawValue),
      "priority": JSON(row.priority.rawValue), "zone": .text(row.zone.text),
      "category": JSON(row.category?.text),
      "channel": .text(row.channel.rawValue), "subject": .text(row.subject), "preview": .text(row.preview),
      "customer": .text(row.customer.text), "customer_name": .text(row.customerName),
      "owner": JSON(row.owner?.text),
      "created_at": Moments.json(row.createdAt), "updated_at": Moments.json(row.updatedAt),
      "waiting_since": Moments.json(row.waitingSince), "pending_until": Moments.json(row.pendingUntil),
      "unread": JSON(row.isUnread),
    ]
  }

  static func ticket(_ ticket: Ticket, customerName: String) -> JSON {
    let main: JSON = [
      "id": .text(ticket.id.text), "number": JSON(ticket.number), "state": .text(ticket.state.rawValue),
      "priority": JSON(ticket.priority.rawValue), "zone": .text(ticket.zone.text),
      "category": JSON(ticket.category?.text), "channel": .text(ticket.channel.rawValue),
      "subject": .text(ticket.subject), "preview": .text(ticket.preview),
      "customer": .text(ticket.customer.text),
      "customer_name": .text(customerName), "owner": JSON(ticket.owner?.text),
      "created_at": Moments.json(ticket.createdAt), "updated_at": Moments.json(ticket.updatedAt),
      "waiting_since": Moments.json(ticket.waitingSince), "pending_until": Moments.json(ticket.pendingUntil),
      "unread": JSON(ticket.isUnread), "language": .text(ticket.language.rawValue),
      "team": JSON(ticket.team?.text),
    ]
    let fields = ticket.fields.sorted { $0.key < $1.key }.map { Pair($0.key, .text(Masking.text($0.value))) }
    return main.adding([
      Pair("fields", .object(fields)), Pair("tags", .array(ticket.tags.map(JSON.text))),
      Pair("solved_at", Moments.json(ticket.solvedAt)), Pair("closed_at", Moments.json(ticket.closedAt)),
      Pair("disposition", JSON(ticket.disposition)), Pair("closing", ticket.closing.map(closing) ?? .null),
      Pair("reopened", JSON(ticket.reopenCount)), Pair("merged_into", JSON(ticket.mergedInto?.text)),
      Pair(
        "links",
        .array(
          ticket.links.map { ["ticket": .text($0.ticket.text), "relation": .text($0.relation.rawValue)] })),
      Pair("version", JSON(ticket.version)),
    ])
  }

  private static func closing(_ closing: Closing) -> JSON {
    [
      "text": .text(closing.text), "mode": .text(closing.mode.rawValue),
      "template": JSON(closing.template?.text),
      "keys": JSON(closing.keys), "milliseconds": JSON(closing.milliseconds),
      "characters": JSON(closing.characters), "record": closing.record.map(record) ?? .null,
      "suggestions": .array(
        closing.suggestions.map {
          ["subject": .text($0.subject), "outcome": .text($0.outcome.rawValue)]
        }),
    ]
  }

  private static func record(_ record: ClosingRecord) -> JSON {
    func both(_ text: LocalizedText) -> JSON {
      ["zh-Hans": .text(Masking.text(text.chinese)), "en": .text(Masking.text(text.english))]
    }
    return [
      "wanted": both(record.wanted), "found": .array(record.found.map(both)),
      "done": .array(record.done.map(both)), "outcome": both(record.outcome),
      "promise": record.promise.map(both) ?? .null, "due": JSON(record.due?.description),
    ]
  }

  static func contact(_ contact: Contact) -> JSON {
    [
      "id": .text(contact.id.text), "channel": .text(contact.channel.rawValue),
      "state": .text(contact.state.rawValue),
      "agent": JSON(contact.agent?.text), "arrived_at": Moments.json(contact.arrivedAt),
      "answered_at": Moments.json(contact.answeredAt), "ended_at": Moments.json(contact.endedAt),
      "wrapped_up_at": Moments.json(contact.wrappedUpAt), "held_milliseconds": JSON(contact.heldMilliseconds),
      "wrap_up_code": JSON(contact.wrapUpCode),
    ]
  }

  static func attachment(_ attachment: Attachment) -> JSON {
    [
      "id": .text(attachment.id.text), "name": .text(attachment.name),
      "media_type": .text(attachment.mediaType),
      "bytes": JSON(attachment.byteCount), "sha256": .text(attachment.digest),
    ]
  }

  /// Of which line and bill; texts are masked where they were read.
  static func refund(_ refund: Refund, of bill: Bill) -> JSON {
    [
      "id": .text(refund.id.text), "bill": .text(bill.number), "period": .text(bill.period),
      "line": JSON(bill.lines.indices.contains(refund.line) ? bill.lines[refund.line].title : nil),
      "amount": .text(refund.amount.description), "state": .text(refund.state.rawValue),
      "reason": .text(refund.reason), "decision": .text(refund.decision),
      "requested_by": .text(refund.requestedBy.text), "requested_at": Moments.json(refund.requestedAt),
      "decided_by": JSON(refund.decidedBy?.text), "decided_at": Moments.json(refund.decidedAt),
      "releases_at": Moments.json(refund.releasesAt),
    ]
  }

  static func entry(_ entry: TimelineEntry) -> JSON {
    let author: String =
      switch entry.author {
      case .customer: "customer"
      case .agent(let id): "agent:\(id)"
      case .system: "system"
      }
    let main: JSON = [
      "id": .text(entry.id.text), "at": Moments.json(entry.at), "author": .text(author),
      "kind": .text(entry.kind.name), "text": .text(entry.body), "struck_at": Moments.json(entry.struckAt),
    ]
    return main.adding(entry.kind.details)
  }

  /// What a command that changed a ticket answers.
  static func changed(_ ticket: Ticket) -> JSON {
    [
      "id": .text(ticket.id.text), "number": JSON(ticket.number), "state": .text(ticket.state.rawValue),
      "owner": JSON(ticket.owner?.text), "version": JSON(ticket.version),
    ]
  }
}

extension TimelineEntry.Kind {
  /// The word that JSON and the string catalogue use.
  var name: String {
    let text = String(describing: self)
    return String(text.prefix { $0 != "(" })
  }

  fileprivate var details: [JSON.Pair] {
    func change(_ from: String?, _ to: String?) -> [JSON.Pair] {
      [JSON.Pair("from", JSON(from)), JSON.Pair("to", JSON(to))]
    }
    switch self {
    case .customerMessage, .reply, .note, .coaching: return []
    case .stateChanged(let from, let to): return change(from?.rawValue, to.rawValue)
    case .fieldChanged(let field, let from, let to):
      return [JSON.Pair("field", .text(field))] + change(from.map(Masking.text), to.map(Masking.text))
    case .categoryChanged(let from, let to): return change(from?.text, to?.text)
    case .zoneChanged(let from, let to): return change(from.text, to.text)
    case .priorityChanged(let from, let to): return change(from.name, to.name)
    case .subjectChanged(let from, let to): return change(from, to)
    case .ownerChanged(let from, let to): return change(from?.text, to?.text)
    case .transferred(let team, let agent):
      return [JSON.Pair("team", JSON(team?.text)), JSON.Pair("agent", JSON(agent?.text))]
    case .contactChanged(let contact, let state):
      return [JSON.Pair("contact", .text(contact.text)), JSON.Pair("state", .text(state.rawValue))]
    case .attached(let id): return [JSON.Pair("attachment", .text(id.text))]
    case .linked(let ticket, let relation):
      return [JSON.Pair("ticket", .text(ticket.text)), JSON.Pair("relation", .text(relation.rawValue))]
    case .unlinked(let ticket), .merged(let ticket), .absorbed(let ticket):
      return [JSON.Pair("ticket", .text(ticket.text))]
    case .raised(let kind, let severity, let reason):
      return [
        JSON.Pair("alert", .text(kind.rawValue)), JSON.Pair("severity", .text(severity.rawValue)),
        JSON.Pair("reason", .text(reason.key)),
      ]
    case .attended(let kind): return [JSON.Pair("alert", .text(kind.rawValue))]
    case .reminderSet(let moment), .reminded(let moment): return [JSON.Pair("due_at", Moments.json(moment))]
    case .closed(let disposition, let mode):
      return [JSON.Pair("disposition", .text(disposition)), JSON.Pair("mode", .text(mode.rawValue))]
    case .stepSkipped(let step): return [JSON.Pair("step", .text(step)), JSON.Pair("skipped", JSON(true))]
    case .stepChanged(let step, let isDone):
      return [JSON.Pair("step", .text(step)), JSON.Pair("done", JSON(isDone))]
    case .refund(let event):
      return [
        JSON.Pair("refund", .text(event.refund.text)), JSON.Pair("bill", .text(event.billNumber)),
        JSON.Pair("line", .text(event.title)), JSON.Pair("amount", .text(event.amount.description)),
        JSON.Pair("state", .text(event.state.rawValue)),
      ]
    case .verification(let event):
      var pairs = [JSON.Pair("result", .text(event.word))]
      if let detail = event.detail { pairs.append(JSON.Pair("question", .text(detail))) }
      return pairs
    }
  }
}

/// A ticket for people.
struct TicketPage {
  let detail: TicketDetail
  let directory: Directory
  let strings: StringCatalogue
  var now = Timestamp.now

  var lines: [String] {
    let ticket = detail.ticket
    let language = strings.language
    var lines = [
      "#\(ticket.number ?? ticket.id.text)  \(ticket.subject)",
      pair("state", state),
      pair("zone", directory.zone(ticket.zone)?.name[language] ?? ticket.zone.text),
    ]
    if let category = ticket.category {
      lines.append(pair("category", directory.categoryName(category, in: language)))
    }
    lines.append(pair("customer", detail.customer?.customer.name ?? ""))
    lines.append(pair("owner", ticket.owner.map { directory.agentName($0, in: language) } ?? "–"))
    lines.append(pair("created", Moments.shown(ticket.createdAt)))
    for field in directory.zone(ticket.zone)?.fields ?? [] {
      let value = ticket.fields[field.id].map { Masking.text(field.shown($0, in: language)) }
      let mark = value == nil && field.isRequired ? " *" : ""
      lines.append("  \(field.name[language])\(mark): \(value ?? "")")
    }
    if let disposition = ticket.disposition {
      let known = directory.zone(ticket.zone)?.dispositions.first { $0.id == disposition }
      // A ticket that was opened again keeps what it was closed as; that does not hold any more.
      lines.append(
        pair(ticket.state.isDone ? "disposition" : "disposition-before", known?.name[language] ?? disposition)
      )
    }
    lines += refunds
    lines.append("")
    if detail.hasOlderEntries { lines.append("…") }
    for entry in detail.entries where entry.isText || entry.kind.name == "closed" {
      lines.append("\(Moments.shown(entry.at))  \(author(entry))")
      lines += entry.body.split(separator: "\n", omittingEmptySubsequences: false).map { "    \($0)" }
    }
    return lines
  }

  /// Every refund for the ticket, also those that were declined or withdrawn: one line each.
  private var refunds: [String] {
    (detail.customer?.refunds(of: detail.ticket.id) ?? []).map { bill, refund in
      let state = refund.isPaid(at: now) ? "paid" : refund.state.rawValue
      return pair(
        "refund",
        strings(
          "cli.refund",
          [
            "amount": refund.amount.description, "state": strings("refund.state.\(state)"),
            "line": bill.lines.indices.contains(refund.line) ? bill.lines[refund.line].title : "–",
            "bill": bill.number, "period": bill.period,
            "agent": directory.agentName(refund.requestedBy, in: strings.language),
            "at": Moments.shown(refund.requestedAt),
          ]))
    }
  }

  private var state: String {
    strings("ticket.state.\(detail.ticket.state.rawValue)")
      + " · " + strings("priority.\(detail.ticket.priority.name)")
      + " · " + strings("channel.\(detail.ticket.channel.rawValue)")
  }

  private func pair(_ key: String, _ value: String) -> String { "\(strings("cli.column.\(key)")): \(value)" }

  private func author(_ entry: TimelineEntry) -> String {
    let mark =
      entry.struckAt == nil
      ? "" : strings(entry.kind == .reply ? "desk.ticket.taken-back" : "desk.ticket.struck")
    let kind = strings("cli.entry.\(entry.kind.name)") + mark
    switch entry.author {
    case .customer: return kind
    case .system: return "\(Agent.system.name[strings.language]) · \(kind)"
    case .agent(let id): return "\(directory.agentName(id, in: strings.language)) · \(kind)"
    }
  }
}
