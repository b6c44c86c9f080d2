import Domain
import GRDB

/// Solved tickets that say what a ticket says, by the lists of words of "find anything" (`WordIndex`).
///
/// The words of the query that stand in few tickets are weighed by how few; blocks of tickets are added up from the newest to
/// the oldest, and only the best of the sum are looked at: whether they are solved, in which category, and what they say.
/// Everything that is answered is read from the rows and masked.
struct SimilarFinder {
  /// Different terms of the query that are looked up, and those that are scored.
  private static let mostTerms = 160
  private static let mostScored = 28
  /// Solved tickets whose outcome is compared, and those whose texts are read.
  private static let mostCandidates = 160
  private static let mostRead = 24
  /// Tickets of a block that are looked up: many of the same words may be open still.
  private static let mostOfABlock = 240
  /// Below this share of the query a ticket of the same category, or of another, is not called similar.
  private static let leastShare = (same: 0.2, other: 0.35)

  private let db: Database
  private let words: WordIndex
  private let tally: ClosingTally

  init(_ db: Database) {
    self.db = db
    words = WordIndex(db)
    tally = ClosingTally(db)
  }

  /// The most similar first.
  func find(_ query: SimilarQuery, now: Timestamp) throws -> [SimilarTicket] {
    guard query.limit > 0 else { return [] }
    let own = try query.ticket.flatMap { try row(of: $0) }
    var outcomes = Outcomes(tally: tally)
    let text = SimilarText(query.text)
    let terms = try weighed(text)
    var found: [SimilarTicket] = []
    if !terms.isEmpty {
      let candidates = try candidates(terms, besides: own)
      let total = terms.reduce(0) { $0 + $1.weight }
      var ranked: [(row: Int64, score: Double)] = []
      for candidate in candidates {
        guard let outcome = try outcomes[candidate.closed.outcome] else { continue }
        let factor = Self.factor(query, outcome) * Self.recency(candidate.closed.day, now)
        ranked.append((candidate.row, Double(candidate.score / total) * factor))
      }
      ranked.sort { ($0.score, $0.row) > ($1.score, $1.row) }
      for (row, _) in ranked.prefix(Self.mostRead) {
        if let ticket = try similar(row, query, text, terms, now) { found.append(ticket) }
      }
      found.sort { ($0.score, $0.solvedAt, $1.id) > ($1.score, $1.solvedAt, $0.id) }
    }
    if found.isEmpty { found = try newest(query, besides: own, now) }
    return Array(found.prefix(query.limit))
  }

  private func row(of id: TicketID) throws -> Int64? {
    var find = try Prepared(db, "SELECT row FROM ticket WHERE id = ?")
    find.bind(id)
    return try find.step() ? find.int(0) : nil
  }

  // MARK: - Weights

  /// A term of the query and what it is worth.
  struct Term {
    var token: SimilarText.Token
    var code: UInt32
    var weight: Float
    /// Tickets that have it among the waiting writes.
    var waiting: [Int64]
  }

  /// How rare a term is, is measured in the newest tickets: they are what is alike now.
  private func weighed(_ text: SimilarText) throws -> [Term] {
    let tokens = Array(text.tokens.prefix(Self.mostTerms))
    let codes = tokens.map { WordIndex.codes(ofQuery: $0.scalars).first }
    let known = codes.compactMap { $0 }
    guard !known.isEmpty, let last = try lastRow() else { return [] }
    let waiting = Dictionary(
      zip(known, try words.pendingTickets(known)), uniquingKeysWith: { first, _ in first })
    let block = last / WordIndex.rowsInBlock
    var blocks = [block]
    var rows = last % WordIndex.rowsInBlock + 1
    if rows < WordIndex.rowsInBlock / 4, block > 0 {
      blocks.append(block - 1)
      rows += WordIndex.rowsInBlock
    }
    var terms: [Term] = []
    var unknown = 0
    for (token, code) in zip(tokens, codes) {
      guard let code else { continue }
      let waiting = waiting[code] ?? []
      let listed = try blocks.reduce(waiting.count) { try $0 + words.list(code, $1).count }
      let rarity = Float(Double(rows + 1) / Double(listed + 1)).logarithm
      // What stands in half of all tickets says nothing.
      guard rarity > 0.7 else { continue }
      if listed == 0 {
        unknown += 1
        if unknown > 6 { continue }
      }
      terms.append(Term(token: token, code: code, weight: rarity * token.emphasis, waiting: waiting))
    }
    terms.sort { $0.weight > $1.weight }
    return Array(terms.prefix(Self.mostScored))
  }

