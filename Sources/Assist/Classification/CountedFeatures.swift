/// Counts in how many texts each feature stands, in bounded memory: when it is full, the rarest features are forgotten (lossy
/// counting; Manku and Motwani 2002), which are not kept in a model of many texts anyway.
struct CountedFeatures {
  /// 2^23 places of twelve bytes: 100 MB.
  static let mostFeatures = 1 << 22

  private let most: Int
  private var keys: [UInt64]
  private var counts: [UInt32]
  private var taken = 0
  /// A feature may have been forgotten so many times.
  private(set) var forgotten: UInt32 = 0

  /// - Parameter most: a power of two.
  init(most: Int = Self.mostFeatures) {
    self.most = most
    keys = [UInt64](repeating: 0, count: 1 << 12)
    counts = [UInt32](repeating: 0, count: 1 << 12)
  }

  mutating func add(_ hash: UInt64) {
    // 0 marks a free place.
    let key = hash == 0 ? 1 : hash
    if taken * 2 >= keys.count { makeRoom() }
    var place = Int(truncatingIfNeeded: key) & (keys.count - 1)
    while keys[place] != 0 {
      if keys[place] == key {
        counts[place] += 1
        return
      }
      place = (place + 1) & (keys.count - 1)
    }
    keys[place] = key
    counts[place] = 1
    taken += 1
  }

  private mutating func makeRoom() {
    if taken < most {
      move(to: keys.count * 2, above: 0)
      return
    }
    repeat {
      forgotten += 1
      move(to: keys.count, above: forgotten)
    } while taken > most / 2
  }

  private mutating func move(to size: Int, above least: UInt32) {
    let old = (keys, counts)
    keys = [UInt64](repeating: 0, count: size)
    counts = [UInt32](repeating: 0, count: size)
    taken = 0
    for (key, count) in zip(old.0, old.1) where key != 0 && count > least {
      var place = Int(truncatingIfNeeded: key) & (size - 1)
      while keys[place] != 0 { place = (place + 1) & (size - 1) }
      keys[place] = key
      counts[place] = count
      taken += 1
    }
  }

  /// The most frequent ones, no more than `most`, in the order of their hashes.
  func mostFrequent(_ most: Int, atLeast least: UInt32) -> [(hash: UInt64, count: UInt32)] {
    // How many features have each count; what is more frequent is counted together.
    var sizes = [Int](repeating: 0, count: 4096)
    for (key, count) in zip(keys, counts) where key != 0 { sizes[min(sizes.count - 1, Int(count))] += 1 }
    var (border, sum) = (sizes.count, 0)
    while border > Int(least), sum + sizes[border - 1] <= most {
      border -= 1
      sum += sizes[border]
    }
    var kept: [(hash: UInt64, count: UInt32)] = []
    kept.reserveCapacity(sum)
    for (key, count) in zip(keys, counts) where key != 0 && min(sizes.count - 1, Int(count)) >= border {
      kept.append((key, count))
    }
    kept.sort { $0.hash < $1.hash }
    return kept
  }
}
