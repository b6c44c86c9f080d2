/// A row of an article and what was found for it.
struct ScoredRow {
  var row: UInt32
  var score: Float
}

/// Adds up what articles have of the groups of a query: BM25 with the most that a group can still give as the bound.
struct ScoreBoard {
  /// What one group of a query finds, ready to be scored.
  struct Group {
    struct List {
      var postings: [UInt32]
      var factor: Float
    }
    var lists: [List]
    var size: Int
    /// The most that the group can give an article.
    var most: Float
    var isStrong: Bool
  }

  /// What the length of an article adds to the denominator of BM25, by row.
  let norms: [Float]
  /// By row; zero between searches.
  private var scores: [Float]
  private var groupScores: [Float]
  /// Whether more than single characters were found; false between searches.
  private var strongRows: [Bool]

  init(norms: [Float]) {
    self.norms = norms
    scores = [Float](repeating: 0, count: norms.count)
    groupScores = scores
    strongRows = [Bool](repeating: false, count: norms.count)
  }

  /// The most that one article has of a list, between 0 and 1.
  func peak(of postings: [UInt32], _ weights: FieldWeights) -> Float {
    norms.withUnsafeBufferPointer { norms in
      var peak: Float = 0
      for posting in postings where Int(posting >> 8) < norms.count {
        peak = max(peak, weights.value(posting, norms))
      }
      return peak
    }
  }

  /// The best rows by evidence alone.
  ///
  /// - Parameter work: groups, the shortest lists first.
  /// - Parameter least: what single characters have to give where nothing else does (see `KnowledgePlan.leastOfCharacters`).
  mutating func best(
    _ wanted: Int, of work: [Group], _ weights: FieldWeights, least: (alone: Float, besides: Float)
  ) -> [ScoredRow] {
    var rest = [Float](repeating: 0, count: work.count + 1)
    for index in work.indices.reversed() { rest[index] = rest[index + 1] + work[index].most }
    var seen: [UInt32] = []
    var index = 0
    while index < work.count {
      if index > 0, seen.count >= wanted {
        let threshold = threshold(seen, wanted)
        if rest[index] < threshold {
          refine(work[index...], seen, threshold, wanted, weights)
          break
        }
      }
      if work[index].lists.count == 1 {
        add(work[index].lists[0], work[index].isStrong, weights, &seen)
      } else {
        add(work[index].lists, work[index].isStrong, weights, &seen)
      }
      index += 1
    }
    var found: [ScoredRow] = []
    let least = seen.contains { strongRows[Int($0)] } ? least.besides : least.alone
    let threshold = seen.count > wanted * 2 ? threshold(seen, wanted) : 0
    for row in seen {
      let score = scores[Int(row)]
      let isStrong = strongRows[Int(row)]
      scores[Int(row)] = 0
      strongRows[Int(row)] = false
      guard score >= threshold, isStrong || score >= least else { continue }
      found.append(ScoredRow(row: row, score: score))
    }
    found.sort { ($0.score, $1.row) > ($1.score, $0.row) }
    return Array(found.prefix(wanted))
  }

  /// Adds a list to the scores. Rows beyond the lengths that were read belong to a damaged index and are left out.
  private mutating func add(
    _ list: Group.List, _ isStrong: Bool, _ weights: FieldWeights, _ seen: inout [UInt32]
  ) {
    let factor = list.factor
    norms.withUnsafeBufferPointer { norms in
      scores.withUnsafeMutableBufferPointer { scores in
        strongRows.withUnsafeMutableBufferPointer { strongRows in
          for posting in list.postings {
            let row = Int(posting >> 8)
            guard row < norms.count else { continue }
            if scores[row] == 0 { seen.append(UInt32(row)) }
            scores[row] += factor * weights.value(posting, norms)
            if isStrong { strongRows[row] = true }
          }
        }
      }
    }
  }

