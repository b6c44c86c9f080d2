import Desk
import Synchronization
import Terminal

/// Messages on their way from the workers to the screen. Workers never touch the screen: they post here, and the loop, which
/// sleeps in `poll`, is woken by one byte.
final class Mailbox: Sendable {
  private let waiting = Mutex<[DeskMessage]>([])
  private let pipe: WakePipe

  init(pipe: WakePipe) { self.pipe = pipe }

  func post(_ message: DeskMessage) {
    waiting.withLock { $0.append(message) }
    pipe.wake()
  }

  /// Everything that was posted, in order.
  func take() -> [DeskMessage] {
    waiting.withLock { messages in
      defer { messages.removeAll(keepingCapacity: true) }
      return messages
    }
  }
}
