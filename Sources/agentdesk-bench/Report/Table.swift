import Foundation

extension Report {
  private static let head = ["", "unit", "floor", "ours", "ratio", "target", ""]

  private var rows: [[String]] {
    figures.map { figure in
      [
        figure.name, figure.unit, Self.text(figure.floor), Self.text(figure.ours),
        figure.ratio.map { Self.text($0) + "×" } ?? "", figure.target.map { "≤ " + Self.text($0) } ?? "",
        figure.met.map { $0 ? "met" : "missed" } ?? "",
      ]
    }
  }

  /// Three digits that mean something, no more.
  private static func text(_ value: Double?) -> String {
    guard let value else { return "" }
    if value == value.rounded(), abs(value) < 10_000_000 { return String(Int(value)) }
    let decimals = abs(value) >= 100 ? 0 : abs(value) >= 10 ? 1 : abs(value) >= 0.1 ? 2 : 3
    return String(format: "%.\(decimals)f", value)
  }

  private var circumstances: String {
    let averages = load.map { String(format: "%.2f", $0) }.joined(separator: " ")
    guard let sync else { return "load \(averages)" }
    return "load \(averages), append and sync \(String(format: "%.2f", sync)) ms"
  }

  /// For a terminal.
  var table: String {
    let rows = [Self.head] + self.rows
    let widths = Self.head.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    let lines = rows.map { row in
      row.enumerated().map { column, text in
        let space = String(repeating: " ", count: widths[column] - text.count)
        return column < 2 || column == 6 ? text + space : space + text
      }.joined(separator: "  ")
    }
    return (["\(title)  (\(command); \(circumstances))"] + lines + remarks).joined(separator: "\n") + "\n"
  }

  /// For docs/performance.md.
  var markdown: String {
    var lines = ["### \(title)", "", "`\(command)`, \(circumstances)", ""]
    lines.append("| figure | unit | floor | ours | ratio | target | |")
    lines.append("| --- | --- | ---: | ---: | ---: | ---: | --- |")
    lines += rows.map { "| " + $0.joined(separator: " | ") + " |" }
    for remark in remarks { lines += ["", remark] }
    return lines.joined(separator: "\n") + "\n"
  }

  func print(asJSON: Bool) throws {
    Swift.print(asJSON ? try JSON.text(self) : table)
  }
}

enum JSON {
  /// One line, keys in order.
  static func text(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }
}
