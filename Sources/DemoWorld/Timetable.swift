import Domain

/// When each ticket came in and what became of it. Tickets are numbered in order of arrival; any of them can be asked for
/// without the others.
///
/// The past is quiet and closed; the last day and a half has work in progress; the last minutes are the waiting queue; the
/// tickets of the tour come last.
struct Timetable {
  let count: Int
  private let seed: UInt64
  private let clock: WallClock
  private let segments: [Segment]
  private let tour: [Timestamp]
  /// The first ticket of each month (year × 12 + month - 1), for ticket numbers.
  private var firstOfMonth: [Int: Int] = [:]

  fileprivate struct Segment {
    var first: Int
    var count: Int
    /// Starts of the hours and what came in before each, as shares of the whole.
    var starts: [Int64] = []
    var before: [Double] = []
    var total = 0.0
    var end: Int64
    /// Ends of the runs of fates among the shuffled places.
    var fates: [(fate: Fate, end: Int)]
    var shuffle: Permutation
  }

  /// Contacts by hour of the day on a floor that is open day and night, in thousandths of the busiest hour.
  private static let hours = [
    90, 60, 40, 30, 30, 50, 110, 280, 620, 900, 1000, 930, 640, 660, 850, 880, 840, 760, 620, 600, 610, 500,
    320, 180,
  ]
  /// From Monday; Mondays are busiest.
  private static let weekdays = [118, 106, 100, 98, 100, 76, 64]

  private static let historySeconds: Int64 = 180 * 86400
  private static let recentSeconds: Int64 = 36 * 3600

  /// - Parameter tourWaiting: seconds that the tickets of the tour have waited, longest first; no more than tickets.
  init(options: DemoOptions, tourWaiting: [Int], agents: Int) {
    let total = options.tickets
    seed = options.seed
    clock = options.clock
    let usual = min(total, min(max(30, total / 50), max(options.maximumWaiting, 30)))
    let touring = tourWaiting.count
    let waiting = max(touring, options.openShare.map { Int((Double(total) * $0).rounded()) } ?? usual)
    var left = total - waiting
    func take(_ wished: Int) -> Int {
      let taken = min(left, wished)
      left -= taken
      return taken
    }
    let open = take(min(total / 12, agents * 3))
    let pending = take(min(total / 25, agents * 2))
    let solved = take(min(total / 20, 2000))
    let density = Int(Int64(total) * Self.recentSeconds / Self.historySeconds)
    let recent = take(max(min(total / 6, 70), density))
    let history = left

    let now = options.now.milliseconds / 1000
    tour = tourWaiting.map { Timestamp(milliseconds: options.now.milliseconds - Int64($0) * 1000) }
    let queueEnd = now - Int64((tourWaiting.first ?? 0) + 20)
    let queueSeconds = min(max(Int64(waiting) * 60, 1800), Self.historySeconds - 10 * 86400)
    let queueStart = queueEnd - queueSeconds
    let recentStart = queueStart - Self.recentSeconds
    let historyStart = min(now - Self.historySeconds, recentStart - 30 * 86400)
    let live = open * 2 / 5

    var segments: [Segment] = []
    var first = 0
    func add(_ start: Int64, _ end: Int64, _ fates: [(Fate, Int)], isEven: Bool = false) {
      var ends = 0
      let runs = fates.map { fate, count in
        ends += count
        return (fate: fate, end: ends)
      }
      var segment = Segment(
        first: first, count: ends, end: end * 1000, fates: runs,
        shuffle: Permutation(count: ends, seed: options.seed, index: 100 + segments.count))
      segment.fill(from: start * 1000, to: end * 1000) { hour in
        isEven ? 1 : Self.weight(of: options.clock.civil(Timestamp(milliseconds: hour)))
      }
      segments.append(segment)
      first += ends
    }
    add(historyStart, recentStart, [(.closed, history)])
    add(
      recentStart, queueStart,
      [(.closed, recent), (.solved, solved), (.pending, pending), (.open, open - live)])
    add(queueStart, queueEnd, [(.waiting, waiting - touring), (.open, live)], isEven: true)
    self.segments = segments
    count = first + touring
    firstOfMonth = months(from: historyStart, to: now)
  }

