import ArgumentParser
import Assist
import Domain
import Foundation
import Glibc

/// Texts with labels, one JSON object a line. A line that is not right is said with its number and left out.
///
/// All lines are read and checked once. Of more than `StreamTraining.border` only the places are kept, 14 bytes for each, and
/// a text is read again whenever it is needed.
final class LabelledFile {
  /// Those of a file that is small enough to be held.
  private(set) var texts: [LabelledText] = []
  private(set) var rejected = 0
  private(set) var count = 0

  private let path: String
  private var descriptor: Int32
  private var names: [String] = []
  private var numbers: [String: UInt16] = [:]
  private var labels: [UInt16] = []
  private var places: [UInt64] = []
  private var lengths: [UInt32] = []
  private var heldBytes = 0

  private static let longestText = 100_000
  private static let longestLabel = 200
  private static let mostHeldBytes = 32 << 20

  /// - Parameter isHeld: all texts are wanted at once, however many there are.
  init(_ path: String, _ output: Output, isHeld: Bool = false) throws {
    self.path = path
    descriptor = try Input.open(path)
    var facts = stat()
    let isFile = fstat(descriptor, &facts) == 0 && facts.st_mode & S_IFMT == S_IFREG
    // What cannot be read twice is kept in a file without a name until this is done.
    if !isFile, !isHeld { descriptor = try Self.copy(descriptor) }
    try read(output, isHeld: isHeld)
    guard count > 0 else { throw CommandFailure.noTexts(path) }
  }

  deinit { if descriptor != STDIN_FILENO { close(descriptor) } }

  /// In memory or as a stream, whichever it needs.
  ///
  /// - Parameter scratch: a folder for what does not fit.
  func model(scratch: String) throws -> TextModel {
    guard texts.isEmpty else { return try ModelTraining().model(from: texts) }
    do {
      return try StreamTraining().model(names: names, labels: labels, scratch: scratch) { try text($0) }
    } catch let fault as StreamTraining.SystemFault {
      throw FileFailure(path: fault.path, code: fault.code)
    }
  }

  /// Throws the exit code for a part that was left out.
  func finish() throws {
    if rejected > 0 { throw ExitCode(CommandFailure.Code.partly.rawValue) }
  }

  // MARK: - Reading

  private func read(_ output: Output, isHeld: Bool) throws {
    var reader = LineReader(descriptor: descriptor)
    var number = 0
    var place = 0
    while let line = try reader.next() {
      number += 1
      do throws(LineProblem) {
        if let text = try Self.text(line) { try add(text, line, place, isHeld: isHeld) }
      } catch {
        rejected += 1
        Self.report(error, path, number, output)
      }
      if case .tooLong = line { try reader.copyRest { _ in } }
      place = reader.position
    }
  }

  private func add(_ text: LabelledText, _ line: LineReader.Line, _ place: Int, isHeld: Bool)
    throws(LineProblem)
  {
    count += 1
    guard !isHeld else {
      texts.append(text)
      return
    }
    guard case .whole(let bytes) = line else { return }
    let label = numbers[text.label] ?? UInt16(min(names.count, Int(UInt16.max)))
    if label == names.count {
      numbers[text.label] = label
      names.append(text.label)
    }
    labels.append(label)
    places.append(UInt64(place))
    lengths.append(UInt32(bytes.count))
    heldBytes += bytes.count
    if count <= StreamTraining.border, heldBytes <= Self.mostHeldBytes {
      texts.append(text)
    } else if !texts.isEmpty {
      texts = []
    }
  }

  /// The text with this number, once more from the file.
  private func text(_ number: Int) throws -> String {
    let length = Int(lengths[number])
    let bytes = try [UInt8](unsafeUninitializedCapacity: length) { buffer, filled in
      while filled < length {
        let got = pread(
          descriptor, buffer.baseAddress! + filled, length - filled, off_t(Int(places[number]) + filled))
        if got < 0, errno == EINTR { continue }
        // Cut off since it was read first.
        guard got > 0 else { throw FileFailure(path: path, code: got < 0 ? errno : EIO) }
        filled += got
      }
    }
    do throws(LineProblem) {
      return try Self.text(.whole(bytes))?.text ?? ""
    } catch {
      throw FileFailure(path: path, code: EIO)
    }
  }

  /// Nil for an empty line. Keys beside the two are those of other programs.
  private static func text(_ line: LineReader.Line) throws(LineProblem) -> LabelledText? {
    guard case .whole(let bytes) = line else { throw .tooLong(limit: 4 << 20) }
    if bytes.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { return nil }
    let value: JSON
    do throws(JSONReader.Failure) {
      value = try JSONReader.read(bytes)
    } catch {
      throw .notJSON(error)
    }
    guard case .object(let pairs) = value else { throw .notObject }
    let keys = ["text", "label"]
    let fields = try LineFields(.object(pairs.filter { keys.contains($0.key) }), keys: keys)
    return LabelledText(
      text: try fields.requiredText("text", limit: longestText),
      label: try fields.requiredText("label", limit: longestLabel))
  }

  private static func copy(_ source: Int32) throws -> Int32 {
    let path = NSTemporaryDirectory() + "agentdesk-texts.\(getpid())"
    let target = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard target >= 0 else { throw FileFailure(path: path, code: errno) }
    unlink(path)
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let got = Glibc.read(source, &buffer, buffer.count)
      if got < 0, errno == EINTR { continue }
      guard got >= 0 else { throw FileFailure(path: path, code: errno) }
      if got == 0 { break }
      var put = 0
      while put < got {
        let count = buffer.withUnsafeBytes { Glibc.write(target, $0.baseAddress! + put, got - put) }
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { throw FileFailure(path: path, code: errno) }
        put += count
      }
    }
    if source != STDIN_FILENO { close(source) }
    lseek(target, 0, SEEK_SET)
    return target
  }

  private static func report(_ problem: LineProblem, _ path: String, _ number: Int, _ output: Output) {
    let sentence = problem.sentence(output.strings)
    guard output.isJSON else {
      output.warn("\(path):\(number): \(sentence)")
      return
    }
    let json: JSON = [
      "file": .text(path), "line": JSON(number), "error": .text(problem.name), "message": .text(sentence),
    ]
    Output.write(Array((json.description + "\n").utf8), to: STDERR_FILENO)
  }
}
