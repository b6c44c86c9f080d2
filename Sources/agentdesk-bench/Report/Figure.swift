/// One measured number beside what nothing can beat and what was aimed at. Smaller is better, always.
struct Figure: Codable {
  var name: String
  var unit: String
  var floor: Double?
  /// Nil where it could not be measured; a remark of the report says why.
  var ours: Double?
  var ratio: Double?
  var target: Double?
  var met: Bool?

  init(_ name: String, _ unit: String, floor: Double? = nil, ours: Double?, target: Double? = nil) {
    self.name = name
    self.unit = unit
    self.floor = floor
    self.ours = ours
    self.target = target
    if let floor, let ours, floor > 0 { ratio = ours / floor }
    if let ours, let target { met = ours <= target }
  }
}

/// The figures of one area with the command that measured them.
struct Report: Codable {
  var title: String
  var command: String
  /// Load averages over 1, 5 and 15 minutes when the measuring began: on a busy machine times say little.
  var load: [Double]
  /// 4 KiB appended and synchronised, median in milliseconds: the price of one durable transaction right then.
  var sync: Double?
  var figures: [Figure] = []
  var remarks: [String] = []

  init(_ title: String, command: String, sync: Double? = nil) {
    self.title = title
    self.command = command
    self.sync = sync
    load = Machine.load
  }

  mutating func add(
    _ name: String, _ unit: String = "ms", floor: Double? = nil, _ ours: Double?, target: Double? = nil
  ) {
    figures.append(Figure(name, unit, floor: floor, ours: ours, target: target))
  }

  /// Milliseconds without a floor.
  mutating func add(_ name: String, _ ours: Double?, target: Double? = nil) {
    figures.append(Figure(name, "ms", ours: ours, target: target))
  }
}
