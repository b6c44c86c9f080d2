import Domain
import Foundation
import GRDB

/// Which tickets hold which words: candidates for a search in subjects, messages and notes.
///
/// A term is a code of 32 bits: two terms may share one, and then the text decides. Tickets are kept in blocks of 32,768
/// rows, one sorted list for each code of a block; a search goes through the blocks from the newest to the oldest and stops
/// when it has enough. `find_code` says which blocks hold a code, so that a rare word is not looked for in all of them.
///
/// What was written lately stands in `find_pending`, one row a write, until it is folded into the blocks a slice at a time:
/// a write costs one appended row, whatever the words are.
struct WordIndex {
  static let rowsInBlock: Int64 = 32_768
  /// Codes are folded in so many slices, each a transaction of its own.
  private static let slices: Int64 = 64
  /// With so many writes waiting, every further one folds a slice.
  private static let mostPending: Int64 = 8192

  private let db: Database

  init(_ db: Database) { self.db = db }

  // MARK: - Terms

  /// Of a longer text only the beginning is indexed.
  private static let longestText = 100_000

  /// Adds the codes of a text: characters, pairs of characters, and beginnings of words.
  static func addCodes(of text: String, to codes: inout [UInt32]) {
    let folded =
      text.utf8.count <= longestText
      ? SearchText.fold(text) : SearchText.fold(String(text.unicodeScalars.prefix(longestText)))
    for run in SearchText.runs(folded) {
      if run.isIdeographic {
        for place in run.start..<run.end {
          codes.append(code(folded[place]))
          if place + 1 < run.end { codes.append(code(folded[place], folded[place + 1])) }
        }
      } else {
        for length in prefixLengths where length <= run.end - run.start {
          codes.append(code(ofPrefix: folded[run.start..<run.start + length]))
        }
      }
    }
  }

  /// The codes that a ticket must have to hold `word`; empty when the word is too short to look for.
  static func codes(ofQuery word: [UInt32]) -> [UInt32] {
    var codes: [UInt32] = []
    for run in SearchText.runs(word) {
      if run.isIdeographic {
        if run.end - run.start == 1 { codes.append(code(word[run.start])) }
        for place in run.start..<max(run.start, run.end - 1) {
          codes.append(code(word[place], word[place + 1]))
        }
      } else if let length = prefixLengths.last(where: { $0 <= run.end - run.start }) {
        codes.append(code(ofPrefix: word[run.start..<run.start + length]))
      }
    }
    return Array(Set(codes))
  }

  /// Beginnings of words that have a code of their own.
  private static let prefixLengths = [2, 3, 4, 6, 8]

  private static func code(_ first: UInt32, _ second: UInt32 = 0) -> UInt32 {
    mixed(UInt64(first) << 21 | UInt64(second))
  }

  private static func code(ofPrefix scalars: ArraySlice<UInt32>) -> UInt32 {
    var digest = Digest.Short()
    for scalar in scalars { digest.add(UInt64(scalar)) }
    return mixed(digest.value)
  }

  private static func mixed(_ value: UInt64) -> UInt32 {
    var hash = value &* 0x9E37_79B9_7F4A_7C15
    hash ^= hash >> 32
    hash = hash &* 0xD6E8_FEB8_6659_FD93
    return UInt32(truncatingIfNeeded: hash >> 32)
  }

  // MARK: - Writing

  /// Notes that `ticket` (a row) holds `codes`.
  func add(ticket: Int64, codes: [UInt32]) throws {
    guard !codes.isEmpty else { return }
    let unique = Array(Set(codes)).sorted()
    let bytes = unique.withUnsafeBytes { Data($0) }
    try db.cachedStatement(sql: "INSERT INTO find_pending(ticket, codes) VALUES(?, ?)")
      .execute(arguments: [ticket, bytes])
    if db.lastInsertedRowID % 8 == 0 { _ = try fold(atLeast: Self.mostPending) }
  }

