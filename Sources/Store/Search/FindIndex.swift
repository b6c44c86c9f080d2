import Domain
import Foundation
import GRDB

/// "Find anything": customers and tickets by number, phone, identity, order, bill, name and words, in one list as one types.
///
/// Each kind of evidence leads to a bounded number of candidates by an index of its own; with several tokens a result must
/// explain every one of them. Everything that is shown is read from the rows and masked. Searching can be given up
/// in the middle (`Replica.read(unless:)`): it is a sequence of short statements.
package struct FindIndex: Sendable {
  /// Tickets whose customer or texts are looked at before a search is content with what it has, so that words that hardly
  /// stand together cost no second.
  private static let mostCandidates = 1000
  private static let mostTexts = 500
  /// Results of one kind of evidence.
  private static let mostOfAKind = 20

  package init() {}

  /// Results in the order of `FindHit.Evidence`, and newest first within it.
  ///
  /// - Parameter first: hears what numbers and names gave, where that is something, before texts are searched for words. The
  ///   results begin with it.
  package func find(
    _ db: Database, _ query: String, limit: Int = 50, first: ([FindHit]) -> Void = { _ in }
  ) throws -> [FindHit] {
    let query = FindQuery(query)
    guard !query.tokens.isEmpty else { return [] }
    var finder = Finder(
      db: db, limit: limit, mostOfAKind: Self.mostOfAKind,
      effort: Effort(candidates: Self.mostCandidates, texts: Self.mostTexts))
    if query.tokens.count == 1 {
      try finder.findOne(query.tokens[0])
      let found = finder.results
      // Words cost more pages than all the rest, and who typed a name or a number rarely looks for them.
      if !found.isEmpty, found.count < limit { first(found) }
      try finder.listWords(query.tokens)
    } else {
      try finder.findAll(query.tokens)
    }
    return finder.results
  }
}

/// What a search may still look at. Shared by all of its parts.
private final class Effort {
  private(set) var candidates: Int
  private(set) var texts: Int

  init(candidates: Int, texts: Int) { (self.candidates, self.texts) = (candidates, texts) }

  var isSpent: Bool { candidates <= 0 || texts <= 0 }

  func lookAtCandidate() { candidates -= 1 }
  func readText() { texts -= 1 }
}

private struct Finder {
  let db: Database
  let limit: Int
  let mostOfAKind: Int
  let effort: Effort
  private var hits: [FindHit] = []
  private var listed: Set<String> = []

  init(db: Database, limit: Int, mostOfAKind: Int, effort: Effort) {
    self.db = db
    self.limit = limit
    self.mostOfAKind = mostOfAKind
    self.effort = effort
  }

  var results: [FindHit] {
    let order = Dictionary(
      uniqueKeysWithValues: FindHit.Evidence.allCases.enumerated().map { ($1, $0) })
    let sorted = hits.enumerated().sorted {
      (order[$0.element.evidence]!, $0.offset) < (order[$1.element.evidence]!, $1.offset)
    }
    return Array(sorted.map(\.element).prefix(limit))
  }

  private mutating func list(_ hit: FindHit?) {
    guard let hit, listed.insert(hit.id).inserted else { return }
    hits.append(hit)
  }

  // MARK: - One token

  /// Everything but words.
  mutating func findOne(_ token: FindQuery.Token) throws {
    for row in try ticketsByNumber(token) { list(try ticketHit(row, .ticketNumber, token)) }
    var people: [(row: Int64, evidence: FindHit.Evidence)] = []
    for (row, identity) in try customersByIdentity(token) {
      people.append((row, identity.evidence))
      list(try customerHit(row, identity))
    }
    for (row, order) in try customersByRecord(token, "customer_order") {
      people.append((row, .orderNumber))
      list(try customerHit(row, .orderNumber, order, token))
    }
    for (row, bill) in try customersByRecord(token, "bill") {
      people.append((row, .billNumber))
      list(try customerHit(row, .billNumber, bill, token))
    }
    for row in try customersByName(token, most: mostOfAKind) {
      list(try customerHit(row, .name, nil, token))
    }
    // What is known of one or two people is probably asked because of their tickets.
    if Set(people.map(\.row)).count <= 3 {
      for person in people { try listTickets(of: person.row, person.evidence) }
    }
  }

