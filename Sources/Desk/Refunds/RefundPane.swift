import Assist
import Domain
import Terminal

/// The customer's bills with what was paid back of each line, above the ticket.
struct RefundPane: Sendable {
  /// What can be chosen.
  enum Target: Hashable, Sendable {
    case line(BillID, Int)
    case refund(BillID, RefundID)
  }

  struct Row: Sendable {
    var spans: [Span]
    var trailing: SafeText = .empty
    var target: Target?
  }

  var ticket: TicketID
  var selected: Target?
}

extension DeskModel {
  /// What is known of the customer of the open ticket, with the newest bills.
  private var billed: CustomerProfile? { open?.detail?.customer ?? customer?.profile }

  func bill(_ id: BillID) -> Bill? { billed?.bills.first { $0.id == id } }

  // MARK: - Opening

  /// Begins at what was chosen in the customer pane, at what was given back on this ticket already, or at the line that the ticket's
  /// form or a finding names.
  mutating func openRefunds() {
    guard let id = open?.id else { return }
    let target = chosenBillLine ?? refundedBillLine ?? namedBillLine ?? foundBillLine ?? firstBillLine
    if target != nil { saw(.bill) }
    overlays.append(.refund(RefundPane(ticket: id, selected: target)))
  }

  private var chosenBillLine: RefundPane.Target? {
    guard focus == .customer, let pane = customer, pane.lines.indices.contains(pane.selected) else {
      return nil
    }
    switch pane.lines[pane.selected].target {
    case .billLine(let bill, let line)?: return .line(bill, line)
    case .bill(let id)?: return bill(id).flatMap { $0.lines.isEmpty ? nil : .line(id, 0) }
    case .finding(let id)?:
      return open?.reading?.findings.first { $0.id == id }?.suggestion.refund.map { .line($0.bill, $0.line) }
    default: return nil
    }
  }

  /// Whoever opens it again sees what was done, and not the next line that looks like it.
  private var refundedBillLine: RefundPane.Target? {
    guard let id = open?.id else { return nil }
    return billed?.refunds(of: id).last { $0.refund.state.isLive }.map { .line($0.bill.id, $0.refund.line) }
  }

  /// Of the bill of the period that the form says, where it says one.
  private var namedBillLine: RefundPane.Target? {
    guard let ticket = open?.ticket, let zone = open?.detail?.zone, let bills = billed?.bills else {
      return nil
    }
    let names = zone.fields.filter { $0.kind == .billLine }.compactMap { ticket.fields[$0.id] }
    let values = Set(ticket.fields.values)
    let ordered = bills.filter { values.contains($0.period) } + bills.filter { !values.contains($0.period) }
    for name in names {
      for bill in ordered {
        if let line = bill.line(named: name) { return .line(bill.id, line) }
      }
    }
    return nil
  }

  /// What the first finding that asks for a refund is about.
  private var foundBillLine: RefundPane.Target? {
    open?.reading?.findings.lazy.compactMap(\.suggestion.refund).first.map { .line($0.bill, $0.line) }
  }

  /// What a finding proposes to pay back and nobody has asked for on this ticket yet.
  func dueRefund(_ finding: Finding) -> Finding.Suggestion.Refund? {
    guard let wanted = finding.suggestion.refund, let ticket = open?.id, directory.refunds != nil else {
      return nil
    }
    let isAskedFor =
      bill(wanted.bill)?.refunds.contains {
        $0.ticket == ticket && $0.line == wanted.line && $0.state.isLive
      } ?? false
    return isAskedFor ? nil : wanted
  }

  /// The key that pays it back, with its amount; nil where nothing is to be paid back.
  func refundHint(_ finding: Finding) -> String? {
    guard let refund = dueRefund(finding), let key = actions.shortKey(.refund) else { return nil }
    return "\(key) \(words.text("action.refund")) \(refund.amount)"
  }

  mutating func openRefund(of finding: Finding) -> [DeskEffect] {
    guard let refund = finding.suggestion.refund, let id = open?.id else { return [] }
    if let reason = reason(against: .refund) {
      say(words.text(reason), .warning, about: .place(nil))
      return []
    }
    saw(.bill)
    overlays.append(.refund(RefundPane(ticket: id, selected: .line(refund.bill, refund.line))))
    return []
  }