  /// Folds one slice of the waiting writes into the blocks when at least `count` wait. Answers whether slices are left.
  func fold(atLeast count: Int64) throws -> Bool {
    var slice: Int64 = 0
    var upto: Int64
    if let state = try GRDB.Row.fetchOne(db, sql: "SELECT slice, upto FROM find_fold") {
      (slice, upto) = (state[0], state[1])
    } else {
      let range = try GRDB.Row.fetchOne(db, sql: "SELECT min(seq), max(seq) FROM find_pending")
      guard let first = range?[0] as Int64?, let last = range?[1] as Int64?, last - first + 1 >= count else {
        return false
      }
      upto = last
    }
    try fold(slice: slice, upto: upto)
    slice += 1
    if slice == Self.slices {
      try db.execute(sql: "DELETE FROM find_pending WHERE seq <= ?", arguments: [upto])
      try db.execute(sql: "DELETE FROM find_fold")
      return false
    }
    try db.execute(
      sql: "INSERT OR REPLACE INTO find_fold(one, slice, upto) VALUES(1, ?, ?)", arguments: [slice, upto])
    return true
  }

  private func fold(slice: Int64, upto: Int64) throws {
    var pairs: [UInt64] = []
    let low = UInt32(slice) << 26
    let cursor = try GRDB.Row.fetchCursor(
      db, sql: "SELECT ticket, codes FROM find_pending WHERE seq <= ?", arguments: [upto])
    while let row = try cursor.next() {
      let ticket: Int64 = row[0]
      try row.withUnsafeData(atIndex: 1) { data in
        for code in Self.codes(data) where code >> 26 == low >> 26 {
          pairs.append(
            UInt64(ticket / Self.rowsInBlock) << 47 | UInt64(code) << 15 | UInt64(ticket % Self.rowsInBlock))
        }
      }
    }
    pairs.sort()
    try write(pairs, isMerging: true)
  }

  /// Takes a ticket (a row) out of the lists of these codes, and out of what waits to be folded into them.
  func remove(ticket: Int64, codes: [UInt32]) throws {
    let (block, row) = (ticket / Self.rowsInBlock, UInt16(ticket % Self.rowsInBlock))
    var write = try Prepared(db, "UPDATE find_block SET data = ? WHERE key = ?")
    var drop = try Prepared(db, "DELETE FROM find_block WHERE key = ?")
    for code in Set(codes) {
      let rows = try list(code, block)
      let rest = rows.filter { $0 != row }
      guard rest.count < rows.count else { continue }
      let key = block << 32 | Int64(code)
      if rest.isEmpty {
        drop.reset()
        drop.bind(key)
        _ = try drop.step()
      } else {
        write.reset()
        write.bind(Self.encode(rest))
        write.bind(key)
        _ = try write.step()
      }
    }
    var waiting = try Prepared(db, "DELETE FROM find_pending WHERE ticket = ?")
    waiting.bind(ticket)
    try waiting.run()
  }

  static func codes(_ data: Data?) -> [UInt32] {
    guard let data else { return [] }
    return data.withUnsafeBytes { bytes in
      (0..<bytes.count / 4).map { bytes.loadUnaligned(fromByteOffset: $0 * 4, as: UInt32.self) }
    }
  }

  /// Writes sorted `block << 47 | code << 15 | row in block`, over what is there when `isMerging`.
  func write(_ pairs: [UInt64], isMerging: Bool) throws {
    var read = try Prepared(db, "SELECT data FROM find_block WHERE key = ?")
    var insert = try Prepared(db, "INSERT OR REPLACE INTO find_block(key, data) VALUES(?, ?)")
    var start = 0
    var rows: [UInt16] = []
    while start < pairs.count {
      let key = Int64(pairs[start] >> 15)
      rows.removeAll(keepingCapacity: true)
      var end = start
      while end < pairs.count, Int64(pairs[end] >> 15) == key {
        let row = UInt16(pairs[end] & 0x7FFF)
        if rows.last != row { rows.append(row) }
        end += 1
      }
      if isMerging {
        read.reset()
        read.bind(key)
        if try read.step() {
          rows = Self.union(Self.decode(read.blob(0)), rows)
        } else {
          try note(key)
        }
      }
      insert.reset()
      insert.bind(key)
      insert.bind(Self.encode(rows))
      _ = try insert.step()
      start = end
    }
  }