  private mutating func listTickets(of customer: Int64, _ evidence: FindHit.Evidence) throws {
    let statement = try db.cachedStatement(
      sql: """
        SELECT row FROM ticket WHERE customer = (SELECT id FROM customer WHERE row = ?)
        ORDER BY created_at DESC LIMIT 5
        """)
    for row in try Int64.fetchAll(statement, arguments: [customer]) {
      list(try ticketHit(row, evidence, nil))
    }
  }

  // MARK: - Several tokens

  mutating func findAll(_ tokens: [FindQuery.Token]) throws {
    for (place, token) in tokens.enumerated() {
      let others = tokens.enumerated().filter { $0.offset != place }.map(\.element)
      for row in try ticketsByNumber(token) where try explains(ticket: row, others) {
        list(try ticketHit(row, .ticketNumber, token))
      }
      for (row, identity) in try customersByIdentity(token) {
        if try explains(customer: row, others) { list(try customerHit(row, identity)) }
        try listTickets(of: row, explaining: others, .phone)
      }
      for (row, order) in try customersByRecord(token, "customer_order")
      where try explains(customer: row, others) {
        list(try customerHit(row, .orderNumber, order, token))
      }
      for (row, bill) in try customersByRecord(token, "bill") where try explains(customer: row, others) {
        list(try customerHit(row, .billNumber, bill, token))
      }
      try listNamed(token, others)
    }
    try listWords(tokens)
    // One of the tokens may be the customer, the others what the ticket is about.
    for (place, token) in tokens.enumerated() where try isPerson(token) {
      let others = tokens.enumerated().filter { $0.offset != place }.map(\.element)
      try listWords(others, of: token)
    }
  }

  private mutating func listNamed(_ token: FindQuery.Token, _ others: [FindQuery.Token]) throws {
    // Numbers lead to fewer people than names do, and were followed already.
    guard !others.contains(where: { $0.isNumber && $0.digits.utf8.count >= FindTail.shortest }) else {
      return
    }
    let named = try customersByName(token, most: 200)
    var shown = 0
    for row in named where shown < mostOfAKind {
      guard try explains(customer: row, others) else { continue }
      list(try customerHit(row, .name, nil, token))
      shown += 1
    }
    guard named.count <= 20 else { return }
    for row in named { try listTickets(of: row, explaining: others, .name) }
  }

  /// Whether anybody is called that. People that are known by a number were followed from it.
  private func isPerson(_ token: FindQuery.Token) throws -> Bool {
    try !customersByName(token, most: 1).isEmpty
  }

  private mutating func listTickets(
    of customer: Int64, explaining tokens: [FindQuery.Token], _ evidence: FindHit.Evidence
  ) throws {
    let statement = try db.cachedStatement(
      sql: """
        SELECT row FROM ticket WHERE customer = (SELECT id FROM customer WHERE row = ?)
        ORDER BY created_at DESC LIMIT 10
        """)
    for row in try Int64.fetchAll(statement, arguments: [customer]) where try explains(ticket: row, tokens) {
      list(try ticketHit(row, evidence, tokens.first))
    }
  }

  private func explains(customer row: Int64, _ tokens: [FindQuery.Token]) throws -> Bool {
    guard
      let customer = try GRDB.Row.fetchOne(
        db.cachedStatement(sql: "SELECT id, name FROM customer WHERE row = ?"), arguments: [row])
    else { return false }
    return try tokens.allSatisfy { try explains($0, customerID: customer[0], name: customer[1]) }
  }

