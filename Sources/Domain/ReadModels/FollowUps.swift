/// What customers came back with after a ticket of a category was closed: counts, never shares, so that they may be added.
package struct FollowUps: Hashable, Codable, Sendable {
  /// A customer's ticket, as far as counting needs it.
  package struct Visit: Hashable, Sendable {
    package var customer: CustomerID
    package var category: CategoryID
    package var at: Timestamp

    package init(customer: CustomerID, category: CategoryID, at: Timestamp) {
      self.customer = customer
      self.category = category
      self.at = at
    }
  }

  package struct Row: Hashable, Codable, Sendable {
    /// Customers whose ticket of this category is old enough to know what came next.
    package var total = 0
    /// Those who came next with another category, by it.
    package var next: [CategoryID: Int] = [:]

    package init(total: Int = 0, next: [CategoryID: Int] = [:]) {
      self.total = total
      self.next = next
    }
  }

  /// Days within which a visit is what came next.
  package static let windowDays: Int64 = 30

  package private(set) var rows: [CategoryID: Row] = [:]

  package init() {}

  /// - Parameters:
  ///   - visits: in any order. The same category again is a repeat, not a next question, and is passed over. However often
  ///     somebody comes with a category, or next with another, they are one customer.
  ///   - now: tickets of the last `windowDays` are not counted: their customers may still come.
  package init(_ visits: some Sequence<Visit>, now: Timestamp) {
    let window = Self.windowDays * 86_400_000
    var byCustomer: [CustomerID: [Visit]] = [:]
    for visit in visits { byCustomer[visit.customer, default: []].append(visit) }
    for var own in byCustomer.values {
      own.sort { ($0.at, $0.category) < ($1.at, $1.category) }
      // Where the next visit of another category begins, for each visit, from the last one back.
      var other = Array(repeating: own.count, count: own.count)
      for place in own.indices.dropLast().reversed() {
        other[place] = own[place].category == own[place + 1].category ? other[place + 1] : place + 1
      }
      var counted: Set<CategoryID> = []
      var followed: [CategoryID: Set<CategoryID>] = [:]
      for (place, visit) in own.enumerated() where visit.at.milliseconds <= now.milliseconds - window {
        if counted.insert(visit.category).inserted { rows[visit.category, default: Row()].total += 1 }
        guard other[place] < own.count else { continue }
        let next = own[other[place]]
        guard next.at - visit.at <= window,
          followed[visit.category, default: []].insert(next.category).inserted
        else { continue }
        rows[visit.category, default: Row()].next[next.category, default: 0] += 1
      }
    }
  }

  /// The most frequent first; those that fewer than `least` of the customers asked are chance.
  package func likely(after category: CategoryID, least: Int = 3, share: Double = 0.05) -> [(
    category: CategoryID, count: Int, total: Int
  )] {
    guard let row = rows[category], row.total > 0 else { return [] }
    return row.next.filter { $0.value >= least && Double($0.value) >= share * Double(row.total) }
      .sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      .map { ($0.key, $0.value, row.total) }
  }
}
