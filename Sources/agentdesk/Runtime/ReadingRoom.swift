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
    var past: [ZoneID: (closings: [PastClosing], at: Timestamp)] = [:]
    var readings: [TicketID: TicketReading] = [:]
    /// What the newest reading took; whoever waits for a key must not wait for one that takes longer.
    var milliseconds = 0.0
  }

  /// A reading that takes longer is made beside the screen.
  static let patience = 4.0
  /// How long the closings of a zone are good for: what closes most changes slowly.
  private static let pastLife: Int64 = 300
  private static let mostKept = 200

  private let replica: Replica
  private let clock: WallClock
  private let shelf: ModelShelf<ReadingModels>
  private let contents = Mutex(Contents())

  init(replica: Replica, clock: WallClock, shelf: ModelShelf<ReadingModels>) {
    self.replica = replica
    self.clock = clock
    self.shelf = shelf
  }

  /// Whether a reading is likely to be there at once.
  var isQuick: Bool { contents.withLock { $0.reader != nil && $0.milliseconds <= Self.patience } }

  /// Takes the configuration and the models where they have changed; readings that were made with others are forgotten.
  func refresh() throws {
    let configuration = try replica.readingConfiguration()
    let models = shelf.models
    let isChanged = contents.withLock { $0.configuration != configuration || $0.models != models.version }
    guard isChanged else { return }
    let reader = TicketReader(
      configuration: configuration, models: models, offerCounts: try replica.offerCounts())
    contents.withLock {
      $0.configuration = configuration
      $0.models = models.version
      $0.reader = reader
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
    let reading = reader.read(
      ReadingInput(clear, clock: clock, now: now), past: try past(in: clear.ticket.zone, now))
    let took = Double(DispatchTime.now().uptimeNanoseconds - start) / 1_000_000
    contents.withLock {
      // Half of the old figure, so that one slow page of the disk does not send every reading away from the screen.
      $0.milliseconds = $0.milliseconds / 2 + took / 2
      if $0.readings.count >= Self.mostKept { $0.readings = [:] }
      $0.readings[id] = reading
    }
    return reading
  }

  private func past(in zone: ZoneID, _ now: Timestamp) throws -> [PastClosing] {
    if let known = contents.withLock({ $0.past[zone] }), now - known.at < Self.pastLife * 1000 {
      return known.closings
    }
    let closings = try replica.pastClosings(in: zone)
    contents.withLock { $0.past[zone] = (closings, now) }
    return closings
  }
}
