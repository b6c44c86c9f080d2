import Domain
import Glibc
import Synchronization

/// `STORE.live`: who has which ticket open and who is typing there. Entries expire; they are no operations and never in the
/// ledger.
///
/// The file has 256 places of 256 bytes. A desk writes its own place under a lock; everybody reads without one, and a
/// checksum tells a half-written place.
final class LiveBoard: Sendable {
  /// Seconds after which an entry that nobody renewed is gone.
  static let lifetime: Int64 = 15

  private static let placeCount = 256
  private static let placeSize = 256

  private struct Entry: Hashable {
    var expires: Int64
    var desk: String
    var agent: String
    var ticket: String
    var isTyping: Bool
  }

  private let file: Int32
  private let desk: String
  private let agent: AgentID
  private let now: @Sendable () -> Timestamp
  private struct Own {
    var place: Int?
    var ticket: TicketID?
    var isTyping = false
    /// Whether somebody sits at the desk, whatever is open.
    var isHere = false
  }

  private let own = Mutex(Own())

  init(store path: String, desk: String, agent: AgentID, now: @escaping @Sendable () -> Timestamp)
    throws(StoreError)
  {
    file = open(path + ".live", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw .system(path: path + ".live") }
    self.desk = desk
    self.agent = agent
    self.now = now
  }

  deinit { close(file) }

  /// What this desk looks at; nil: nothing. Answers whether that is new.
  func look(at ticket: TicketID?, isTyping: Bool) -> Bool {
    own.withLock { own in
      guard own.ticket != ticket || own.isTyping != isTyping else { return false }
      own.ticket = ticket
      own.isTyping = isTyping
      write(&own)
      return true
    }
  }

  /// Somebody sits down, or stands up.
  func sit(_ isHere: Bool) {
    own.withLock { own in
      own.isHere = isHere
      write(&own)
    }
  }

  /// Keeps the entry alive. Called every few seconds.
  func renew() {
    own.withLock { own in
      if own.ticket != nil || own.isHere { write(&own) }
    }
  }

  /// What other desks look at.
  func viewers() -> [Viewer] {
    let moment = now().milliseconds
    return entries().compactMap { _, entry in
      guard entry.expires > moment, entry.desk != desk, !entry.ticket.isEmpty else { return nil }
      return Viewer(agent: AgentID(entry.agent), ticket: TicketID(entry.ticket), isTyping: entry.isTyping)
    }
  }

  /// Who has a desk open, and who had one that ended without a word.
  func seats() -> SeatNews {
    let moment = now().milliseconds
    var news = SeatNews()
    for (_, entry) in entries() {
      let agent = AgentID(entry.agent)
      if entry.expires > moment {
        news.present.insert(agent)
      } else {
        let last = Timestamp(milliseconds: entry.expires - Self.lifetime * 1000)
        news.gone[agent] = max(news.gone[agent] ?? last, last)
      }
    }
    news.gone = news.gone.filter { !news.present.contains($0.key) }
    return news
  }

  private func write(_ own: inout Own) {
    guard flock(file, LOCK_EX) == 0 else { return }
    defer { flock(file, LOCK_UN) }
    guard own.ticket != nil || own.isHere else {
      if let taken = own.place { put([], at: taken) }
      own.place = nil
      return
    }
    if own.place == nil { own.place = freePlace() }
    guard let place = own.place else { return }
    let entry = Entry(
      expires: now().milliseconds + Self.lifetime * 1000, desk: desk, agent: agent.text,
      ticket: own.ticket?.text ?? "", isTyping: own.isTyping)
    put(Self.bytes(entry), at: place)
  }

  /// More desks than places are not shown to each other; everything else works. A place that was never used first: what has
  /// expired still says that somebody was there.
  private func freePlace() -> Int? {
    let moment = now().milliseconds
    let known = entries()
    let used = Set(known.filter { $0.1.desk != desk }.map(\.0))
    let taken = Set(known.filter { $0.1.expires > moment && $0.1.desk != desk }.map(\.0))
    let places = 0..<Self.placeCount
    return places.first { !used.contains($0) } ?? places.first { !taken.contains($0) }
  }

  private func put(_ bytes: [UInt8], at place: Int) {
    let padded = bytes + [UInt8](repeating: 0, count: Self.placeSize - bytes.count)
    _ = pwrite(file, padded, Self.placeSize, place * Self.placeSize)
  }

  private func entries() -> [(Int, Entry)] {
    var buffer = [UInt8](repeating: 0, count: Self.placeCount * Self.placeSize)
    let count = pread(file, &buffer, buffer.count, 0)
    guard count > 0 else { return [] }
    return (0..<count / Self.placeSize).compactMap { place in
      let start = place * Self.placeSize
      return buffer[start] == 0
        ? nil : Self.entry(buffer[start..<start + Self.placeSize]).map { (place, $0) }
    }
  }

  // MARK: - Coding: length, checksum, record

  private static func bytes(_ entry: Entry) -> [UInt8] {
    var record = RecordWriter()
    record.put(entry.expires)
    record.put(entry.isTyping)
    for text in [entry.desk, entry.agent, entry.ticket] { record.put(String(text.prefix(60))) }
    guard record.bytes.count <= placeSize - 9 else { return [] }
    let sum = UInt64(bitPattern: Digest.short(record.bytes))
    return [UInt8(record.bytes.count)] + (0..<8).map { UInt8(truncatingIfNeeded: sum >> ($0 * 8)) }
      + record.bytes
  }

  private static func entry(_ bytes: ArraySlice<UInt8>) -> Entry? {
    let count = Int(bytes[bytes.startIndex])
    let start = bytes.startIndex + 9
    guard count > 0, start + count <= bytes.endIndex else { return nil }
    let record = Array(bytes[start..<start + count])
    let sum = bytes[bytes.startIndex + 1..<start].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard sum == UInt64(bitPattern: Digest.short(record)) else { return nil }
    return record.withUnsafeBytes { raw in
      var reader = RecordReader(raw)
      let (expires, isTyping) = (reader.int(), reader.bool())
      let entry = Entry(
        expires: expires, desk: reader.text(), agent: reader.text(), ticket: reader.text(),
        isTyping: isTyping)
      return reader.isDamaged ? nil : entry
    }
  }
}
