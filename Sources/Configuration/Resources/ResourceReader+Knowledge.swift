import Domain
import Yams

extension ResourceReader {
  static let longestArticle = 400_000

  mutating func readArticles() {
    for language in Language.allCases {
      for name in names(in: "knowledge/\(language.rawValue)", ending: ".md", isRequired: false) {
        let file = "knowledge/\(language.rawValue)/\(name).md"
        readArticle(at: "\(folder)/\(file)", name: file, language: language)
      }
    }
    for name in folderNames("\(folder)/knowledge") ?? [] where Language(rawValue: name) == nil {
      log.add(.unexpectedFile, file: "knowledge/\(name)", line: nil)
    }
  }

  mutating func readArticlesBelow(_ subfolder: String, language: Language?) {
    let base = subfolder.isEmpty ? folder : "\(folder)/\(subfolder)"
    for name in folderNames(base) ?? [] {
      let relative = subfolder.isEmpty ? name : "\(subfolder)/\(name)"
      guard set.articles.count < ResourceFolder.mostFiles else {
        log.add(.tooManyFiles(limit: ResourceFolder.mostFiles), file: relative, line: nil)
        return
      }
      if isFolder("\(folder)/\(relative)") {
        // A link that leads back up would be followed for ever.
        if relative.split(separator: "/").count < 8 { readArticlesBelow(relative, language: language) }
      } else if name.hasSuffix(".md") {
        readArticle(at: "\(folder)/\(relative)", name: relative, language: language)
      }
    }
  }

  mutating func readArticle(at path: String, name: String, language expected: Language?) {
    guard let file = TextFile.read(path, name: name, into: log) else { return }
    guard let (front, body, bodyLine) = split(file.text) else {
      log.add(.frontMatterMissing, file: name, line: 1)
      return
    }
    guard let yaml = YAMLFile.parse(TextFile(name: name, text: front), firstLine: 2, into: log) else {
      return
    }
    let reading = yaml.reading
    guard
      let fields = reading.fields(
        yaml.root, keys: ["id", "title", "language", "zone", "tags", "valid_until", "owner"])
    else { return }
    let fileName = name.split(separator: "/").last.map { String($0.dropLast(3)) } ?? name
    let id = identifier(fields, file: fileName)
    let title = fields.text("title", limit: 200)
    let language = fields.oneOf("language", Language.self)
    if let language, let expected, language != expected, let node = fields.values["language"] {
      reading.add(.wrongLanguage(language.rawValue, expected: expected.rawValue), at: node)
    }
    let zone = fields.identifier("zone")
    if let zone, zone != "all", expected != nil, let node = fields.values["zone"] {
      log.use(.zone, zone, at: reading.place(of: node))
    }
    let tags = fields.items("tags").compactMap { reading.text($0, limit: 60) }
    var validUntil: CivilDate?
    if let node = fields.values["valid_until"], let text = reading.text(node) {
      validUntil = isoDate(text)
      if validUntil == nil { reading.add(.invalidDate(reading.shortened(text)), at: node) }
    }
    let owner = fields.values["owner"].flatMap { reading.text($0, limit: 100) } ?? ""
    guard !body.trimmed.isEmpty else {
      log.add(.textMissing, file: name, line: bodyLine)
      return
    }
    guard body.unicodeScalars.count <= Self.longestArticle else {
      log.add(.textTooLong(limit: Self.longestArticle), file: name, line: bodyLine)
      return
    }
    guard let id, let title, let language, let zone else { return }
    log.define(.article, "\(language.rawValue)/\(id)", at: reading.place(of: yaml.root))
    set.articles.append(
      Article(
        id: ArticleID(id), language: language, title: title, zone: zone == "all" ? nil : ZoneID(zone),
        tags: tags,
        validUntil: validUntil, owner: owner, body: body))
  }

  /// The front matter, the Markdown after it, and the line on which that begins.
  private func split(_ text: String) -> (front: String, body: String, bodyLine: Int)? {
    let text =
      text.contains("\r\n")
      ? text.split(separator: "\r\n", omittingEmptySubsequences: false).joined(separator: "\n") : text
    guard text.hasPrefix("---\n") else { return nil }
    let afterMark = text.index(text.startIndex, offsetBy: 4)
    guard let close = text[afterMark...].firstRange(of: "\n---") else { return nil }
    let front = text[afterMark..<close.lowerBound]
    var rest = text[close.upperBound...]
    guard rest.isEmpty || rest.first == "\n" else { return nil }
    rest = rest.dropFirst()
    return (String(front) + "\n", String(rest), front.count { $0 == "\n" } + 4)
  }
}

/// `2026-10-01` and no other form.
func isoDate(_ text: String) -> CivilDate? {
  let bytes = Array(text.utf8)
  guard bytes.count == 10, bytes[4] == 0x2D, bytes[7] == 0x2D else { return nil }
  return CivilDate(text)
}
