import Assist
import Domain
import Terminal

// Everything that the desk read, as one list, and what each line of it does.
extension DeskModel {
  mutating func openReading() {
    let items = readingItems()
    guard !items.isEmpty else {
      say(key: "desk.reading.nothing", about: .place(nil))
      return
    }
    overlays.append(
      .picker(Picker(title: words("action.reading"), items: items, purpose: .reading, hasNumbers: false)))
  }

  private func readingItems() -> [Picker.Item] {
    guard let open, let ticket = open.ticket, let reading = open.reading else { return [] }
    var items: [Picker.Item] = []
    func add(_ id: String, _ kind: String, _ label: String, _ detail: String = "", mark: SafeText = .empty) {
      let name = words.text("desk.reading.\(kind)")
      items.append(
        Picker.Item(
          id: id, label: SafeText("\(name)  \(label)"), detail: SafeText(detail), search: kind, mark: mark))
    }
    if let category = reading.category {
      let name = category.category.map { directory.categoryName($0, in: language) }
      let isNew = category.category != nil && category.category != ticket.category
      add(
        "category", "category",
        name.map { "\($0) \(percent(category.confidence))" } ?? words.text("desk.reading.unsure"),
        category.reasons.map(sentence).joined(separator: " · "), mark: isNew ? "◇" : .empty)
    }
    for field in formFields {
      guard let proposal = proposal(for: field.id) else { continue }
      add(
        "field/\(field.id)", "field", "\(field.name[language]) \(shown(proposal.value, field))",
        "\(percent(proposal.confidence)) \(sentence(proposal.reason))", mark: "◇")
    }
    for finding in reading.findings {
      add(
        "finding/\(finding.id)", "finding", finding.says[language], findingAction(finding) ?? "",
        mark: finding.isAboutTicket ? "✓" : .empty)
    }
    add("mood", "mood", "\(reading.mood.level.marks) \(moodName(reading.mood))", moodReason(reading.mood))
    for (index, sign) in reading.risk.signs.enumerated() {
      add(
        "risk/\(index)", "risk", words.text("risk.severity.\(sign.severity.rawValue)"), sentence(sign.reason))
    }
    for step in reading.steps where step.state == .next {
      add("step/\(step.id)", "step", step.name[language], step.because.map(sentence) ?? "")
    }
    for (index, advice) in reading.advice.enumerated() {
      add("advice/\(index)", "advice", sentence(advice.reason))
    }
    for offer in reading.offers.prefix(3) {
      add(
        "offer/\(offer.id)", "offer", offer.name[language],
        offer.reasons.map(sentence).joined(separator: " · "))
    }
    for closing in reading.closings.prefix(5) {
      guard let template = open.detail?.templates.first(where: { $0.id == closing.template }) else {
        continue
      }
      add(
        "template/\(template.id)", "template", template.name[language],
        closing.reasons.map(sentence).joined(separator: " · "))
    }
    for ticket in reading.similar {
      add("similar/\(ticket.id)", "similar", similarLabel(ticket), similarDetail(ticket))
    }
    return items
  }

  /// Its number and what it was about.
  func similarLabel(_ ticket: SimilarTicket) -> String {
    ([ticket.number.map { "#\($0)" }, ticket.subject].compactMap { $0 }).joined(separator: " ")
  }

  /// How it was closed, and why it is called similar.
  func similarDetail(_ ticket: SimilarTicket) -> String {
    let template = ticket.template.flatMap { id in open?.detail?.templates.first { $0.id == id } }
    let end = template.map { words.text("desk.reading.similar-closed", ["name": $0.name[language]]) }
    return [end, sentence(ticket.reason)].compactMap { $0 }.joined(separator: " · ")
  }

