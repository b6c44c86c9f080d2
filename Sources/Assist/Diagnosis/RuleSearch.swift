import Domain

/// Looks for rows that fit the patterns of one rule, from top to bottom.
final class RuleSearch {
  /// Why a rule found nothing, as far as it came.
  enum Miss: Hashable, Sendable {
    case noRecord
    /// Rows that were looked at, and the condition that kept out those which came farthest.
    case nothingFits(rows: Int, DiagnosisRule.Condition)
    case tooFew(found: Int, needed: Int)
    /// `missing`, and there is one.
    case thereIsOne(Finding.Evidence.Row)
    /// More combinations than a rule may try.
    case tooMuch
  }

  /// What each name stands for.
  struct Match {
    var rows: [Int]
    var groups: [[Int]]
  }

  private struct Part {
    var pattern: DiagnosisRule.Pattern
    var slot: Int
    var tests: [RuleTest]
    var isCandidate: [Int32]?
    var index: RowIndex?
    /// Rows that each test kept out, where somebody asks why.
    var failures: [Int]
    var looked = 0
  }

  /// Rows, and pieces of 64 bytes of text, that are looked at. Far above what a sensible rule needs; a rule that relates nothing to
  /// nothing, or long texts to many rows, stops here.
  static let mostWork = 400_000
  static let mostMatches = 50

  let rule: DiagnosisRule
  private let tables: RecordTables
  private let isExplaining: Bool
  let names: [String]
  private var parts: [Part] = []
  private let bound: RuleBindings
  private let aboutSlot: Int
  private var aboutPart = 0
  private var seen: Set<[Int]> = []
  private var abouts: Set<Int> = []
  private(set) var matches: [Match] = []
  private var deepest = 0
  private var one: Finding.Evidence.Row?
  private var fewest = 0

  init(_ rule: DiagnosisRule, in tables: RecordTables, isExplaining: Bool = false) {
    self.rule = rule
    self.tables = tables
    self.isExplaining = isExplaining
    var names: [String] = []
    for pattern in rule.patterns where !names.contains(pattern.name) { names.append(pattern.name) }
    self.names = names
    bound = RuleBindings(count: names.count)
    aboutSlot = names.firstIndex(of: rule.about) ?? 0
  }

  /// All matches, one for each row that the rule is about.
  func run() {
    guard !rule.patterns.isEmpty else { return }
    for pattern in rule.patterns {
      guard let slot = names.firstIndex(of: pattern.name) else { return }
      if slot == aboutSlot, pattern.verb != .check { aboutPart = parts.count }
      guard let tests = tests(of: pattern, slot: slot) else { return }
      parts.append(
        Part(pattern: pattern, slot: slot, tests: tests, failures: Array(repeating: 0, count: tests.count)))
    }
    _ = search(0)
  }

  var isCut: Bool { bound.work > Self.mostWork }

  /// Nil where it found something.
  var miss: (part: Int, miss: Miss)? {
    guard matches.isEmpty else { return nil }
    guard parts.indices.contains(deepest) else { return (0, .noRecord) }
    let part = parts[deepest]
    if isCut { return (deepest, .tooMuch) }
    if let one, part.pattern.verb == .missing { return (deepest, .thereIsOne(one)) }
    if part.pattern.verb == .collect, fewest > 0 {
      return (deepest, .tooFew(found: fewest, needed: part.pattern.atLeast))
    }
    if let last = part.failures.lastIndex(where: { $0 > 0 }) {
      return (deepest, .nothingFits(rows: part.looked, part.tests[last].condition))
    }
    return (deepest, .noRecord)
  }

  // MARK: - Compiling

  private func tests(of pattern: DiagnosisRule.Pattern, slot: Int) -> [RuleTest]? {
    let table = tables[pattern.record]
    var result: [RuleTest] = []
    for condition in pattern.conditions {
      guard let type = pattern.record.type(of: condition.property, in: fields) else { return nil }
      var value: RuleValue?
      if case .expression(let expression) = condition.operand {
        guard let made = self.value(expression) else { return nil }
        value = made
      }
      guard Self.isAskable(condition, of: type, value) else { return nil }
      let list = table.lists[condition.property]
      let column =
        table.columns[condition.property] ?? Array(repeating: RecordTables.none, count: table.count)
      result.append(
        RuleTest(
          condition, column: column, list: list, type: type, value: value, texts: tables.texts))
    }
    // What asks of the row alone comes first: it is asked once.
    return result.filter { !$0.isBound } + result.filter(\.isBound)
  }

