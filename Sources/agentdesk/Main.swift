@main
enum Main {
  static func main() {
    guard let options = LaunchOptions(plain: CommandLine.arguments.dropFirst()) else {
      AgentDeskCommand.start()
    }
    AgentDeskCommand.open(.workspace, options)
  }
}
