import Domain

extension FieldReader {
  // MARK: - Amounts

  func amounts(_ field: FormField) -> [Candidate] {
    var found: [Candidate] = []
    if let line, let place = line.amountPlace,
      let message = messages.first(where: { $0.index == place.message })
    {
      let amount = Money(cents: Int64(clamping: line.line.amount.cents.magnitude))
      var values = facts(of: line)
      values["words"] = quote(message, place.start, place.end)
      found.append(
        Candidate(
          value: amount.description, place: place, confidence: line.titlePlace == nil ? 0.85 : 0.95,
          reason: Reason("field.amountEquals", values)))
    }
    for message in messages {
      for amount in message.finds.amounts where amount.amount.cents > 0 {
        found.append(candidate(amount.amount.description, message, amount.start, amount.end, 0.75))
      }
    }
    if let line, line.titlePlace != nil, field.isRequired || field.reads == .amount {
      let amount = Money(cents: Int64(clamping: line.line.amount.cents.magnitude))
      found.append(record(amount.description, 0.8, "billLine", facts(of: line)))
    }
    return found
  }

  // MARK: - Products

  func products(_ field: FormField) -> [Candidate] {
    var found: [Candidate] = []
    if field.kind == .billLine, let line {
      let place = line.titlePlace ?? line.amountPlace
      found.append(
        Candidate(
          value: line.line.title, place: place, confidence: line.titlePlace != nil ? 0.95 : 0.8,
          reason: Reason("field.billLine", facts(of: line))))
    }
    for message in messages {
      for product in message.finds.products {
        guard let value = value(of: product, field) else { continue }
        let confidence: Double =
          switch product.match {
          case .name: 0.9
          case .alias: 0.8
          case .sound: 0.75
          case .spelling: 0.65
          }
        // A plan is named to say whose bill it is, not what is wrong with it.
        let isPlan = field.kind != .choice && product.kind == .plan
        found.append(
          candidate(
            value, message, product.start, product.end, isPlan ? confidence - 0.4 : confidence,
            "product.\(product.match.rawValue)",
            ["value": field.shown(value, in: input.ticket.language)]))
      }
    }
    if field.kind == .choice, found.isEmpty { found += onlyProduct(field) + choices(field) }
    return found
  }

  private func value(of product: FoundProduct, _ field: FormField) -> String? {
    guard field.kind == .choice else { return product.name }
    return product.item.flatMap { item in field.choices.contains { $0.id == item } ? item : nil }
  }

  /// The one product that the customer has and the field knows.
  private func onlyProduct(_ field: FormField) -> [Candidate] {
    let known = (input.customer?.products ?? []).filter { $0.state != .cancelled }.compactMap { product in
      item(named: product.name).flatMap { item in field.choices.contains { $0.id == item.id } ? item : nil }
    }
    guard Set(known.map(\.id)).count == 1, let item = known.first else { return [] }
    return [record(item.id, 0.55, "onlyProduct", ["value": item.name[input.ticket.language]])]
  }

  func item(named name: String) -> CatalogueItem? {
    catalogue.first { $0.name.chinese == name || $0.name.english == name }
  }

  // MARK: - Plans

  private enum Wish: Sendable { case more, less, back }

  private static let wishes = WordTable<Wish>(
    [
      "升级", "升档", "升套餐", "不够用", "流量不够", "流量多", "更多流量", "再上一档", "upgrade", "bigger", "more data", "runs out",
      "something between",
    ].map { ($0, Wish.more) }
      + [
        "便宜", "降档", "降套餐", "降低", "太贵", "用不完", "最低", "低一档", "降级", "保号", "cheaper", "cheapest", "downgrade",
        "less than half", "too expensive",
      ].map { ($0, Wish.less) }
      + [
        "改回", "恢复原", "换回", "恢复", "原来的套餐", "原套餐", "擅自", "没同意", "没有办过", "没办过", "谁给我改", "change it back",
        "never agreed", "without my consent", "old plan",
        "not placed by me",
      ].map { ($0, Wish.back) })

  private static let targets = [
    "改成", "换成", "改为", "换为", "升到", "升级到", "升级成", "降到", "降为", "转到", "办理", "办", "恢复到", "改回", "change to",
    "switch to", "move to", "upgrade to", "downgrade to", "take", "on to", "to",
  ]