  /// A rule that was written for the form of another zone, or that no reader of files has checked, may compare what cannot be
  /// compared: texts are places in the pool, and cents are none.
  private static func isAskable(
    _ condition: DiagnosisRule.Condition, of type: PropertyType, _ value: RuleValue?
  ) -> Bool {
    switch condition.operand {
    case .texts: return type.isText
    case .flag: return type == .flag || condition.comparison == .exists
    case .expression:
      guard let value, type != .texts, type.isComparable(with: value.type) else { return false }
      let isOfTexts = condition.comparison == .mentions || condition.comparison == .mentionedIn
      return !isOfTexts || type.isText
    }
  }

  private var fields: [FormField] { tables.input.zone?.fields ?? [] }

  func value(_ expression: DiagnosisRule.Expression) -> RuleValue? {
    guard let base = term(expression.base) else { return nil }
    var result = RuleValue(base: base.term, type: base.type)
    result.isMinus = expression.isMinus
    if let operand = expression.operand {
      guard let moved = term(operand), base.type.canMove(by: operand, of: moved.type) else { return nil }
      result.operand = moved.term
    }
    return result
  }

  private func term(_ term: DiagnosisRule.Expression.Term) -> (term: RuleValue.Term, type: PropertyType)? {
    switch term {
    case .money(let cents): return (.constant(cents), .money)
    case .number(let number): return (.constant(number), .number)
    case .date(let date): return (.constant(Int64(date.daysSinceEpoch)), .date)
    case .month(let month): return (.constant(Int64(month)), .month)
    case .days(let days): return (.days(Int64(days)), .number)
    case .months(let months): return (.months(Int64(months)), .number)
    case .percent(let percent): return (.percent(Int64(percent)), .number)
    case .reference(let reference):
      if reference == .today { return (.constant(Int64(tables.today.daysSinceEpoch)), .date) }
      guard let slot = names.firstIndex(of: reference.name),
        let pattern = rule.patterns.first(where: { $0.name == reference.name })
      else { return nil }
      if reference.aggregate == .count { return (.group(slot, .count, []), .number) }
      guard let type = pattern.record.type(of: reference.property, in: fields) else { return nil }
      let table = tables[pattern.record]
      guard table.lists[reference.property] == nil else { return nil }
      let column =
        table.columns[reference.property] ?? Array(repeating: RecordTables.none, count: table.count)
      if let aggregate = reference.aggregate { return (.group(slot, aggregate, column), type) }
      return (.row(slot, column), type)
    }
  }

  // MARK: - Searching

  private func search(_ place: Int) -> Bool {
    guard place < parts.count else { return keep() }
    deepest = max(deepest, place)
    let part = parts[place]
    let slot = part.slot
    switch part.pattern.verb {
    case .check:
      let row = bound.rows[slot]
      guard row >= 0, fits(row, place, from: 0) else { return false }
      return search(place + 1)
    case .missing:
      var found = -1
      forEachFitting(place) { row in
        found = row
        return false
      }
      bound.rows[slot] = -1
      if found >= 0 {
        if isExplaining { one = tables.evidence(part.pattern.record, found) }
        return false
      }
      return isCut ? false : search(place + 1)
    case .collect:
      var rows: [Int] = []
      forEachFitting(place) { row in
        rows.append(row)
        return true
      }
      bound.rows[slot] = -1
      rows.sort()
      fewest = max(fewest, rows.count)
      guard rows.count >= part.pattern.atLeast, !isCut else { return false }
      bound.groups[slot] = rows
      defer { bound.groups[slot] = [] }
      return search(place + 1)
    case .find:
      var isFound = false
      forEachFitting(place) { row in
        bound.rows[slot] = row
        if slot == aboutSlot, abouts.contains(row) { return part.pattern.pick == nil }
        if search(place + 1) {
          isFound = true
          // What the rule is about is bound already: one way of showing it is enough.
          if place > aboutPart { return false }
        }
        return part.pattern.pick == nil && matches.count < Self.mostMatches
      }
      bound.rows[slot] = -1
      return isFound
    }
  }

  /// Rows that fit a pattern, in the order in which it wants them, until `body` answers false.
  private func forEachFitting(_ place: Int, _ body: (Int) -> Bool) {
    prepare(place)
    let part = parts[place]
    guard let candidates = part.isCandidate else { return }
    let isBackwards = part.pattern.pick == .newest
    func visit(_ row: Int) -> Bool? {
      bound.work += 1
      guard !isCut else { return false }
      guard !isTaken(row, place) else { return nil }
      bound.rows[part.slot] = row
      guard fits(row, place, from: firstBound(place)) else { return nil }
      return body(row)
    }
    if part.pattern.pick == nil, let index = index(place) {
      var row = index.first(key(place))
      while row >= 0 {
        if visit(Int(row)) == false { return }
        row = index.next(row)
      }
      return
    }
    for offset in candidates.indices {
      let row = Int(candidates[isBackwards ? candidates.count - 1 - offset : offset])
      if visit(row) == false { return }
    }
  }

