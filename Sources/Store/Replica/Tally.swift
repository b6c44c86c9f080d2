import Domain
import GRDB

/// Counters of the lists, moved with every ticket that is written, so that the status line never counts a long list.
struct Tally {
  enum Kind: String {
    /// By zone.
    case waiting, open, pending, done
    /// By owner.
    case mine, unread
    /// Answers to offers that customers keep, by offer, level of the customer now, and answer.
    case offer
  }

  let db: Database

  func move(from old: Ticket?, to new: Ticket?) throws {
    let left = Self.places(of: old)
    let right = Self.places(of: new)
    guard left != right else { return }
    for place in left.subtracting(right) { try add(-1, place) }
    for place in right.subtracting(left) { try add(1, place) }
  }

  private struct Place: Hashable {
    var kind: Kind
    var key: String
  }

  private static func places(of ticket: Ticket?) -> Set<Place> {
    guard let ticket else { return [] }
    let zone = ticket.zone.text
    guard !ticket.state.isDone else { return [Place(kind: .done, key: zone)] }
    var places: Set<Place> = [Place(kind: .open, key: zone)]
    if ticket.state == .pending { places.insert(Place(kind: .pending, key: zone)) }
    if let owner = ticket.owner {
      places.insert(Place(kind: .mine, key: owner.text))
      if ticket.isUnread { places.insert(Place(kind: .unread, key: owner.text)) }
    } else {
      places.insert(Place(kind: .waiting, key: zone))
    }
    return places
  }

  /// Counts what the row of the customer says and nothing that it said before: a desk that comes later, or lets a customer go, has
  /// only the row.
  func move(from old: Customer?, to new: Customer?) throws {
    let left = Self.places(of: old)
    let right = Self.places(of: new)
    guard left != right else { return }
    for place in Set(left.keys).union(right.keys) {
      let difference = right[place, default: 0] - left[place, default: 0]
      if difference != 0 { try add(difference, place) }
    }
  }

  private static func places(of customer: Customer?) -> [Place: Int64] {
    guard let customer else { return [:] }
    return customer.offerAnswers.reduce(into: [:]) { places, answer in
      let key = "\(answer.offer)/\(customer.level.rawValue)/\(answer.answer.rawValue)"
      places[Place(kind: .offer, key: key), default: 0] += 1
    }
  }

  func offerCounts() throws -> [OfferCount] {
    var result: [String: OfferCount] = [:]
    for (key, count) in try counts(.offer) {
      let parts = key.split(separator: "/").map(String.init)
      guard parts.count == 3, let level = Customer.Level(rawValue: parts[1]),
        let answer = Offer.Answer(rawValue: parts[2])
      else { continue }
      let group = parts[0] + "/" + parts[1]
      var item = result[group] ?? OfferCount(offer: OfferID(parts[0]), group: level)
      switch answer {
      case .accepted: item.accepted += max(0, Int(count))
      case .declined: item.declined += max(0, Int(count))
      case .later: item.later += max(0, Int(count))
      }
      result[group] = item
    }
    return result.values.sorted { ($0.offer, $0.group.rawValue) < ($1.offer, $1.group.rawValue) }
  }

  private func add(_ count: Int64, _ place: Place) throws {
    var statement = try Prepared(
      db,
      """
      INSERT INTO tally(kind, key, count) VALUES (?, ?, ?) \
      ON CONFLICT(kind, key) DO UPDATE SET count = count + excluded.count
      """)
    statement.bind(place.kind.rawValue)
    statement.bind(place.key)
    statement.bind(count)
    try statement.run()
  }

  /// The counters of one kind by key.
  func counts(_ kind: Kind) throws -> [String: Int64] {
    var statement = try Prepared(db, "SELECT key, count FROM tally WHERE kind = ?")
    statement.bind(kind.rawValue)
    var result: [String: Int64] = [:]
    while try statement.step() { result[statement.text(0)] = statement.int(1) }
    return result
  }

  func count(_ kind: Kind, _ key: String) throws -> Int64 {
    var statement = try Prepared(db, "SELECT count FROM tally WHERE kind = ? AND key = ?")
    statement.bind(kind.rawValue)
    statement.bind(key)
    return try statement.step() ? statement.int(0) : 0
  }

  /// Counts everything once: after the first fill.
  func rebuild() throws {
    try Prepared(db, "DELETE FROM tally").run()
    let conditions: [(Kind, String, String)] = [
      (.waiting, "zone", "state < 3 AND owner IS NULL"), (.open, "zone", "state < 3"),
      (.pending, "zone", "state = 2"), (.done, "zone", "state >= 3"),
      (.mine, "owner", "state < 3 AND owner IS NOT NULL"),
      (.unread, "owner", "state < 3 AND owner IS NOT NULL AND is_unread"),
    ]
    try countOffers()
    for (kind, key, condition) in conditions {
      try Prepared(
        db,
        """
        INSERT INTO tally(kind, key, count) \
        SELECT '\(kind.rawValue)', \(key), count(*) FROM ticket WHERE \(condition) GROUP BY \(key)
        """
      ).run()
    }
  }

  /// Rises when answers to offers are counted in another way.
  private static let offerVersion: Int64 = 1
  private static let offerVersionKey = "offers_counted"

  /// Whether a program counted answers to offers here that did it in another way.
  func countsOffersAsBefore() throws -> Bool {
    try Meta(db: db).int(Self.offerVersionKey) < Self.offerVersion
  }

  func countOffersAnew() throws {
    var old = try Prepared(db, "DELETE FROM tally WHERE kind = ?")
    old.bind(Kind.offer.rawValue)
    try old.run()
    try countOffers()
  }

  private func countOffers() throws {
    // Customers with answers end with a mark; a number that ends alike is only read for nothing.
    for customer in try RowReader(db: db).all(
      RowReader.customers + " WHERE substr(rest, -1) = x'01'", RowReader.customer)
    {
      try move(from: nil, to: customer)
    }
    try Meta(db: db).set(Self.offerVersionKey, Self.offerVersion)
  }
}