  private func explains(customerOf ticket: Int64, _ token: FindQuery.Token) throws -> Bool {
    let statement = try db.cachedStatement(
      sql:
        "SELECT customer.id, name FROM ticket JOIN customer ON customer.id = ticket.customer WHERE ticket.row = ?"
    )
    guard let customer = try GRDB.Row.fetchOne(statement, arguments: [ticket]) else { return false }
    return try explains(token, customerID: customer[0], name: customer[1])
  }

  private func explains(_ token: FindQuery.Token, customerID: String, name: String) throws -> Bool {
    if NameMatch.matches(token, name) { return true }
    guard !token.isIdeographic else { return false }
    let digits = token.digits
    let identities = try String.fetchAll(
      db.cachedStatement(sql: "SELECT normalized FROM identity WHERE customer = ?"), arguments: [customerID])
    let text = token.text
    if identities.contains(where: { Self.isIdentity($0, text: text, digits: token.isNumber ? digits : "") }) {
      return true
    }
    guard text.utf8.count >= 4 else { return false }
    for table in ["customer_order", "bill"] {
      let numbers = try String.fetchAll(
        db.cachedStatement(sql: "SELECT number FROM \(table) WHERE customer = ?"), arguments: [customerID])
      if numbers.contains(where: { $0.lowercased().hasPrefix(text) }) { return true }
    }
    return false
  }

  private static func isIdentity(_ normalized: String, text: String, digits: String) -> Bool {
    if digits.utf8.count >= 4, normalized.lowercased().hasSuffix(digits) || normalized.hasPrefix(digits) {
      return true
    }
    return text.utf8.count >= 3 && normalized.lowercased().hasPrefix(text)
  }

  private func explains(ticket row: Int64, _ tokens: [FindQuery.Token]) throws -> Bool {
    effort.readText()
    guard let ticket = try TicketText(db, row) else { return false }
    return try tokens.allSatisfy { token in
      try ticket.contains(token) || ticket.number?.contains(token.text) == true
        || explains(customerOf: row, token)
    }
  }
}

// MARK: - Candidates

extension Finder {
  /// `2611-0417`, `26110417`, `2611-04`, and the last four or more digits.
  private func ticketsByNumber(_ token: FindQuery.Token) throws -> [Int64] {
    guard token.isNumber else { return [] }
    let text = token.text
    let digits = token.digits
    var rows: [Int64] = []
    var prefixes: [String] = []
    if text.contains("-") {
      if text.hasPrefix("\(digits.prefix(4))-") { prefixes.append(text) }
    } else if digits.count > 4 {
      prefixes.append("\(digits.prefix(4))-\(digits.dropFirst(4))")
    }
    for prefix in prefixes {
      let statement = try db.cachedStatement(
        sql: """
          SELECT row FROM ticket WHERE number IS NOT NULL AND number >= ? AND number < ?
          ORDER BY number LIMIT ?
          """)
      rows += try Int64.fetchAll(statement, arguments: [prefix, prefix + "\u{10FFFF}", mostOfAKind])
    }
    guard let tail = FindTail(.ticket, of: digits) else { return rows }
    for row in try tail.rows(db) where !rows.contains(row) {
      guard rows.count < mostOfAKind else { break }
      var ticket = try Prepared(db, "SELECT number FROM ticket WHERE row = ?")
      ticket.bind(row)
      guard try ticket.step(), ticket.text(0).filter({ $0 != "-" }).hasSuffix(digits) else { continue }
      rows.append(row)
    }
    return rows
  }

  struct FoundIdentity {
    var evidence: FindHit.Evidence
    var kind: Identity.Kind
    var value: String
    /// The digits or letters at its beginning or end that were typed.
    var typed: Int
    var isTail: Bool
  }