  /// Asks once what depends on the row alone.
  private func prepare(_ place: Int) {
    guard parts[place].isCandidate == nil else { return }
    let part = parts[place]
    let count = tables[part.pattern.record].count
    var result: [Int32] = []
    let last = firstBound(place)
    rows: for row in 0..<count where !isCut {
      for test in 0..<last where !part.tests[test].fits(row, bound) {
        if isExplaining { parts[place].failures[test] += 1 }
        continue rows
      }
      result.append(Int32(row))
    }
    parts[place].looked = count
    parts[place].isCandidate = result
  }

  private func firstBound(_ place: Int) -> Int {
    parts[place].tests.firstIndex(where: \.isBound) ?? parts[place].tests.count
  }

  private func fits(_ row: Int, _ place: Int, from first: Int) -> Bool {
    let tests = parts[place].tests
    for index in first..<tests.count where !tests[index].fits(row, bound) {
      if isExplaining { parts[place].failures[index] += 1 }
      return false
    }
    return true
  }

  /// One row does not stand for two things.
  private func isTaken(_ row: Int, _ place: Int) -> Bool {
    let kind = parts[place].pattern.record
    for other in 0..<place where parts[other].pattern.verb == .find && parts[other].pattern.record == kind {
      if bound.rows[parts[other].slot] == row { return true }
    }
    return false
  }

  // MARK: - Equations

  /// An index over the columns that must equal something known: without it two lines of 50,000 are 2.5 milliard pairs. Not
  /// while explaining, where every row is asked.
  private func index(_ place: Int) -> RowIndex? {
    if isExplaining { return nil }
    if let index = parts[place].index { return index.isUseful ? index : nil }
    let part = parts[place]
    let candidates = part.isCandidate ?? []
    let columns =
      candidates.count < 24 ? [] : part.tests.filter(\.isBound).compactMap { $0.equation(bound)?.column }
    let index = RowIndex(candidates, columns)
    parts[place].index = index
    return index.isUseful ? index : nil
  }

  private func key(_ place: Int) -> UInt64 {
    RowIndex.key(parts[place].tests.lazy.filter(\.isBound).compactMap { $0.equation(self.bound)?.value })
  }

  // MARK: - Matches

  private func keep() -> Bool {
    let rows = bound.rows
    let about = rows[aboutSlot]
    var key: [Int] = []
    for part in parts where part.pattern.verb == .find {
      // The same rows in another order are the same thing.
      let kind = RecordKind.allCases.firstIndex(of: part.pattern.record) ?? 0
      key.append(rows[part.slot] * RecordKind.allCases.count + kind)
    }
    key.sort()
    if about >= 0 {
      guard seen.insert(key).inserted, abouts.insert(about).inserted else { return false }
    } else if !matches.isEmpty {
      return false
    }
    matches.append(Match(rows: rows, groups: bound.groups))
    return true
  }

  /// A value with the rows of a match.
  func number(_ value: RuleValue, in match: Match) -> Int64 {
    bound.rows = match.rows
    bound.groups = match.groups
    return value.number(bound)
  }
}

/// Rows by the hash of some of their columns, in chains that keep their order.
struct RowIndex {
  private var heads: [Int32] = []
  private var chain: [Int32] = []
  private var mask: UInt64 = 0
  let isUseful: Bool

  init(_ rows: [Int32], _ columns: [[Int64]]) {
    isUseful = !columns.isEmpty
    guard isUseful else { return }
    var size: UInt64 = 16
    while size < UInt64(rows.count) * 2 { size *= 2 }
    mask = size - 1
    heads = Array(repeating: -1, count: Int(size))
    chain = Array(repeating: -1, count: Int(rows.last ?? 0) + 1)
    for row in rows.reversed() {
      var key: UInt64 = 0
      for column in columns { key = Self.mixed(key, column[Int(row)]) }
      let place = Int(key & mask)
      chain[Int(row)] = heads[place]
      heads[place] = row
    }
  }

  /// Rows whose key has the same place; they are asked everything still.
  func first(_ key: UInt64) -> Int32 { heads[Int(key & mask)] }
  func next(_ row: Int32) -> Int32 { chain[Int(row)] }

  static func key(_ values: some Sequence<Int64>) -> UInt64 { values.reduce(0, mixed) }

  private static func mixed(_ key: UInt64, _ value: Int64) -> UInt64 {
    var mixed = (key &+ 0x9E37_79B9_7F4A_7C15) ^ UInt64(bitPattern: value)
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
