import Assist
import Desk
import Dispatch
import Domain
import Store

/// Reads tickets beside the screens: where a reading takes longer than a key may wait, and again where the store knows more.
final class TicketReaders: Sendable {
  /// What texts are read with.
  let shelf: ModelShelf<ReadingModels>
  let room: ReadingRoom
  private let connection: DeskConnection
  private let mailbox: Mailbox
  private let voice: DeskVoice
  private let isLead: Bool
  private let queue = DispatchQueue(label: "agentdesk.reading")
  /// May wait for the store.
  private let asking = DispatchQueue(label: "agentdesk.reading.store")

  /// - Parameter isLead: whether news of learning is for this person.
  init(_ connection: DeskConnection, mailbox: Mailbox, clock: WallClock, voice: DeskVoice, isLead: Bool) {
    self.connection = connection
    self.mailbox = mailbox
    self.voice = voice
    self.isLead = isLead
    shelf = StoreLearning.shelf(connection)
    room = ReadingRoom(connection, clock: clock, shelf: shelf)
  }

  /// Takes over a model that has come, or makes one where it is time.
  func refreshModels() { shelf.refresh(tell) }

  /// Waits for the reading that is being made.
  func finish() { queue.sync {} }

  func refresh() {
    queue.async { [room, mailbox, self] in
      do { try room.refresh() } catch { mailbox.post(.failed(nil, voice.sentence(error))) }
    }
  }

  func readBeside(_ id: TicketID) {
    queue.async { [room, mailbox, self] in
      do {
        mailbox.post(.ticketRead(id, try room.reading(of: id)))
        readFurther(id)
      } catch {
        mailbox.post(.failed(nil, voice.sentence(error)))
      }
    }
  }

  /// Reads again with the solved tickets of the whole store, where they are not all here. A store that makes its lists anew is asked
  /// a few times more.
  func readFurther(_ id: TicketID, attempts: Int = 8) {
    guard connection.keepsPart else { return }
    asking.async { [room, mailbox, asking, self] in
      switch room.askStore(about: id) {
      case .same: break
      case .news:
        if let read = try? room.reading(of: id) { mailbox.post(.ticketRead(id, read)) }
      case .none where attempts > 1:
        asking.asyncAfter(deadline: .now() + 2) { [self] in readFurther(id, attempts: attempts - 1) }
      case .none: break
      }
    }
  }

  /// Leads hear what became of an attempt to learn; that the files are broken, everybody.
  private func tell(_ news: ModelShelf<ReadingModels>.News) {
    let strings = voice.words
    switch news {
    case .event(let event):
      guard isLead else { return }
      mailbox.post(.told(LearningWords(strings).sentence(event)))
    case .ready: refresh()
    case .broken(let version, let error):
      let reason = (error as? ModelFileProblem)?.sentence(strings) ?? voice.sentence(error)
      mailbox.post(.failed(nil, strings("runtime.model-broken", ["version": version, "reason": reason])))
    }
  }
}
