// A program for the tests of the terminal: shows what it is told to, reports what it reads, ends in every way.
import Glibc
import Terminal
import TestSupport

@main
enum TerminalProbe {
  static func main() {
    let arguments = CommandLine.arguments
    if let path = getenv("PROBE_LOG") {
      do { try TerminalProcess.logErrors(to: String(cString: path)) } catch { exit(90) }
    }
    Width.ambiguousIsWide = getenv("PROBE_WIDE") != nil
    let driver: CursesDriver
    do {
      driver = try CursesDriver()
    } catch {
      print("cannot start: \(error)")
      exit(91)
    }
    guard let wake = WakePipe() else { exit(92) }
    let input = TerminalInput(wakePipe: wake)
    if arguments.contains("deaf") {
      driver.draw(frame(driver.size, "ready deaf", []))
      while true { sleep(1) }
    }
    if let index = arguments.firstIndex(of: "fuzz") {
      fuzz(driver, input, seed: UInt64(arguments[index + 1]) ?? 0)
    }
    if arguments.contains("desk") { desk(driver, input) }
    var lines: [String] = []
    driver.draw(frame(driver.size, "ready \(driver.size.columns)x\(driver.size.rows) \(driver.depth)", lines))
    while true {
      let result = input.poll()
      for event in result.events {
        lines.append("\(event)")
        switch event {
        case .key(Key("q")): finish(driver, 0)
        case .key(Key("C")): crash()
        case .key(Key("E")): write("text on standard error\n")
        case .key(Key("T")): driver.setTitle("title 标题")
        case .key(Key("B")): _ = driver.copyToClipboard("copied 复制")
        case .key(.control("z")): stop(driver)
        case .resize(let size): driver.resize(to: size)
        default: break
        }
      }
      if result.signals.contains(.stop) { stop(driver) }
      if result.signals.contains(.resumed) { driver.resume() }
      if !result.signals.isDisjoint(with: [.terminate, .hangup]) || result.isGone {
        // What a desk does here: it saves.
        if arguments.contains("slow") { sleep(2) }
        finish(driver, 7)
      }
      if !result.signals.isEmpty { lines.append("signals \(result.signals.rawValue)") }
      driver.draw(frame(driver.size, "size \(driver.size.columns)x\(driver.size.rows)", lines))
    }
  }

  static func frame(_ size: Size, _ title: String, _ lines: [String]) -> Frame {
    var frame = Frame(size: size)
    frame.put(SafeText(title), at: .zero, style: Style(.title))
    for (index, line) in lines.suffix(max(0, size.rows - 1)).enumerated() {
      frame.put(SafeText(line), at: Point(column: 0, row: index + 1))
    }
    frame.cursor = .zero
    return frame
  }

  /// Draws the next of a row of random frames for each key, and says so in the title.
  static func fuzz(_ driver: CursesDriver, _ input: TerminalInput, seed: UInt64) -> Never {
    var fuzzer = FrameFuzzer(seed: seed)
    var number = 0
    driver.draw(Frame(size: driver.size))
    driver.setTitle("frame 0")
    while true {
      for event in input.poll().events {
        switch event {
        case .resize(let size):
          driver.resize(to: size)
          driver.setTitle(SafeText("size \(size.columns)x\(size.rows)"))
        case .key(Key("q")): finish(driver, 0)
        case .key:
          number += 1
          driver.draw(fuzzer.next(size: driver.size))
          driver.setTitle(SafeText("frame \(number)"))
        default: break
        }
      }
    }
  }

  /// A list beside a text field, as in the desk: what a key costs there is what it costs in the desk.
  static func desk(_ driver: CursesDriver, _ input: TerminalInput) -> Never {
    var screen = SampleDesk()
    driver.draw(screen.frame(size: driver.size))
    while true {
      let result = input.poll()
      for event in result.events {
        switch event {
        case .resize(let size): driver.resize(to: size)
        case .key(.control("c")): finish(driver, 0)
        case .key(let key): screen.handle(key)
        default: break
        }
      }
      driver.draw(screen.frame(size: driver.size))
    }
  }

  static func stop(_ driver: CursesDriver) {
    driver.suspend()
    TerminalProcess.stopJob()
    driver.resume()
  }

  static func finish(_ driver: CursesDriver, _ status: Int32) -> Never {
    driver.restore()
    print("goodbye")
    exit(status)
  }

  static func write(_ text: String) { _ = Glibc.write(2, text, text.utf8.count) }

  /// A Swift trap, as a bug in the program would be.
  static func crash() {
    let empty: [Int] = []
    print(empty[CommandLine.argc == 0 ? 0 : Int(CommandLine.argc)])
  }
}