  private func lastRow() throws -> Int64? {
    let last = try Prepared(db, "SELECT max(ticket) FROM find_ticket")
    return try last.step() ? last.optionalInt(0) : nil
  }

  /// Tickets of the category end alike; the words decide among them, and may speak for another one.
  private static func factor(_ query: SimilarQuery, _ outcome: ClosingTally.Outcome) -> Double {
    guard outcome.zone == query.zone.text else { return 0.55 }
    guard let category = query.category else { return 1 }
    return outcome.category == category.text ? 1 : 0.75
  }

  /// From 1 today to 0.85, half of it gone after ninety days.
  private static func recency(_ day: Int64, _ now: Timestamp) -> Double {
    let age = Double(max(0, ClosingTally.day(now) - day))
    return 0.85 + 0.15 / (1 + age / 90)
  }

  // MARK: - Candidates

  private struct Candidate {
    var row: Int64
    var score: Float
    var closed: ClosingTally.Closed
  }

  private func candidates(_ terms: [Term], besides own: Int64?) throws -> [Candidate] {
    guard let last = try lastRow() else { return [] }
    var found: [Candidate] = []
    var scores = [Float](repeating: 0, count: Int(WordIndex.rowsInBlock))
    var threshold: Float = 0
    var block = last / WordIndex.rowsInBlock
    while block >= 0 {
      defer { block -= 1 }
      let best = try best(terms, block, &scores, above: threshold)
      for (place, score) in best {
        let row = block * WordIndex.rowsInBlock + Int64(place)
        guard row != own, let closed = try tally.closed(row) else { continue }
        found.append(Candidate(row: row, score: score, closed: closed))
      }
      guard found.count >= Self.mostCandidates else { continue }
      found.sort { ($0.score, $0.row) > ($1.score, $1.row) }
      found.removeSubrange(Self.mostCandidates...)
      threshold = found[Self.mostCandidates - 1].score
    }
    return found
  }

  /// Tickets of a block that have the most of the terms, by their place in it; the newest first among equals.
  private func best(
    _ terms: [Term], _ block: Int64, _ scores: inout [Float], above threshold: Float
  ) throws -> ArraySlice<(place: Int, score: Float)> {
    for place in scores.indices { scores[place] = 0 }
    for term in terms {
      var rows = try words.list(term.code, block)
      if !term.waiting.isEmpty {
        let waiting = Set(
          term.waiting.lazy.filter { $0 / WordIndex.rowsInBlock == block }.map {
            UInt16($0 % WordIndex.rowsInBlock)
          })
        rows = WordIndex.union(rows, waiting.sorted())
      }
      scores.withUnsafeMutableBufferPointer { scores in
        for row in rows { scores[Int(row)] += term.weight }
      }
    }
    // One term alone is a coincidence, unless the query has no other.
    let least = max(threshold, terms.count > 2 ? terms[0].weight * 1.01 : 0)
    var best: [(place: Int, score: Float)] = []
    for place in scores.indices where scores[place] > least { best.append((place, scores[place])) }
    best.sort { ($0.score, $0.place) > ($1.score, $1.place) }
    return best.prefix(Self.mostOfABlock)
  }

  private struct Outcomes {
    let tally: ClosingTally
    private var known: [Int64: ClosingTally.Outcome] = [:]

    init(tally: ClosingTally) { self.tally = tally }

    subscript(id: Int64) -> ClosingTally.Outcome? {
      mutating get throws {
        if let outcome = known[id] { return outcome }
        known[id] = try tally.outcome(id)
        return known[id]
      }
    }
  }

  // MARK: - What is answered

  private func ticket(_ row: Int64) throws -> Ticket? {
    var find = try Prepared(db, RowReader.tickets + " WHERE row = ?")
    find.bind(row)
    guard try find.step() else { return nil }
    let ticket = try RowReader.ticket(find)
    return ticket.state.isDone && ticket.mergedInto == nil ? ticket : nil
  }

