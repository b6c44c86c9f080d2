import Terminal
import TestSupport

/// The probe program beside the test program.
enum Probe {
  static let path = BuiltProgram.path("terminal-probe")

  static func start(
    _ arguments: String..., size: Size = Size(columns: 80, rows: 24), environment: [String: String] = [:]
  ) throws -> PseudoTerminal {
    try PseudoTerminal([path] + arguments, size: size, environment: environment)
  }
}
