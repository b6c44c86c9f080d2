import Desk
import Dispatch
import Domain
import Store
import Synchronization

/// Brings what a desk that keeps a part of the store has not got, on a thread that may wait for the store.
final class StoreFetcher: Sendable {
  private let connection: DeskConnection
  private let mailbox: Mailbox
  private let voice: DeskVoice
  private let queue = DispatchQueue(label: "agentdesk.fetch")
  /// Customers whose older tickets were asked for.
  private let brought = Mutex<Set<CustomerID>>([])

  init(_ connection: DeskConnection, mailbox: Mailbox, voice: DeskVoice) {
    self.connection = connection
    self.mailbox = mailbox
    self.voice = voice
  }

  /// A ticket that this desk does not keep, or not all of it.
  func bringTicket(_ id: TicketID, entries: Int) {
    guard connection.keepsPart, (try? connection.replica.isWhole(id)) == false else { return }
    queue.async { [connection, mailbox, self] in
      do {
        _ = try connection.bring(id)
      } catch {
        mailbox.post(.failed(nil, voice.sentence(error)))
      }
      mailbox.post(.ticketLoaded(id, try? detail(id, entries: entries)))
    }
  }

  /// Tickets of which some may be elsewhere: what cannot be had is missing in the answer.
  func bringTickets(_ ids: [TicketID]) {
    queue.async { [connection, mailbox, self] in
      for id in ids { _ = try? connection.bring(id) }
      mailbox.post(.ticketsLoaded(ids.compactMap { try? detail($0, entries: 1) }))
    }
  }

  /// The older tickets of a customer, once in a session.
  func bringCustomer(_ id: CustomerID) {
    guard connection.keepsPart, brought.withLock({ $0.insert(id).inserted }) else { return }
    queue.async { [connection, mailbox, self] in
      do {
        guard try connection.bring(id) else { return }
        mailbox.post(.customerLoaded(id, try connection.replica.customerProfile(id)))
      } catch {
        // What is here is shown already; the next time it is asked for again.
        brought.withLock { _ = $0.remove(id) }
      }
    }
  }

  /// With the customer's name in clear, for what the customer will read.
  func detail(_ id: TicketID, entries: Int) throws -> TicketDetail? {
    guard var detail = try connection.replica.ticketDetail(id, entryLimit: entries) else { return nil }
    detail.isPartial = try connection.keepsPart && !connection.replica.isWhole(id)
    detail.clearName = try connection.replica.templateValues(ticket: id)?.customerName
    return detail
  }
}