  /// What Enter on a line of the list does.
  mutating func choseReading(_ item: Picker.Item) -> [DeskEffect] {
    let parts = item.id.split(separator: "/", maxSplits: 1).map(String.init)
    let key = parts.count > 1 ? parts[1] : ""
    switch parts.first {
    case "category": return acceptCategory()
    case "field":
      let effects = startForm()
      if let index = formFields.firstIndex(where: { $0.id == key }) { open?.form.index = index }
      return effects
    case "finding":
      guard let finding = open?.reading?.findings.first(where: { $0.id == key }) else { return [] }
      return takeFinding(finding)
    case "step": return toggleStep(key)
    case "template": return closeWith(TemplateID(key))
    case "offer": return startOffer(OfferID(key))
    case "similar":
      guard let ticket = open?.reading?.similar.first(where: { $0.id.text == key }) else { return [] }
      return openTicket(ticket.id)
    default:
      let text = [item.label.string, item.detail.string].filter { !$0.isEmpty }.joined(separator: "\n\n")
      overlays.append(.text(TextPage(title: words("action.reading"), text: text)))
      return []
    }
  }

  // MARK: - What a line does

  mutating func acceptCategory() -> [DeskEffect] {
    guard let ticket = open?.ticket, let category = open?.reading?.category?.category,
      category != ticket.category, let zone = directory.category(category)?.zone
    else {
      say(key: "desk.reading.nothing-proposed", about: .place(nil))
      return []
    }
    return setCategory(category, zone: zone, of: [ticket.id])
  }

  /// The action that a finding proposes, as a word; nil where it proposes none.
  func findingAction(_ finding: Finding) -> String? {
    let parts = [refundHint(finding), enterAction(finding)].compactMap { $0 }
    return parts.isEmpty ? nil : parts.joined(separator: " · ")
  }

  private func enterAction(_ finding: Finding) -> String? {
    let suggestion = finding.suggestion
    if let template = suggestion.template {
      let name = open?.detail?.templates.first { $0.id == template }?.name[language] ?? template.text
      return words.text("desk.reading.take-template", ["name": name])
    }
    if suggestion.article != nil { return words.text("desk.reading.open-article") }
    if let step = suggestion.step {
      let name = open?.detail?.zone?.steps.first { $0.id == step }?.name[language] ?? step
      return words.text("desk.reading.do-step", ["name": name])
    }
    return suggestion.fields.isEmpty ? nil : words.text("action.accept")
  }

  /// The refund's key on a finding of the list; nil where the key means something else there.
  mutating func pressInReading(_ key: Key, _ picker: Picker) -> [DeskEffect]? {
    guard case .reading = picker.purpose,
      actions.actions(for: key, in: [.ticket], isTyping: true).contains(.refund),
      let id = picker.selectedItem?.id.suffix(after: "finding/"),
      let finding = open?.reading?.findings.first(where: { $0.id == id }), finding.suggestion.refund != nil
    else { return nil }
    overlays.removeLast()
    return openRefund(of: finding)
  }

  mutating func takeFinding(_ finding: Finding) -> [DeskEffect] {
    let suggestion = finding.suggestion
    if let template = suggestion.template { return closeWith(template) }
    if let article = suggestion.article {
      return openKnowledge() + [.loadArticle(article, open?.ticket?.language ?? language)]
    }
    if dueRefund(finding) != nil, suggestion.step == nil { return openRefund(of: finding) }
    if let step = suggestion.step { return toggleStep(step) }
    if !suggestion.fields.isEmpty { return acceptProposals() }
    overlays.append(.text(TextPage(title: SafeText(finding.name[language]), text: finding.says[language])))
    return []
  }

  /// Opens the closing with a template, or takes it in the one that is open.
  mutating func closeWith(_ template: TemplateID) -> [DeskEffect] {
    if let reason = reason(against: .close) {
      say(words.text(reason), .warning, about: .place(nil))
      return []
    }
    let effects = startClosing(.closed)
    if let index = open?.closing?.templates.firstIndex(where: { $0.id == template }) { selectTemplate(index) }
    return effects
  }

  // MARK: - Words

  func percent(_ share: Double) -> String { "\(Int((share * 100).rounded()))%" }

  func shown(_ value: String, _ field: FormField) -> String {
    field.kind == .phone ? Masking.phone(value) : field.shown(value, in: language)
  }

  func moodName(_ mood: MoodReading) -> String { words.text("mood.\(mood.level)") }

  private func moodReason(_ mood: MoodReading) -> String {
    mood.words.prefix(3).map { sentence($0.reason) }.joined(separator: " · ")
  }
}
