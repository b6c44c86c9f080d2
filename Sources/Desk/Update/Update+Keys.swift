import Domain
import Terminal

// Which key means what, where.
extension DeskModel {
  /// Whether characters are text right now.
  var isTyping: Bool {
    if !overlays.isEmpty {
      switch overlays.last {
      case .dialog, .find, .picker: return true
      default: return false
      }
    }
    if isFiltering { return true }
    switch focus {
    case .knowledge: return knowledge.article == nil
    case .ticket:
      guard let open else { return false }
      if open.composer != nil { return true }
      if let closing = open.closing { return closing.editor != nil || closing.focus == .text }
      return open.form.editor != nil
    default: return false
    }
  }

  /// Most specific first.
  var contexts: [ActionContext] {
    switch focus {
    case .queue: return [.queue, .movement, .ticket, .everywhere]
    case .customer: return [.customer, .movement, .everywhere, .ticket]
    case .knowledge:
      return knowledge.article == nil
        ? [.results, .everywhere, .ticket] : [.article, .movement, .everywhere, .ticket]
    case .ticket:
      guard let open else { return [.movement, .everywhere] }
      if open.composer != nil { return [.composer, .everywhere, .ticket] }
      if open.closing != nil { return [.closing, .everywhere] }
      if open.form.isFocused { return [.form, .ticket, .everywhere] }
      return [.movement, .ticket, .everywhere]
    }
  }

  mutating func press(_ key: Key) -> [DeskEffect] {
    if let effects = pressAfterClosing(key) { return effects }
    if !overlays.isEmpty { return pressOverlay(key) }
    if isFiltering, let effects = pressInFilter(key) { return effects }
    switch focus {
    case .knowledge:
      if let effects = pressInKnowledge(key) { return effects }
    case .ticket:
      if open?.composer != nil {
        if let effects = pressInComposer(key) { return effects }
      } else if open?.closing != nil {
        if let effects = pressInClosing(key) { return effects }
      } else if open?.form.isFocused == true {
        if let effects = pressInForm(key) { return effects }
      }
    default: break
    }
    let found = actions.actions(for: key, in: contexts, isTyping: isTyping)
    // What stands beside the text of a closing names the key of the refund: it works there, too.
    if found.isEmpty, open?.closing != nil, focus == .ticket,
      actions.actions(for: key, in: [.ticket], isTyping: true).contains(.refund)
    {
      return perform(.refund)
    }
    // Where one key means two things, the one that can be done now is meant.
    guard let action = found.first(where: { reason(against: $0) == nil }) ?? found.first else {
      if let macro = macro(of: key) { return runMacro(macro) }
      return pressedInVain(key)
    }
    return perform(action)
  }

  /// Keys that mean something in the list of tickets only: the scopes are meant wherever they are pressed, of the rest and
  /// of keys without any meaning it is said, not more often than one can read.
  private mutating func pressedInVain(_ key: Key) -> [DeskEffect] {
    guard !isTyping else { return [] }
    let inList = actions.actions(for: key, in: [.queue], isTyping: false).first
    switch inList {
    case .waiting, .mine, .openTickets, .pending, .done, .nextScope, .previousScope:
      guard open?.closing == nil else { break }
      return focusPane(.queue) + (inList.map { perform($0) } ?? [])
    default: break
    }
    guard now - lastInVain >= 2000 else { return [] }
    lastInVain = now
    let help = actions.shortKey(.help)?.description ?? ""
    say(
      words.text(
        inList == nil ? "desk.notice.no-meaning" : "desk.notice.only-in-list",
        ["key": key.description, "help": help]),
      about: .place(nil))
    return []
  }

  /// So long after a close the key that closed is taken for the same key, held down or pressed twice: it must not begin to
  /// close the next customer's ticket.
  private static let closingRest: Int64 = 1500

  private mutating func pressAfterClosing(_ key: Key) -> [DeskEffect]? {
    guard let closedAt, overlays.isEmpty else { return nil }
    guard now - closedAt < Self.closingRest, !isFiltering,
      let action = actions.actions(for: key, in: contexts, isTyping: false).first,
      action == .close || action == .solve
    else {
      self.closedAt = nil
      return nil
    }
    say(words.text("desk.notice.closed-already", ["key": key.description]), .warning, about: .place(nil))
    return []
  }