  private var firstBillLine: RefundPane.Target? {
    billed?.bills.first { !$0.lines.isEmpty }.map { .line($0.id, 0) }
  }

  // MARK: - Rows

  func refundRows(_ pane: RefundPane) -> [RefundPane.Row] {
    (billed?.bills ?? []).flatMap { bill -> [RefundPane.Row] in
      let paid = words(bill.isPaid ? "desk.customer.paid" : "desk.customer.unpaid")
      let head = RefundPane.Row(
        spans: [
          Span(SafeText(bill.period), Style(.title, .bold)),
          Span(SafeText("  \(bill.number)  "), Style(.muted)),
          Span(paid, Style(bill.isPaid ? .muted : .warning)),
        ], trailing: SafeText(bill.total.description))
      return [head] + bill.lines.indices.flatMap { rows(bill, line: $0) }
    }
  }

  private func rows(_ bill: Bill, line index: Int) -> [RefundPane.Row] {
    let line = bill.lines[index]
    let left = bill.refundable(ofLine: index)
    var spans = [
      Span("  " + SafeText(String(line.chargedOn.description.dropFirst(5))) + "  ", Style(.muted)),
      Span(SafeText(line.title)),
    ]
    if left < line.amount, line.amount.cents > 0 {
      spans.append(
        Span(
          SafeText("  " + words.text("refund.left", ["left": left.description])),
          Style(left.cents == 0 ? .muted : .warning)))
    }
    let row = RefundPane.Row(
      spans: spans, trailing: SafeText(line.amount.description), target: .line(bill.id, index))
    return [row]
      + bill.refunds.filter { $0.line == index }.map { refund in
        RefundPane.Row(
          spans: [Span("    ↳ ", Style(.muted))] + refundSpans(refund),
          trailing: SafeText("-" + refund.amount.description), target: .refund(bill.id, refund.id))
      }
  }

  /// Its state, who, for which ticket, and why it was declined.
  func refundSpans(_ refund: Refund) -> [Span] {
    let role: Role =
      switch refund.state {
      case .requested: .warning
      case .granted: .success
      case .declined, .withdrawn: .muted
      }
    let state =
      refund.isPaid(at: now) ? words("refund.state.paid") : words("refund.state.\(refund.state.rawValue)")
    var facts = [directory.agentName(refund.requestedBy, in: language), refundTicket(refund.ticket)]
    if let decider = refund.decidedBy, decider != refund.requestedBy {
      facts.append("→ " + directory.agentName(decider, in: language))
    }
    facts.append(refund.decision.isEmpty ? refund.reason : refund.decision)
    return [
      Span(state, Style(role, .bold)), Span(SafeText("  " + facts.joined(separator: "  ")), Style(.muted)),
    ]
  }

  private func refundTicket(_ id: TicketID) -> String {
    let number = knownNumber(of: id) ?? billed?.visits.first { $0.id == id }?.number
    return "#\(number ?? "—")"
  }

  // MARK: - Keys

  mutating func press(_ key: Key, in old: RefundPane) -> [DeskEffect] {
    var pane = old
    let targets = refundRows(pane).compactMap(\.target)
    if let step = pageStep(key, height: max(1, size.rows - 8)) {
      let place = pane.selected.flatMap { targets.firstIndex(of: $0) } ?? 0
      let next = min(max(0, place + step), max(0, targets.count - 1))
      pane.selected = targets.indices.contains(next) ? targets[next] : nil
      overlays[overlays.count - 1] = .refund(pane)
      return []
    }
    let plain = ActionRegistry.unfolded(key)
    switch (plain.code, pane.selected) {
    case (.enter, .line(let bill, let line)?): return askRefund(bill, line)
    case (.function(2), .refund(let bill, let id)?), (.character("u"), .refund(let bill, let id)?):
      return save(.bill(bill, .withdraw(id)), done: words.text("refund.done.withdrawn"))
    case (.function(8), .refund(let bill, let id)?): return askApproval(bill, id)
    case (.function(4), .refund(let bill, let id)?): return decline(bill, id)
    case (.function(6), .refund(let bill, let id)?), (.character("y"), .refund(let bill, let id)?):
      return copyNote(bill, id)
    case (.function(5), .refund(let bill, let id)?), (.character("r"), .refund(let bill, let id)?):
      return writeNote(bill, id)
    case (.enter, _): return []
    default:
      if actions.actions(for: key, in: [.ticket], isTyping: false).contains(.refund) {
        overlays.removeLast()
        return []
      }
      return dismissOverlay(key)
    }
  }

