import Configuration
import Domain
import Foundation
import Testing

@Suite struct `The command for another terminal` {
  private func command(
    _ program: String = "agentdesk", folder: String = "/work", _ environment: [String: String] = [:],
    store: String? = nil, replica: String? = nil, language: Language? = nil
  ) -> String {
    OpeningCommand(
      program: program, folder: folder, environment: { environment[$0] }, store: store, replica: replica,
      language: language
    ).words(agent: "chenyu").joined(separator: " ")
  }

  @Test func `a desk that was opened plainly is opened plainly again`() {
    #expect(command("agentdesk", ["HOME": "/h/a"]) == "agentdesk --agent chenyu")
    #expect(
      command("agentdesk", ["HOME": "/h/a", "XDG_DATA_HOME": "/h/a/.local/share"])
        == "agentdesk --agent chenyu")
  }

  @Test func `a program that was named by its path is found from any folder`() {
    #expect(command("./agentdesk") == "/work/agentdesk --agent chenyu")
    #expect(command(".build/release/agentdesk", folder: "/") == "/.build/release/agentdesk --agent chenyu")
    #expect(command("/opt/desk/agentdesk") == "/opt/desk/agentdesk --agent chenyu")
  }

  @Test func `what pointed at the files is said again`() {
    #expect(
      command("agentdesk", ["AGENTDESK_HOME": "own", "XDG_DATA_HOME": "/data"])
        == "AGENTDESK_HOME=/work/own agentdesk --agent chenyu")
    #expect(
      command("agentdesk", ["HOME": "/h/a", "XDG_DATA_HOME": "/data", "XDG_STATE_HOME": "relative"])
        == "XDG_DATA_HOME=/data agentdesk --agent chenyu")
    #expect(
      command(store: "/srv/desk.store", language: .english)
        == "agentdesk --store /srv/desk.store --lang en --agent chenyu")
  }

  @Test func `the other desk has a replica of its own beside this one`() {
    #expect(
      command(replica: "mine.replica") == "agentdesk --replica /work/mine-chenyu.replica --agent chenyu")
    #expect(command(replica: "/a.b/mine") == "agentdesk --replica /a.b/mine-chenyu --agent chenyu")
  }

  /// Whatever is in a path, the shell hands the program the same words.
  @Test(arguments: [
    "/tmp/my desk/x.store", "/tmp/it's $HOME `id`.store", "/tmp/客服;rm.store", "/tmp/a\\b*.store",
  ])
  func `a shell reads back what was meant`(_ path: String) throws {
    let text = OpeningCommand(
      program: "printf", folder: "/", environment: { _ in nil }, store: path, replica: nil, language: nil
    ).words(agent: "%s")
    #expect(text.first == "printf")
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", "printf '%s\\n' " + text.dropFirst().joined(separator: " ")]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(output == "--store\n\(path)\n--agent\n%s\n")
  }
}
