import Glibc

/// Keeps a replica to one process: `flock` on `REPLICA.lock`, held as long as the object lives.
final class ReplicaLock: Sendable {
  private let file: Int32

  init(replica path: String) throws(StoreError) {
    file = open(path + ".lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw .system(path: path + ".lock") }
    guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
      close(file)
      throw .replicaInUse(path: path)
    }
  }

  deinit { close(file) }

  func release() { flock(file, LOCK_UN) }
}
