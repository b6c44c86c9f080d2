extension TextModel {
  /// Why bytes are not a model that this program can use.
  package enum Problem: Error, Hashable, Sendable {
    case notAModel
    case otherVersion(Int, known: Int)
    /// Cut off, or changed since it was written.
    case damaged
  }

  /// Opens the bytes of a file; they are copied.
  package init(_ bytes: [UInt8]) throws(Problem) {
    try self.init(ModelMemory(bytes))
  }

  /// Opens bytes that stay where they are, such as a mapped file; they begin at a multiple of 64 and never change.
  /// - Parameter release: called when nobody needs them any more, also when opening fails.
  package init(
    mapped bytes: UnsafeRawBufferPointer, release: @escaping @Sendable (UnsafeRawBufferPointer) -> Void
  ) throws(Problem) {
    try self.init(ModelMemory(bytes, release: release))
  }

  private init(_ memory: ModelMemory) throws(Problem) {
    header = try ModelHeader(checking: memory.bytes)
    labels = try header.labelNames(memory.bytes)
    self.memory = memory
  }

  /// The file: what `init(_:)` reads.
  package var bytes: [UInt8] { Array(memory.bytes) }

  /// Puts trained weights into the form of the file, in which each is a signed byte times a number of its feature.
  init(
    labels: [String], table: [(hash: UInt64, number: Int)], rarities: [Float], trainer: LinearTrainer,
    texts: Int, calibration: Calibration, scopeThreshold: Float
  ) {
    let names = labels.flatMap { name in
      withUnsafeBytes(of: UInt32(name.utf8.count).littleEndian) { Array($0) } + Array(name.utf8)
    }
    var bits: UInt32 = 4
    while 1 << Int(bits) < table.count * 2 { bits += 1 }
    let header = ModelHeader(
      labels: UInt32(labels.count), features: UInt32(rarities.count), placeBits: bits, texts: UInt32(texts),
      calibration: calibration, scopeThreshold: scopeThreshold, labelBytes: UInt32(names.count))
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: header.fileSize, alignment: 64)
    bytes.initializeMemory(as: UInt8.self, repeating: 0)
    for (index, byte) in names.enumerated() { bytes[header.labelsStart + index] = byte }
    for (index, bias) in trainer.biases.enumerated() {
      bytes.storeBytes(of: bias, toByteOffset: header.biasStart + index * 4, as: Float.self)
    }
    for place in 0..<header.places {
      bytes.storeBytes(
        of: SIMD2(0, ModelHeader.free), toByteOffset: header.placesStart + place * 8,
        as: SIMD2<UInt32>.self)
    }
    for (hash, number) in table {
      var place = Int(truncatingIfNeeded: hash) & (header.places - 1)
      while bytes.load(fromByteOffset: header.placesStart + place * 8 + 4, as: UInt32.self)
        != ModelHeader.free
      {
        place = (place + 1) & (header.places - 1)
      }
      bytes.storeBytes(
        of: SIMD2(UInt32(truncatingIfNeeded: hash >> 32), UInt32(number)),
        toByteOffset: header.placesStart + place * 8, as: SIMD2<UInt32>.self)
    }
    for feature in rarities.indices {
      bytes.storeBytes(
        of: rarities[feature], toByteOffset: header.raritiesStart + feature * 4, as: Float.self)
      let weights = trainer.weights(of: feature)
      let largest = weights.reduce(0) { max($0, abs($1)) }
      bytes.storeBytes(
        of: largest / 127, toByteOffset: header.scalesStart + feature * 4, as: Float.self)
      guard largest > 0 else { continue }
      for (label, weight) in weights.enumerated() {
        bytes.storeBytes(
          of: Int8((weight / largest * 127).rounded()),
          toByteOffset: header.weightsStart + feature * header.stride + label, as: Int8.self)
      }
    }
    header.write(to: bytes)
    self.header = header
    self.labels = labels
    memory = ModelMemory(UnsafeRawBufferPointer(bytes)) { $0.deallocate() }
  }
}
