import GRDB

/// The last characters of an identity or a ticket number, and the row they lead to, as one number that a B-tree keeps in
/// order: kind, then the characters from the last one backwards, then the row.
///
/// Whoever types the end of a number gets one range of keys, read from a page or two, in which every key is a match: no row
/// is looked at that is not shown. Only digits count, and the X at the end of an ID card.
struct FindTail {
  enum Kind: Int64 {
    /// Leads to a row of `identity`.
    case identity = 0
    /// Leads to a row of `ticket`.
    case ticket = 1
  }

  /// With fewer characters nothing is looked for: everything would be found.
  static let shortest = 4
  /// Characters in a key; what was typed beyond is compared on the row.
  static let longest = 9

  /// Digits, and what is none: the X in the last place, the end of the number in every other.
  private static let symbols: Int64 = 11
  private static let powers: [Int64] = (0...longest).map {
    (0..<$0).reduce(1) { power, _ in power * symbols }
  }
  /// 2 · 11^9 · 2^30 is below 2^63.
  private static let rowBits: Int64 = 30

  let kind: Kind
  private let places: [Int64]

  /// Nil when `text` does not end like a number.
  init?(_ kind: Kind, of text: some StringProtocol) {
    var places: [Int64] = []
    for byte in text.utf8.reversed() {
      if byte >= 0x30, byte <= 0x39 {
        places.append(Int64(byte) - 0x30)
      } else if places.isEmpty, byte == 0x58 {
        places.append(Self.symbols - 1)
      } else if kind != .ticket || byte != 0x2D {
        break
      }
      if places.count == Self.longest { break }
    }
    guard places.count >= Self.shortest else { return nil }
    self.kind = kind
    self.places = places
  }

  private func value(filledWith filler: Int64) -> Int64 {
    var value = kind.rawValue
    for place in 0..<Self.longest {
      value = value * Self.symbols + (place < places.count ? places[place] : filler)
    }
    return value
  }

  /// Where `row` stands. Nil beyond a billion rows, more than a file of ours holds.
  func key(row: Int64) -> Int64? {
    guard row >= 0, row < 1 << Self.rowBits else { return nil }
    return value(filledWith: Self.symbols - 1) << Self.rowBits | row
  }

  /// The keys of everything that ends so.
  var keys: Range<Int64> {
    let first = value(filledWith: 0)
    let count = Self.powers[Self.longest - places.count]
    return first << Self.rowBits..<(first + count) << Self.rowBits
  }

  /// The rows of everything that ends so, newest first.
  func rows(_ db: Database) throws -> [Int64] {
    var statement = try Prepared(db, "SELECT key FROM find_tail WHERE key >= ? AND key < ?")
    statement.bind(keys.lowerBound)
    statement.bind(keys.upperBound)
    var rows: [Int64] = []
    while try statement.step() { rows.append(statement.int(0) & (1 << Self.rowBits - 1)) }
    return rows.sorted(by: >)
  }

  func write(row: Int64, _ db: Database) throws {
    guard let key = key(row: row) else { return }
    var insert = try Prepared(db, "INSERT OR IGNORE INTO find_tail(key) VALUES(?)")
    insert.bind(key)
    try insert.run()
  }
}
