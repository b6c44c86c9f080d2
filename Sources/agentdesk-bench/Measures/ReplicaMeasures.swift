import Domain
import Foundation
import Store

/// What the screens read, without a screen: pages of lists, and find.
enum ReplicaMeasures {
  /// Pages of 40 rows, masked, at the head, in the middle and at the end of each list, and the counts above them.
  static func queue(_ demo: DemoStore, command: String) throws -> Report {
    var report = Report("Queue pages, \(demo.tickets) tickets (\(demo.kind.rawValue))", command: command)
    let replica = try Replica(path: demo.replica)
    defer { replica.close() }
    for scope in [QueueQuery.Scope.waiting, .done] {
      let query = QueueQuery(scope: scope, zones: demo.agent.zones)
      func page(_ edge: QueueRequest.Edge) throws -> QueuePage {
        try replica.queuePage(QueueRequest(query: query, edge: edge, limit: 40))
      }
      var first = Samples()
      var next = Samples()
      var last = Samples()
      for _ in 0..<30 {
        first.append(try elapsed { _ = try page(.first) })
        last.append(try elapsed { _ = try page(.last) })
      }
      var key = try page(.first).rows.last?.key
      for _ in 0..<200 {
        guard let place = key else { break }
        next.append(try elapsed { key = try page(.after(place)).rows.last?.key })
      }
      report.add("\(scope.rawValue), first page, p50", first.p50)
      report.add("\(scope.rawValue), next page, p50", next.p50, target: 1)
      report.add("\(scope.rawValue), next page, p99", next.p99)
      report.add("\(scope.rawValue), last page, p50", last.p50)
    }
    let today = WallClock.local.moment(WallClock.local.civil(.now).date)
    var counts = Samples()
    var level = Samples()
    for _ in 0..<50 {
      counts.append(
        try elapsed {
          _ = try replica.queueCounts(agent: demo.agent.id, zones: demo.agent.zones)
        })
      level.append(try elapsed { _ = try replica.serviceLevel(zones: demo.agent.zones, since: today) })
    }
    report.add("counts of the status line, p50", counts.p50)
    report.add("service level of today, beside the screens, p50", level.p50)
    return report
  }

  /// Find anything, as it is asked while somebody types.
  static func find(_ demo: DemoStore, command: String) throws -> Report {
    var report = Report("Find anything, \(demo.tickets) tickets", command: command)
    let wanted = try demo.wanted()
    let replica = try Replica(path: demo.replica)
    defer { replica.close() }
    let refreshing = try elapsed { try replica.refreshSearch { _ in } }
    if refreshing > 1000 {
      report.remarks.append("The index was of an older version; renewed in \(Int(refreshing / 1000)) s.")
    }
    func measure(_ name: String, _ queries: [String], target: Double, isWord: Bool = false) throws {
      var times = Samples()
      var found = 0
      // Asked once before, as the letters before the last one do.
      for query in queries { _ = try replica.find(query) }
      for _ in 0..<3 {
        for query in queries {
          times.append(try elapsed { found += try replica.find(query).isEmpty ? 0 : 1 })
        }
      }
      report.add("\(name), p50", times.p50)
      report.add("\(name), p99", times.p99, target: target)
      // On a floor where something is written all the time, no page that was read before may be used again.
      var unread = Samples()
      var pages = Samples()
      for query in queries {
        let cost = try SearchBench.find(query, readingAnew: replica)
        unread.append(cost.milliseconds)
        pages.append(Double(cost.pages))
      }
      report.add("\(name), nothing in the cache, p50", unread.p50)
      report.add("\(name), nothing in the cache, p50", "pages", pages.p50)
      if found < times.values.count {
        report.remarks.append(
          "\(name): \(times.values.count - found) of \(times.values.count) found nothing.")
      }
    }
    func some(_ values: [String], _ count: Int = 60) -> [String] {
      let step = max(1, values.count / count)
      return stride(from: 0, to: values.count, by: step).prefix(count).map { values[$0] }
    }
    try measure("ticket number", try demo.numbers(), target: 10)
    try measure("phone", some(wanted.phones), target: 10)
    try measure("last four digits of a phone", some(wanted.phones).map { String($0.suffix(4)) }, target: 10)
    try measure("order number", some(wanted.orders), target: 10)
    try measure("bill number", some(wanted.bills), target: 10)
    let chinese = some(wanted.names.filter { name in name.unicodeScalars.allSatisfy { $0.value > 0x2E80 } })
    try measure("name", chinese, target: 10)
    try measure("first character of a name", chinese.map { String($0.prefix(1)) }, target: 10)
    let pinyin = chinese.map(Self.pinyin)
    try measure("name by pinyin", pinyin.map { $0.joined() }, target: 10)
    try measure(
      "name by initials", pinyin.map { $0.compactMap(\.first).map(String.init).joined() }, target: 10)
    try measure("words", words, target: 20, isWord: true)
    return report
  }

  /// What agents type, from the most common to the rare; a single character is the hardest.
  private static let words = [
    "退", "退费", "重复扣费", "漫游", "国际漫游包", "宽带", "宽带 掉线", "网速慢", "信号", "合约", "携号转网", "套餐", "发票", "验证码",
    "投诉 赔偿", "上个月 账单", "refund", "charged twice", "broadband", "roaming", "cancel", "slow", "我", "的", "客户",
  ]

  private static func pinyin(_ name: String) -> [String] {
    name.map { character in
      let latin = String(character).applyingTransform(.mandarinToLatin, reverse: false) ?? ""
      return latin.applyingTransform(.stripDiacritics, reverse: false) ?? latin
    }
  }
}