  func plans(_ field: FormField) -> [Candidate] {
    let products = input.customer?.products.filter { $0.kind == .plan } ?? []
    let current = products.filter { $0.state != .cancelled }.max { $0.startedOn < $1.startedOn }.flatMap {
      item(named: $0.name)
    }
    let isOffered = { (id: String) in field.kind != .choice || field.choices.contains { $0.id == id } }
    func value(_ item: CatalogueItem) -> String {
      field.kind == .choice ? item.id : item.name[input.ticket.language]
    }
    var found: [Candidate] = []
    for message in messages {
      let wish = Self.wishes.all(in: message.finds.folded).last
      for product in message.finds.products where product.kind == .plan {
        guard let id = product.item, isOffered(id), let item = catalogue.first(where: { $0.id == id }) else {
          continue
        }
        let isTarget = isNear(Self.targets, message, product.start, product.start, reach: 10)
        guard id != current?.id || wish == nil else { continue }
        found.append(
          candidate(
            value(item), message, product.start, product.end, id == current?.id ? 0.6 : isTarget ? 0.9 : 0.75,
            "product.\(product.match.rawValue)",
            ["value": item.name[input.ticket.language]]))
      }
      guard let wish, let current, let wished = neighbour(of: current, wish.value, products),
        isOffered(wished.id)
      else { continue }
      found.append(
        candidate(
          value(wished), message, wish.start, wish.end, wish.value == .back ? 0.75 : 0.6,
          "plan.\(wish.value)",
          ["value": wished.name[input.ticket.language], "plan": current.name[input.ticket.language]]))
    }
    if let current, isOffered(current.id) {
      found.append(
        record(value(current), 0.5, "plan.current", ["value": current.name[input.ticket.language]]))
    }
    return found
  }

  /// The next dearer or cheaper one of its group, or the plan before this one.
  private func neighbour(of plan: CatalogueItem, _ wish: Wish, _ products: [Product]) -> CatalogueItem? {
    guard let fee = plan.fee else { return nil }
    let group = catalogue.filter { $0.kind == .plan && $0.group == plan.group && $0.id != plan.id }
    switch wish {
    case .more: return group.filter { ($0.fee ?? fee) > fee }.min { ($0.fee ?? fee) < ($1.fee ?? fee) }
    case .less: return group.filter { ($0.fee ?? fee) < fee }.max { ($0.fee ?? fee) < ($1.fee ?? fee) }
    case .back:
      let before = products.filter { $0.state == .cancelled }.max {
        ($0.endedOn ?? $0.startedOn) < ($1.endedOn ?? $1.startedOn)
      }
      return before.flatMap { item(named: $0.name) }
    }
  }

  // MARK: - Orders

  func orders(_ field: FormField) -> [Candidate] {
    var found: [Candidate] = []
    let orders = input.customer?.orders ?? []
    for message in messages {
      for number in message.finds.numbers
      where number.kind == .order || (number.kind == .reference && number.isKnown) {
        let title = orders.first { $0.number == number.value }?.title
        found.append(
          candidate(
            number.value, message, number.start, number.end, number.isKnown ? 0.97 : 0.8,
            number.isKnown ? "ownOrder" : "number",
            ["value": title ?? number.value]))
      }
    }
    guard field.isRequired || field.reads == .order else { return found }
    let named = Set(messages.flatMap { $0.finds.products.map(\.name) } + [line?.line.title].compactMap { $0 })
    let about = orders.filter { order in named.contains { order.title.contains($0) } }
    if let order = about.max(by: { $0.placedOn < $1.placedOn }) {
      found.append(record(order.number, 0.6, "orderAbout", ["value": order.title]))
    }
    if let order = orders.filter({ $0.state == .placed || $0.state == .inProgress }).max(by: {
      $0.placedOn < $1.placedOn
    }) {
      found.append(record(order.number, 0.5, "orderOpen", ["value": order.title]))
    }
    return found
  }

  // MARK: - Choices

  private static let negations = [
    "不是", "不用", "不需要", "不想", "不要", "没有", "不", "没", "别", "非", "not ", "no ", "don't ",
  ].map { $0.unicodeScalars.map(FoldedText.fold) }

  func choices(_ field: FormField) -> [Candidate] { words(field.choices, of: field) { $0.id } }

  /// Values of a text field that people say in many ways.
  func suggestions(_ field: FormField) -> [Candidate] {
    words(field.suggestions, of: field) { $0.name[input.ticket.language] }
  }

  /// What is said most in the newest message that says anything; a word behind a "no" does not count.
  private func words(
    _ choices: [FormField.Choice], of field: FormField, _ value: (FormField.Choice) -> String
  ) -> [Candidate] {
    guard !choices.isEmpty else { return [] }
    var table = WordTable<Int>()
    for (index, choice) in choices.enumerated() {
      let words = choice.says.isEmpty ? [choice.name.chinese, choice.name.english] : choice.says
      for word in words { table.add(word, index) }
    }
    return messages.flatMap { message -> [Candidate] in
      var weights = [Int](repeating: 0, count: choices.count)
      var places = [(start: Int, end: Int)?](repeating: nil, count: choices.count)
      for word in table.all(in: message.finds.folded) where !isDenied(message.finds.folded, word.start) {
        weights[word.value] += word.end - word.start
        places[word.value] = places[word.value] ?? (word.start, word.end)
      }
      let total = weights.reduce(0, +)
      return choices.indices.compactMap { index in
        guard let place = places[index] else { return nil }
        let share = Double(weights[index]) / Double(total)
        return candidate(
          value(choices[index]), message, place.start, place.end, 0.4 + 0.3 * share, "words",
          ["value": choices[index].name[input.ticket.language]])
      }
    }
  }

  private func isDenied(_ text: FoldedText, _ start: Int) -> Bool {
    Self.negations.contains { text.stands($0, at: start - $0.count) }
  }
}
