import Domain

/// Numbers that are the same for the same seed on every machine: xoshiro256** seeded by SplitMix64 (Blackman and Vigna).
///
/// The standard library's generators are not used because the way in which it draws from a range may change between
/// versions, and then a seed would mean another world. Everything here is integer arithmetic for the same reason.
struct SeededRandom {
  /// What a generator is for. Each customer and each ticket has its own generators, so that any of them can be made
  /// again without making those before it.
  enum Purpose: UInt64 {
    case customer = 1
    case incident, ticket, agent, permutation, arrival
  }

  private var state: (UInt64, UInt64, UInt64, UInt64)

  init(seed: UInt64, _ purpose: Purpose, _ index: Int) {
    var mixer = SplitMix64(seed &* 0x9E37_79B9_7F4A_7C15 ^ purpose.rawValue &* 0xD1B5_4A32_D192_ED03)
    mixer = SplitMix64(mixer.next() ^ UInt64(truncatingIfNeeded: index) &* 0xBF58_476D_1CE4_E5B9)
    state = (mixer.next(), mixer.next(), mixer.next(), mixer.next())
  }

  mutating func next() -> UInt64 {
    let product = state.1 &* 5
    let result = ((product << 7) | (product >> 57)) &* 9
    let shifted = state.1 << 17
    state.2 ^= state.0
    state.3 ^= state.1
    state.1 ^= state.2
    state.0 ^= state.3
    state.2 ^= shifted
    state.3 = (state.3 << 45) | (state.3 >> 19)
    return result
  }

  /// 0 to `bound` - 1. The bias of one multiplication is below one in four billion for the bounds used here.
  mutating func below(_ bound: Int) -> Int {
    Int(next().multipliedFullWidth(by: UInt64(max(1, bound))).high)
  }

  mutating func within(_ range: ClosedRange<Int>) -> Int {
    range.lowerBound + below(range.upperBound - range.lowerBound + 1)
  }

  /// True in `percent` of 100.
  mutating func chance(_ percent: Int) -> Bool { below(100) < percent }

  /// A number of the range with small ones more frequent, as waiting and handling times are.
  mutating func skewed(_ range: ClosedRange<Int>) -> Int {
    let span = range.upperBound - range.lowerBound + 1
    return range.lowerBound + (below(1024) * below(1024) * span) >> 20
  }

  mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }

  /// The key of a row made at `milliseconds`, of the form that desks make: 26 characters that sort by time.
  mutating func key<Subject>(_ milliseconds: Int64, _: Subject.Type = Subject.self) -> Identifier<Subject> {
    Identifier(
      IdentifierSource.text(milliseconds: UInt64(max(0, milliseconds)), high: next(), low: next()))
  }
}

/// Things with relative frequencies.
struct Weights {
  private let ends: [Int]

  /// Weights below one count as one: nothing that is listed is impossible.
  init(_ weights: [Int]) {
    var total = 0
    ends = weights.map { weight in
      total += max(1, weight)
      return total
    }
  }

  func pick(_ random: inout SeededRandom) -> Int {
    let target = random.below(ends.last ?? 1)
    var (low, high) = (0, ends.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if ends[middle] > target { high = middle } else { low = middle + 1 }
    }
    return low
  }
}

/// A shuffle of 0..<count that can be asked for one place in either direction: a Feistel network of four rounds over the
/// next power of four, walked until it lands inside.
struct Permutation {
  let count: Int
  private let halfBits: UInt64
  private let keys: (UInt64, UInt64, UInt64, UInt64)

  init(count: Int, seed: UInt64, index: Int) {
    self.count = max(1, count)
    var bits: UInt64 = 1
    while (1 << (2 * bits)) < self.count { bits += 1 }
    halfBits = bits
    var random = SeededRandom(seed: seed, .permutation, index)
    keys = (random.next(), random.next(), random.next(), random.next())
  }

  func callAsFunction(_ place: Int) -> Int {
    var value = UInt64(place)
    repeat {
      value = step(
        step(step(step(value, keys.0), keys.1), keys.2), keys.3)
    } while value >= UInt64(count)
    return Int(value)
  }

  /// The place that is sent to `value`.
  func place(of value: Int) -> Int {
    var place = UInt64(value)
    repeat {
      place = back(back(back(back(place, keys.3), keys.2), keys.1), keys.0)
    } while place >= UInt64(count)
    return Int(place)
  }

  private func step(_ value: UInt64, _ key: UInt64) -> UInt64 {
    let mask = (1 << halfBits) &- 1 as UInt64
    let (left, right) = (value >> halfBits, value & mask)
    return right << halfBits | (left ^ round(right, key) & mask)
  }

  private func back(_ value: UInt64, _ key: UInt64) -> UInt64 {
    let mask = (1 << halfBits) &- 1 as UInt64
    let (left, right) = (value >> halfBits, value & mask)
    return (right ^ round(left, key) & mask) << halfBits | left
  }

  private func round(_ half: UInt64, _ key: UInt64) -> UInt64 {
    var value = (half ^ key) &* 0xFF51_AFD7_ED55_8CCD
    value = (value ^ (value >> 29)) &* 0xC4CE_B9FE_1A85_EC53
    return value ^ (value >> 32)
  }
}
