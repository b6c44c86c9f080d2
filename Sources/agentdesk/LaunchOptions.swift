import Domain

extension LaunchOptions {
  /// Options that take a value and that every command has.
  static let valued = ["--store", "--replica", "--agent", "--lang"]

  init(_ options: GlobalOptions) {
    self.init(
      store: options.store, replica: options.replica, agent: options.agent,
      language: options.language.flatMap { Language(tag: $0) })
  }

  /// The arguments of a plain start of the workspace; nil for everything else. Parsing a command tree costs milliseconds that
  /// the screen does not have.
  init?(plain arguments: ArraySlice<String>) {
    self.init()
    var rest = arguments
    while let argument = rest.popFirst() {
      if argument == "--demo" {
        makesDemo = true
        continue
      }
      guard Self.valued.contains(argument), let value = rest.popFirst(), !value.hasPrefix("-") else {
        return nil
      }
      switch argument {
      case "--store": store = value
      case "--replica": replica = value
      case "--agent": agent = value
      default:
        guard let known = Language(tag: value) else { return nil }
        language = known
      }
    }
  }
}
