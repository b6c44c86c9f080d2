/// Numbers features in the order in which they come, while a model is trained: open addressing over 64-bit hashes.
struct FeatureTable {
  private var keys: [UInt64]
  private var numbers: [UInt32]
  private(set) var count = 0

  init() {
    keys = [UInt64](repeating: 0, count: 1 << 16)
    numbers = [UInt32](repeating: 0, count: 1 << 16)
  }

  mutating func number(of hash: UInt64) -> UInt32 {
    // 0 marks a free place.
    let key = hash == 0 ? 1 : hash
    if count * 2 >= keys.count { grow() }
    var place = Int(truncatingIfNeeded: key) & (keys.count - 1)
    while keys[place] != 0 {
      if keys[place] == key { return numbers[place] }
      place = (place + 1) & (keys.count - 1)
    }
    keys[place] = key
    numbers[place] = UInt32(count)
    count += 1
    return UInt32(count - 1)
  }

  /// Nil for one that has none.
  func known(_ hash: UInt64) -> UInt32? {
    let key = hash == 0 ? 1 : hash
    var place = Int(truncatingIfNeeded: key) & (keys.count - 1)
    while keys[place] != 0 {
      if keys[place] == key { return numbers[place] }
      place = (place + 1) & (keys.count - 1)
    }
    return nil
  }

  /// Every hash with its number, in no order.
  var entries: [(hash: UInt64, number: UInt32)] {
    keys.indices.compactMap { keys[$0] == 0 ? nil : (keys[$0], numbers[$0]) }
  }

  private mutating func grow() {
    let old = (keys, numbers)
    keys = [UInt64](repeating: 0, count: old.0.count * 2)
    numbers = [UInt32](repeating: 0, count: old.0.count * 2)
    for (key, number) in zip(old.0, old.1) where key != 0 {
      var place = Int(truncatingIfNeeded: key) & (keys.count - 1)
      while keys[place] != 0 { place = (place + 1) & (keys.count - 1) }
      keys[place] = key
      numbers[place] = number
    }
  }
}