  private func customersByIdentity(_ token: FindQuery.Token) throws -> [(Int64, FoundIdentity)] {
    guard !token.isIdeographic else { return [] }
    let text = token.isNumber ? token.digits : token.text
    var found: [(Int64, FoundIdentity)] = []
    func add(_ row: GRDB.Row, isTail: Bool) {
      guard let kind = Identity.Kind(rawValue: row[1]) else { return }
      found.append(
        (
          row[0],
          FoundIdentity(
            evidence: kind == .phone ? .phone : .identity, kind: kind, value: row[2], typed: text.count,
            isTail: isTail)
        ))
    }
    if text.utf8.count >= 3 {
      let statement = try db.cachedStatement(
        sql: """
          SELECT customer.row, kind, normalized FROM identity JOIN customer ON customer.id = identity.customer
          WHERE normalized >= ? AND normalized < ? ORDER BY normalized LIMIT ?
          """)
      // Cards keep an X in upper case, everything else is in lower case.
      for form in Set([text, text.uppercased()]) {
        let rows = try GRDB.Row.fetchAll(statement, arguments: [form, form + "\u{10FFFF}", mostOfAKind])
        for row in rows { add(row, isTail: false) }
      }
      // A mobile number may be typed with its country code.
      if token.isNumber, text.hasPrefix("861"), text.count > 5 {
        let national = String(text.dropFirst(2))
        let rows = try GRDB.Row.fetchAll(
          statement, arguments: [national, national + "\u{10FFFF}", mostOfAKind])
        for row in rows { add(row, isTail: false) }
      }
    }
    let end = text.uppercased()
    guard token.isNumber || text.dropLast().allSatisfy(\.isNumber), let tail = FindTail(.identity, of: end)
    else { return found }
    let statement = try db.cachedStatement(
      sql: """
        SELECT customer.row, kind, normalized FROM identity JOIN customer ON customer.id = identity.customer
        WHERE identity.row = ?
        """)
    var count = 0
    for row in try tail.rows(db) {
      guard count < mostOfAKind * 2 else { break }
      guard let identity = try GRDB.Row.fetchOne(statement, arguments: [row]),
        (identity[2] as String).hasSuffix(end)
      else { continue }
      add(identity, isTail: true)
      count += 1
    }
    return found
  }

  /// Orders or bills by the beginning of their number.
  private func customersByRecord(_ token: FindQuery.Token, _ table: String) throws -> [(Int64, String)] {
    let text = token.text
    guard !token.isIdeographic, text.utf8.count >= 3, text.utf8.contains(where: { $0 >= 0x30 && $0 <= 0x39 })
    else {
      return []
    }
    let statement = try db.cachedStatement(
      sql: """
        SELECT customer.row, number FROM \(table) JOIN customer ON customer.id = \(table).customer
        WHERE number >= ? AND number < ? ORDER BY number LIMIT ?
        """)
    var found: [(Int64, String)] = []
    for form in Set([text, text.uppercased()]) {
      let rows = try GRDB.Row.fetchAll(statement, arguments: [form, form + "\u{10FFFF}", mostOfAKind])
      for row in rows { found.append((row[0], row[1])) }
    }
    return found
  }

  /// Exact names first. Names that the index remembers and the customer no longer has are left out.
  private func customersByName(_ token: FindQuery.Token, most: Int) throws -> [Int64] {
    guard token.isIdeographic || token.isLetters, token.isIdeographic || token.scalars.count > 1 else {
      return []
    }
    let text = token.text
    let statement = try db.cachedStatement(
      sql: """
        SELECT row, name FROM find_name JOIN customer ON customer.row = find_name.customer
        WHERE key >= ? AND key < ? ORDER BY key, find_name.customer LIMIT 2000
        """)
    let cursor = try GRDB.Row.fetchCursor(statement, arguments: [text, text + "\u{10FFFF}"])
    var rows: [Int64] = []
    var seen: Set<Int64> = []
    while rows.count < most, let row = try cursor.next() {
      let number: Int64 = row[0]
      guard seen.insert(number).inserted, NameMatch.matches(token, row[1]) else { continue }
      rows.append(number)
    }
    return rows
  }

  /// Lists tickets whose texts hold `tokens`; with `owner` only those whose customer is that.
  mutating func listWords(_ tokens: [FindQuery.Token], of owner: FindQuery.Token? = nil) throws {
    for row in try tickets(with: tokens, of: owner, most: limit - hits.count) {
      list(try ticketHit(row, .words, tokens.first))
    }
  }

