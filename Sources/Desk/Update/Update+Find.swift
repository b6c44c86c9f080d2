import Domain
import Terminal

// Finding customers and tickets: by themselves, and for a dialog that needs one.
extension DeskModel {
  mutating func startFind(_ purpose: FindPane.Purpose) {
    var pane = FindPane(purpose)
    suggest(&pane)
    overlays.append(.find(pane))
  }

  /// What can be chosen before anything is typed: for a merge, the other tickets of the same customer.
  private func suggest(_ pane: inout FindPane) {
    pane.hits = []
    pane.results = []
    pane.hasAnswer = false
    pane.reach = .whole
    guard case .merge(let id) = pane.purpose else { return }
    let visits = sameCustomersVisits(of: id)
    pane.hits = visits.map { visit in
      FindHit(
        target: .ticket(visit.id), evidence: .words, title: visit.number ?? "—", detail: visit.subject,
        at: visit.at, state: visit.state)
    }
    pane.results = pane.hits.map { drawn($0, isSameCustomer: true) }
  }

  /// Other tickets of the customer of the open ticket, unfinished ones first.
  private func sameCustomersVisits(of id: TicketID) -> [CustomerProfile.Visit] {
    guard open?.id == id, let ticket = open?.ticket, customer?.id == ticket.customer else { return [] }
    let others = (customer?.profile?.visits ?? []).filter { $0.id != id && $0.state != .archived }
    return others.filter { !$0.state.isDone } + others.filter { $0.state.isDone }
  }

  mutating func press(_ key: Key, in old: FindPane) -> [DeskEffect] {
    var pane = old
    switch key.code {
    case .escape:
      overlays.removeLast()
      return [.cancelSearch]
    case .enter:
      if pane.hits.isEmpty, pane.hasAnswer, pane.purpose == .open, missing(.work) == nil {
        let text = pane.input.text.trimmed
        overlays.removeLast()
        if Identity.isPhone(text) { startNewTicket(phone: text) } else { startNewTicket(name: text) }
        return [.cancelSearch]
      }
      guard pane.hits.indices.contains(pane.selected) else { return [] }
      overlays.removeLast()
      return found(pane.hits[pane.selected], for: pane.purpose)
    case .up, .backTab: pane.move(-1)
    case .down, .tab: pane.move(1)
    case .pageUp: pane.move(-10)
    case .pageDown: pane.move(10)
    default:
      guard pane.input.handle(key) else { return [] }
      if pane.input.text != old.input.text { return search(pane) }
    }
    overlays[overlays.count - 1] = .find(pane)
    return []
  }

  mutating func search(_ old: FindPane) -> [DeskEffect] {
    var pane = old
    searchToken += 1
    pane.token = searchToken
    let text = pane.input.text.trimmed
    if text.isEmpty {
      suggest(&pane)
      pane.selected = 0
      overlays[overlays.count - 1] = .find(pane)
      return [.cancelSearch]
    }
    overlays[overlays.count - 1] = .find(pane)
    return [.find(FindQuery(token: pane.token, text: text, limit: 50))]
  }

  mutating func found(_ token: Int, _ hits: [FindHit], _ reach: FindReach) -> [DeskEffect] {
    var effects: [DeskEffect] = []
    // That nothing is here says nothing while the store is being asked: nobody becomes a new customer for it.
    let isDecided = reach != .asking || !hits.isEmpty
    for index in overlays.indices {
      switch overlays[index] {
      case .find(var pane) where pane.token == token:
        var same: Set<FindHit.Target> = []
        if case .merge(let id) = pane.purpose {
          same = Set(sameCustomersVisits(of: id).map { FindHit.Target.ticket($0.id) })
        }
        let hits = hits.filter { pane.purpose.takes($0.target) }
        // The order of what was found stays, after the tickets of the same customer.
        pane.hits = hits.filter { same.contains($0.target) } + hits.filter { !same.contains($0.target) }
        pane.results = pane.hits.map { drawn($0, isSameCustomer: same.contains($0.target)) }
        // Who moved on in the first part of an answer stays there.
        if pane.answered != token {
          pane.selected = 0
          pane.top = 0
        }
        pane.answered = token
        pane.hasAnswer = isDecided
        pane.reach = reach
        overlays[index] = .find(pane)
      case .dialog(var dialog) where dialog.findToken == token && isDecided:
        if dialog.findsName {
          offer(hits, in: &dialog)
        } else {
          takePhone(hits, in: &dialog)
        }
        overlays[index] = .dialog(dialog)
        if dialog.isWaitingForFind, index == overlays.count - 1 {
          dialog.isWaitingForFind = false
          effects += submitDialog(dialog)
        }
      default: break
      }
    }
    return effects
  }

