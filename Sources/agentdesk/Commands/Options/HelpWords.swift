import ArgumentParser
import Configuration
import Domain

/// The words of help pages. They are needed before the arguments are read, so the language is looked for by hand.
enum HelpWords {
  static let strings: StringCatalogue = {
    let language = Self.language(arguments: CommandLine.arguments)
    guard let resources = ResourceLocator.find() else {
      return StringCatalogue(language: language, texts: [:])
    }
    return load(language, resources)
  }()

  /// The words in a language; where its folder is missing, those of the other one, and none where that is missing too.
  static func load(_ language: Language, _ resources: String) -> StringCatalogue {
    let strings = StringCatalogue.load(language, resources: resources).strings
    return strings.texts.isEmpty
      ? StringCatalogue.load(language.other, resources: resources).strings : strings
  }

  /// Whether there are no words at all. Then nobody is shown their keys.
  static var areMissing: Bool { strings.texts.isEmpty }

  /// The only sentence that stands in the program itself: its words are not there.
  static var missing: String {
    let places = ResourceLocator.places().joined(separator: ", ")
    return
      "AgentDesk: the folder Resources with the words of the program was not found. Looked in: \(places). "
      + "Set AGENTDESK_RESOURCES to it, or reinstall.\n"
      + "AgentDesk：找不到含有程序文字的 Resources 文件夹。请把 AGENTDESK_RESOURCES 设为它的路径，或重新安装。"
  }

  /// `--lang`, then the environment, then the locale; Chinese where nothing says otherwise.
  static func language(arguments: [String]) -> Language {
    for (index, argument) in arguments.enumerated() {
      if argument == "--lang", index + 1 < arguments.count, let language = Language(tag: arguments[index + 1])
      {
        return language
      }
      if argument.hasPrefix("--lang="), let language = Language(tag: argument.dropFirst(7)) {
        return language
      }
    }
    for name in ["AGENTDESK_LANG", "LC_ALL", "LC_MESSAGES", "LANG"] {
      if let language = environmentValue(name).flatMap({ Language(tag: $0) }) { return language }
    }
    return .chinese
  }
}

extension ArgumentHelp {
  /// `cli.help.KEY` of the catalogue; what stands for the value is the same in all languages.
  static func words(_ key: String, value: String? = nil) -> ArgumentHelp {
    ArgumentHelp(HelpWords.strings("cli.help.\(key)"), valueName: value)
  }
}

extension CommandConfiguration {
  /// `cli.command.KEY` of the catalogue.
  static func words(
    _ name: String, _ key: String, subcommands: [ParsableCommand.Type] = [], isHidden: Bool = false
  ) -> CommandConfiguration {
    CommandConfiguration(
      commandName: name, abstract: HelpWords.strings("cli.command.\(key)"), shouldDisplay: !isHidden,
      subcommands: subcommands)
  }
}