  /// Adds the best of several lists to the scores.
  private mutating func add(
    _ lists: [Group.List], _ isStrong: Bool, _ weights: FieldWeights, _ seen: inout [UInt32]
  ) {
    var touched: [UInt32] = []
    norms.withUnsafeBufferPointer { norms in
      groupScores.withUnsafeMutableBufferPointer { groupScores in
        for list in lists {
          for posting in list.postings {
            let row = Int(posting >> 8)
            guard row < norms.count else { continue }
            let value = list.factor * weights.value(posting, norms)
            if groupScores[row] == 0 { touched.append(UInt32(row)) }
            if value > groupScores[row] { groupScores[row] = value }
          }
        }
      }
    }
    for touchedRow in touched {
      let row = Int(touchedRow)
      if scores[row] == 0 { seen.append(touchedRow) }
      scores[row] += groupScores[row]
      groupScores[row] = 0
      if isStrong { strongRows[row] = true }
    }
  }

  /// The score of the `wanted`-th best row so far.
  private func threshold(_ seen: [UInt32], _ wanted: Int) -> Float {
    var heap: [Float] = []
    heap.reserveCapacity(wanted + 1)
    for row in seen {
      let score = scores[Int(row)]
      if heap.count < wanted {
        heap.append(score)
        var child = heap.count - 1
        while child > 0, heap[(child - 1) / 2] > heap[child] {
          heap.swapAt(child, (child - 1) / 2)
          child = (child - 1) / 2
        }
      } else if score > heap[0] {
        heap[0] = score
        var parent = 0
        while true {
          var least = parent
          for child in [2 * parent + 1, 2 * parent + 2] where child < wanted && heap[child] < heap[least] {
            least = child
          }
          if least == parent { break }
          heap.swapAt(parent, least)
          parent = least
        }
      }
    }
    return heap.first ?? 0
  }

  /// Adds the frequent terms to rows that can still be among the best, those that can give most first: the rows that are
  /// left become few quickly.
  private mutating func refine(
    _ frequent: ArraySlice<Group>, _ seen: [UInt32], _ start: Float, _ wanted: Int, _ weights: FieldWeights
  ) {
    let work = frequent.sorted { $0.most > $1.most }
    var rest = work.reduce(0) { $0 + $1.most }
    var threshold = start
    var rows = seen
    for group in work {
      rows.removeAll { scores[Int($0)] + rest < threshold }
      rest -= group.most
      for row in rows {
        var best: Float = 0
        for list in group.lists {
          guard let posting = Self.find(row, in: list.postings) else { continue }
          best = max(best, norms.withUnsafeBufferPointer { list.factor * weights.value(posting, $0) })
        }
        scores[Int(row)] += best
        if best > 0, group.isStrong { strongRows[Int(row)] = true }
      }
      if rows.count > 2 * wanted { threshold = self.threshold(rows, wanted) }
    }
  }

  private static func find(_ row: UInt32, in postings: [UInt32]) -> UInt32? {
    var low = 0
    var high = postings.count
    while low < high {
      let middle = (low + high) / 2
      if postings[middle] >> 8 < row { low = middle + 1 } else { high = middle }
    }
    return low < postings.count && postings[low] >> 8 == row ? postings[low] : nil
  }
}

/// How often a term counts, by the place where it stands, and what that is worth.
struct FieldWeights {
  var title: Float
  var tags: Float

  /// Between 0 and 1.
  @inline(__always)
  func value(_ posting: UInt32, _ norms: UnsafeBufferPointer<Float>) -> Float {
    let counts = posting & 0xFF
    var frequency = Float(counts & 0xF)
    if counts > 0xF { frequency += Float((counts >> 4) & 3) * title + Float(counts >> 6) * tags }
    return frequency / (frequency + norms[Int(posting >> 8)])
  }
}

extension KnowledgeRanking {
  var fieldWeights: FieldWeights { FieldWeights(title: titleWeight, tags: tagWeight) }
}
