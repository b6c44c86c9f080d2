import Domain
import Foundation
import Testing

@testable import Assist

@Suite struct `Training as a stream` {
  private static let words = [
    "charge": ["扣费", "账单", "两次", "漫游包", "charged", "bill"],
    "fault": ["断网", "红灯", "光猫", "宽带", "router", "offline"],
    "cancel": ["退订", "取消", "会员", "续订", "cancel", "stop"],
  ]

  /// Sorted by label, as files often are.
  private static func lessons(_ count: Int, seed: UInt64) -> [LabelledText] {
    var random = SplitMix64(seed)
    func pick(_ values: [String]) -> String { values[Int(random.next() % UInt64(values.count))] }
    let all = words.keys.sorted()
    return all.flatMap { label in
      (0..<count / all.count).map { number in
        // A third of the words are of any label.
        let texts = (0..<3).map { $0 == 0 ? pick(words[pick(all)] ?? []) : pick(words[label] ?? []) }
        return LabelledText(text: texts.joined(separator: " ") + "，第\(number)条", label: label)
      }
    }
  }

  private static func model(_ lessons: [LabelledText], _ training: StreamTraining) throws -> TextModel {
    // Labels come in the order in which a file names them.
    let names = Array(Set(lessons.map(\.label))).sorted().reversed().map(\.self)
    let labels = lessons.map { lesson in UInt16(names.firstIndex(of: lesson.label) ?? 0) }
    return try training.model(names: names, labels: labels, scratch: NSTemporaryDirectory()) {
      lessons[$0].text
    }
  }

  @Test func `many small blocks label new texts as well as all texts at once`() throws {
    let (lessons, test) = (Self.lessons(1500, seed: 1), Self.lessons(600, seed: 2))
    var training = StreamTraining()
    training.blockSize = 100
    let streamed = try Self.model(lessons, training)
    let whole = try ModelTraining().model(from: lessons)
    func accuracy(_ model: TextModel) -> Double {
      Evaluation(test.map { ($0.label, model.answer($0.text)) }).accuracy
    }
    #expect(streamed.labels == whole.labels)
    #expect(streamed.texts == 1500)
    #expect(accuracy(streamed) >= accuracy(whole) - 0.01, "\(accuracy(streamed)) \(accuracy(whole))")
    #expect(accuracy(streamed) > 0.8)
    let evaluation = Evaluation(test.map { ($0.label, streamed.answer($0.text)) })
    #expect(evaluation.calibrationError < 0.08)
  }

  @Test func `the same texts make the same model`() throws {
    var training = StreamTraining()
    training.blockSize = 64
    let lessons = Self.lessons(300, seed: 3)
    #expect(try Self.model(lessons, training).bytes == Self.model(lessons, training).bytes)
  }

  @Test func `nothing is left in the folder`() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let lessons = Self.lessons(300, seed: 3)
    _ = try StreamTraining().model(
      names: ["cancel", "charge", "fault"],
      labels: lessons.map { UInt16(["cancel", "charge", "fault"].firstIndex(of: $0.label) ?? 0) },
      scratch: folder.path
    ) { lessons[$0].text }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    #expect(throws: StreamTraining.SystemFault.self) {
      try StreamTraining().model(names: ["a", "b"], labels: [0, 1], scratch: "/no/such/folder") { _ in "x" }
    }
  }

  @Test func `nothing to learn, one label only, or too many are said`() {
    func train(_ names: [String], _ labels: [UInt16]) throws -> TextModel {
      try StreamTraining().model(names: names, labels: labels, scratch: NSTemporaryDirectory()) {
        "text \($0)"
      }
    }
    #expect(throws: ModelTraining.Problem.noTexts) { try train([], []) }
    #expect(throws: ModelTraining.Problem.oneLabel("a")) { try train(["a"], [0, 0]) }
    #expect(throws: ModelTraining.Problem.tooManyLabels(1025, limit: 1024)) {
      try train((0..<1025).map(String.init), (0..<1025).map { UInt16($0) })
    }
  }

  @Test func `rare features are forgotten when there are too many, frequent ones never`() {
    let most = 1 << 14
    var counts = CountedFeatures(most: most)
    for round in UInt64(0)..<5 {
      for feature in UInt64(1)...1000 { counts.add(feature &* 0x9E37_79B9_7F4A_7C15) }
      for rare in UInt64(0)..<UInt64(most / 2) {
        counts.add((round << 40 | rare) &* 0xD6E8_FEB8_6659_FD93 | 1)
      }
    }
    #expect(counts.forgotten > 0)
    let kept = counts.mostFrequent(1000, atLeast: 2)
    #expect(kept.count == 1000)
    #expect(kept.allSatisfy { $0.count >= 3 })
    #expect(kept.map(\.hash) == kept.map(\.hash).sorted())
  }
}
