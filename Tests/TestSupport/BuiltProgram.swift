import Foundation

/// The programs of this package, as the build put them beside the test program.
package enum BuiltProgram {
  package static func path(_ name: String) -> String {
    // /proc/self/exe is the test program itself, whoever started it and wherever from.
    let folder = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
    return folder.appendingPathComponent(name).path
  }
}
