import Domain
import Yams

extension ResourceReader {
  /// `refunds.yaml`: who may pay back how much.
  mutating func readRefunds() {
    guard let file = yaml("refunds.yaml", isRequired: false),
      let fields = file.reading.fields(file.root, keys: ["withdraw_within", "paid_within_days", "limits"])
    else { return }
    let reading = file.reading
    let seconds = fields.required("withdraw_within").flatMap(reading.duration)
    let days = fields.required("paid_within_days").flatMap { reading.number($0, in: 0...90) }
    var limits: [Role: RefundRules.Limit] = [:]
    for pair in fields.required("limits").map(reading.pairs) ?? [] {
      guard let role = reading.oneOf(pair.keyNode, Role.self),
        let values = reading.fields(pair.value, keys: ["once", "day"])
      else { continue }
      let once = values.required("once").flatMap(reading.limit)
      let day = values.required("day").flatMap(reading.limit)
      guard let once, let day else { continue }
      if once > day, let node = values.values["day"] { reading.add(.invalidValue(day.description), at: node) }
      limits[role] = RefundRules.Limit(refund: once, day: day)
    }
    if let seconds, let days {
      set.refunds = RefundRules(limits: limits, withdrawSeconds: seconds, paymentDays: days)
    }
  }
}

extension Reading {
  /// An amount in yuan that is not negative.
  fileprivate func limit(_ node: Node) -> Money? {
    guard let text = text(node) else { return nil }
    guard let money = Money(text), money.cents >= 0 else {
      add(.invalidValue(shortened(text)), at: node)
      return nil
    }
    return money
  }
}