  /// A waiting queue is a hundred times denser than an hour of the past: weights count only within their segment.
  private static func weight(of time: CivilTime) -> Int {
    let weekday = (time.date.daysSinceEpoch + 3) % 7
    let isAfterBilling = time.date.day <= 5
    return hours[time.hour] * weekdays[weekday] * (isAfterBilling ? 120 : 100)
  }

  private func months(from start: Int64, to end: Int64) -> [Int: Int] {
    var result: [Int: Int] = [:]
    let last = clock.civil(Timestamp(seconds: end)).date.month(0)
    var month = clock.civil(Timestamp(seconds: start)).date.month(0)
    while month <= last {
      let begin = clock.moment(CivilDate(month: month))
      var (low, high) = (0, count)
      while low < high {
        let middle = (low + high) / 2
        if moment(of: middle) >= begin { high = middle } else { low = middle + 1 }
      }
      result[month] = low
      month += 1
    }
    return result
  }

  func moment(of ticket: Int) -> Timestamp {
    guard let segment = segments.first(where: { ticket < $0.first + $0.count }) else {
      return tour[ticket - (count - tour.count)]
    }
    var random = SeededRandom(seed: seed, .arrival, ticket)
    let share = Double(random.next() >> 11) * 0x1p-53
    return segment.moment((Double(ticket - segment.first) + share) / Double(segment.count))
  }

  func fate(of ticket: Int) -> Fate {
    guard let segment = segments.first(where: { ticket < $0.first + $0.count }) else {
      return .tour(ticket - (count - tour.count))
    }
    let place = segment.shuffle(ticket - segment.first)
    return segment.fates.first { place < $0.end }?.fate ?? .closed
  }

  /// Whether it lies in the quiet past.
  func isHistory(_ ticket: Int) -> Bool { ticket < segments[0].count }

  /// What people say, such as `2611-0417`: counted from 1 in each month.
  func number(of ticket: Int, at moment: Timestamp) -> String {
    let date = clock.civil(moment).date
    let counter = ticket - (firstOfMonth[date.month(0)] ?? 0) + 1
    return "\(padded(date.year % 100, 2))\(padded(date.month, 2))-\(padded(counter, 4))"
  }
}

extension Timetable.Segment {
  fileprivate mutating func fill(from start: Int64, to end: Int64, weight: (Int64) -> Int) {
    let hour: Int64 = 3_600_000
    var moment = start
    while moment < end {
      let next = min(end, (moment / hour + 1) * hour)
      starts.append(moment)
      before.append(total)
      total += Double(weight(moment)) * Double(next - moment)
      moment = next
    }
  }

  /// Where `share` of all that comes in has come in; rises with `share`.
  fileprivate func moment(_ share: Double) -> Timestamp {
    let target = share * total
    var (low, high) = (0, starts.count - 1)
    while low < high {
      let middle = (low + high + 1) / 2
      if before[middle] <= target { low = middle } else { high = middle - 1 }
    }
    let stop = low + 1 < starts.count ? starts[low + 1] : end
    let weight =
      ((low + 1 < before.count ? before[low + 1] : total) - before[low]) / Double(stop - starts[low])
    let offset = weight > 0 ? Int64((target - before[low]) / weight) : 0
    return Timestamp(milliseconds: min(stop - 1, starts[low] + offset))
  }
}

extension CivilDate {
  /// The first day of a month counted as year × 12 + month - 1.
  init(month index: Int) {
    self.init(daysSinceEpoch: 0)
    (year, month, day) = (index / 12, index % 12 + 1, 1)
  }

  /// The month that lies `offset` months away, as year × 12 + month - 1.
  func month(_ offset: Int) -> Int { year * 12 + month - 1 + offset }

  func adding(days: Int) -> CivilDate { CivilDate(daysSinceEpoch: daysSinceEpoch + days) }

  /// The last day of its month.
  var endOfMonth: CivilDate { CivilDate(month: month(1)).adding(days: -1) }
}
