import ArgumentParser
import Configuration
import Domain
import Foundation
import Glibc
import Store

/// `agentdesk store authorize`: who may come in, by an ssh key or as a user of this machine.
struct StoreAuthorize: HeadlessCommand {
  static var configuration: CommandConfiguration { .words("authorize", "store.authorize") }

  @OptionGroup var global: GlobalOptions
  @Argument(help: .words("authorize.name", value: "id")) var name: String
  @Argument(help: .words("authorize.key", value: "keyfile"), completion: .file()) var keyFile: String?
  @Option(help: .words("authorize.user", value: "user")) var user: String?
  @Option(help: .words("authorize.append", value: "path"), completion: .file()) var append: String?
  @Option(help: .words("connect.socket", value: "path"), completion: .file()) var socket: String?

  func perform(_ context: CommandContext) throws {
    guard (keyFile == nil) != (user == nil) else { throw CommandFailure.oneOf(["KEYFILE", "--user"]) }
    let path = try context.storeFile()
    let store = try context.openStoreFile()
    defer { store.close() }
    guard try store.agents().contains(where: { $0.id.text == name && $0.isActive }), Self.isPlain(name) else {
      throw CommandFailure.agentUnknown(name)
    }
    if let user {
      guard Seats.number(of: user) != nil else {
        throw CommandFailure.invalid(option: "--user", value: user, allowed: [])
      }
      try Seats(store: path).authorize(user: user, as: AgentID(name))
      return context.output.say(context.strings("cli.serve.seated", ["user": user, "agent": name]))
    }
    let key = try key()
    let line = try Self.line(name, key: key, target: target(path))
    guard let append else { return Output.write(Array("\(line)\n".utf8), to: STDOUT_FILENO) }
    try Self.add(line, of: key.split(separator: " ")[1], to: append)
    context.output.say(context.strings("cli.serve.authorized", ["path": append, "agent": name]))
  }

  /// Where the key's desk ends up: the socket that is served, or the file itself.
  private func target(_ path: String) throws -> String {
    let words = try socket.map { "--socket \(try StoreLocation.file(at: $0))" } ?? "--store file:\(path)"
    let isSafe = words.unicodeScalars.allSatisfy {
      $0.value > 0x1F && !"\"\\'$`;&|<>()*?~#\u{7F}".unicodeScalars.contains($0)
    }
    guard isSafe, words.split(separator: " ").count == 2 else {
      throw CommandFailure.invalid(option: socket == nil ? "--store" : "--socket", value: words, allowed: [])
    }
    return words
  }

  static func line(_ name: String, key: String, target: String) -> String {
    let program = Self.program
    return "restrict,command=\"\(program) store connect --as \(name) \(target)\" \(key)"
  }

  /// By its full path: a forced command has a short PATH.
  private static var program: String {
    let path = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? "agentdesk"
    return path.unicodeScalars.allSatisfy {
      $0.properties.isAlphabetic || ("0"..."9").contains($0) || "/._-+".unicodeScalars.contains($0)
    }
      ? path : "agentdesk"
  }

  /// One public key and nothing else: an option in front of it could undo the restrictions.
  private func key() throws -> String {
    let keyFile = keyFile ?? "-"
    let file = keyFile == "-" ? STDIN_FILENO : try Input.open(keyFile)
    defer { if file != STDIN_FILENO { close(file) } }
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    let count = read(file, &bytes, bytes.count)
    let lines = String(decoding: bytes[..<max(0, count)], as: UTF8.self).split(whereSeparator: \.isNewline)
      .filter {
        !$0.hasPrefix("#") && !$0.allSatisfy(\.isWhitespace)
      }
    let kinds = [
      "ssh-ed25519", "ssh-rsa", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521",
      "sk-ssh-ed25519@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com",
    ]
    guard lines.count == 1, let line = lines.first else { throw CommandFailure.notAKey(keyFile) }
    let words = line.split(separator: " ", maxSplits: 2)
    guard words.count >= 2, kinds.contains(String(words[0])), words[1].utf8.count >= 60,
      Data(base64Encoded: String(words[1])) != nil,
      line.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F })
    else { throw CommandFailure.notAKey(keyFile) }
    return String(line)
  }

  private static func isPlain(_ name: String) -> Bool {
    !name.isEmpty && !name.hasPrefix("-")
      && name.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
  }

  /// Into the file, which is for its owner alone. sshd takes the first line of a key: an older one for the same key, perhaps for
  /// somebody else, is replaced, and all of the file or nothing of it is written.
  private static func add(_ line: String, of key: Substring, to path: String) throws {
    let known = FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } ?? ""
    var lines = known.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    if lines.last == "" { lines.removeLast() }
    let place = lines.firstIndex { $0.split(separator: " ").contains(key) }
    lines.removeAll { !$0.hasPrefix("#") && $0.split(separator: " ").contains(key) }
    lines.insert(line, at: min(place ?? lines.count, lines.count))
    let target = (try? FileManager.default.destinationOfSymbolicLink(atPath: path)).map {
      $0.hasPrefix("/") ? $0 : (path as NSString).deletingLastPathComponent + "/" + $0
    }
    try write(lines.joined(separator: "\n") + "\n", over: target ?? path)
  }

  private static func write(_ text: String, over path: String) throws {
    let new = path + ".new-\(getpid())"
    let file = open(new, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw FileFailure(path: new, code: errno) }
    defer { close(file) }
    var facts = stat()
    // The owner and the mode that the file had, as far as we may.
    if stat(path, &facts) == 0 {
      _ = fchown(file, facts.st_uid, facts.st_gid)
      _ = fchmod(file, facts.st_mode & 0o777)
    }
    let bytes = Array(text.utf8)
    guard Glibc.write(file, bytes, bytes.count) == bytes.count, fsync(file) == 0, rename(new, path) == 0
    else {
      let failure = FileFailure(path: path, code: errno)
      unlink(new)
      throw failure
    }
  }
}
