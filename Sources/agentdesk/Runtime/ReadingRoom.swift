import Assist
import Dispatch
import Domain
import Store
import Synchronization

/// Reads tickets for the screens: keeps the reader, what it needs of the copy, and what was read already.
///
/// Safe from several threads; texts in clear never leave it.
final class ReadingRoom: Sendable {
  private struct Contents {
    var configuration: ConfigurationSet?
    /// Of the models that `reader` reads with.
    var models: Int64 = 0
    var reader: TicketReader?
    var closings: [ZoneID: (closings: [PastClosing], at: Timestamp)] = [:]
    var followUps: (counts: FollowUps, at: Timestamp)?
    /// When answers to offers were counted last.
    var offersAt: Timestamp?
    /// What the newest reading of a ticket asked of the solved ones.
    var asked: [TicketID: SimilarQuery] = [:]
    /// What the store answered, where this desk keeps a part of it.
    var inStore: [TicketID: (query: SimilarQuery, answer: SolvedBefore)] = [:]
    var readings: [TicketID: TicketReading] = [:]
    /// What the newest reading took; whoever waits for a key must not wait for one that takes longer.
    var milliseconds = 0.0
  }

  /// A reading that takes longer is made beside the screen.
  static let patience = 4.0
  /// How long the closings of a zone are good for: what closes most changes slowly.
  private static let closingLife: Int64 = 300
  /// And what customers came back with.
  private static let followUpLife: Int64 = 3600
  /// And answers to offers: others give them all day long.
  private static let offerLife: Int64 = 300
  private static let mostKept = 200

  private let connection: DeskConnection
  private let replica: Replica
  private let clock: WallClock
  private let shelf: ModelShelf<ReadingModels>
  private let contents = Mutex(Contents())

  init(_ connection: DeskConnection, clock: WallClock, shelf: ModelShelf<ReadingModels>) {
    self.connection = connection
    replica = connection.replica
    self.clock = clock
    self.shelf = shelf
  }

  /// Whether a reading is likely to be there at once.
  var isQuick: Bool {
    contents.withLock { $0.reader != nil && $0.followUps != nil && $0.milliseconds <= Self.patience }
  }

  /// Takes the configuration and the models where they have changed; readings that were made with others are forgotten. Counts anew
  /// what customers came back with, once an hour, and how offers were answered, every five minutes.
  func refresh(now: Timestamp = .now) throws {
    if contents.withLock({ $0.followUps.map { now - $0.at >= Self.followUpLife * 1000 } ?? true }) {
      let counts = try replica.followUps(now: now)
      contents.withLock { $0.followUps = (counts, now) }
    }
    let configuration = try replica.readingConfiguration()
    let models = shelf.models
    let isChanged = contents.withLock { $0.configuration != configuration || $0.models != models.version }
    guard isChanged else { return try refreshOffers(now) }
    let reader = TicketReader(
      configuration: configuration, models: models, offerCounts: try replica.offerCounts())
    contents.withLock {
      $0.offersAt = now
      $0.configuration = configuration
      $0.models = models.version
      $0.reader = reader
      $0.readings = [:]
    }
  }

  private func refreshOffers(_ now: Timestamp) throws {
    guard contents.withLock({ $0.offersAt.map { now - $0 >= Self.offerLife * 1000 } ?? true }) else { return }
    let counts = try replica.offerCounts()
    contents.withLock {
      $0.offersAt = now
      guard let known = $0.reader?.offerCounts, known != counts else { return }
      $0.reader?.offerCounts = counts
      $0.readings = [:]
    }
  }

  /// Nil: there is no such ticket here.
  func reading(of id: TicketID, now: Timestamp = .now) throws -> TicketReading? {
    let start = DispatchTime.now().uptimeNanoseconds
    guard let clear = try replica.clearTicket(id) else { return nil }
    let version = ReadVersion(clear.ticket, clear.customer)
    if let known = contents.withLock({ $0.readings[id] }), known.version == version { return known }
    if contents.withLock({ $0.reader == nil }) { try refresh() }
    guard let reader = contents.withLock({ $0.reader }) else { return nil }
    let history = try history(of: clear.ticket, now)
    let reading = reader.read(ReadingInput(clear, clock: clock, now: now), history: history)
    let took = Double(DispatchTime.now().uptimeNanoseconds - start) / 1_000_000
    contents.withLock {
      // Half of the old figure, so that one slow page of the disk does not send every reading away from the screen.
      $0.milliseconds = $0.milliseconds / 2 + took / 2
      if $0.readings.count >= Self.mostKept { $0.readings = [:] }
      $0.readings[id] = reading
    }
    return reading
  }

  /// What the store says of solved tickets that this desk does not keep.
  enum StoreAnswer {
    /// Nothing else than what was read already.
    case same
    /// The next reading is another one.
    case news
    /// The store cannot be asked now, or makes its lists at this moment.
    case none
  }

  /// Asks the store what the newest reading of a ticket asked of the copy. Waits for it.
  func askStore(about id: TicketID) -> StoreAnswer {
    guard connection.keepsPart, let query = contents.withLock({ $0.asked[id] }),
      contents.withLock({ $0.inStore[id]?.query != query })
    else { return .same }
    guard let answer = connection.solvedInStore(query) else { return .none }
    return contents.withLock {
      if $0.inStore.count >= Self.mostKept { $0.inStore = [:] }
      $0.inStore[id] = (query, answer)
      guard $0.readings[id]?.similar != answer.tickets else { return .same }
      $0.readings[id] = nil
      return .news
    }
  }

  private func history(of ticket: Ticket, _ now: Timestamp) throws -> ReadingHistory {
    let id = ticket.id
    let (followUps, known) = contents.withLock { ($0.followUps?.counts, $0.inStore[id]) }
    return ReadingHistory(
      closings: try closings(in: ticket.zone, now), followUps: followUps,
      solved: { [self] query in
        contents.withLock {
          if $0.asked.count >= Self.mostKept { $0.asked = [:] }
          $0.asked[id] = query
        }
        if let known, known.query == query { return known.answer }
        // A ticket is read without them rather than not at all: what is wrong with the lists is said where they are kept.
        return (try? replica.solvedBefore(query, now: now)) ?? SolvedBefore()
      })
  }

  private func closings(in zone: ZoneID, _ now: Timestamp) throws -> [PastClosing] {
    if let known = contents.withLock({ $0.closings[zone] }), now - known.at < Self.closingLife * 1000 {
      return known.closings
    }
    let closings = try replica.pastClosings(in: zone)
    contents.withLock { $0.closings[zone] = (closings, now) }
    return closings
  }
}