  mutating func perform(_ action: ActionID) -> [DeskEffect] {
    if let reason = reason(against: action) {
      if action == .claim, let owner = targetOwner, owner != me.id, reason == "desk.reason.somebody-has-it" {
        say(
          words.text("refusal.alreadyOwned", ["agent": directory.agentName(owner, in: language)]), .warning,
          about: .place(nil))
      } else {
        say(words.text(reason), .warning, about: .place(nil))
      }
      return []
    }
    switch action {
    case .help: overlays.append(.help(HelpPage()))
    case .palette: openPalette()
    case .find: startFind(.open)
    case .knowledge: return openKnowledge()
    case .claimNext: return claimNextContact()
    case .newTicket: startNewTicket()
    case .presence: startPresence()
    case .notSent: overlays.append(.notSent(NotSentList()))
    case .raised: return openRaised()
    case .trouble: openTrouble()
    case .myResults: return openResults()
    case .drafts: return startDrafts()
    case .language: return switchLanguage()
    case .theme: startTheme()
    case .nextPane: return movePane(1)
    case .previousPane: return movePane(-1)
    case .customer: return toggleCustomer()
    case .back: return goBack()
    case .undo: return undoLast()
    case .suspend: return keepDrafts(now: true) + [.suspend]
    case .repaint: return [.repaint]
    case .interrupt: askToQuit()
    case .quit: return quit()
    case .up: return moveInPane(-1)
    case .down: return moveInPane(1)
    case .pageUp: return moveInPane(-pageHeight)
    case .pageDown: return moveInPane(pageHeight)
    case .halfUp: return moveInPane(-max(1, pageHeight / 2))
    case .halfDown: return moveInPane(max(1, pageHeight / 2))
    case .first: return moveToEdge(isStart: true)
    case .last: return moveToEdge(isStart: false)
    case .open: return queue.selectedRow.map { openTicket($0.id) } ?? []
    case .filter: return startFilter()
    case .nextMatch: return queue.move(1)
    case .previousMatch: return queue.move(-1)
    case .mark:
      queue.toggleMark()
      return queue.move(1)
    case .markRange: queue.markRange()
    case .clearMarks:
      queue.marks = []
      queue.anchor = nil
    case .waiting: return setScope(.waiting)
    case .mine: return setScope(.mine)
    case .openTickets: return setScope(.open)
    case .pending: return setScope(.pending)
    case .done: return setScope(.done)
    case .nextScope: return stepScope(1)
    case .previousScope: return stepScope(-1)
    case .send: return sendComposer()
    case .editor: return openExternalEditor()
    case .discard: return discardComposer()
    case .editField: return focusedField.map { editField($0) } ?? []
    case .nextField: return moveField(1)
    case .previousField: return moveField(-1)
    case .draftReply: return askModel(.draft)
    case .summarise: return askModel(.summary)
    case .takeDraft: return takeMachineText()
    case .nextMissing: return nextMissing()
    case .confirmClose: return confirmClosing()
    case .byHand: return writeByHand()
    case .byTemplate: return switchTemplateMode()
    case .disposition:
      if let picker = dispositionPicker() { overlays.append(.picker(picker)) }
    case .closingSteps: startSteps()
    case .activate: return activateCustomerLine()
    case .reveal: startReveal()
    case .copyValue: return copyCustomerValue()
    case .mergeCustomer:
      if let id = customer?.id { startFind(.mergeCustomer(id)) }
    case .unmergeCustomer: return unmergeCustomer()
    case .openArticle: return openSelectedArticle()
    case .insertPassage: return insertPassage()
    case .insertArticle: return insertArticle()
    default: return performOnTicket(action)
    }
    return []
  }

  private func openExternalEditor() -> [DeskEffect] {
    if let composer = open?.composer { return [.openEditor(composer.editor.text)] }
    if let closing = open?.closing, closing.mode == .blank { return [.openEditor(closing.text.text)] }
    return []
  }

  // MARK: - Panes

  /// The panes that can be reached now, from left to right.
  var reachablePanes: [Pane] {
    var panes: [Pane] = [.queue]
    if open != nil { panes.append(.ticket) }
    if customer != nil { panes.append(.customer) }
    if side == .knowledge && isSideOpen || knowledge.article != nil { panes.append(.knowledge) }
    return panes
  }

  private mutating func movePane(_ step: Int) -> [DeskEffect] {
    let panes = reachablePanes
    let index = panes.firstIndex(of: focus) ?? 0
    return focusPane(panes[(index + step + panes.count) % panes.count])
  }

  mutating func focusPane(_ pane: Pane) -> [DeskEffect] {
    let effects = focus == .ticket ? leaveField() : []
    focus = pane
    if pane == .customer || pane == .knowledge {
      side = pane
      isSideOpen = true
      if pane == .customer {
        customer?.selectFirst()
        sawRecords()
      }
    } else if Layout.kind(of: size) == .medium, pane == .queue {
      isSideOpen = false
    }
    return effects
  }

