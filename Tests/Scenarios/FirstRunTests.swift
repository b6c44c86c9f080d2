import Domain
import Foundation
import Terminal
import TestSupport
import Testing

@Suite struct `The first run` {
  private struct Sentences: Sendable {
    var language: Language
    var who: String
    var next: String
    var second: String
    var switching: String
    var start: String
    var waiting: String
  }

  /// The command as somebody copies it: the lines from its first word on, as far as the shell reads on.
  private static func command(on screen: EmulatedScreen) -> String? {
    let panes = screen.text.split(separator: "\n").map { line in
      line.split(separator: "│", omittingEmptySubsequences: false).map {
        String($0).trimmingCharacters(in: .whitespaces)
      }
    }
    let start = "AGENTDESK_HOME="
    guard
      let column = panes.lazy.compactMap({ $0.firstIndex { $0.hasPrefix(start) } }).first
    else { return nil }
    let lines = panes.map { $0.indices.contains(column) ? $0[column] : "" }
    guard let first = lines.firstIndex(where: { $0.hasPrefix(start) }),
      let last = lines[first...].firstIndex(where: { !$0.hasSuffix("\\") })
    else { return nil }
    return lines[first...last].map { $0.hasSuffix("\\") ? String($0.dropLast()) : $0 }.joined()
  }

  private static let sentences = [
    Sentences(
      language: .chinese, who: "你是 林晓，工号 1024", next: "F5 接下一单，F8 结案", second: "再开一个终端", switching: "换一个人",
      start: "按任意键开始", waiting: "待接"),
    Sentences(
      language: .english, who: "You are Lin Xiao, agent 1024",
      next: "F5 takes the next contact, F8 closes it",
      second: "Open a second terminal", switching: "as somebody else", start: "any key starts",
      waiting: "Waiting"),
  ]

  @Test(arguments: sentences)
  private func `says who I am, how to be somebody else, and the command for a second terminal, which works`(
    said: Sentences
  ) throws {
    let home = DemoHome.root + "/\(said.language.rawValue)"
    defer { try? FileManager.default.removeItem(atPath: home) }
    let folder = (Desk.program as NSString).deletingLastPathComponent
    let environment = ["AGENTDESK_LANG": said.language.rawValue]
    let desk = try Desk(
      home: home, arguments: ["--demo"], environment: environment, program: "./agentdesk", folder: folder)
    try desk.sees(said.start, seconds: 120)
    for sentence in [said.who, said.next, said.second, said.switching, home] {
      #expect(desk.screen.contains(sentence), "\(sentence)")
    }
    let command = try #require(Self.command(on: desk.screen))
    #expect(command.contains("--lang") == false && command.hasSuffix("--agent chenyu"), "\(command)")

    desk.press("Space")
    try desk.seesNoMore(said.start)
    try desk.sees(said.waiting)

    // As in another terminal: another folder, and nothing that pointed this desk at its home.
    let second = try Desk(
      home: home, arguments: ["-c", command],
      environment: environment.merging(["AGENTDESK_HOME": ""]) { $1 }, program: "sh", folder: "/")
    try second.sees(said.language == .chinese ? "陈雨 1025" : "Chen Yu 1025")
    #expect(!second.screen.contains(said.start))
    try second.quit()
    try desk.quit()
  }

  @Test func `F12 changes the language of everything that is on the screen`() throws {
    let home = try DemoHome()
    let desk = try Desk.open(home)
    try desk.sees("F5 接下一单")
    desk.press("F12")
    try desk.sees("F5 Next contact")
    #expect(!desk.screen.contains("接下一单"))
    desk.press("F12")
    try desk.sees("F5 接下一单")
    try desk.quit()
  }
}
