import Domain

/// The number of an order, a ticket or a bill that stands in a text.
package struct FoundNumber: Hashable, Sendable {
  package enum Kind: String, CaseIterable, Sendable { case order, ticket, bill, reference }

  package var kind: Kind
  /// As the program writes it, or the capital letters and digits that stand there.
  package var value: String
  /// Whether the customer's records have it.
  package var isKnown: Bool
  /// Code points from the start of the text, half-open.
  package var start: Int
  package var end: Int
}

/// Numbers of the customer's records wherever they stand, and what has the form of a number behind a word such as 订单号.
package struct NumberReader: Sendable {
  /// By capital letters and digits alone.
  private var known: [String: (kind: FoundNumber.Kind, value: String)] = [:]
  private var longest = 0

  private static let cues = WordTable<FoundNumber.Kind>([
    ("订单", .order), ("订单号", .order), ("订单编号", .order), ("单号", .order), ("订购单", .order), ("变更单", .order),
    ("携入单", .order),
    ("业务单", .order), ("流水号", .order), ("受理单", .order), ("order", .order), ("order no", .order),
    ("order number", .order),
    ("order id", .order), ("工单", .ticket), ("工单号", .ticket), ("工单编号", .ticket), ("投诉单", .ticket),
    ("投诉单号", .ticket),
    ("受理编号", .ticket), ("受理号", .ticket), ("服务单", .ticket), ("ticket", .ticket), ("ticket no", .ticket),
    ("ticket number", .ticket),
    ("case", .ticket), ("case number", .ticket), ("#", .ticket), ("账单号", .bill), ("账单编号", .bill),
    ("bill number", .bill),
    ("bill no", .bill), ("invoice number", .bill), ("编号", .reference), ("转办单", .reference),
    ("转办单号", .reference),
    ("热线工单", .reference), ("热线工单号", .reference), ("转办编号", .reference), ("reference", .reference),
    ("ref", .reference),
    ("reference number", .reference), ("hand-over", .reference),
  ])

  package init(customer: CustomerProfile? = nil) {
    guard let customer else { return }
    for order in customer.orders { add(order.number, .order) }
    for bill in customer.bills { add(bill.number, .bill) }
    for visit in customer.visits { if let number = visit.number { add(number, .ticket) } }
  }

  private mutating func add(_ number: String, _ kind: FoundNumber.Kind) {
    let key = String(
      String.UnicodeScalarView(number.unicodeScalars.map(FoldedText.fold).filter(FoldedText.isWord)))
    guard key.utf8.count >= 4 else { return }
    known[key] = (kind, number)
    longest = max(longest, key.utf8.count)
  }

  package func find(in text: String) -> [FoundNumber] { find(in: FoldedText(text)) }

  func find(in text: FoldedText) -> [FoundNumber] {
    var found: [FoundNumber] = []
    var cue: (kind: FoundNumber.Kind, end: Int)?
    var index = 0
    while index < text.count {
      if let word = Self.cues.longest(in: text, at: index) {
        cue = (word.value, word.end)
        index = word.end
        continue
      }
      guard FoldedText.isWord(text[index]), text.isBoundary(index) else {
        index += 1
        continue
      }
      if let number = recorded(text, at: index)
        ?? shaped(text, at: index, cue.flatMap { links($0.end, index, text) ? $0.kind : nil })
      {
        found.append(number)
        index = number.end
        continue
      }
      while index < text.count, FoldedText.isWord(text[index]) { index += 1 }
    }
    return found
  }

  /// Between the word and its number stand at most marks, "no.", 是, 为.
  private func links(_ end: Int, _ start: Int, _ text: FoldedText) -> Bool {
    guard start - end <= 6 else { return false }
    return (end..<start).allSatisfy {
      [" ", ":", "#", "是", "为", "号", ".", "[", "【", "(", "「", "\"", "\n", "码", "，", ","].contains(text[$0])
        || FoldedText.isWord(text[$0])
    }
  }

  /// The longest number of the records that begins here, whatever stands between its groups.
  private func recorded(_ text: FoldedText, at start: Int) -> FoundNumber? {
    guard !known.isEmpty else { return nil }
    var key = ""
    var best: FoundNumber?
    var index = start
    while index < text.count, key.utf8.count <= longest {
      if FoldedText.isWord(text[index]) {
        key.unicodeScalars.append(text[index])
        index += 1
        if text.isBoundary(index), let match = known[key] {
          best = FoundNumber(kind: match.kind, value: match.value, isKnown: true, start: start, end: index)
        }
      } else if [" ", "-", "_", "."].contains(text[index]), FoldedText.isWord(text[index + 1]) {
        index += 1
      } else {
        break
      }
    }
    return best
  }

  /// Letters and at least ten digits; behind a cue five digits are enough, and four and four with a dash.
  private func shaped(_ text: FoldedText, at start: Int, _ cue: FoundNumber.Kind?) -> FoundNumber? {
    var (letters, digits, dashes) = (0, 0, 0)
    var index = start
    while index < text.count, index - start < 48 {
      if FoldedText.isDigit(text[index]) {
        digits += 1
      } else if FoldedText.isLetter(text[index]), digits == 0 {
        letters += 1
      } else if text[index] == "-", FoldedText.isDigit(text[index + 1]) {
        dashes += 1
      } else {
        break
      }
      index += 1
    }
    guard text.isBoundary(index), letters <= 6, digits <= 32,
      letters == 0 || letters + digits + dashes == index - start
    else { return nil }
    let kind: FoundNumber.Kind
    if let cue, digits >= 5 {
      kind = dashes >= 2 ? .reference : cue
    } else if letters >= 1, letters <= 4, digits >= 10, dashes == 0 {
      kind = .order
    } else if dashes >= 2, digits >= 14 {
      kind = .reference
    } else {
      return nil
    }
    let value = String(String.UnicodeScalarView(text.scalars[start..<index])).uppercased()
    return FoundNumber(kind: kind, value: value, isKnown: false, start: start, end: index)
  }
}