  private mutating func toggleCustomer() -> [DeskEffect] {
    guard customer != nil else { return [] }
    if side == .customer, isSideOpen || Layout.kind(of: size) == .wide, focus == .customer {
      return leaveSide()
    }
    return focusPane(.customer)
  }

  mutating func leaveSide() -> [DeskEffect] {
    isSideOpen = false
    side = .customer
    focus = open == nil ? .queue : .ticket
    return []
  }

  /// Esc: one level back, and nothing typed is lost.
  private mutating func goBack() -> [DeskEffect] {
    switch focus {
    case .queue:
      if filter != nil { return clearFilter() }
      if !queue.marks.isEmpty || queue.anchor != nil {
        queue.marks = []
        queue.anchor = nil
      }
      return []
    case .customer: return leaveSide()
    case .knowledge:
      if knowledge.article != nil {
        knowledge.article = nil
        knowledge.articleKey = nil
        return []
      }
      return recordMissedSearch(isLeaving: true) + leaveSide() + [.cancelSearch]
    case .ticket:
      if let effects = leaveMachineText() { return effects }
      if open?.composer != nil { return leaveComposer() }
      if open?.form.editor != nil {
        let effects = keepDrafts(now: true)
        open?.form.editor = nil
        open?.form.problem = nil
        return effects
      }
      if open?.closing != nil { return leaveClosing() }
      if open?.form.isFocused == true {
        open?.form.isFocused = false
        return []
      }
      focus = .queue
      return []
    }
  }

  private mutating func quit() -> [DeskEffect] {
    if focus == .queue, overlays.isEmpty {
      askToQuit()
      return []
    }
    return goBack()
  }

  private mutating func askToQuit() {
    var lines = [words("desk.quit.kept")]
    if sync.queued > 0 { lines.append(SafeText(words.text("desk.quit.queued", ["count": sync.queued]))) }
    overlays.append(
      .confirm(
        Confirm(
          title: words("desk.quit.title"), lines: lines, yes: words("desk.quit.yes"),
          no: words("desk.quit.no"), purpose: .quit)))
  }

  // MARK: - Moving

  private var pageHeight: Int {
    switch focus {
    case .queue: max(1, queue.height - 1)
    case .ticket: max(1, (open?.conversation.height ?? 2) - 1)
    case .customer: max(1, (customer?.height ?? 2) - 1)
    case .knowledge: max(1, knowledge.height - 1)
    }
  }

  private mutating func moveInPane(_ step: Int) -> [DeskEffect] {
    switch focus {
    case .queue: return queue.move(step)
    case .ticket: open?.conversation.scroll(step)
    case .customer: customer?.move(step)
    case .knowledge:
      if abs(step) == 1 {
        knowledge.movePassage(step)
      } else {
        knowledge.articleTop = min(
          max(0, knowledge.articleTop + step), max(0, knowledge.lines.count - knowledge.height))
        if knowledge.lines.indices.contains(knowledge.articleTop) {
          knowledge.passage = max(0, knowledge.lines[knowledge.articleTop].passage)
        }
      }
    }
    return []
  }

  private mutating func moveToEdge(isStart: Bool) -> [DeskEffect] {
    switch focus {
    case .queue: return isStart ? queue.moveToStart() : queue.moveToEnd()
    case .ticket: open?.conversation.top = isStart ? 0 : nil
    case .customer: customer?.move(isStart ? -10_000 : 10_000)
    case .knowledge: knowledge.movePassage(isStart ? -10_000 : 10_000)
    }
    return []
  }

  // MARK: - Mouse

  mutating func click(_ mouse: MouseEvent) -> [DeskEffect] {
    guard overlays.isEmpty else { return [] }
    let layout = Layout(self)
    switch mouse.kind {
    case .wheelUp, .wheelDown:
      guard let pane = layout.pane(at: mouse.position) else { return [] }
      let before = focus
      focus = pane
      let effects = moveInPane(mouse.kind == .wheelUp ? -3 : 3)
      focus = before
      return effects
    case .press where mouse.button == .left:
      guard let pane = layout.pane(at: mouse.position) else { return [] }
      let effects = focusPane(pane)
      if pane == .queue, let list = layout.list, list.contains(mouse.position) {
        let index = queue.top + mouse.position.row - list.minRow
        guard queue.rows.indices.contains(index) else { return effects }
        if queue.selected == index { return effects + openTicket(queue.rows[index].id) }
        queue.selected = index
      }
      return effects
    default: return []
    }
  }
}