  /// Newest first.
  private func tickets(
    with tokens: [FindQuery.Token], of owner: FindQuery.Token?, most: Int
  ) throws -> [Int64] {
    guard most > 0 else { return [] }
    var codes: Set<UInt32> = []
    for token in tokens {
      let own = WordIndex.codes(ofQuery: token.searched)
      // A token that is too short to look for is no word.
      guard !own.isEmpty else { return [] }
      codes.formUnion(own)
    }
    guard !effort.isSpent else { return [] }
    var found: [Int64] = []
    try WordIndex(db).search(Array(codes)) { row in
      effort.lookAtCandidate()
      if try owner.map({ try explains(customerOf: row, $0) }) ?? true {
        effort.readText()
        if let ticket = try TicketText(db, row), tokens.allSatisfy(ticket.contains) { found.append(row) }
      }
      return found.count < most && !effort.isSpent
    }
    return found
  }
}

// MARK: - What is shown

extension Finder {
  private func ticketHit(_ row: Int64, _ evidence: FindHit.Evidence, _ token: FindQuery.Token?) throws
    -> FindHit?
  {
    let statement = try db.cachedStatement(
      sql: """
        SELECT ticket.id, number, subject, state, created_at, customer.name
        FROM ticket LEFT JOIN customer ON customer.id = ticket.customer WHERE ticket.row = ?
        """)
    guard let ticket = try GRDB.Row.fetchOne(statement, arguments: [row]) else { return nil }
    let name = Masking.name(ticket[5] as String? ?? "")
    let subject = Masking.text(ticket[2])
    var detail = name.isEmpty ? subject : "\(name)  \(subject)"
    if evidence == .words, let token,
      WordMatch.range(of: token.searched, in: SearchText.fold(subject)) == nil,
      let text = try TicketText(db, row)?.excerpt(around: token)
    {
      detail += "  \(text)"
    }
    return FindHit(
      target: .ticket(TicketID(ticket[0] as String)), evidence: evidence, title: ticket[1] ?? "",
      detail: detail,
      detailMatches: evidence == .words ? token.map { Self.matches($0, detail) } ?? [] : [],
      at: Timestamp(milliseconds: ticket[4]), state: Ticket.State(code: ticket[3]))
  }

  private static func matches(_ token: FindQuery.Token, _ text: String) -> [TextMatch] {
    guard let range = WordMatch.range(of: token.searched, in: SearchText.fold(text)) else { return [] }
    return MatchMarker.inCharacters([range], of: text)
  }

  private func customerHit(_ row: Int64, _ identity: FoundIdentity) throws -> FindHit? {
    let shown = Masking.identity(identity.value, kind: identity.kind)
    let typed = min(identity.typed, shown.count)
    // Only what is readable is marked: the mark must not count hidden characters for the reader.
    let place = identity.isTail ? shown.count - typed..<shown.count : 0..<typed
    let readable = shown.enumerated().filter { place.contains($0.offset) && $0.element != "*" }.map(\.offset)
    var matches: [TextMatch] = []
    for index in readable {
      if let last = matches.last, last.end == index {
        matches[matches.count - 1].end = index + 1
      } else {
        matches.append(TextMatch(start: index, end: index + 1))
      }
    }
    return try customer(row).map {
      FindHit(
        target: .customer($0.id), evidence: identity.evidence, title: $0.name, detail: shown,
        detailMatches: matches)
    }
  }

  private func customerHit(
    _ row: Int64, _ evidence: FindHit.Evidence, _ record: String?, _ token: FindQuery.Token
  ) throws -> FindHit? {
    guard let customer = try customer(row) else { return nil }
    var detail = record ?? ""
    if record == nil {
      let phone = try String.fetchOne(
        db.cachedStatement(
          sql: "SELECT normalized FROM identity WHERE customer = ? AND kind = 'phone' ORDER BY row LIMIT 1"),
        arguments: [customer.id.text])
      detail = phone.map { Masking.phone($0) } ?? ""
    }
    return FindHit(
      target: .customer(customer.id), evidence: evidence, title: customer.name, detail: detail,
      detailMatches: record == nil
        ? [] : [TextMatch(start: 0, end: min(detail.count, token.scalars.count))])
  }

