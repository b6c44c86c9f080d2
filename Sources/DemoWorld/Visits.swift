/// Which customer each ticket belongs to, in both directions: most people come once, some often.
struct Visits {
  let tickets: Int
  let customers: Int
  /// Customers 0..<tour belong to the tour; their last ticket is the one of the tour.
  private let tour: [Int]
  private let pooled: Int
  private let regulars: Int
  private let scale: Int
  private let shuffledTickets: Permutation
  private let shuffledCustomers: Permutation

  /// How many tickets ten customers have, times `scale`.
  private static let sizes = [1, 1, 1, 1, 1, 1, 2, 2, 3, 4]
  private static let starts = [0, 1, 2, 3, 4, 5, 6, 8, 10, 13]
  private static let block = 17

  /// - Parameter earlier: how many earlier tickets each customer of the tour has.
  init(tickets: Int, customers: Int, earlier: [Int], seed: UInt64) {
    self.tickets = tickets
    self.customers = customers
    pooled = tickets - earlier.count
    tour = pooled >= 100 ? earlier : earlier.map { _ in 0 }
    regulars = (customers - earlier.count) / 10 * 10
    let free = max(0, pooled - tour.reduce(0, +))
    let capacity = regulars / 10 * Self.block
    scale = max(1, (free + capacity - 1) / capacity)
    shuffledTickets = Permutation(count: max(1, pooled), seed: seed, index: 1)
    shuffledCustomers = Permutation(count: regulars, seed: seed, index: 2)
  }

  func customer(of ticket: Int) -> Int {
    guard ticket < pooled else { return ticket - pooled }
    var place = shuffledTickets.place(of: ticket)
    for (index, count) in tour.enumerated() {
      if place < count { return index }
      place -= count
    }
    let within = place % (Self.block * scale) / scale
    let member = Self.starts.lastIndex { $0 <= within } ?? 0
    return tour.count + shuffledCustomers(place / (Self.block * scale) * 10 + member)
  }

  /// In order of arrival.
  func tickets(of customer: Int) -> [Int] {
    if customer < tour.count {
      let start = tour[..<customer].reduce(0, +)
      return (start..<start + tour[customer]).map { shuffledTickets($0) }.sorted() + [pooled + customer]
    }
    guard customer - tour.count < regulars else { return [] }
    let place = shuffledCustomers.place(of: customer - tour.count)
    let start = tour.reduce(0, +) + (place / 10 * Self.block + Self.starts[place % 10]) * scale
    let end = min(pooled, start + Self.sizes[place % 10] * scale)
    return start < end ? (start..<end).map { shuffledTickets($0) }.sorted() : []
  }
}
