/// One month's bill with its lines, and what was paid back of them. `total` is the sum of the lines.
///
/// The bill is the aggregate of refunds: two people who refund one line at once write the same row, and the store refuses
/// the second where the line has no more to give.
package struct Bill: Hashable, Codable, Sendable, Identifiable {
  package struct Line: Hashable, Codable, Sendable {
    package var title: String
    package var amount: Money
    package var chargedOn: CivilDate

    package init(title: String, amount: Money, chargedOn: CivilDate) {
      self.title = title
      self.amount = amount
      self.chargedOn = chargedOn
    }
  }

  package var id: BillID
  package var number: String
  package var customer: CustomerID
  /// The month billed, such as `2026-10`.
  package var period: String
  package var lines: [Line]
  package var isPaid: Bool
  /// In the order in which they were asked for; declined and withdrawn ones stay.
  package var refunds: [Refund]

  package init(
    id: BillID, number: String, customer: CustomerID, period: String, lines: [Line], isPaid: Bool = true,
    refunds: [Refund] = []
  ) {
    self.id = id
    self.number = number
    self.customer = customer
    self.period = period
    self.lines = lines
    self.isPaid = isPaid
    self.refunds = refunds
  }

  package var total: Money { lines.reduce(Money(cents: 0)) { $0 + $1.amount } }

  package func refund(_ id: RefundID) -> Refund? { refunds.first { $0.id == id } }

  /// Refunds of one line that count: granted ones, and those that wait for an approval.
  package func liveRefunds(ofLine line: Int) -> [Refund] {
    refunds.filter { $0.line == line && $0.state.isLive }
  }

  /// What was granted of a line, or is asked for.
  package func refunded(ofLine line: Int) -> Money {
    liveRefunds(ofLine: line).reduce(Money(cents: 0)) { $0 + $1.amount }
  }

  /// What a line still has to give; nothing for credits and for lines that do not exist.
  package func refundable(ofLine line: Int) -> Money {
    guard lines.indices.contains(line) else { return Money(cents: 0) }
    return max(Money(cents: 0), lines[line].amount - refunded(ofLine: line))
  }

  /// The line that a value of a form's `bill_line` field names. Of lines with one title the later ones come first, because the
  /// second charge is the doubtful one, and of those one that still has something to give.
  package func line(named title: String) -> Int? {
    let wanted = title.trimmed
    let matching = lines.indices.reversed().filter { !wanted.isEmpty && lines[$0].title == wanted }
    return matching.first { refundable(ofLine: $0).cents > 0 } ?? matching.first
  }
}

extension Bill {
  private enum CodingKeys: String, CodingKey {
    case id, number, customer, period, lines, isPaid, refunds
  }

  /// Bills that were written before there were refunds have none.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      id: try container.decode(BillID.self, forKey: .id),
      number: try container.decode(String.self, forKey: .number),
      customer: try container.decode(CustomerID.self, forKey: .customer),
      period: try container.decode(String.self, forKey: .period),
      lines: try container.decode([Line].self, forKey: .lines),
      isPaid: try container.decode(Bool.self, forKey: .isPaid),
      refunds: try container.decodeIfPresent([Refund].self, forKey: .refunds) ?? [])
  }
}