  private func similar(
    _ row: Int64, _ query: SimilarQuery, _ text: SimilarText, _ terms: [Term], _ now: Timestamp
  ) throws -> SimilarTicket? {
    guard let ticket = try ticket(row) else { return nil }
    let said = try said(on: ticket)
    let share = Self.share(of: terms, in: said)
    let isSame = query.category != nil && ticket.category == query.category
    guard share >= (isSame ? Self.leastShare.same : Self.leastShare.other) else { return nil }
    let fields = Self.sharedFields(query, ticket)
    let outcome = ClosingTally.Outcome(
      category: ticket.category?.text ?? "", zone: ticket.zone.text, template: "")
    let length = max(1, Double(said.length) / Double(max(8, text.length)))
    let score =
      (share + 0.05 * Double(min(3, fields.count))) * Self.factor(query, outcome)
      * Self.recency(ClosingTally.day(Self.solved(ticket)), now) / (1 + 0.1 * length.logarithm)
    return answer(
      ticket, score: min(1, score),
      words: text.shared(with: said, weights: terms, hiding: try name(of: ticket.customer)), isSame, fields)
  }

  private func answer(
    _ ticket: Ticket, score: Double, words: [String], _ isSame: Bool, _ fields: [String]
  ) -> SimilarTicket {
    SimilarTicket(
      id: ticket.id, number: ticket.number, subject: Masking.text(ticket.subject), zone: ticket.zone,
      category: ticket.category, disposition: ticket.disposition, template: ticket.closing?.template,
      solvedAt: Self.solved(ticket), score: score, words: words, isSameCategory: isSame, fields: fields)
  }

  private static func solved(_ ticket: Ticket) -> Timestamp {
    ticket.solvedAt ?? ticket.closedAt ?? ticket.updatedAt
  }

  private func name(of customer: CustomerID) throws -> String {
    var find = try Prepared(db, "SELECT name FROM customer WHERE id = ?")
    find.bind(customer)
    return try find.step() ? find.text(0) : ""
  }

  /// What the customer said counts in full, what colleagues wrote by half: they write to everybody alike.
  private func said(on ticket: Ticket) throws -> SimilarSaid {
    var said = SimilarSaid()
    said.add(ticket.subject, isOwn: true)
    var entries = try Prepared(
      db, "SELECT body, kind FROM entry WHERE ticket = ? AND kind <= 2 AND body <> '' LIMIT 40")
    entries.bind(ticket.id)
    while try entries.step() { said.add(entries.text(0), isOwn: entries.int(1) == 0) }
    return said
  }

  private static func share(of terms: [Term], in said: SimilarSaid) -> Double {
    var (found, all): (Float, Float) = (0, 0)
    for term in terms {
      all += term.weight
      if said.own.contains(term.token) {
        found += term.weight
      } else if said.others.contains(term.token) {
        found += term.weight / 2
      }
    }
    return all > 0 ? Double(found / all) : 0
  }

  /// Fields with one value; long numbers are somebody's, not something that cases have in common.
  private static func sharedFields(_ query: SimilarQuery, _ ticket: Ticket) -> [String] {
    query.fields.filter { id, value in
      !value.isEmpty && ticket.fields[id] == value && value.count(where: \.isNumber) < 7
    }.keys.sorted()
  }

  /// Rows of solved tickets that are looked through for some of the category.
  private static let mostLookedThrough = 2000

  /// Nothing was said that could be compared: the newest of the category.
  private func newest(_ query: SimilarQuery, besides own: Int64?, _ now: Timestamp) throws -> [SimilarTicket]
  {
    guard let category = query.category, SimilarText(query.text).tokens.isEmpty else { return [] }
    var rows: [Int64] = []
    do {
      var statement = try Prepared(
        db,
        """
        SELECT ticket, category, zone FROM \
        (SELECT ticket, outcome FROM find_closed ORDER BY ticket DESC LIMIT \(Self.mostLookedThrough)) \
        JOIN find_outcome ON find_outcome.id = outcome WHERE category = ? AND zone = ? ORDER BY ticket DESC
        """)
      statement.bind(category)
      statement.bind(query.zone)
      while rows.count <= query.limit, try statement.step() { rows.append(statement.int(0)) }
    }
    return try rows.filter { $0 != own }.compactMap { row in
      try ticket(row).map { answer($0, score: 0.1, words: [], true, Self.sharedFields(query, $0)) }
    }
  }
}
