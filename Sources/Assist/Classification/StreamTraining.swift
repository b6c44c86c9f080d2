import Domain
import Glibc

/// Makes a model from more texts than fit into memory: they are read again in each pass, in an order of chance, a block at a time
/// (Yu, Hsieh, Chang, Lin: Large Linear Classification When Data Cannot Fit in Memory, 2010). It solves the same problem as
/// `ModelTraining`; what a block needs from its last turn lies in a file meanwhile.
///
/// Memory: 4 bytes for each text, 100 MB while features are counted, then at most 256 MB of weights and about 100 MB of one
/// block. Disk: 64 bytes for each text and each 16 labels, until it is done.
package struct StreamTraining {
  /// Up to so many texts `ModelTraining` holds all of them.
  package static let border = 20_000

  /// Texts of one block.
  package var blockSize = 8192
  /// Features of one block, about: long texts make shorter blocks.
  private let mostInBlock = 6 << 20
  /// Times that all texts are read.
  package var passes = 2
  /// Passes over a block while it is here.
  package var epochs = 3
  var cost: Float = 2
  var mostFeatures = 1 << 19
  /// Features times labels: 256 MB.
  private let mostWeights = 1 << 26
  /// Texts that are held back until confidence is measured, at most a tenth.
  private let mostHeld = 5000
  /// The rarest features are left out where there are more than fit.
  private let leastTexts: UInt32 = 1

  package init() {}

  /// What could not be read or written.
  package struct SystemFault: Error, Hashable, Sendable {
    package var path: String
    package var code: Int32
  }

  /// - Parameters:
  ///   - names: all labels.
  ///   - labels: of each text, as a place in `names`.
  ///   - scratch: a folder for a file without a name.
  ///   - text: the text with this number; the same whenever it is asked for.
  package func model(
    names: [String], labels: [UInt16], scratch: String, text: (Int) throws -> String
  ) throws -> TextModel {
    // Classes are numbered in the order of their names, as they are without a stream.
    let order = names.indices.sorted { names[$0] < names[$1] }
    var places = [Int](repeating: 0, count: names.count)
    for (place, index) in order.enumerated() { places[index] = place }
    let sorted = order.map { names[$0] }
    guard !labels.isEmpty else { throw ModelTraining.Problem.noTexts }
    guard Set(labels).count > 1 else { throw ModelTraining.Problem.oneLabel(names[Int(labels[0])]) }
    guard names.count <= ModelTraining.mostLabels else {
      throw ModelTraining.Problem.tooManyLabels(names.count, limit: ModelTraining.mostLabels)
    }

    var shuffled = Array(UInt32(0)..<UInt32(labels.count))
    var random = SplitMix64(0x5EED)
    for place in shuffled.indices.reversed() where place > 0 {
      shuffled.swapAt(place, Int(random.next() % UInt64(place + 1)))
    }
    let heldCount = min(mostHeld, labels.count / 10)
    let (held, kept) = (shuffled[..<heldCount].sorted(), shuffled[heldCount...])
    var features = try counted(kept, names: names.count, text)
    let table = FeatureNumbers(features.map(\.hash))
    let rarities = features.map { FeatureWeighting.rarity(texts: kept.count, with: Int($0.count)) }
    features = []

    let trainer = LinearTrainer(
      LinearTrainer.Rows(), classes: names.count, features: rarities.count, cost: cost, tolerance: 0.05)
    // Blocks are the same in every pass.
    func block(_ numbers: ArraySlice<UInt32>) throws -> LinearTrainer.Rows {
      var rows = LinearTrainer.Rows()
      for number in numbers.prefix(blockSize) where rows.features.count < mostInBlock {
        let row = table.row(TextFeatures(try text(Int(number))), rarities, texts: kept.count)
        for item in row.items {
          rows.features.append(UInt32(item.feature))
          rows.values.append(item.value)
        }
        rows.starts.append(rows.features.count)
        rows.labels.append(places[Int(labels[Int(number)])])
      }
      return rows
    }
    let duals = try DualFile(folder: scratch, bytesForText: trainer.bytesOfDuals)
    for pass in 0..<passes {
      var place = 0
      while place < kept.count {
        let rows = try block(kept[(kept.startIndex + place)...])
        trainer.exchange(rows)
        if pass > 0 { try duals.read(into: trainer.dualBytes, at: place) }
        trainer.train(Array(0..<rows.count), mostEpochs: epochs)
        if pass + 1 < passes { try duals.write(UnsafeRawBufferPointer(trainer.dualBytes), at: place) }
        place += rows.count
      }
    }

    let heldLabels = held.map { places[Int(labels[Int($0)])] }
    let read = try held.map { number in
      let row = table.row(TextFeatures(try text(Int(number))), rarities, texts: kept.count)
      return (scores: trainer.scores(row.items), familiarity: row.familiarity)
    }
    let scores = read.map(\.scores)
    let calibration = Calibration(scores, labels: heldLabels)
    let outside = sorted.firstIndex(of: LabelledText.outOfScope)
    let scopes = read.indices.compactMap { place in
      heldLabels[place] == outside
        ? nil : TextModel.scope(scores[place], read[place].familiarity, outside: outside)
    }
    // What was held back is taken in at last.
    let last = try block(held[...])
    trainer.exchange(last)
    trainer.train(Array(0..<last.count), mostEpochs: epochs)
    return TextModel(
      labels: sorted, table: table.entries, rarities: rarities, trainer: trainer, texts: labels.count,
      calibration: calibration, scopeThreshold: Calibration.lowest(scopes))
  }

  private func counted(_ kept: ArraySlice<UInt32>, names: Int, _ text: (Int) throws -> String) throws
    -> [(hash: UInt64, count: UInt32)]
  {
    var counts = CountedFeatures()
    var hashes: [UInt64] = []
    for number in kept {
      hashes.removeAll(keepingCapacity: true)
      for feature in TextFeatures(try text(Int(number))).features { hashes.append(feature.hash) }
      hashes.sort()
      var last: UInt64?
      for hash in hashes where hash != last {
        counts.add(hash)
        last = hash
      }
    }
    return counts.mostFrequent(
      min(mostFeatures, mostWeights / ((names + 15) / 16 * 16)), atLeast: leastTexts)
  }
}

