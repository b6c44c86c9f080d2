import Domain

extension FieldReader {
  private func candidate(_ value: String, _ message: Said, _ period: FoundPeriod, _ confidence: Double)
    -> Candidate
  {
    let key = period.assumption.map { "assumed.\($0.rawValue)" } ?? "date"
    return candidate(value, message, period.start, period.end, confidence, key, ["value": value])
  }

  /// Whether one of the words stands within `reach` characters of a place.
  func isNear(_ words: [String], _ message: Said, _ start: Int, _ end: Int, reach: Int = 10) -> Bool {
    let lines = message.finds.folded
    let wanted = words.map { $0.unicodeScalars.map(FoldedText.fold) }
    return (max(0, start - reach)..<min(lines.count, end + reach)).contains { place in
      wanted.contains { lines.stands($0, at: place) }
    }
  }

  // MARK: - Days

  func dates() -> [Candidate] {
    messages.flatMap { message in
      message.finds.periods.filter { $0.isOneDay || $0.granularity == .range }.map {
        candidate($0.from.description, message, $0, $0.assumption == .vague ? 0.4 : 0.7)
      }
    }
  }

  private static let startWords = [
    "起", "开始", "以来", "就", "坏", "断", "掉", "since", "began", "started", "stopped",
  ]

  /// The day on which something began: the first day of a stretch up to now, or a day that has passed.
  func since() -> [Candidate] {
    messages.flatMap { message in
      message.finds.periods.filter { $0.from <= message.today }.map { period in
        let reachesToday = period.granularity == .range && period.to > message.today
        let confidence: Double =
          switch period.granularity {
          case .range: reachesToday && period.assumption != .vague ? 0.9 : 0.45
          case .day, .time: isNear(Self.startWords, message, period.start, period.end) ? 0.85 : 0.75
          case .week, .month: 0.45
          case .quarter, .year: 0.2
          }
        return candidate(period.from.description, message, period, confidence)
      }
    }
  }

  /// A day to come: what people plan.
  func coming() -> [Candidate] {
    messages.flatMap { message in
      message.finds.periods.filter { $0.isOneDay || $0.granularity == .month }.compactMap {
        period -> Candidate? in
        let period = period.from < message.today ? period.asComing : period
        guard period.from >= message.today else { return nil }
        let isSure = period.assumption == nil && period.from > message.today
        return candidate(period.from.description, message, period, isSure ? 0.8 : 0.45)
      }
    }
  }

  func today(_ field: FormField) -> [Candidate] {
    let day = input.clock.civil(input.now).date
    return [record(day.description, 0.6, "contactDay", ["value": day.description])] + atOnce(field)
  }

  /// Words that mean the day of the contact: 马上, right now.
  private func atOnce(_ field: FormField) -> [Candidate] {
    guard !field.says.isEmpty else { return [] }
    let table = WordTable(field.says.map { ($0, true) })
    return messages.compactMap { message in
      guard let word = table.all(in: message.finds.folded).last else { return nil }
      return candidate(message.today.description, message, word.start, word.end, 0.7, "atOnce")
    }
  }

  func nextMonth(_ field: FormField) -> [Candidate] {
    let today = input.clock.civil(input.now).date
    let first = today.firstOfMonth.moved(months: 1)
    var found = [record(first.description, 0.55, "nextMonth", ["value": first.description])] + atOnce(field)
    for message in messages {
      for period in message.finds.periods where period.from > message.today {
        found.append(candidate(period.from.description, message, period, 0.85))
      }
    }
    return found
  }

  func chargedOn() -> [Candidate] {
    var found: [Candidate] = []
    for message in messages {
      for period in message.finds.periods where period.isOneDay && period.from <= message.today {
        let isOfLine = period.from == line?.line.chargedOn
        found.append(candidate(period.from.description, message, period, isOfLine ? 0.95 : 0.7))
      }
    }
    if let line {
      found.append(
        record(
          line.line.chargedOn.description, line.titlePlace == nil ? 0.5 : 0.75, "billLine", facts(of: line)))
    }
    return found
  }

  private static let contractWords = ["合约", "合同", "到期", "协议", "contract", "expire", "ends"]

  func contractEnd() -> [Candidate] {
    let ends = (input.customer?.products ?? []).compactMap { product in
      product.contractUntil.map { (product, $0) }
    }
    var found: [Candidate] = []
    for message in messages {
      for period in message.finds.periods where period.isOneDay {
        let dates = [period, period.asComing].map(\.from)
        if let known = ends.first(where: { dates.contains($0.1) }) {
          found.append(
            candidate(
              known.1.description, message, period.start, period.end, 0.97, "contractKnown",
              ["value": known.1.description, "product": known.0.name]))
        } else if isNear(Self.contractWords, message, period.start, period.end) {
          found.append(candidate(period.from.description, message, period, 0.6))
        }
      }
    }
    let current = ends.filter { $0.0.state != .cancelled }
    if let (product, end) = (current.isEmpty ? ends : current).max(by: { $0.1 < $1.1 }) {
      found.append(
        record(end.description, 0.85, "contractEnd", ["product": product.name, "value": end.description]))
    }
    return found
  }

  // MARK: - Months

  private static let billWords = [
    "账单", "帐单", "账期", "帐期", "话费", "月费", "出账", "扣", "收", "bill", "statement", "charge", "invoice",
  ]

  /// 上个账单, last bill: the newest bill of the time.
  private static let lastBill = WordTable<Bool>(
    [
      "上个账单", "上期账单", "上一期账单", "上月账单", "最近一期账单", "最近的账单", "这期账单", "上次账单", "last bill", "latest bill",
      "newest bill", "most recent bill", "previous bill",
      "last statement",
    ].map { ($0, true) })

  func periods() -> [Candidate] {
    var found: [Candidate] = []
    for message in messages {
      for period in message.finds.periods where period.granularity == .month && period.from <= message.today {
        let isOfLine = period.from.monthText == line?.bill.period
        let isBill = isNear(Self.billWords, message, period.start, period.end)
        found.append(candidate(period.from.monthText, message, period, isOfLine ? 0.95 : isBill ? 0.85 : 0.6))
      }
      if let word = Self.lastBill.all(in: message.finds.folded).last,
        let bill = newestBill(before: message.today)
      {
        found.append(
          candidate(bill.period, message, word.start, word.end, 0.8, "newestBill", ["value": bill.period]))
      }
    }
    if let line { found.append(record(line.bill.period, 0.85, "billLine", facts(of: line))) }
    if let bill = newestBill(before: input.clock.civil(input.now).date) {
      found.append(record(bill.period, 0.7, "newestBill", ["value": bill.period]))
    }
    return found
  }

  private func newestBill(before day: CivilDate) -> Bill? {
    input.customer?.bills.filter { $0.period < day.monthText }.max { $0.period < $1.period }
  }

  func facts(of line: DisputedLine) -> [String: String] {
    ["period": line.bill.period, "item": line.line.title, "amount": line.line.amount.description]
  }
}
