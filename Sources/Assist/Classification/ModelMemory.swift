/// The bytes of a model, in the form that its file has: nothing is copied when it is opened, so that a file may be mapped.
///
/// Everything is little-endian and each part begins at a multiple of 64 bytes:
///
/// | part | content |
/// | --- | --- |
/// | head | see `ModelHeader` |
/// | labels | for each the length in bytes (4) and UTF-8 |
/// | bias | a float for each label, padded to `stride` |
/// | places | 2^n times a tag (upper half of the feature's hash) and its number; open addressing by the lower bits |
/// | rarities | a float for each feature |
/// | scales | a float for each feature |
/// | weights | for each feature `stride` signed bytes; the weight is byte × scale |
final class ModelMemory: Sendable {
  nonisolated(unsafe) let bytes: UnsafeRawBufferPointer
  private let release: @Sendable (UnsafeRawBufferPointer) -> Void

  var count: Int { bytes.count }

  init(_ bytes: UnsafeRawBufferPointer, release: @escaping @Sendable (UnsafeRawBufferPointer) -> Void) {
    self.bytes = bytes
    self.release = release
  }

  /// A copy of its own.
  convenience init(_ bytes: [UInt8]) {
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 64)
    copy.copyBytes(from: bytes)
    self.init(UnsafeRawBufferPointer(copy)) { $0.deallocate() }
  }

  deinit { release(bytes) }

  // Opening has checked that every number of a feature stays inside: see `ModelHeader.check`.

  func number(of hash: UInt64, _ header: ModelHeader) -> Int? {
    let tag = UInt32(truncatingIfNeeded: hash >> 32)
    var place = Int(truncatingIfNeeded: hash) & (header.places - 1)
    while true {
      let found = bytes.load(fromByteOffset: header.placesStart + place * 8, as: SIMD2<UInt32>.self)
      if found.y == ModelHeader.free { return nil }
      if found.x == tag { return Int(found.y) }
      place = (place + 1) & (header.places - 1)
    }
  }

  func rarity(_ feature: Int, _ header: ModelHeader) -> Float {
    bytes.load(fromByteOffset: header.raritiesStart + feature * 4, as: Float.self)
  }

  func bias(_ label: Int, _ header: ModelHeader) -> Float {
    bytes.load(fromByteOffset: header.biasStart + label * 4, as: Float.self)
  }

  /// Adds the weights of a feature, times `value`, to the sums of all labels.
  func add(
    _ feature: Int, _ value: Float, to sums: UnsafeMutableBufferPointer<Float>, _ header: ModelHeader
  ) {
    let factor = value * scale(feature, header)
    let weights = weights(feature, header)
    for label in 0..<header.stride { sums[label] += factor * Float(weights[label]) }
  }

  /// The weight for a label above the mean of all labels.
  func lead(_ feature: Int, of label: Int, _ header: ModelHeader) -> Float {
    let weights = weights(feature, header)
    let sum = (0..<Int(header.labels)).reduce(0) { $0 + Int(weights[$1]) }
    return (Float(weights[label]) - Float(sum) / Float(header.labels)) * scale(feature, header)
  }

  private func scale(_ feature: Int, _ header: ModelHeader) -> Float {
    bytes.load(fromByteOffset: header.scalesStart + feature * 4, as: Float.self)
  }

  private func weights(_ feature: Int, _ header: ModelHeader) -> UnsafePointer<Int8> {
    (bytes.baseAddress! + header.weightsStart + feature * header.stride).assumingMemoryBound(to: Int8.self)
  }
}