/// The numbers of the features that are kept.
private struct FeatureNumbers {
  private var table = FeatureTable()

  init(_ hashes: [UInt64]) { for hash in hashes { _ = table.number(of: hash) } }

  var entries: [(hash: UInt64, number: Int)] {
    table.entries.map { (hash: $0.hash, number: Int($0.number)) }.sorted { $0.number < $1.number }
  }

  func row(_ features: TextFeatures, _ rarities: [Float], texts: Int) -> (
    items: [FeatureWeighting.Item], familiarity: Float
  ) {
    var known: [UInt64] = []
    known.reserveCapacity(features.features.count)
    var (unknownTokens, unknownPairs) = (0, 0)
    for feature in features.features {
      if let number = table.known(feature.hash) {
        known.append(FeatureWeighting.packed(Int(number), feature.block))
      } else if feature.block == .tokens {
        unknownTokens += 1
      } else if feature.block == .pairs {
        unknownPairs += 1
      }
    }
    known.sort()
    let weighting = FeatureWeighting(known, wordShare: features.wordShare) { rarities[$0] }
    return (
      weighting.items,
      weighting.familiarity(unknownTokens: unknownTokens, unknownPairs: unknownPairs, texts: texts)
    )
  }
}

/// A file without a name for what blocks need in their next turn; it is gone with the process.
private final class DualFile {
  private let file: Int32
  private let path: String
  private let bytesForText: Int

  init(folder: String, bytesForText: Int) throws(StreamTraining.SystemFault) {
    path = "\(folder)/.agentdesk-training.\(getpid())"
    self.bytesForText = bytesForText
    file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw StreamTraining.SystemFault(path: path, code: errno) }
    unlink(path)
  }

  deinit { close(file) }

  func write(_ bytes: UnsafeRawBufferPointer, at text: Int) throws(StreamTraining.SystemFault) {
    var done = 0
    while done < bytes.count {
      let count = pwrite(
        file, bytes.baseAddress! + done, bytes.count - done, off_t(text * bytesForText + done))
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw StreamTraining.SystemFault(path: path, code: count < 0 ? errno : ENOSPC) }
      done += count
    }
  }

  func read(into bytes: UnsafeMutableRawBufferPointer, at text: Int) throws(StreamTraining.SystemFault) {
    var done = 0
    while done < bytes.count {
      let count = pread(
        file, bytes.baseAddress! + done, bytes.count - done, off_t(text * bytesForText + done))
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw StreamTraining.SystemFault(path: path, code: count < 0 ? errno : EIO) }
      done += count
    }
  }
}
