import Domain
import Foundation
import Store
import TestSupport

/// Knowledge search over many more articles than anybody writes.
///
/// The articles are made from the words of those that come with the program, drawn as often as words are in a language (the
/// n-th most common one 1/(n + 8) as often as the first).
struct KnowledgeMeasure {
  let articles: Int
  let queries: Int

  func report(command: String) throws -> Report {
    try Place.withTemporaryFolder { folder in
      var report = Report("Knowledge search, \(articles) articles", command: command)
      let wanted = try write(to: folder)
      let result = try SearchBench.knowledge(
        documents: folder + "/articles.jsonl", queries: folder + "/queries.txt", folder: folder)
      let times = Samples(result.latencies)
      report.add("query with highlights, p50", times.p50)
      report.add("query with highlights, p95", times.p95, target: 1)
      report.add("query with highlights, p99", times.p99)
      report.add("index made", "s", result.indexSeconds)
      report.add("index", "MiB", Double(result.indexBytes) / 1_048_576)
      report.add("memory while searching", "MiB", result.residentMebibytes)
      let known = zip(wanted, result.hits).filter { $0.0 != nil }
      let found = known.count { pair in pair.1.contains { $0 == pair.0 } }
      let empty = result.hits.count(where: \.isEmpty)
      report.remarks = [
        "\(found) of \(known.count) queries that were three or four words of one article had it among the first ten; "
          + "\(empty) of \(queries) queries found nothing."
      ]
      return report
    }
  }

  /// Writes articles and queries; answers the article that each query was cut from, nil for one or two words of anywhere.
  private func write(to folder: String) throws -> [Int?] {
    var random = SplitMix64(5)
    let shipped = try Place.configuration().articles
    let chinese = Vocabulary(words: Self.chineseWords(shipped, &random))
    let english = Vocabulary(words: Self.englishWords(shipped))
    let stride = max(1, articles / max(1, queries))
    var lines = Data()
    var asked = ""
    var wanted: [Int?] = []
    for article in 0..<articles {
      let isChinese = random.below(100) < 60
      let vocabulary = isChinese ? chinese : english
      let words = (0..<30 + random.below(60)).map { _ in vocabulary.draw(&random) }
      let separator = isChinese ? "" : " "
      let title = words.prefix(5).joined(separator: separator)
      let body = words.dropFirst(5).joined(separator: separator)
      lines += Data(#"{"id":\#(article),"title":"\#(title)","body":"\#(body)"}\#n"#.utf8)
      guard article % stride == 0, wanted.count < queries else { continue }
      if wanted.count % 2 == 1 {
        let start = 5 + random.below(words.count - 10)
        asked += words[start..<start + 3 + random.below(2)].joined(separator: separator) + "\n"
        wanted.append(article)
      } else {
        asked +=
          (0...random.below(2)).map { _ in words[random.below(words.count)] }.joined(separator: " ") + "\n"
        wanted.append(nil)
      }
    }
    try lines.write(to: URL(fileURLWithPath: folder + "/articles.jsonl"))
    try Data(asked.utf8).write(to: URL(fileURLWithPath: folder + "/queries.txt"))
    return wanted
  }

  /// Runs of one to four characters between two signs.
  private static func chineseWords(_ articles: [Article], _ random: inout SplitMix64) -> [String] {
    var seen = Set<String>()
    var words: [String] = []
    for article in articles where article.language == .chinese {
      let runs = article.body.split { character in
        !character.unicodeScalars.allSatisfy { (0x3400...0x9FFF).contains($0.value) }
      }
      for run in runs {
        var rest = run
        while !rest.isEmpty {
          let word = String(rest.prefix(1 + random.below(4)))
          rest = rest.dropFirst(word.count)
          if seen.insert(word).inserted { words.append(word) }
        }
      }
    }
    return words
  }

  private static func englishWords(_ articles: [Article]) -> [String] {
    var seen = Set<String>()
    return articles.filter { $0.language == .english }.flatMap { article in
      article.body.lowercased().split { !$0.isLetter || !$0.isASCII }.map(String.init)
    }.filter { $0.count > 1 && seen.insert($0).inserted }
  }
}

/// Words with the share of a language's n-th most common one.
private struct Vocabulary {
  private let words: [String]
  private let sums: [Double]

  init(words: [String]) {
    self.words = words
    var sum = 0.0
    sums = words.indices.map { index in
      sum += 1 / Double(index + 8)
      return sum
    }
  }

  func draw(_ random: inout SplitMix64) -> String {
    let value = random.unit() * (sums.last ?? 0)
    var low = 0
    var high = sums.count - 1
    while low < high {
      let middle = (low + high) / 2
      if sums[middle] < value { low = middle + 1 } else { high = middle }
    }
    return words[low]
  }
}

extension SplitMix64 {
  mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(max(1, limit))) }
  mutating func unit() -> Double { Double(next() >> 11) / 9_007_199_254_740_992 }
}
