import Glibc

/// The lock that every writer and every checkpoint of a store passes one at a time: `flock` on `STORE.turn`.
///
/// Why: SQLite before 3.51.3 can destroy a file when one connection checkpoints while another commits, and its own busy
/// handler starves writers (of eight, one made one commit in ten seconds), while `flock` wakes whoever waits. The descriptor
/// closes on exec, so that a program started from the desk does not keep the lock.
final class Turnstile: Sendable {
  private let file: Int32

  init(store path: String) throws(StoreError) {
    file = open(path + ".turn", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw .system(path: path + ".turn") }
  }

  deinit { close(file) }

  func hold<Result>(_ body: () throws -> Result) throws -> Result {
    while flock(file, LOCK_EX) != 0 {
      guard errno == EINTR else { throw StoreError.system(path: "turn") }
    }
    defer { flock(file, LOCK_UN) }
    return try body()
  }

  /// Nil where somebody else is inside.
  func holdIfFree<Result>(_ body: () throws -> Result) throws -> Result? {
    guard flock(file, LOCK_EX | LOCK_NB) == 0 else { return nil }
    defer { flock(file, LOCK_UN) }
    return try body()
  }
}
