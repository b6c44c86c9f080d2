import Glibc

/// From scores to a share of texts that are right, in two steps that are fitted to texts which were held back: the softmax of
/// the scores times `sharpness` (temperature scaling; Guo, Pleiss, Sun, Weinberger: On Calibration of Modern Neural Networks,
/// 2017), then the best label's share p becomes 1 / (1 + e^-(slope·ln(p / (1 - p)) + offset)) (Platt 1999).
struct Calibration: Hashable, Sendable {
  var sharpness: Float = 4
  var slope: Float = 1
  var offset: Float = 0

  /// Fewer texts do not say how sure to be.
  private static let fewestTexts = 30

  init(sharpness: Float, slope: Float, offset: Float) {
    self.sharpness = sharpness
    self.slope = slope
    self.offset = offset
  }

  /// - Parameters:
  ///   - scores: of texts that were not trained with.
  ///   - labels: which of them is right.
  init(_ scores: [[Float]], labels: [Int]) {
    guard scores.count >= Self.fewestTexts else { return }
    sharpness = Self.sharpness(scores, labels: labels)
    fitTop(scores, labels: labels)
  }

  /// Their sum is 1.
  func confidences(_ scores: [Float]) -> [Float] {
    var shares = Self.softmax(scores, sharpness)
    guard let best = shares.indices.max(by: { shares[$0] < shares[$1] }) else { return [] }
    let top = 1 / (1 + expf(-(slope * Self.logit(shares[best]) + offset)))
    // What the best one loses or wins is shared by the others as they stand.
    let rest = 1 - shares[best]
    for index in shares.indices where index != best {
      shares[index] = rest > 0 ? shares[index] / rest * (1 - top) : 0
    }
    shares[best] = top
    return shares
  }

  private static func softmax(_ scores: [Float], _ sharpness: Float) -> [Float] {
    let top = scores.max() ?? 0
    let parts = scores.map { expf(sharpness * ($0 - top)) }
    let sum = parts.reduce(0, +)
    return parts.map { $0 / sum }
  }

  /// Kept away from both ends, where it has no value.
  private static func logit(_ share: Float) -> Float {
    let share = min(0.9999, max(0.0001, share))
    return logf(share / (1 - share))
  }

  /// The sharpness with the least mean negative logarithm of the right label's share, by golden section over 0.5 to 60.
  private static func sharpness(_ scores: [[Float]], labels: [Int]) -> Float {
    func loss(_ sharpness: Float) -> Float {
      zip(scores, labels).reduce(0) { sum, text in
        let top = text.0.max() ?? 0
        let all = text.0.reduce(0) { $0 + expf(sharpness * ($1 - top)) }
        return sum + logf(all) - sharpness * (text.0[text.1] - top)
      }
    }
    let golden: Float = 0.618_034
    var (low, high) = (Float(0.5), Float(60))
    var (left, right) = (high - golden * (high - low), low + golden * (high - low))
    var (leftLoss, rightLoss) = (loss(left), loss(right))
    while high - low > 0.05 {
      if leftLoss < rightLoss {
        (high, right, rightLoss) = (right, left, leftLoss)
        left = high - golden * (high - low)
        leftLoss = loss(left)
      } else {
        (low, left, leftLoss) = (left, right, rightLoss)
        right = low + golden * (high - low)
        rightLoss = loss(right)
      }
    }
    return (low + high) / 2
  }

  /// Newton's method for the two numbers; a few texts pull them little from 1 and 0.
  private mutating func fitTop(_ scores: [[Float]], labels: [Int]) {
    let texts = zip(scores, labels).map { scores, label -> (logit: Double, isRight: Double) in
      let shares = Self.softmax(scores, sharpness)
      let best = shares.indices.max { shares[$0] < shares[$1] } ?? 0
      return (Double(Self.logit(shares[best])), best == label ? 1 : 0)
    }
    var (slope, offset) = (1.0, 0.0)
    let pull = 2.5
    for _ in 0..<30 {
      var gradient = SIMD2(pull * (slope - 1), pull * offset)
      var (aa, ab, bb) = (pull, 0.0, pull)
      for text in texts {
        let share = 1 / (1 + exp(-(slope * text.logit + offset)))
        let bend = share * (1 - share)
        gradient += (share - text.isRight) * SIMD2(text.logit, 1)
        aa += bend * text.logit * text.logit
        ab += bend * text.logit
        bb += bend
      }
      let determinant = aa * bb - ab * ab
      guard determinant > 1e-9 else { break }
      let slopeMove = (bb * gradient.x - ab * gradient.y) / determinant
      let offsetMove = (aa * gradient.y - ab * gradient.x) / determinant
      slope -= slopeMove
      offset -= offsetMove
      if abs(slopeMove) + abs(offsetMove) < 1e-6 { break }
    }
    // Outside of this the numbers say that there was nothing to learn.
    guard slope > 0.1, slope < 10, abs(offset) < 10 else { return }
    (self.slope, self.offset) = (Float(slope), Float(offset))
  }

  /// The value that nineteen of twenty reach.
  static func lowest(_ values: [Float]) -> Float {
    guard !values.isEmpty else { return -.greatestFiniteMagnitude }
    return values.sorted()[values.count / 20]
  }
}
