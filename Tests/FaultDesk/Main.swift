// A desk in a process of its own that works until it is ended by force: what the tests of faults start.
import FaultSupport
import Glibc

@main
enum FaultDeskProgram {
  static func main() {
    do {
      try FaultDesk(arguments: Array(CommandLine.arguments.dropFirst())).run()
    } catch {
      let words = Array("\(error)\n".utf8)
      _ = write(STDERR_FILENO, words, words.count)
      exit(3)
    }
  }
}