  // MARK: - Which blocks hold a code

  /// Blocks in one row of `find_code`, a bit each. Its key is `block / 64 << 32 | code`.
  private static let blocksInGroup: Int64 = 64

  /// A list that was not there before.
  private func note(_ key: Int64) throws {
    let block = key >> 32
    var insert = try Prepared(
      db,
      "INSERT INTO find_code(key, blocks) VALUES(?, ?) ON CONFLICT(key) DO UPDATE SET blocks = blocks | excluded.blocks"
    )
    insert.bind((block / Self.blocksInGroup) << 32 | key & 0xFFFF_FFFF)
    insert.bind(1 << (block % Self.blocksInGroup))
    try insert.run()
  }

  /// Notes it of all lists, after they were written in one go.
  func summarize() throws {
    try db.execute(sql: "DELETE FROM find_code")
    // Each bit stands once in a group, so that their sum is their union.
    try db.execute(
      sql: """
        INSERT INTO find_code(key, blocks)
        SELECT (key >> 38) << 32 | (key & 0xFFFFFFFF) AS code, sum(1 << ((key >> 32) & 63)) FROM find_block
        GROUP BY code ORDER BY code
        """)
  }

  private func blocks(_ code: UInt32, inGroup group: Int64) throws -> UInt64 {
    var read = try Prepared(db, "SELECT blocks FROM find_code WHERE key = ?")
    read.bind(group << 32 | Int64(code))
    return try read.step() ? UInt64(bitPattern: read.int(0)) : 0
  }

  // MARK: - Lists

  static func encode(_ rows: [UInt16]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(rows.count + 4)
    var next: UInt16 = 0
    for row in rows {
      let distance = row - next
      if distance > 0x7F {
        bytes.append(UInt8(distance & 0x7F) | 0x80)
        if distance > 0x3FFF {
          bytes.append(UInt8(distance >> 7 & 0x7F) | 0x80)
          bytes.append(UInt8(distance >> 14))
        } else {
          bytes.append(UInt8(distance >> 7))
        }
      } else {
        bytes.append(UInt8(distance))
      }
      next = row + 1
    }
    return bytes
  }

  static func decode(_ bytes: [UInt8]) -> [UInt16] {
    bytes.withUnsafeBufferPointer { bytes in
      var rows: [UInt16] = []
      rows.reserveCapacity(bytes.count)
      var next: UInt32 = 0
      var index = 0
      while index < bytes.count {
        var distance: UInt32 = 0
        var shift: UInt32 = 0
        while index < bytes.count {
          let byte = bytes[index]
          index += 1
          distance |= UInt32(byte & 0x7F) << shift
          shift += 7
          if byte < 0x80 || shift > 14 { break }
        }
        next &+= distance
        guard next < Self.rowsInBlock else { break }
        rows.append(UInt16(next))
        next += 1
      }
      return rows
    }
  }

  static func union(_ left: [UInt16], _ right: [UInt16]) -> [UInt16] {
    guard !left.isEmpty else { return right }
    guard !right.isEmpty else { return left }
    var result: [UInt16] = []
    result.reserveCapacity(left.count + right.count)
    var index = 0
    for row in right {
      while index < left.count, left[index] < row {
        result.append(left[index])
        index += 1
      }
      if index < left.count, left[index] == row { index += 1 }
      result.append(row)
    }
    result += left[index...]
    return result
  }

  // MARK: - Searching

