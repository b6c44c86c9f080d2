/// The head of a model's file: 64 bytes, and where the parts begin.
struct ModelHeader: Sendable {
  /// `AGDMODEL`.
  static let magic: UInt64 = 0x4C45_444F_4D44_4741
  /// Raised when features are made in another way, too: the numbers of an old file would mean other things.
  static let version: UInt32 = 1
  static let size = 64
  /// Marks a place without a feature.
  static let free = UInt32.max

  var labels: UInt32
  var features: UInt32
  /// The places are 2 to this.
  var placeBits: UInt32
  var texts: UInt32
  var calibration: Calibration
  var scopeThreshold: Float
  /// Bytes of the names of the labels.
  var labelBytes: UInt32

  var stride: Int { (Int(labels) + 15) / 16 * 16 }
  var places: Int { 1 << Int(placeBits) }

  var labelsStart: Int { Self.size }
  var biasStart: Int { Self.aligned(labelsStart + Int(labelBytes)) }
  var placesStart: Int { Self.aligned(biasStart + stride * 4) }
  var raritiesStart: Int { Self.aligned(placesStart + places * 8) }
  var scalesStart: Int { Self.aligned(raritiesStart + Int(features) * 4) }
  var weightsStart: Int { Self.aligned(scalesStart + Int(features) * 4) }
  var fileSize: Int { weightsStart + Int(features) * stride }

  private static func aligned(_ offset: Int) -> Int { (offset + 63) / 64 * 64 }
}

// MARK: - Bytes

extension ModelHeader {
  /// With the checksum of everything behind it.
  func write(to bytes: UnsafeMutableRawBufferPointer) {
    bytes.storeBytes(of: Self.magic.littleEndian, toByteOffset: 0, as: UInt64.self)
    let numbers = [
      Self.version, labels, features, placeBits, texts, calibration.sharpness.bitPattern,
      scopeThreshold.bitPattern,
      labelBytes, calibration.slope.bitPattern, calibration.offset.bitPattern,
    ]
    for (index, number) in numbers.enumerated() {
      bytes.storeBytes(of: number.littleEndian, toByteOffset: 8 + index * 4, as: UInt32.self)
    }
    bytes.storeBytes(
      of: Self.checksum(UnsafeRawBufferPointer(bytes)).littleEndian, toByteOffset: 56, as: UInt64.self)
  }

  /// - Throws: `TextModel.Problem` where the bytes are not a whole model of this version.
  init(checking bytes: UnsafeRawBufferPointer) throws(TextModel.Problem) {
    guard bytes.count >= Self.size,
      UInt64(littleEndian: bytes.load(fromByteOffset: 0, as: UInt64.self)) == Self.magic
    else { throw .notAModel }
    func number(_ index: Int) -> UInt32 {
      UInt32(littleEndian: bytes.load(fromByteOffset: 8 + index * 4, as: UInt32.self))
    }
    guard number(0) == Self.version else { throw .otherVersion(Int(number(0)), known: Int(Self.version)) }
    labels = number(1)
    features = number(2)
    placeBits = number(3)
    texts = number(4)
    calibration = Calibration(
      sharpness: Float(bitPattern: number(5)), slope: Float(bitPattern: number(8)),
      offset: Float(bitPattern: number(9)))
    scopeThreshold = Float(bitPattern: number(6))
    labelBytes = number(7)
    // Bounds first: the sizes below are computed from these numbers and must not overflow.
    guard (1...65_536).contains(labels), features < 1 << 26, (4...28).contains(placeBits),
      Int(features) < places, labelBytes < 1 << 26, fileSize == bytes.count,
      UInt64(littleEndian: bytes.load(fromByteOffset: 56, as: UInt64.self)) == Self.checksum(bytes)
    else { throw .damaged }
    try check(bytes)
  }

  /// The checksum tells an accident; somebody who wrote the file on purpose must not lead a reader out of it either.
  private func check(_ bytes: UnsafeRawBufferPointer) throws(TextModel.Problem) {
    guard calibration.sharpness.isFinite, calibration.slope.isFinite, calibration.offset.isFinite,
      !scopeThreshold.isNaN
    else { throw .damaged }
    var taken = 0
    for place in 0..<places {
      let number = bytes.load(fromByteOffset: placesStart + place * 8 + 4, as: UInt32.self)
      guard number == Self.free || number < features else { throw .damaged }
      if number != Self.free { taken += 1 }
    }
    // Looking for a feature ends at a free place.
    guard taken < places else { throw .damaged }
  }

  func labelNames(_ bytes: UnsafeRawBufferPointer) throws(TextModel.Problem) -> [String] {
    var names: [String] = []
    var offset = labelsStart
    let end = labelsStart + Int(labelBytes)
    for _ in 0..<labels {
      guard offset + 4 <= end else { throw .damaged }
      let length = Int(
        UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
      offset += 4
      guard length <= end - offset,
        let name = String(validating: bytes[offset..<offset + length], as: UTF8.self)
      else { throw .damaged }
      names.append(name)
      offset += length
    }
    guard Set(names).count == names.count else { throw .damaged }
    return names
  }

  /// FNV-1a over words of eight bytes: the head without the checksum, then everything behind it. Four sums in turn, so that
  /// a mapped model of megabytes is checked in a few milliseconds.
  private static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    var sums = SIMD4<UInt64>(repeating: 0xCBF2_9CE4_8422_2325)
    func add(_ word: UInt64, _ lane: Int) { sums[lane] = (sums[lane] ^ word) &* 0x0000_0100_0000_01B3 }
    for offset in Swift.stride(from: 0, to: 56, by: 8) {
      add(UInt64(littleEndian: bytes.load(fromByteOffset: offset, as: UInt64.self)), 0)
    }
    var offset = size
    var lane = 0
    while offset + 8 <= bytes.count {
      add(UInt64(littleEndian: bytes.load(fromByteOffset: offset, as: UInt64.self)), lane)
      lane = (lane + 1) & 3
      offset += 8
    }
    while offset < bytes.count {
      add(UInt64(bytes[offset]), 0)
      offset += 1
    }
    return (0..<4).reduce(UInt64(bytes.count)) { ($0 ^ sums[$1]) &* 0x9E37_79B9_7F4A_7C15 }
  }
}
