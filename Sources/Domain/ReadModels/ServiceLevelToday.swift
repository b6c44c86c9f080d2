/// The service level of some zones since midnight, each measured by its own target: what was met and what counts are summed,
/// because averages of service levels mean nothing.
package struct ServiceLevelToday: Hashable, Sendable {
  /// 0 to 1; nil before anything counts.
  package var value: Double?
  /// The target that all of the zones share; nil where they differ.
  package var target: Zone.ServiceLevel?

  /// Before anything was read.
  package init() { target = Zone.ServiceLevel() }

  /// - Parameters:
  ///   - answers: of today, by zone; counted with the zone's own threshold.
  ///   - targets: of the zones that are looked at, also of those without a contact.
  package init(_ answers: [ZoneID: AnswerCounts], targets: [ZoneID: Zone.ServiceLevel]) {
    let distinct = Set(targets.values)
    target = distinct.count > 1 ? nil : distinct.first ?? Zone.ServiceLevel()
    var met = 0
    var all = 0
    for (zone, counts) in answers {
      let share = counts.share(targets[zone]?.formula ?? Zone.ServiceLevel().formula)
      met += share.met
      all += share.all
    }
    value = all > 0 ? Double(met) / Double(all) : nil
  }

  /// In whole per cent, rounded half up.
  package var percent: Int? { value.map { Int(($0 * 100).rounded(.toNearestOrAwayFromZero)) } }
}