  /// The customer as shown: a merged record leads to the one it was merged into.
  private func customer(_ row: Int64) throws -> (id: CustomerID, name: String)? {
    let statement = try db.cachedStatement(
      sql: """
        SELECT coalesce(target.id, customer.id), coalesce(target.name, customer.name) FROM customer
        LEFT JOIN customer AS target ON target.id = customer.merged_into WHERE customer.row = ?
        """)
    return try GRDB.Row.fetchOne(statement, arguments: [row]).map {
      (CustomerID($0[0] as String), Masking.name($0[1]))
    }
  }
}

/// Whether a name is what was typed.
enum NameMatch {
  static func matches(_ token: FindQuery.Token, _ name: String) -> Bool {
    if token.isIdeographic {
      let folded = SearchText.fold(name)
      // The whole name or the given name; most names are decided here, without their readings.
      return folded.starts(with: token.scalars)
        || FindTables.nameStarts(folded).contains { folded[$0...].starts(with: token.scalars) }
    }
    guard token.isLetters else { return false }
    let text = token.text
    return FindTables.keys(ofName: name).contains { $0.hasPrefix(text) }
  }
}

/// Whether a text holds what was typed: ideographs anywhere, words by their beginning.
enum WordMatch {
  static func range(of needle: [UInt32], in text: [UInt32]) -> Range<Int>? {
    guard let first = needle.first, text.count >= needle.count else { return nil }
    for start in 0...text.count - needle.count where text[start] == first {
      guard SearchText.isIdeograph(first) || start == 0 || !SearchText.isWordPart(text[start - 1]) else {
        continue
      }
      if text[start..<start + needle.count].elementsEqual(needle) { return start..<start + needle.count }
    }
    return nil
  }
}

/// The texts of a ticket, read to be sure and to show the place.
private struct TicketText {
  let number: String?
  private let texts: [(original: String, folded: [UInt32])]

  init?(_ db: Database, _ row: Int64) throws {
    var find = try Prepared(db, "SELECT id, subject, number FROM ticket WHERE row = ?")
    find.bind(row)
    guard try find.step() else { return nil }
    number = find.optionalText(2)
    let subject = find.text(1)
    var texts: [(String, [UInt32])] = [(subject, SearchText.fold(subject))]
    var bodies = try Prepared(db, "SELECT body FROM entry WHERE ticket = ? AND kind <= 2 AND body <> ''")
    bodies.bind(find.text(0))
    while try bodies.step() {
      let body = bodies.text(0)
      texts.append((body, SearchText.fold(body)))
    }
    self.texts = texts
  }

  func contains(_ token: FindQuery.Token) -> Bool {
    texts.contains { WordMatch.range(of: token.searched, in: $0.folded) != nil }
  }

  /// A few words around the first place outside the subject, masked.
  func excerpt(around token: FindQuery.Token) -> String? {
    for text in texts.dropFirst() {
      guard let range = WordMatch.range(of: token.searched, in: text.folded) else { continue }
      // Masked before it is cut: half a number is not recognised as one.
      let masked = Masking.text(text.original)
      let folded = SearchText.fold(masked)
      let start =
        WordMatch.range(of: token.searched, in: folded)?.lowerBound ?? min(range.lowerBound, folded.count)
      let scalars = Array(masked.unicodeScalars)
      let from = max(0, start - 12)
      var view = String.UnicodeScalarView()
      if from > 0 { view.append("…") }
      for scalar in scalars[from..<min(scalars.count, start + 40)] {
        view.append(scalar.properties.isWhitespace || scalar.value < 0x20 ? " " : scalar)
      }
      if start + 40 < scalars.count { view.append("…") }
      return String(view)
    }
    return nil
  }
}
