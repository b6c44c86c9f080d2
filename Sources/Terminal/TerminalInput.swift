import CTerminal
import Glibc

/// Wakes the main thread from any other.
package final class WakePipe: Sendable {
  let readEnd: Int32
  private let writeEnd: Int32

  /// nil when the process has no file left.
  package init?() {
    var end: Int32 = -1
    readEnd = ct_wake_open(&end)
    writeEnd = end
    if readEnd < 0 { return nil }
  }

  deinit {
    ct_close(readEnd)
    ct_close(writeEnd)
  }

  package func wake() { ct_wake(writeEnd) }

  func drain() { ct_wake_drain(readEnd) }
}

/// What the system asks of the program.
package struct SignalSet: OptionSet, Hashable, Sendable {
  package let rawValue: UInt32
  package init(rawValue: UInt32) { self.rawValue = rawValue }

  /// The program goes on after it was stopped: take the terminal again.
  package static let resumed = SignalSet(rawValue: UInt32(CT_SIGNAL_CONTINUE))
  /// Save and end. A program that does not look at it within five seconds is ended.
  package static let terminate = SignalSet(rawValue: UInt32(CT_SIGNAL_TERMINATE))
  /// The terminal is gone: save and end.
  package static let hangup = SignalSet(rawValue: UInt32(CT_SIGNAL_HANGUP))
  package static let interrupt = SignalSet(rawValue: UInt32(CT_SIGNAL_INTERRUPT))
  /// Give the terminal back and stop, as Ctrl-Z asks.
  package static let stop = SignalSet(rawValue: UInt32(CT_SIGNAL_STOP))
}

package struct PollResult: Hashable, Sendable {
  package var events: [InputEvent] = []
  package var signals: SignalSet = []
  /// Another thread called `WakePipe.wake`.
  package var isWoken = false
  /// The terminal is closed: there will be no more input.
  package var isGone = false

  package var isEmpty: Bool { events.isEmpty && signals.isEmpty && !isWoken && !isGone }
}

/// Everything the main thread waits for: keys, wake-ups, signals, time.
package final class TerminalInput {
  /// How long an Esc may be the beginning of a sequence: 25 ms here, 50 ms where the line is slower.
  package let escapeMilliseconds: Int

  private static let slowSequenceMilliseconds = 500
  /// Bytes of the longest sequence that a key or a click sends.
  private static let longestKey = 16

  private let input: Int32
  private let output: Int32
  private let wakePipe: WakePipe
  private var parser = InputParser()
  /// When the held bytes are all there is.
  private var deadline: Int?
  private var buffer = [UInt8](repeating: 0, count: 1 << 16)
  private var size: Size

  package init(wakePipe: WakePipe, input: Int32 = 0, output: Int32 = 1, escapeMilliseconds: Int? = nil) {
    self.input = input
    self.output = output
    self.wakePipe = wakePipe
    let isRemote = Environment.value("SSH_CONNECTION") != nil || Environment.value("SSH_TTY") != nil
    self.escapeMilliseconds = escapeMilliseconds ?? (isRemote ? 50 : 25)
    size = CursesDriver.size(of: output)
  }

  /// Waits until something happens or the time is over (nil: for ever), and answers all that has happened.
  package func poll(timeoutMilliseconds: Int? = nil) -> PollResult {
    var result = PollResult()
    let end = timeoutMilliseconds.map { Self.now() + max(0, $0) }
    repeat {
      let ready = wait(until: end)
      if ready & CT_READY_SIGNAL != 0 { takeSignals(&result) }
      if ready & CT_READY_WAKE != 0 {
        wakePipe.drain()
        result.isWoken = true
      }
      if ready & CT_READY_INPUT != 0 {
        read(&result)
      } else if ready & CT_READY_GONE != 0 {
        result.isGone = true
      }
      if let deadline, Self.now() >= deadline {
        self.deadline = nil
        result.events += parser.flush()
        armDeadline()
      }
    } while result.isEmpty && end.map({ Self.now() < $0 }) ?? true
    return result
  }

  private func wait(until end: Int?) -> Int {
    let first = [end, deadline].compactMap { $0 }.min()
    let milliseconds = first.map { max(0, min($0 - Self.now(), Int(Int32.max))) } ?? -1
    return Int(ct_poll(input, wakePipe.readEnd, Int32(milliseconds)))
  }

  private func read(_ result: inout PollResult) {
    // All that is there, so that a burst is drawn once; bounded, so that a flood does not stop the screen.
    for _ in 0..<16 {
      let count = ct_read(input, &buffer, buffer.count)
      if count == 0 { result.isGone = true }
      guard count > 0 else { break }
      result.events += parser.feed(buffer[..<count])
      armDeadline()
      // One key needs no second look; behind a burst there may be more than one read gives.
      if count <= Self.longestKey || ct_poll(input, -1, 0) & Int32(CT_READY_INPUT) == 0 { break }
    }
  }

  private func armDeadline() {
    guard parser.needsTimeout else {
      deadline = nil
      return
    }
    deadline = Self.now() + (parser.holdsLoneEscape ? escapeMilliseconds : Self.slowSequenceMilliseconds)
  }

  private func takeSignals(_ result: inout PollResult) {
    let taken = ct_signals_take()
    result.signals.formUnion(SignalSet(rawValue: taken).intersection(Self.told))
    // Also when the size is the one known here: the screen may have been set up before it changed.
    let isResized = taken & UInt32(CT_SIGNAL_RESIZE) != 0
    let now = CursesDriver.size(of: output)
    if isResized || now != size {
      size = now
      result.events.append(.resize(now))
    }
  }

  private static let told: SignalSet = [.resumed, .terminate, .hangup, .interrupt, .stop]

  /// Milliseconds of a clock that never goes back.
  private static func now() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
  }
}

/// The process as the shell sees it.
package enum TerminalProcess {
  /// Stops this job, as Ctrl-Z does, and returns when it goes on. Suspend the screen first.
  package static func stopJob() { ct_stop_job() }

  /// While a screen is up, standard error goes to this file; what was written is shown afterwards.
  package static func logErrors(to path: String) throws(TerminalError) {
    let failure = ct_log_errors(path)
    if failure != 0 { throw .system(failure) }
  }
}
