import Configuration
import Domain
import Foundation
import Glibc
import Store

/// Files and other programs: attachments, the editor, viewers.
struct DeskFiles: Sendable {
  enum Failure: Error, Sendable {
    /// The reason is a code of `SystemFault`.
    case unreadable(path: String, reason: String)
    case isFolder(path: String)
    case tooLarge(path: String, megabytes: Int)
    case noEditor(command: String)
    case editorFailed(command: String, status: Int32?)

    func sentence(_ words: StringCatalogue) -> String {
      switch self {
      case .unreadable(let path, let reason):
        words("runtime.file-unreadable", ["path": path, "reason": words.reason(reason)])
      case .isFolder(let path): words("runtime.file-is-folder", ["path": path])
      case .tooLarge(let path, let megabytes):
        words("runtime.file-too-large", ["path": path, "megabytes": megabytes])
      case .noEditor(let command): words("runtime.no-editor", ["command": command])
      case .editorFailed(let command, let status):
        words("runtime.editor-failed", ["command": command, "status": status.map { "\($0)" } ?? "—"])
      }
    }
  }

  struct File {
    var name: String
    var mediaType: String
    var bytes: [UInt8]
  }

  static let largestAttachmentMegabytes = 64

  /// Only the owner may look: texts and attachments of customers lie here for a moment.
  let folder: String
  var editor: String?

  // MARK: - Attaching

  func read(_ typed: String) throws -> File {
    let path = Self.expanded(typed.trimmed)
    let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      throw Failure.unreadable(path: path, reason: SystemFault.code())
    }
    defer { close(descriptor) }
    var facts = stat()
    fstat(descriptor, &facts)
    if facts.st_mode & S_IFMT == S_IFDIR { throw Failure.isFolder(path: path) }
    // Pipes and devices have no end that can be waited for.
    guard facts.st_mode & S_IFMT == S_IFREG else {
      throw Failure.unreadable(path: path, reason: SystemFault.code(EINVAL))
    }
    guard facts.st_size <= Self.largestAttachmentMegabytes << 20 else {
      throw Failure.tooLarge(path: path, megabytes: Self.largestAttachmentMegabytes)
    }
    var bytes = [UInt8](repeating: 0, count: Int(facts.st_size))
    var filled = 0
    while filled < bytes.count {
      let count = bytes.withUnsafeMutableBytes {
        Glibc.read(descriptor, $0.baseAddress! + filled, $0.count - filled)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { break }
      filled += count
    }
    bytes.removeLast(bytes.count - filled)
    let name = path.split(separator: "/").last.map(String.init) ?? path
    return File(name: name, mediaType: Self.mediaType(of: name), bytes: bytes)
  }

  private static func expanded(_ path: String) -> String {
    if path == "~" || path.hasPrefix("~/"), let home = environmentValue("HOME") {
      return home + path.dropFirst()
    }
    return path
  }

  private static let mediaTypes = [
    "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif", "webp": "image/webp",
    "pdf": "application/pdf", "txt": "text/plain", "log": "text/plain", "csv": "text/csv",
    "md": "text/markdown",
    "html": "text/html", "json": "application/json", "mp3": "audio/mpeg", "wav": "audio/wav",
    "amr": "audio/amr",
    "mp4": "video/mp4", "zip": "application/zip",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
  ]

  private static func mediaType(of name: String) -> String {
    let ending = name.split(separator: ".").last.map { $0.lowercased() } ?? ""
    return mediaTypes[ending] ?? "application/octet-stream"
  }

  private func write(_ bytes: [UInt8], to path: String) throws {
    func failure() -> Failure { .unreadable(path: path, reason: SystemFault.code()) }
    let descriptor = Glibc.open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw failure() }
    defer { close(descriptor) }
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw failure() }
      rest = rest.dropFirst(count)
    }
  }

  // MARK: - Opening

  /// Shows a copy of a stored file with the agent's own program: with a desktop `xdg-open`, without one what mailcap names.
  /// The copy carries the attachment's name, so that the program knows the kind. Answers where it lies when nothing can show
  /// it.
  func open(_ location: String, named name: String, whileSuspended: (() -> Void) -> Void) throws -> String? {
    let path = try temporary(named: name)
    try? FileManager.default.removeItem(atPath: path)
    do {
      try FileManager.default.copyItem(atPath: location, toPath: path)
    } catch {
      // Foundation speaks the language of the machine.
      let cause = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
      throw Failure.unreadable(path: path, reason: SystemFault.code(Int32(cause?.code ?? Int(EIO))))
    }
    chmod(path, 0o600)
    let hasDesktop = environmentValue("DISPLAY") != nil || environmentValue("WAYLAND_DISPLAY") != nil
    if hasDesktop, ChildProcess.isInstalled("xdg-open"), ChildProcess.start(["xdg-open", path]) {
      return nil
    }
    var status: Int32?
    if ChildProcess.isInstalled("run-mailcap") {
      whileSuspended { status = ChildProcess.run(["run-mailcap", "--action=view", path]) }
    } else if Self.mediaType(of: name).hasPrefix("text/") {
      let pager = environmentValue("PAGER") ?? "less"
      whileSuspended { status = ChildProcess.run(ChildProcess.words(pager) + [path]) }
    }
    return status == 0 ? nil : path
  }

  /// A name from outside becomes a plain file name: no slash, no leading dot or dash, not too long.
  private func temporary(named name: String) throws -> String {
    mkdir(folder, 0o700)
    chmod(folder, 0o700)
    let kept = name.unicodeScalars.map { scalar -> Character in
      scalar == "/" || scalar.properties.generalCategory == .control ? "_" : Character(scalar)
    }
    let safe = String(kept.suffix(80)).drop { $0 == "." || $0 == "-" }
    return "\(folder)/\(safe.isEmpty ? "attachment" : String(safe))"
  }

  // MARK: - Editing

  /// Opens the text in the agent's editor. Nil: nothing was changed. Whatever fails, the text on the screen stays.
  func edit(_ text: String) throws -> String? {
    let command = editor ?? environmentValue("VISUAL") ?? environmentValue("EDITOR") ?? "editor"
    let words = ChildProcess.words(command)
    guard let program = words.first, ChildProcess.isInstalled(program) else {
      throw Failure.noEditor(command: command)
    }
    let path = try temporary(named: "text-\(getpid()).md")
    defer { unlink(path) }
    try write(Array(text.utf8), to: path)
    let status = ChildProcess.run(words + [path])
    guard status == 0 else { throw Failure.editorFailed(command: command, status: status) }
    let edited = try read(path)
    var result = String(decoding: edited.bytes, as: UTF8.self)
    // Editors end a file with a line break that nobody typed.
    if result.hasSuffix("\n"), !text.hasSuffix("\n") { result.removeLast() }
    return result == text ? nil : result
  }
}
