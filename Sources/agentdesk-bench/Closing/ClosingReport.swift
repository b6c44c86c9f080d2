import Domain
import Foundation

/// What one mode costs, over tickets that ended as they have to, with the same record in every mode, and a text that is worth as
/// much in 3.0 as in the others.
struct ClosingCost: Codable {
  var tickets: Int
  var keysMean: Double
  var keysMedian: Double
  var keysMost: Int
  /// Tickets with at most ``ClosingReport/fewKeys``.
  var withFewKeys: Int
  var charactersMean: Double
  var decisionsMean: Double
  var qualityMean: Double
  var qualityLeast: Int

  init(_ ones: [ClosingResult.One]) {
    let count = Double(max(1, ones.count))
    func mean(_ value: (ClosingResult.One) -> Int) -> Double {
      Double(ones.reduce(0) { $0 + value($1) }) / count
    }
    let keys = ones.map(\.keys).sorted()
    tickets = ones.count
    keysMean = mean(\.keys)
    keysMedian = Samples(keys.map(Double.init)).p50 ?? 0
    keysMost = keys.last ?? 0
    withFewKeys = keys.count { $0 <= ClosingReport.fewKeys }
    charactersMean = mean(\.characters)
    decisionsMean = mean(\.decisions)
    qualityMean = mean(\.quality)
    qualityLeast = ones.map(\.quality).min() ?? 0
  }
}

/// All modes that were measured, side by side.
struct ClosingReport: Codable {
  struct Mode: Codable {
    var mode: String
    var all: ClosingCost
    var simpleHalf: ClosingCost
    var stuck: [String]
    var fatal: [String: Int]
    var proposed: [String: ClosingResult.Proposed]
    var readP50Milliseconds: Double?
    var readP99Milliseconds: Double?
    var tickets: [ClosingResult.One]
  }

  /// From the queue to closed, for a simple ticket.
  static let fewKeys = 6

  var seed: UInt64
  var extent: ClosingTruth.Extent
  /// Tickets that were asked for, and those that came in again.
  var asked: Int
  var offered: Int
  /// Closed tickets that were looked at and cannot, by reason.
  var unfit: [String: Int]
  /// Tickets that ended in some mode with something else than the truth, by what that was.
  var wrong: [String: Int]
  /// Tickets that ended in every mode that was measured as they have to, with the same record.
  var sameRecords: Int
  /// Of these, tickets whose text is worth less in 3.0 than in another mode: left out.
  var lowerQuality: Int
  /// Tickets that are compared.
  var compared: Int
  var modes: [Mode]
  /// Keys of 3.0 divided by those of 1.0 and of 2.0.
  var ofBlank: Double?
  var ofTemplate: Double?

  init(
    _ world: ClosingWorld, asked: Int, seed: UInt64, extent: ClosingTruth.Extent, results: [ClosingResult]
  ) {
    self.asked = asked
    self.seed = seed
    self.extent = extent
    offered = world.truths.count
    unfit = world.unfit
    let byMode = results.map { result in
      Dictionary(result.tickets.map { ($0.ticket, $0) }, uniquingKeysWith: { first, _ in first })
    }
    wrong = Dictionary(
      Set(results.flatMap(\.tickets).flatMap { one in one.wrong.map { [one.ticket, $0] } }).map {
        ($0[1], 1)
      },
      uniquingKeysWith: +)
    let same = Set(
      (byMode.first ?? [:]).filter { id, one in
        byMode.allSatisfy { $0[id]?.record == one.record && $0[id]?.wrong.isEmpty == true }
      }.keys)
    sameRecords = same.count
    let assisted = results.firstIndex { $0.mode == Closing.Mode.assisted.rawValue }
    let worse =
      assisted.map { place in
        same.filter { id in
          byMode.contains { ($0[id]?.quality ?? 0) > (byMode[place][id]?.quality ?? 0) }
        }
      } ?? []
    lowerQuality = worse.count
    let fair = same.subtracting(worse)
    compared = fair.count
    modes = results.map { result in
      let compared = result.tickets.filter { fair.contains($0.ticket) }
      return Mode(
        mode: result.mode, all: ClosingCost(compared),
        simpleHalf: ClosingCost(compared.filter(\.isSimple)), stuck: result.stuck, fatal: result.fatal,
        proposed: result.proposed, readP50Milliseconds: result.readP50Milliseconds,
        readP99Milliseconds: result.readP99Milliseconds, tickets: result.tickets)
    }
    func keys(_ mode: Closing.Mode) -> Double? {
      modes.first { $0.mode == mode.rawValue }?.all.keysMean
    }
    if let assisted = keys(.assisted) {
      ofBlank = keys(.blank).map { assisted / max(1, $0) }
      ofTemplate = keys(.template).map { assisted / max(1, $0) }
    }
  }

  /// As many tickets as were asked for, nothing stuck, and every one compared.
  var isComparable: Bool {
    asked > 0 && offered == asked && compared == asked && modes.allSatisfy(\.stuck.isEmpty)
  }

  var text: String {
    func number(_ value: Double) -> String { String(format: "%.1f", value) }
    var lines = [
      "seed \(seed), record \(extent.rawValue): \(offered) of \(asked) tickets, \(sameRecords) that end as they have to, with "
        + "the same record in every mode; quality lower in 3.0: \(lowerQuality); compared: \(compared)"
    ]
    if !wrong.isEmpty {
      lines.append(
        "not as they have to be: "
          + wrong.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", "))
    }
    if !unfit.isEmpty {
      lines.append(
        "not taken: "
          + unfit.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", "))
    }
    for mode in modes {
      for (name, cost) in [("all", mode.all), ("simple half", mode.simpleHalf)] {
        lines.append(
          "\(mode.mode), \(name): \(cost.tickets) tickets, keys mean \(number(cost.keysMean)) median "
            + "\(number(cost.keysMedian)) most \(cost.keysMost), at most \(Self.fewKeys): \(cost.withFewKeys); "
            + "characters \(number(cost.charactersMean)), decisions \(number(cost.decisionsMean)), "
            + "quality \(number(cost.qualityMean)) least \(cost.qualityLeast)")
      }
      if let p50 = mode.readP50Milliseconds, let p99 = mode.readP99Milliseconds {
        lines.append(
          "  one reading: p50 \(String(format: "%.2f", p50)) ms, p99 \(String(format: "%.2f", p99)) ms")
      }
      for (kind, uses) in mode.proposed.sorted(by: { $0.key < $1.key }) {
        lines.append(
          "  proposed \(kind): \(uses.accepted) accepted, \(uses.changed) changed, \(uses.cleared) cleared")
      }
      for (kind, count) in mode.fatal.sorted(by: { $0.key < $1.key }) {
        lines.append("  fatal \(kind): \(count)")
      }
      for trouble in mode.stuck.prefix(8) { lines.append("  stuck: \(trouble)") }
    }
    if let ofBlank { lines.append("3.0 / 1.0: \(String(format: "%.3f", ofBlank))") }
    if let ofTemplate { lines.append("3.0 / 2.0: \(String(format: "%.3f", ofTemplate))") }
    return lines.joined(separator: "\n")
  }
}
