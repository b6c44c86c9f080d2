import Domain
import Foundation
import Glibc

/// `STORE.seats`: which user of this machine sits down as which agent, a line `USER AGENT` each; `#` begins a remark. Written
/// by the store's owner alone: a file that others may write is not believed.
package struct Seats: Sendable {
  package let path: String

  package init(store path: String) { self.path = path + ".seats" }

  /// The agent of a user; nil where the file does not name one. Read each time, so that a change counts at once.
  ///
  /// - Throws: `writableByOthers` when others than the owner may write the file.
  func agent(of user: UInt32) throws -> AgentID? { try entries().first { $0.user == user }?.agent }

  private func entries() throws -> [(user: UInt32, agent: AgentID)] {
    var facts = stat()
    guard stat(path, &facts) == 0 else { return [] }
    guard facts.st_mode & 0o022 == 0 else { throw StoreError.writableByOthers(path: path) }
    guard let bytes = FileManager.default.contents(atPath: path) else {
      throw StoreError.readOnly(path: path)
    }
    return String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline).compactMap { line in
      let words = line.split(separator: "#", omittingEmptySubsequences: false)[0].split(
        whereSeparator: \.isWhitespace)
      guard words.count == 2, let user = Self.number(of: String(words[0])) else { return nil }
      return (user, AgentID(String(words[1])))
    }
  }

  /// Gives a user a seat, instead of the one that they had.
  package func authorize(user: String, as agent: AgentID) throws {
    guard let number = Self.number(of: user) else { throw StoreError.failed(path: path, detail: user) }
    var lines: [String] = []
    if let bytes = FileManager.default.contents(atPath: path) {
      lines = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline).map(String.init)
    }
    lines.removeAll { line in
      line.split(whereSeparator: \.isWhitespace).first.flatMap { Self.number(of: String($0)) } == number
    }
    lines.append("\(user) \(agent)")
    let text = lines.joined(separator: "\n") + "\n"
    try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    chmod(path, 0o600)
  }

  /// A user by number, or by name.
  package static func number(of user: String) -> UInt32? {
    if let number = UInt32(user) { return number }
    guard let entry = getpwnam(user) else { return nil }
    return entry.pointee.pw_uid
  }
}