  private mutating func askRefund(_ id: BillID, _ line: Int) -> [DeskEffect] {
    guard let bill = bill(id), bill.lines.indices.contains(line), let ticket = open?.ticket else { return [] }
    if let reason = refundObstacle(bill, line, ticket) {
      say(reason, .warning)
      return []
    }
    let left = bill.refundable(ofLine: line)
    var amount = field("amount", value: left.description, isRequired: true)
    amount.isSuggestion = true
    let dialog = Dialog(
      SafeText("\(words.text("action.refund")) · \(bill.period) \(bill.lines[line].title)"),
      .refund(id, line: line, charged: bill.lines[line].amount, left: left, ticket: ticket.id),
      [amount, field("reason", isRequired: true)])
    var shown = dialog
    shown.message = SafeText(refundLimits(left: left))
    overlays.append(.dialog(shown))
    return []
  }

  /// Why nothing can be asked for; the store decides again.
  private func refundObstacle(_ bill: Bill, _ line: Int, _ ticket: Ticket) -> String? {
    let catalogue = words.catalogue
    func sentence(_ refusal: Refusal) -> String { catalogue.sentence(for: refusal, directory: directory) }
    if let key = missing(.work) { return words.text(key) }
    if directory.refunds == nil { return sentence(.refundsNotConfigured) }
    if bill.refundable(ofLine: line).cents <= 0 { return sentence(.refundAboveCharge(left: Money(cents: 0))) }
    if ticket.owner != me.id, !me.has(.assign) { return sentence(.notOwner(owner: ticket.owner)) }
    if ticket.state.isDone { return sentence(.wrongState(ticket.state)) }
    guard let rules = open?.detail?.zone?.verification, rules.gates.contains(.refund) else { return nil }
    guard openContact?.isVerified(under: rules) != true else { return nil }
    let key = actions.shortKey(.verify)?.description ?? ""
    return "\(key) \(words.text("action.verify")) · \(sentence(.verificationMissing))"
  }

  private func refundLimits(left: Money) -> String {
    let limit = directory.refunds?.limit(of: me) ?? .nothing
    return words.text(
      "refund.limits",
      ["left": left.description, "once": limit.refund.description, "day": limit.day.description])
  }

  mutating func refund(_ dialog: Dialog) -> [DeskEffect] {
    guard case .refund(let bill, let line, let charged, _, let ticket) = dialog.purpose,
      let amount = Money(dialog.value("amount").trimmed)
    else { return [] }
    let request = RefundRequest(
      line: line, charged: charged, amount: amount, ticket: ticket, reason: dialog.value("reason").trimmed)
    var asked: RefundID?
    let effects = save(
      .bill(bill, .refund(request)),
      done: words.text("refund.done.saved", ["amount": amount.description]),
      undo: { [words] operation in
        let id = RefundID(operation.id.text)
        asked = id
        return (words.text("action.refund"), .bill(bill, .withdraw(id)))
      })
    askedRefund = asked.map { (bill, $0) }
    return effects
  }

  /// Says that a refund waits for a lead, once that is known: the limits are of one refund and of a day, and of the day only the
  /// replica knows what is left.
  mutating func announceAskedRefund() {
    guard let asked = askedRefund, let refund = bill(asked.bill)?.refund(asked.refund) else { return }
    askedRefund = nil
    guard refund.state == .requested else { return }
    say(words.text("refund.done.waits", ["amount": refund.amount.description]), .warning, seconds: 12)
  }

