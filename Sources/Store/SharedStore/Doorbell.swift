import Glibc

/// `STORE.bell`: written after every commit, so that the other desks look at once. Watching the write-ahead log instead would
/// fire before the commit is visible, and miss some.
final class Doorbell: Sendable {
  let path: String
  private let file: Int32

  init(store path: String) throws(StoreError) {
    self.path = path + ".bell"
    file = open(self.path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw .system(path: self.path) }
  }

  deinit { close(file) }

  /// A bell that cannot be rung loses nothing: everybody also looks once a second.
  func ring() {
    var mark: UInt8 = 1
    _ = pwrite(file, &mark, 1, 0)
  }
}
