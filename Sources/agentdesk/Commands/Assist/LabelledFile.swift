import ArgumentParser
import Assist
import Domain
import Glibc

/// Texts with labels, one JSON object a line. A line that is not right is said with its number and left out.
struct LabelledFile {
  private(set) var texts: [LabelledText] = []
  private(set) var rejected = 0

  private static let longestText = 100_000
  private static let longestLabel = 200

  init(_ path: String, _ output: Output) throws {
    let descriptor = try Input.open(path)
    defer { if descriptor != STDIN_FILENO { close(descriptor) } }
    var reader = LineReader(descriptor: descriptor)
    var number = 0
    while let line = try reader.next() {
      number += 1
      do throws(LineProblem) {
        if let text = try Self.text(line) { texts.append(text) }
      } catch {
        rejected += 1
        Self.report(error, path, number, output)
      }
      if case .tooLong = line { try reader.copyRest { _ in } }
    }
    guard !texts.isEmpty else { throw CommandFailure.noTexts(path) }
  }

  /// Throws the exit code for a part that was left out.
  func finish() throws {
    if rejected > 0 { throw ExitCode(CommandFailure.Code.partly.rawValue) }
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
