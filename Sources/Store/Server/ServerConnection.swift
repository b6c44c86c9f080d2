import CLink
import Domain
import Glibc

/// One connection as the loop sees it.
final class ServerConnection {
  enum State {
    /// Nothing was said yet.
    case silent
    /// The hello is being looked at.
    case greeting
    case welcomed
    /// Only what is queued is still written.
    case ending
  }

  /// Requests in hand; no more are read before one is answered.
  static let mostRequests = 16
  /// Bytes to be written above which nothing more is read.
  static let comfortable = 1 << 20
  /// Bytes to be written at most: whoever does not read them is dropped.
  static let most = 64 << 20

  let token: UInt64
  let descriptor: Int32
  let user: UInt32
  let isOwner: Bool
  var state = State.silent
  /// Whom it is taken for; nil before the welcome, and where nobody was named.
  var sender: Sender?
  var reader = WireReader(limit: WireFrame.largestHello)
  var inHand = 0
  /// The sizes of the bodies in hand, by request.
  var isReading = true
  var isWriting = false
  /// When it came, began a frame that has not ended, or could last be written to.
  let cameAt: Double
  var beganAt: Double?
  var stalledAt: Double?
  /// A news frame was sent, and the desk has not asked since.
  var hasNews = false
  var look: LooksNews.Change?
  var lookUntil = 0.0

  private var chunks: [[UInt8]] = []
  private var offset = 0
  private(set) var outBytes = 0

  init(token: UInt64, descriptor: Int32, user: UInt32, isOwner: Bool, now: Double) {
    self.token = token
    self.descriptor = descriptor
    self.user = user
    self.isOwner = isOwner
    cameAt = now
  }

  deinit { close(descriptor) }

  var mayAsk: Bool { inHand < Self.mostRequests && outBytes < Self.comfortable }

  func queue(_ bytes: [UInt8]) {
    chunks.append(bytes)
    outBytes += bytes.count
  }

  /// Writes what the other side takes now.
  ///
  /// - Returns: false when it is gone.
  func flush(now: Double) -> Bool {
    while let chunk = chunks.first {
      let count = chunk.withUnsafeBytes {
        cl_send(descriptor, $0.baseAddress! + offset, chunk.count - offset)
      }
      if count < 0 {
        if errno == EINTR { continue }
        guard errno == EAGAIN else { return false }
        if stalledAt == nil { stalledAt = now }
        return true
      }
      stalledAt = nil
      offset += count
      outBytes -= count
      if offset == chunk.count {
        chunks.removeFirst()
        offset = 0
      }
    }
    stalledAt = nil
    return true
  }
}
