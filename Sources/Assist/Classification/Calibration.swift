import Glibc

/// From scores to a share of texts that are right: the softmax of the scores times one number, which is fitted to texts that
/// were held back (temperature scaling; Guo, Pleiss, Sun, Weinberger: On Calibration of Modern Neural Networks, 2017).
enum Calibration {
  static func confidences(_ scores: [Float], sharpness: Float) -> [Float] {
    let top = scores.max() ?? 0
    let parts = scores.map { expf(sharpness * ($0 - top)) }
    let sum = parts.reduce(0, +)
    return parts.map { $0 / sum }
  }

  /// The sharpness with the least mean negative logarithm of the right label's confidence, by golden section over 0.5 to 60.
  static func sharpness(_ scores: [[Float]], labels: [Int]) -> Float {
    guard !scores.isEmpty else { return 4 }
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

  /// The value that nineteen of twenty are not below.
  static func lowest(_ values: [Float]) -> Float {
    guard !values.isEmpty else { return -.greatestFiniteMagnitude }
    return values.sorted()[values.count / 20]
  }
}
