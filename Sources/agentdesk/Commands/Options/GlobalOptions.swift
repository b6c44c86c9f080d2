import ArgumentParser
import Domain

/// The options of every command.
struct GlobalOptions: ParsableArguments {
  @Option(help: .words("option.store", value: "address"))
  var store: String?

  @Option(help: .words("option.replica", value: "path"), completion: .file())
  var replica: String?

  @Option(help: .words("option.agent", value: "id"))
  var agent: String?

  @Option(
    name: .customLong("lang"), help: .words("option.lang", value: "tag"),
    completion: .list(Language.allCases.map(\.rawValue)))
  var language: String?

  @Flag(help: .words("option.json"))
  var json = false

  func validate() throws {
    if let language, Language(tag: language) == nil {
      throw ValidationError(HelpWords.strings("cli.error.language", ["value": language]))
    }
  }
}
