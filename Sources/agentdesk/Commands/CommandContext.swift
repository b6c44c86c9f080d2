import ArgumentParser
import Configuration
import Desk
import Domain
import Glibc
import Store

/// What a command knows before it opens a store: options, settings, words.
struct CommandContext {
  let options: GlobalOptions
  let settings: DeskSettings
  let paths: DeskPaths
  let resources: String
  let strings: StringCatalogue
  let output: Output

  var language: Language { strings.language }

  init(_ options: GlobalOptions) throws {
    self.options = options
    paths = .current
    let problems: [ConfigurationProblem]
    (settings, problems) = DeskSettings.checked(paths)
    guard let resources = ResourceLocator.find() else { throw CommandFailure.resourcesMissing }
    self.resources = resources
    let language =
      options.language.flatMap { Language(tag: $0) } ?? environmentValue("AGENTDESK_LANG").flatMap {
        Language(tag: $0)
      }
      ?? settings.language ?? HelpWords.language(arguments: [])
    // Help pages have loaded the words already where the language is the same.
    strings =
      language == HelpWords.strings.language ? HelpWords.strings : HelpWords.load(language, resources)
    guard !strings.texts.isEmpty else { throw CommandFailure.resourcesMissing }
    output = Output(isJSON: options.json, strings: strings)
    for problem in problems { output.warn(problem.description(in: strings)) }
  }

  func storeLocation() throws -> StoreLocation {
    guard let address = options.store ?? environmentValue("AGENTDESK_STORE") ?? settings.store else {
      return .file(paths.defaultStore)
    }
    return try StoreLocation(address)
  }

  /// - Throws: `unreachable` where nobody answers: a command delivers what it does, or does nothing.
  func openStore() throws -> any StoreService {
    do {
      let opening = StoreOpening(try storeLocation(), paths)
      return try opening.open(agent: Seat.named(options.agent, settings), mayBeAway: false)
    } catch StoreError.missing(let path) {
      throw CommandFailure.noStore(path: path)
    }
  }

  /// For commands on the store's own file.
  func storeFile() throws -> String {
    let location = try storeLocation()
    guard case .file(let path) = location else { throw StoreError.notAFile(address: location.description) }
    return path
  }

  func openStoreFile() throws -> SharedStore {
    let path = try storeFile()
    do {
      return try SharedStore(path: path)
    } catch StoreError.missing {
      throw CommandFailure.noStore(path: path)
    }
  }

  func openDesk(needsAgent: Bool = true) throws -> HeadlessDesk {
    try HeadlessDesk(self, needsAgent: needsAgent)
  }
}

/// A command that works without a screen.
protocol HeadlessCommand: ParsableCommand {
  var global: GlobalOptions { get }

  /// Whatever it throws becomes one sentence and an exit code.
  func perform(_ context: CommandContext) throws
}

extension HeadlessCommand {
  func run() throws {
    let context: CommandContext
    do {
      context = try CommandContext(global)
    } catch {
      throw Self.fail(error, strings: HelpWords.strings, isJSON: global.json)
    }
    do {
      try perform(context)
    } catch let code as ExitCode {
      throw code
    } catch {
      throw Self.fail(error, strings: context.strings, isJSON: global.json)
    }
  }

  private static func fail(_ error: any Error, strings: StringCatalogue, isJSON: Bool) -> ExitCode {
    let failure: (sentence: String, code: Int32)
    if case CommandFailure.resourcesMissing = error {
      failure = (HelpWords.missing, CommandFailure.Code.refused.rawValue)
    } else {
      let known = Failure(error, strings: strings)
      failure = (known.sentence, known.code)
    }
    if isJSON {
      let json: JSON = ["error": JSON(Int(failure.code)), "message": .text(failure.sentence)]
      Output.write(Array((json.description + "\n").utf8), to: STDERR_FILENO)
    } else {
      Output.warn(failure.sentence)
    }
    return ExitCode(failure.code)
  }
}
