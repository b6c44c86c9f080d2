import Domain
import Terminal

extension Painter {
  mutating func draw(_ page: ResultsPage) {
    let title = SafeText(
      "\(words.text("action.my-results")) · \(model.me.name[model.language]) \(model.me.number)")
    let inside = panel(OverlayLayout.page(in: model.size), title, hint: words("desk.help.keys"))
    let lines = model.resultsLines(page, columns: inside.columns - 2)
    // A larger window may show more than the place that was scrolled to leaves.
    let top = max(0, min(page.top, lines.count - inside.rows))
    for (row, line) in lines.dropFirst(top).prefix(inside.rows).enumerated() {
      frame.put(spans: line, at: inside.origin.offset(columns: 1, rows: row), limit: inside.columns - 2)
    }
    let below = lines.count - top - inside.rows
    if below > 0 {
      frame.put(trailing: SafeText(" ↓ \(below) "), in: inside, row: inside.maxRow - 1, style: Style(.badge))
    }
  }
}

extension DeskModel {
  private static let labelWidth = 23
  private static let valueWidth = 10

  /// The page as lines: figures beside what they are compared with, then how each is counted.
  func resultsLines(_ page: ResultsPage, columns: Int) -> [[Span]] {
    guard let results = page.results else { return [[Span(words("desk.results.counting"), Style(.muted))]] }
    let isWide = columns >= Self.labelWidth + 5 * Self.valueWidth
    var lines = stretch(results, columns: columns) + [[], heading(isWide: isWide)]
    lines += figures.map { line($0, results, isWide: isWide) }
    lines += list("desk.results.templates", results.templates.map { ($0.name[language], $0.count) })
    let zones = results.today.zones.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    lines += list(
      "desk.results.zones", zones.map { (directory.zone($0.key)?.name[language] ?? $0.key.text, $0.value) })
    lines.append([])
    lines.append([Span(words("desk.results.formulas"), Style(.title, .bold))])
    for name in ["closed", "reopened", "template", "cost", "handled", "average", "compared"] {
      for part in words("desk.results.formula.\(name)").wrapped(columns: max(8, columns)) {
        lines.append([Span(part, Style(.muted))])
      }
    }
    return lines
  }

  private func stretch(_ results: MyResults, columns: Int) -> [[Span]] {
    let end = clock.civil(Timestamp(milliseconds: results.query.today.upperBound.milliseconds - 1))
    let text = words.text(
      "desk.results.stretch", ["date": end.date.description, "time": end.minuteText])
    return SafeText(text).wrapped(columns: max(8, columns)).map { [Span($0, Style(.muted))] }
  }

  private func heading(isWide: Bool) -> [Span] {
    let names = ["today", "day-before", "change"] + (isWide ? ["year-before", "year-change"] : [])
    return [Span(SafeText.spaces(Self.labelWidth))]
      + names.map {
        Span(
          words("desk.results.\($0)").padded(toColumns: Self.valueWidth, alignment: .trailing),
          Style(.title, .bold))
      }
  }

  /// A figure: its name, how it is shown, and its value; nil where there is nothing to divide by.
  private struct Figure {
    var name: String
    var isPart = false
    var shown: (Double) -> String
    var value: (WorkCounts) -> Double?
  }

  private var figures: [Figure] {
    func whole(_ value: Double) -> String { String(Int(value)) }
    func share(_ value: Double) -> String { "\(Self.tenths(value * 100))%" }
    func seconds(_ value: Double) -> String { Age.text(Int64((value * 1000).rounded())) }
    func part(_ sum: Int64, _ totals: HandlingTotals) -> Double? {
      ratio(Int(sum), totals.handled).map { $0 / 1000 }
    }
    return [
      Figure(name: "closed", shown: whole) { Double($0.closes) },
      Figure(name: "reopened", isPart: true, shown: whole) { Double($0.reopened) },
      Figure(name: "reopen-rate", isPart: true, shown: share, value: \.reopenRate),
      Figure(name: "template-share", isPart: true, shown: share, value: \.templateShare),
      Figure(name: "keys", isPart: true, shown: Self.tenths, value: \.averageKeys),
      Figure(name: "time", isPart: true, shown: seconds, value: \.averageClosingSeconds),
      Figure(name: "handled", shown: whole) { Double($0.handling.handled) },
      Figure(name: "average", shown: seconds, value: \.handling.averageSeconds),
      Figure(name: "talk", isPart: true, shown: seconds) { part($0.handling.talkMilliseconds, $0.handling) },
      Figure(name: "hold", isPart: true, shown: seconds) { part($0.handling.holdMilliseconds, $0.handling) },
      Figure(name: "after", isPart: true, shown: seconds) {
        part($0.handling.afterContactMilliseconds, $0.handling)
      },
    ]
  }

  private func line(_ figure: Figure, _ results: MyResults, isWide: Bool) -> [Span] {
    func value(_ counts: WorkCounts) -> SafeText {
      figure.value(counts).map { SafeText(figure.shown($0)) } ?? words("desk.results.none")
    }
    func change(from counts: WorkCounts) -> SafeText {
      let change = Comparison.change(from: figure.value(counts), to: figure.value(results.today))
      return change.map { SafeText("\($0 > 0 ? "+" : "")\(Self.tenths($0 * 100))%") }
        ?? words("desk.results.none")
    }
    var cells = [
      (value(results.today), Style(.text, .bold)), (value(results.dayBefore), Style(.text)),
      (change(from: results.dayBefore), Style(.muted)),
    ]
    if isWide {
      cells += [
        (value(results.yearBefore), Style(.text)), (change(from: results.yearBefore), Style(.muted)),
      ]
    }
    let label = (figure.isPart ? "  " : "") + words("desk.results.figure.\(figure.name)")
    return [Span(label.fitted(toColumns: Self.labelWidth), Style(figure.isPart ? .muted : .text))]
      + cells.map { Span($0.padded(toColumns: Self.valueWidth, alignment: .trailing), $1) }
  }

  private func list(_ title: String, _ items: [(String, Int)]) -> [[Span]] {
    guard !items.isEmpty else { return [] }
    let width = Self.labelWidth + Self.valueWidth - 6
    return [[], [Span(words(title), Style(.title, .bold))]]
      + items.prefix(8).map { name, count in
        [
          Span("  " + SafeText(name).fitted(toColumns: width - 2)),
          Span(SafeText(String(count)).padded(toColumns: 6, alignment: .trailing)),
        ]
      }
  }

  /// With one decimal place, which never rounds to `-0.0`.
  private static func tenths(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    return "\(tenths < 0 ? "-" : "")\(abs(tenths) / 10).\(abs(tenths) % 10)"
  }
}
