/// Markdown without its marks: what is indexed and what an excerpt shows.
///
/// Lines stay lines. Nothing is interpreted that could fail; a mark that is not closed stays as text.
enum PlainText {
  static func of(markdown: String) -> String {
    var lines: [String] = []
    let all = markdown.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    for line in all[..<linksStart(all)] {
      if let text = plain(line) { lines.append(text) }
    }
    return lines.joined(separator: "\n")
  }

  /// Where a last section begins that is nothing but links to other articles; their titles are not this article's text,
  /// and an excerpt that quotes them says nothing of it. The end where there is none.
  private static func linksStart(_ lines: [Substring]) -> Int {
    var index = lines.count
    var links = 0
    while index > 0 {
      let line = lines[index - 1].drop { $0 == " " }
      if line.hasPrefix("#") { return links > 0 ? index - 1 : lines.count }
      let isLink = (line.hasPrefix("- [") || line.hasPrefix("* [")) && line.hasSuffix(")")
      guard isLink || line.allSatisfy(\.isWhitespace) else { break }
      if isLink { links += 1 }
      index -= 1
    }
    return lines.count
  }

  /// Nil for lines that carry no words: fences, rules, the line beneath a table's head.
  private static func plain(_ line: Substring) -> String? {
    var scalars = Array(line.unicodeScalars)
    dropLeadingMarks(&scalars)
    guard scalars.contains(where: { !"-=|:*_`~ \t".unicodeScalars.contains($0) }) else { return nil }
    var output = String.UnicodeScalarView()
    var index = 0
    while index < scalars.count {
      let scalar = scalars[index]
      switch scalar {
      case "\\" where index + 1 < scalars.count && scalars[index + 1].properties.isPatternSyntax:
        output.append(scalars[index + 1])
        index += 1
      case "*", "`": break
      case "_" where isEdge(scalars, index): break
      case "~" where index + 1 < scalars.count && scalars[index + 1] == "~": index += 1
      case "!" where index + 1 < scalars.count && scalars[index + 1] == "[": break
      case "[", "]":
        if scalar == "]", let end = targetEnd(scalars, index) { index = end }
      case "|": appendSpace(&output)
      case "<":
        if let end = tagEnd(scalars, index) { index = end } else { output.append(scalar) }
      case " ", "\t": appendSpace(&output)
      default: output.append(scalar)
      }
      index += 1
    }
    while output.last == " " { output.removeLast() }
    return output.isEmpty ? nil : String(output)
  }

  private static func dropLeadingMarks(_ scalars: inout [Unicode.Scalar]) {
    var index = 0
    func skipSpaces() {
      while index < scalars.count, scalars[index] == " " || scalars[index] == "\t" { index += 1 }
    }
    skipSpaces()
    while index < scalars.count {
      let scalar = scalars[index]
      let next = index + 1 < scalars.count ? scalars[index + 1] : " "
      if scalar == "#" || scalar == ">" {
        index += 1
      } else if scalar == "-" || scalar == "+" || scalar == "*", next == " " || next == "\t" {
        index += 1
      } else {
        break
      }
      skipSpaces()
    }
    var digits = index
    while digits < scalars.count, digits - index < 3, scalars[digits].properties.numericType == .decimal {
      digits += 1
    }
    if digits > index, digits + 1 < scalars.count, scalars[digits] == "." || scalars[digits] == ")",
      scalars[digits + 1] == " "
    {
      index = digits + 2
    }
    scalars.removeFirst(index)
  }

  /// An underscore at the edge of a word is a mark; inside a word it belongs to it.
  private static func isEdge(_ scalars: [Unicode.Scalar], _ index: Int) -> Bool {
    func isInside(_ place: Int) -> Bool {
      scalars.indices.contains(place)
        && (scalars[place].properties.isAlphabetic || scalars[place] == "_"
          || scalars[place].properties.numericType != nil)
    }
    return !(isInside(index - 1) && isInside(index + 1))
  }

  /// The end of `](target)`.
  private static func targetEnd(_ scalars: [Unicode.Scalar], _ index: Int) -> Int? {
    guard index + 1 < scalars.count, scalars[index + 1] == "(" else { return nil }
    return scalars[(index + 1)...].prefix(2000).firstIndex(of: ")")
  }

  private static func tagEnd(_ scalars: [Unicode.Scalar], _ index: Int) -> Int? {
    guard index + 1 < scalars.count,
      scalars[index + 1] == "/" || scalars[index + 1] == "!" || scalars[index + 1].properties.isAlphabetic
    else { return nil }
    return scalars[index...].prefix(300).firstIndex(of: ">")
  }

  private static func appendSpace(_ output: inout String.UnicodeScalarView) {
    if let last = output.last, last != " " { output.append(" ") }
  }
}
