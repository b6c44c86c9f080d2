import Domain
import Yams

/// A folder with everything that a team edits: see docs/configuration.md.
package struct ResourceFolder: Sendable {
  package let path: String

  /// Above what any team has; below what would fill the memory of a desk.
  static let mostFiles = 200_000

  package init(_ path: String) {
    self.path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
  }

  /// The whole set, or everything that is wrong with it.
  package func load() throws(ConfigurationProblems) -> ConfigurationSet {
    let (set, _, problems) = readAll()
    guard problems.isEmpty else { throw ConfigurationProblems(problems) }
    return set
  }

  /// What a practice is made of, or everything that is wrong in the folder. The easiest practice customer comes first.
  package func loadPractice() throws(ConfigurationProblems) -> (set: ConfigurationSet, scenarios: [Scenario])
  {
    let (set, scenarios, problems) = readAll()
    guard problems.isEmpty else { throw ConfigurationProblems(problems) }
    return (set, scenarios.sorted { ($0.difficulty, $0.id) < ($1.difficulty, $1.id) })
  }

  /// Everything that is wrong, and what is not wrong but was hardly meant.
  package func check() -> [ConfigurationProblem] {
    let log = ProblemLog()
    _ = readTests(log)
    return log.everything
  }

  /// Test cases are read last: they name what all the others define.
  func readTests(_ log: ProblemLog = ProblemLog()) -> (
    set: ConfigurationSet, tests: [ZoneTest], problems: [ConfigurationProblem]
  ) {
    guard var reader = reader(into: log) else { return (ConfigurationSet(), [], log.sorted) }
    let tests = reader.readZoneTests()
    log.checkUses()
    return (reader.set, tests, log.sorted)
  }

  /// The words of `assistance/` alone, for a program that has no store.
  package func loadWords() throws(ConfigurationProblems) -> AssistanceWords {
    let log = ProblemLog()
    var reader = ResourceReader(folder: path, log: log)
    reader.readAssistance()
    guard log.problems.isEmpty else { throw ConfigurationProblems(log.sorted) }
    return reader.set.words
  }

  private func readAll() -> (set: ConfigurationSet, scenarios: [Scenario], problems: [ConfigurationProblem]) {
    let log = ProblemLog()
    guard let reader = reader(into: log) else { return (ConfigurationSet(), [], log.sorted) }
    log.checkUses()
    return (reader.set, reader.scenarios, log.sorted)
  }

  /// Everything but the test cases; nil where there is no such folder.
  private func reader(into log: ProblemLog) -> ResourceReader? {
    var reader = ResourceReader(folder: path, log: log)
    guard isFolder(path) else {
      log.add(.folderMissing, file: path, line: nil)
      return nil
    }
    reader.readCalendars()
    reader.readZones()
    reader.readCategories()
    reader.readTemplates()
    reader.readArticles()
    reader.readSynonyms()
    reader.readCatalogue()
    reader.readAssistance()
    reader.readPeople()
    reader.readRefunds()
    reader.readScenarios()
    reader.readOutages()
    reader.readOffers()
    reader.finishDiagnosis()
    reader.readMacros()
    reader.checkCategoriesOfTemplates()
    return reader
  }

  /// Articles alone, for adding them to a store that has the rest: a file or a folder of `.md` files, searched to any
  /// depth. The language is the one that the file names.
  package static func articles(at path: String) throws(ConfigurationProblems) -> [Article] {
    let log = ProblemLog()
    var reader = ResourceReader(folder: path, log: log)
    if isFolder(path) {
      reader.readArticlesBelow("", language: nil)
      if reader.set.articles.isEmpty, log.problems.isEmpty { log.add(.emptyFile, file: path, line: nil) }
    } else {
      let name = path.split(separator: "/").last.map(String.init) ?? path
      reader.readArticle(at: path, name: name, language: nil)
    }
    guard log.problems.isEmpty else { throw ConfigurationProblems(log.sorted) }
    return reader.set.articles
  }
}

/// Reads the files of one folder into a set, and its problems into the log.
struct ResourceReader {
  let folder: String
  let log: ProblemLog
  /// What "08:30" in a file of the team means.
  let clock: WallClock
  var set = ConfigurationSet()
  var scenarios: [Scenario] = []
  var pending = PendingRules()
  /// Where a template names a category, to be checked when all categories are known.
  var categoriesOfTemplates: [(category: String, zone: String, place: ProblemLog.Place)] = []

  init(folder: String, log: ProblemLog, clock: WallClock = .local) {
    self.folder = folder
    self.log = log
    self.clock = clock
  }

  func yaml(_ name: String, isRequired: Bool) -> YAMLFile? {
    let path = "\(folder)/\(name)"
    if !isRequired, case .failure(let failure) = TextFile.bytes(at: path, limit: TextFile.largestFile),
      failure.kind == .fileMissing
    {
      return nil
    }
    guard let file = TextFile.read(path, name: name, into: log) else { return nil }
    return YAMLFile.parse(file, into: log)
  }

  /// The YAML files of a sub-folder with their names without `.yaml`.
  func yamlFiles(
    in subfolder: String, isRequired: Bool, defining reference: ConfigurationProblem.Reference? = nil
  ) -> [(name: String, file: YAMLFile)] {
    names(in: subfolder, ending: ".yaml", isRequired: isRequired).compactMap { name in
      if let file = yaml("\(subfolder)/\(name).yaml", isRequired: true) { return (name, file) }
      if let reference { log.assume(reference, name) }
      return nil
    }
  }

  /// Names without the ending. A file with another ending would be left out without a word: it is a problem.
  func names(in subfolder: String, ending: String, isRequired: Bool) -> [String] {
    guard let names = folderNames("\(folder)/\(subfolder)") else {
      if isRequired { log.add(.folderMissing, file: subfolder, line: nil) }
      return []
    }
    guard names.count <= ResourceFolder.mostFiles else {
      log.add(.tooManyFiles(limit: ResourceFolder.mostFiles), file: subfolder, line: nil)
      return []
    }
    return names.compactMap { name in
      if name.hasSuffix(ending) { return String(name.dropLast(ending.count)) }
      log.add(.unexpectedFile, file: "\(subfolder)/\(name)", line: nil)
      return nil
    }
  }

  /// `id`, which is the name of the file.
  func identifier(_ fields: Fields, file: String) -> String? {
    guard let id = fields.identifier("id") else { return nil }
    if id != file, let node = fields.values["id"] {
      fields.reading.add(.identifierIsNotFileName(id, expected: file), at: node)
    }
    return id
  }
}

extension Reading {
  func text(_ node: Node, both limit: Int) -> LocalizedText? {
    localized(node, limit: limit).map { LocalizedText(chinese: $0.chinese, english: $0.english) }
  }
}

extension Fields {
  func localized(_ key: String, limit: Int = 500) -> LocalizedText? {
    guard let node = required(key), let text = reading.text(node, both: limit) else { return nil }
    // A name stands in the middle of English sentences of the screen.
    if key == "name", text.english.unicodeScalars.contains(where: \.properties.isIdeographic) {
      reading.hint(.notTranslated(text.english), at: node)
    }
    return text
  }

  /// Nil where the key is absent, without a problem.
  func optionalLocalized(_ key: String, limit: Int = 2000) -> LocalizedText? {
    values[key].flatMap { reading.text($0, both: limit) }
  }

  /// Words as people say them; empty where the key is absent.
  func words(_ key: String) -> [String] { items(key).compactMap { reading.text($0, limit: 100) } }
}
