import Foundation

/// docs/performance.md: words around tables that are replaced as a whole.
struct PerformancePage {
  let path: String

  private static let begin = "<!-- tables: begin -->"
  private static let end = "<!-- tables: end -->"

  func replaceTables(with reports: [Report]) throws {
    let text = try String(contentsOfFile: path, encoding: .utf8)
    guard let begin = text.range(of: Self.begin), let end = text.range(of: Self.end),
      begin.upperBound <= end.lowerBound
    else { throw BenchProblem.noMarkers(path) }
    let day = Date().formatted(.iso8601.year().month().day())
    let tables = reports.map(\.markdown).joined(separator: "\n")
    let replaced =
      text[..<begin.upperBound] + "\n\nMeasured \(day) on \(Machine.description).\n\n\(tables)\n"
      + text[end.lowerBound...]
    try Data(replaced.utf8).write(to: URL(fileURLWithPath: path))
  }
}