  /// Calls `body` with the rows of tickets that may hold all `codes`, newest first, until it answers false.
  func search(_ codes: [UInt32], _ body: (Int64) throws -> Bool) throws {
    guard !codes.isEmpty else { return }
    let pending = try pendingTickets(codes)
    let newest =
      try Int64.fetchOne(
        db.cachedStatement(sql: "SELECT max(key) FROM find_block")
      ).map { $0 >> 32 } ?? -1
    let newestPending = pending.lazy.compactMap { $0.max() }.max().map { $0 / Self.rowsInBlock } ?? -1
    var group = max(newest, newestPending) / Self.blocksInGroup
    while group >= 0 {
      var terms: [Term] = []
      var common = UInt64.max
      for (place, code) in codes.enumerated() where common != 0 {
        let term = Term(code: code, blocks: try blocks(code, inGroup: group), waiting: pending[place])
        common &= term.waiting.reduce(term.blocks) { bits, ticket in
          let block = ticket / Self.rowsInBlock
          return block / Self.blocksInGroup == group ? bits | 1 << UInt64(block % Self.blocksInGroup) : bits
        }
        terms.append(term)
      }
      // What stands in few blocks is probably rare in each of them: its list may save the reading of longer ones.
      terms.sort { $0.blocks.nonzeroBitCount < $1.blocks.nonzeroBitCount }
      while common != 0 {
        let place = Int64(63 - common.leadingZeroBitCount)
        common &= ~(1 << UInt64(place))
        let block = group * Self.blocksInGroup + place
        for row in try rows(of: terms, inBlock: block).reversed() {
          guard try body(block * Self.rowsInBlock + Int64(row)) else { return }
        }
      }
      group -= 1
    }
  }

  private struct Term {
    var code: UInt32
    /// Blocks of the group that have a list of it.
    var blocks: UInt64
    /// Tickets that have it among the waiting writes.
    var waiting: [Int64]
  }

  private func rows(of terms: [Term], inBlock block: Int64) throws -> [UInt16] {
    var found: [UInt16]?
    for term in terms {
      let waiting = Set(
        term.waiting.lazy.filter { $0 / Self.rowsInBlock == block }.map { UInt16($0 % Self.rowsInBlock) })
      let isListed = term.blocks & 1 << UInt64(block % Self.blocksInGroup) != 0
      let rows = Self.union(isListed ? try list(term.code, block) : [], waiting.sorted())
      found = found.map { Self.intersection($0, rows) } ?? rows
      if found?.isEmpty == true { break }
    }
    return found ?? []
  }

  /// Places of the tickets in a block that have a code.
  func list(_ code: UInt32, _ block: Int64) throws -> [UInt16] {
    var read = try Prepared(db, "SELECT data FROM find_block WHERE key = ?")
    read.bind(block << 32 | Int64(code))
    return try read.step() ? Self.decode(read.blob(0)) : []
  }

  /// For each code the tickets that have it among the waiting writes.
  func pendingTickets(_ codes: [UInt32]) throws -> [[Int64]] {
    var tickets = [[Int64]](repeating: [], count: codes.count)
    let cursor = try GRDB.Row.fetchCursor(
      try db.cachedStatement(sql: "SELECT ticket, codes FROM find_pending"))
    while let row = try cursor.next() {
      let ticket: Int64 = row[0]
      try row.withUnsafeData(atIndex: 1) { data in
        data?.withUnsafeBytes { bytes in
          for (place, code) in codes.enumerated() where Self.contains(bytes, code) {
            tickets[place].append(ticket)
          }
        }
      }
    }
    return tickets
  }

  private static func contains(_ sorted: UnsafeRawBufferPointer, _ code: UInt32) -> Bool {
    var low = 0
    var high = sorted.count / 4
    while low < high {
      let middle = (low + high) / 2
      let value = sorted.loadUnaligned(fromByteOffset: middle * 4, as: UInt32.self)
      if value == code { return true }
      if value < code { low = middle + 1 } else { high = middle }
    }
    return false
  }

  private static func intersection(_ left: [UInt16], _ right: [UInt16]) -> [UInt16] {
    var result: [UInt16] = []
    var place = 0
    for row in left {
      while place < right.count, right[place] < row { place += 1 }
      if place == right.count { break }
      if right[place] == row { result.append(row) }
    }
    return result
  }
}