  private func takePhone(_ hits: [FindHit], in dialog: inout Dialog) {
    dialog.answeredPhone = dialog.value("phone").trimmed
    // A short number is also the end of many longer ones.
    let isWhole = Identity.normalize(dialog.answeredPhone, kind: .phone).count >= 7
    let customer = hits.first { hit in
      if case .customer = hit.target, isWhole {
        hit.evidence == .phone || hit.evidence == .identity
      } else {
        false
      }
    }
    dialog.foundCustomer = nil
    dialog.foundName = nil
    if case .customer(let id)? = customer?.target {
      dialog.foundCustomer = id
      dialog.foundName = customer.map { SafeText($0.title) }
    }
  }

  /// Customers of the typed name can be chosen; nobody is taken for another by the name alone.
  private func offer(_ hits: [FindHit], in dialog: inout Dialog) {
    guard let place = dialog.fields.firstIndex(where: { $0.id == "customer" }),
      case .choice(var options) = dialog.fields[place].kind
    else { return }
    let chosen = dialog.fields[place].value
    let known = Set(options.map(\.id))
    var found: [Dialog.Field.Option] = []
    for hit in hits {
      guard case .customer(let id) = hit.target, !known.contains(id.text) else { continue }
      found.append(.init(id: id.text, label: SafeText("\(hit.title) \(hit.detail)")))
    }
    guard !found.isEmpty else { return }
    options.insert(contentsOf: found, at: max(0, options.count - 1))
    dialog.fields[place].kind = .choice(options)
    dialog.fields[place].choice = options.firstIndex { $0.id == chosen } ?? options.count - 1
    dialog.message = SafeText(words.text("desk.new.same-name", ["count": found.count]))
  }

  func drawn(_ hit: FindHit, isSameCustomer: Bool = false) -> FindPane.ResultText {
    let words = words
    return FindPane.ResultText(
      title: SafeText(hit.title),
      evidence: words(isSameCustomer ? "desk.find.same-customer" : "evidence.\(hit.evidence.rawValue)"),
      detail: Self.spans(hit.detail, hit.detailMatches, style: .text),
      state: hit.state.map { words("ticket.state.\($0.rawValue)") } ?? .empty,
      when: hit.at.map { SafeText(clock.civil($0).date.description) } ?? .empty)
  }

  private mutating func found(_ hit: FindHit, for purpose: FindPane.Purpose) -> [DeskEffect] {
    switch (purpose, hit.target) {
    case (.open, .ticket(let id)): return openTicket(id)
    case (.open, .customer(let id)): return openCustomer(id)
    case (.link(let id), .ticket(let other)):
      return save(
        .ticket(id, .link(other, .related)), done: words.text("desk.done.linked", ["number": hit.title]),
        undo: { _ in (hit.title, .ticket(id, .unlink(other))) })
    case (.merge(let id), .ticket(let other)):
      guard id != other else {
        say(key: "refusal.sameTicket", .warning)
        return []
      }
      waitingMerge = Merge(source: id, target: other)
      return [.loadTickets([id, other])]
    case (.mergeCustomer(let id), .customer(let other)):
      guard id != other else {
        say(key: "refusal.sameCustomer", .warning)
        return []
      }
      return save(
        .customer(id, .merge(into: other)),
        done: words.text("desk.done.customer-merged", ["name": hit.title]),
        undo: { _ in (hit.title, .customer(id, .unmerge)) })
    case (.link, .customer), (.merge, .customer):
      say(key: "desk.find.choose-ticket", .warning)
      return []
    case (.mergeCustomer, .ticket):
      say(key: "desk.find.choose-customer", .warning)
      return []
    }
  }

  /// A text with its matches as spans; matches count characters.
  static func spans(_ text: String, _ matches: [TextMatch], style: Style) -> [Span] {
    guard !matches.isEmpty else { return [Span(SafeText(text), style)] }
    var spans: [Span] = []
    let characters = Array(text)
    var place = 0
    for match in matches.sorted(by: { $0.start < $1.start }) {
      let start = min(max(match.start, place), characters.count)
      let end = min(max(match.end, start), characters.count)
      if start > place { spans.append(Span(SafeText(String(characters[place..<start])), style)) }
      if end > start {
        spans.append(
          Span(SafeText(String(characters[start..<end])), Style(.highlight, style.modifiers)))
      }
      place = end
    }
    if place < characters.count { spans.append(Span(SafeText(String(characters[place...])), style)) }
    return spans
  }
}
