import Foundation
import Glibc

/// Attachments travel in pieces.
extension RemoteStore {
  package func storeAttachment(_ bytes: [UInt8]) throws -> String {
    guard Int64(bytes.count) <= AttachmentFolder.largest else {
      throw StoreError.attachmentTooLarge(limit: AttachmentFolder.largest, size: Int64(bytes.count))
    }
    let digest = Digest.sha256(bytes)
    var offset = 0
    repeat {
      let end = min(bytes.count, offset + pieceSize)
      let reply: PutReply = try ask(
        .put,
        PutRequest(
          digest: digest, size: Int64(bytes.count), offset: Int64(offset), bytes: Data(bytes[offset..<end])),
        .putAnswer)
      if reply.isComplete { return digest }
      offset = end
    } while offset < bytes.count
    throw StoreError.attachmentMissing(digest: digest)
  }

  package func attachment(_ digest: String) throws -> [UInt8] {
    if let bytes = copy(of: digest) { return bytes }
    var bytes: [UInt8] = []
    while true {
      let reply: GetReply = try ask(.get, GetRequest(digest: digest, offset: Int64(bytes.count)), .got)
      bytes += reply.bytes
      guard reply.size <= AttachmentFolder.largest, !reply.bytes.isEmpty, bytes.count < reply.size else {
        break
      }
    }
    guard Digest.sha256(bytes) == digest else { throw StoreError.attachmentMissing(digest: digest) }
    return bytes
  }

  /// The bytes are kept on this machine from then on.
  package func attachmentFile(_ digest: String) throws -> String {
    let cache = cache ?? AttachmentFolder(store: "\(NSTemporaryDirectory())/agentdesk-\(getuid())")
    if copy(of: digest) != nil { return try cache.location(digest) }
    _ = try cache.store(attachment(digest))
    return try cache.location(digest)
  }

  package func forgetCopy(of digest: String) { cache?.remove(digest) }

  /// What is on this machine, whole: a file that was cut off or changed here is fetched anew.
  private func copy(of digest: String) -> [UInt8]? {
    let cache = cache ?? AttachmentFolder(store: "\(NSTemporaryDirectory())/agentdesk-\(getuid())")
    guard let bytes = try? cache.bytes(digest) else { return nil }
    if Digest.sha256(bytes) == digest { return bytes }
    cache.remove(digest)
    return nil
  }

  private var cache: AttachmentFolder? { options.folder.map { AttachmentFolder(store: $0 + "/cache") } }
}