  /// The sentence under the amount; nil where it can be asked for.
  func refundProblem(_ text: String, left: Money) -> String? {
    guard let amount = Money(text) else { return words.text("refund.not-money") }
    let refusal: Refusal? =
      amount.cents <= 0 ? .refundNotPositive : amount > left ? .refundAboveCharge(left: left) : nil
    return refusal.map { words.catalogue.sentence(for: $0, directory: directory) }
  }

  // MARK: - Deciding

  private mutating func askApproval(_ id: BillID, _ refund: RefundID) -> [DeskEffect] {
    guard let bill = bill(id), let wanted = bill.refund(refund), bill.lines.indices.contains(wanted.line)
    else {
      return []
    }
    let line = bill.lines[wanted.line]
    askApproval(
      ApprovalQuestion(
        bill: id, refund: wanted, charged: line.amount, title: "\(bill.period) \(line.title)",
        number: refundTicket(wanted.ticket), customer: billed?.customer.name ?? ""))
    return []
  }

  /// Money leaves only after it was seen whose it is, how much and why: one key alone is pressed too easily.
  mutating func askApproval(_ question: ApprovalQuestion) {
    if let reason = missing(.approveRefunds) {
      say(words.text(reason), .warning)
      return
    }
    // Whatever is not waiting is refused by the store with its reason.
    overlays.append(
      .confirm(
        Confirm(
          title: words("refund.approve.title"), lines: question.lines(words, directory),
          yes: words("refund.approve.yes"), no: words("refund.approve.no"),
          purpose: .approveRefund(question.bill, question.refund.id))))
  }

  mutating func approve(_ bill: BillID, _ id: RefundID) -> [DeskEffect] {
    var effects = save(
      .bill(bill, .approve(id)), done: words.text("refund.done.approved"),
      undo: { [words] _ in (words.text("operation.bill.approve"), .bill(bill, .withdraw(id))) })
    if case .raised? = overlays.last { effects.append(.loadRaised) }
    return effects
  }

  mutating func decline(_ bill: BillID, _ id: RefundID) -> [DeskEffect] {
    if let reason = missing(.approveRefunds) {
      say(words.text(reason), .warning)
      return []
    }
    overlays.append(
      .dialog(
        Dialog(words("operation.bill.decline"), .declineRefund(bill, id), [field("reason", isRequired: true)])
      ))
    return []
  }

  // MARK: - For the customer

  /// What the customer is told of a refund; nil while nothing was granted.
  func refundNote(_ bill: Bill, _ refund: Refund, in language: Language) -> String? {
    guard refund.state == .granted, let words = catalogues[language], let rules = directory.refunds,
      bill.lines.indices.contains(refund.line), let granted = refund.decidedAt
    else { return nil }
    return words.text(
      "refund.note",
      [
        "date": TemplateValues.date(clock.civil(granted).date, in: language),
        "amount": refund.amount.description, "line": bill.lines[refund.line].title, "period": bill.period,
        "bill": bill.number, "days": rules.paymentDays, "ticket": refundTicket(refund.ticket),
      ])
  }

  private mutating func copyNote(_ id: BillID, _ refund: RefundID) -> [DeskEffect] {
    guard let bill = bill(id), let refund = bill.refund(refund) else { return [] }
    let texts = [language, language.other].compactMap { refundNote(bill, refund, in: $0) }
    guard !texts.isEmpty else {
      say(words.text("refund.no-note"), .warning)
      return []
    }
    say(words.text("refund.done.copied"), .success)
    return [.copyToClipboard(texts.joined(separator: "\n\n"))]
  }

  private mutating func writeNote(_ id: BillID, _ refund: RefundID) -> [DeskEffect] {
    guard let bill = bill(id), let refund = bill.refund(refund), let ticket = open?.ticket,
      let text = refundNote(bill, refund, in: ticket.language)
    else {
      say(words.text("refund.no-note"), .warning)
      return []
    }
    overlays.removeLast()
    openComposer(.reply)
    open?.composer?.editor.insert(text)
    open?.composer?.lastChange = now
    return []
  }
}
