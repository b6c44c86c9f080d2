/// Linear support vector machines, one for each class against all others, by dual coordinate descent (Hsieh, Chang, Lin,
/// Keerthi, Sundararajan: A Dual Coordinate Descent Method for Large-scale Linear SVM, 2008; L2 loss, L2 regularised).
///
/// All classes are trained in the same pass over the texts: the weights of a feature lie side by side, so that the scores
/// of all classes are one run over memory instead of one jump for each class.
final class LinearTrainer {
  /// Texts as sparse rows of length 1.
  struct Rows {
    /// Where each row starts in `features`, and the end of the last.
    var starts: [Int] = [0]
    var features: [UInt32] = []
    var values: [Float] = []
    var labels: [Int] = []
    /// How much each counts; empty: all the same.
    var weights: [Float] = []

    var count: Int { labels.count }
  }

  /// Scores, weights or duals of 16 classes.
  typealias Lanes = SIMD16<Float>

  /// What a text on the wrong side costs.
  private let cost: Float
  /// It ends when no text of an epoch violates its condition by more.
  private let tolerance: Float
  private var rows: Rows
  private let classes: Int
  /// Runs of 16 classes; the last one is padded.
  private let blocks: Int
  /// By feature, then by block.
  private let weights: UnsafeMutableBufferPointer<Lanes>
  /// By text, then by block.
  private var duals: UnsafeMutableBufferPointer<Lanes>
  private let bias: UnsafeMutableBufferPointer<Lanes>
  /// What one text scores, and what it moves.
  private let sums: UnsafeMutableBufferPointer<Lanes>
  private let moves: UnsafeMutableBufferPointer<Lanes>
  private var random: UInt64 = 0x2545_F491_4F6C_DD1D

  init(_ rows: Rows, classes: Int, features: Int, cost: Float, tolerance: Float) {
    self.rows = rows
    self.classes = classes
    self.cost = cost
    self.tolerance = tolerance
    blocks = (classes + 15) / 16
    weights = Self.zeros(features * blocks)
    duals = Self.zeros(rows.count * blocks)
    bias = Self.zeros(blocks)
    sums = Self.zeros(blocks)
    moves = Self.zeros(blocks)
  }

  deinit {
    for buffer in [weights, duals, bias, sums, moves] { buffer.deallocate() }
  }

  private static func zeros(_ count: Int) -> UnsafeMutableBufferPointer<Lanes> {
    let buffer = UnsafeMutableBufferPointer<Lanes>.allocate(capacity: count)
    buffer.initialize(repeating: .zero)
    return buffer
  }

  /// Goes on with other texts: the weights stay, and nothing is remembered of these texts until `dualBytes` is filled.
  func exchange(_ rows: Rows) {
    self.rows = rows
    duals.deallocate()
    duals = Self.zeros(rows.count * blocks)
  }

  /// What the texts that are here weigh in the solution, text after text.
  var dualBytes: UnsafeMutableRawBufferPointer { UnsafeMutableRawBufferPointer(duals) }
  /// Of one text.
  var bytesOfDuals: Int { blocks * MemoryLayout<Lanes>.stride }

  /// Goes on from where the last call ended: texts that were left out before are then taken in.
  func train(_ texts: [Int], mostEpochs: Int) {
    var order = texts
    for _ in 0..<mostEpochs {
      for place in order.indices.reversed() where place > 0 { order.swapAt(place, below(place + 1)) }
      if epoch(order) < tolerance { break }
    }
  }

  /// By class.
  func scores(_ row: [FeatureWeighting.Item]) -> [Float] {
    var sums = Array(bias)
    for item in row {
      for block in 0..<blocks { sums[block] += item.value * weights[item.feature * blocks + block] }
    }
    return (0..<classes).map { sums[$0 / 16][$0 % 16] }
  }

  func weights(of feature: Int) -> [Float] {
    (0..<classes).map { weights[feature * blocks + $0 / 16][$0 % 16] }
  }

  var biases: [Float] { (0..<classes).map { bias[$0 / 16][$0 % 16] } }

  /// The greatest violation that was met.
  private func epoch(_ order: [Int]) -> Float {
    let isWeighted = !rows.weights.isEmpty
    var used = Lanes.zero
    for lane in 0..<(classes - (blocks - 1) * 16) { used[lane] = 1 }
    var worst = Lanes.zero
    let (weights, duals, bias, sums, moves, blocks) = (weights, duals, bias, sums, moves, blocks)
    rows.features.withUnsafeBufferPointer { features in
      rows.values.withUnsafeBufferPointer { values in
        for text in order {
          let range = rows.starts[text]..<rows.starts[text + 1]
          let diagonal = 0.5 / (isWeighted ? cost * rows.weights[text] : cost)
          // Rows have length 1, and the bias is a feature of value 1.
          let step = 1 / (2 + diagonal)
          for block in 0..<blocks { sums[block] = bias[block] }
          for item in range {
            let row = Int(features[item]) * blocks
            let value = values[item]
            for block in 0..<blocks { sums[block] += value * weights[row + block] }
          }
          let label = rows.labels[text]
          var hasMoved = false
          for block in 0..<blocks {
            var sign = Lanes(repeating: -1)
            if label / 16 == block { sign[label % 16] = 1 }
            let dual = duals[text * blocks + block]
            var gradient = sign * sums[block] - 1 + diagonal * dual
            if block == blocks - 1 { gradient *= used }
            // A text that is well on its side, and was before, stays out of it.
            gradient.replace(with: 0, where: (dual .== 0) .& (gradient .> 0))
            let next = (dual - gradient * step).clamped(
              lowerBound: .zero, upperBound: Lanes(repeating: .greatestFiniteMagnitude))
            worst = pointwiseMax(worst, pointwiseMax(gradient, -gradient))
            let move = (next - dual) * sign
            duals[text * blocks + block] = next
            moves[block] = move
            bias[block] += move
            hasMoved = hasMoved || move != .zero
          }
          guard hasMoved else { continue }
          for item in range {
            let row = Int(features[item]) * blocks
            let value = values[item]
            for block in 0..<blocks { weights[row + block] += value * moves[block] }
          }
        }
      }
    }
    return worst.max()
  }

  private func below(_ limit: Int) -> Int {
    random ^= random << 13
    random ^= random >> 7
    random ^= random << 17
    return Int(random % UInt64(limit))
  }
}
