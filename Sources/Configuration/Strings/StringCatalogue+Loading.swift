import Domain
import Yams

extension StringCatalogue {
  /// All files of `strings/LANGUAGE/` below a folder of resources, flattened to dotted keys.
  ///
  /// Never fails: a program without its words still has to say what is wrong. Problems are for whoever edits the files.
  package static func load(
    _ language: Language, resources: String
  ) -> (strings: StringCatalogue, problems: [ConfigurationProblem]) {
    let log = ProblemLog()
    let folder = "\(resources)/strings/\(language.rawValue)"
    var texts: [String: String] = [:]
    guard let names = folderNames(folder) else {
      log.add(.folderMissing, file: "strings/\(language.rawValue)", line: nil)
      return (StringCatalogue(language: language, texts: [:]), log.problems)
    }
    for name in names where name.hasSuffix(".yaml") {
      let file = "strings/\(language.rawValue)/\(name)"
      for (key, text) in read("\(folder)/\(name)", name: file, log) {
        if texts.updateValue(text, forKey: key) != nil { log.add(.duplicateKey(key), file: file, line: nil) }
      }
    }
    return (StringCatalogue(language: language, texts: texts), log.sorted)
  }

  private static func read(_ path: String, name: String, _ log: ProblemLog) -> [String: String] {
    switch TextFile.bytes(at: path, limit: TextFile.largestFile) {
    case .failure(let failure):
      log.add(failure.kind, file: name, line: nil)
      return [:]
    case .success(let bytes):
      return FlatYAML.parse(bytes) ?? readWhole(bytes, name: name, log)
    }
  }

  /// The same through the YAML parser, which says what is wrong and on which line.
  static func readWhole(_ bytes: [UInt8], name: String, _ log: ProblemLog) -> [String: String] {
    guard let file = TextFile.check(bytes, name: name, into: log),
      let yaml = YAMLFile.parse(file, into: log)
    else { return [:] }
    var texts: [String: String] = [:]
    func flatten(_ node: Node, _ prefix: String) {
      for pair in yaml.reading.pairs(node) {
        if case .mapping = pair.value {
          flatten(pair.value, prefix + pair.key + ".")
        } else if case .scalar(let scalar) = pair.value {
          texts[prefix + pair.key] = scalar.string
        } else {
          yaml.reading.add(.notText, at: pair.value)
        }
      }
    }
    flatten(yaml.root, "")
    return texts
  }
}
