import Crypto
import Domain
import Foundation
import Glibc

/// The thread for what may take longer and must not keep the writer waiting: who comes in, first fills, attachments. It has a
/// connection of its own.
final class ServerShelf: Sendable {
  let queue = JobQueue()
  private let store: SharedStore
  private let answers: AnswerBox
  private let program: String
  /// Told when a desk comes that keeps a part.
  private let index: IndexKeeper?
  private let finished = DispatchSemaphore(value: 0)

  init(store: SharedStore, answers: AnswerBox, program: String, index: IndexKeeper?) {
    self.index = index
    self.store = store
    self.answers = answers
    self.program = program
  }

  func start() {
    let thread = Thread { [self] in
      run()
      finished.signal()
    }
    thread.name = "store shelf"
    thread.stackSize = 4 << 20
    thread.start()
  }

  func waitForEnd() { finished.wait() }

  private func run() {
    var uploads: [UInt64: Upload] = [:]
    while let jobs = queue.take(waiting: 60) {
      for job in jobs {
        if let answer = answer(job, &uploads) { answers.put([answer]) }
      }
    }
  }

  /// Does what asks nothing of the jobs before it. The answers are in the box afterwards.
  func turn(_ jobs: [ServerJob]) {
    var uploads: [UInt64: Upload] = [:]
    for job in jobs {
      if let answer = answer(job, &uploads) { answers.put([answer]) }
    }
  }

  private func answer(_ job: ServerJob, _ uploads: inout [UInt64: Upload]) -> ServerAnswer? {
    switch job {
    case .hello(let address, let hello, let user, let isOwner):
      return attempt(address) { .welcome(address, try welcome(hello, user: user, isOwner: isOwner)) }
    case .people(let address):
      return attempt(address) { try frame(address, .peopleAnswer, PeopleReply(agents: store.agents())) }
    case .fill(let address, let request):
      if request.scope != nil { index?.want() }
      return attempt(address) { try frame(address, .filled, store.fill(request)) }
    case .put(let address, let piece):
      return attempt(address) {
        try frame(address, .putAnswer, PutReply(isComplete: put(piece, address.connection, &uploads)))
      }
    case .get(let address, let request):
      return attempt(address) { try frame(address, .got, piece(request)) }
    case .audit(let address, let request):
      return attempt(address) { try frame(address, .audited, store.audit(request)) }
    case .fetch(let address, let request):
      index?.want()
      return attempt(address) { try frame(address, .fetched, store.fetch(request)) }
    case .forget(let connection):
      uploads[connection] = nil
      return nil
    case .push, .pull, .head, .look: return nil
    }
  }

  private func attempt(_ address: ServerJob.Address, _ body: () throws -> ServerAnswer) -> ServerAnswer {
    do {
      return try body()
    } catch {
      return .failure(of: address, error, path: store.path)
    }
  }

  private func frame(_ address: ServerJob.Address, _ kind: WireFrame.Kind, _ value: some Encodable) throws
    -> ServerAnswer
  {
    .frame(address, kind, [UInt8](try JSON.data(value)))
  }

  // MARK: - Who comes in

  /// The kernel says which user it is, the file of seats who that is; only the owner of the store is asked.
  private func welcome(_ hello: Hello, user: UInt32, isOwner: Bool) throws -> Welcome {
    guard hello.protocol == WireFrame.protocolNumber else {
      throw StoreError.otherProtocol(found: WireFrame.protocolNumber, known: hello.protocol)
    }
    let seat = try Seats(store: store.path).agent(of: user)
    if !isOwner {
      guard let seat else { throw StoreError.notAuthorized(user: Int64(user)) }
      if let named = hello.agent, named != seat { throw StoreError.otherAgent(expected: seat, found: named) }
    }
    let agent = isOwner ? hello.agent ?? seat : seat
    if let agent, agent != Agent.system.id {
      guard try store.agents().contains(where: { $0.id == agent && $0.isActive }) else {
        throw StoreError.unknownAgent(agent)
      }
    }
    let (head, epoch) = try store.beginning()
    return Welcome(
      protocol: WireFrame.protocolNumber, program: program, store: store.id, purpose: store.purpose,
      epoch: epoch,
      head: head, agent: agent, mayNameOthers: isOwner)
  }

  // MARK: - Attachments

  /// Bytes that are on their way, in a file of their own that is gone when they do not arrive.
  private final class Upload {
    let digest: String
    let size: Int64
    let path: String
    let file: Int32
    var written: Int64 = 0
    var hash = SHA256()

    init(_ piece: PutRequest, path: String) throws {
      digest = piece.digest
      size = piece.size
      self.path = path
      try StoreFile.makeFolder(StoreFile.folder(of: path))
      file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
      guard file >= 0 else { throw StoreError.system(path: path) }
    }

    deinit {
      close(file)
      unlink(path)
    }
  }

  private func put(_ piece: PutRequest, _ connection: UInt64, _ uploads: inout [UInt64: Upload]) throws
    -> Bool
  {
    let folder = AttachmentFolder(store: store.path)
    guard piece.size <= AttachmentFolder.largest else {
      throw StoreError.attachmentTooLarge(limit: AttachmentFolder.largest, size: piece.size)
    }
    guard AttachmentFolder.isDigest(piece.digest), piece.bytes.count <= pieceSize else {
      throw StoreError.wrongFrame(.body)
    }
    if (try? folder.location(piece.digest)) != nil {
      uploads[connection] = nil
      try folder.settle(piece.digest)
      return true
    }
    if piece.offset == 0 {
      uploads[connection] = try Upload(piece, path: "\(folder.path)/\(getpid())-\(connection).new")
    }
    guard let upload = uploads[connection], upload.digest == piece.digest, upload.written == piece.offset,
      piece.offset + Int64(piece.bytes.count) <= upload.size
    else {
      uploads[connection] = nil
      throw StoreError.wrongFrame(.order)
    }
    try folder.write([UInt8](piece.bytes), to: upload.file, path: upload.path)
    upload.hash.update(data: piece.bytes)
    upload.written += Int64(piece.bytes.count)
    guard upload.written == upload.size else { return false }
    defer { uploads[connection] = nil }
    guard Digest.hexadecimal(upload.hash.finalize()) == upload.digest else {
      throw StoreError.wrongFrame(.body)
    }
    try folder.keep(upload.path, file: upload.file, as: upload.digest)
    return true
  }

  private func piece(_ request: GetRequest) throws -> GetReply {
    let path = try AttachmentFolder(store: store.path).location(request.digest)
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw StoreError.system(path: path) }
    defer { close(file) }
    var facts = stat()
    guard fstat(file, &facts) == 0, request.offset >= 0 else { throw StoreError.wrongFrame(.body) }
    var bytes = [UInt8](repeating: 0, count: pieceSize)
    let count = pread(file, &bytes, bytes.count, Int(request.offset))
    guard count >= 0 else { throw StoreError.system(path: path) }
    return GetReply(size: Int64(facts.st_size), bytes: Data(bytes[..<count]))
  }
}
