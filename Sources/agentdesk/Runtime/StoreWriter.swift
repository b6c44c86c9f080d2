import Desk
import Dispatch
import Domain
import Store
import Synchronization

/// Saves what the screens ask for and exchanges it with the store, on one thread and in order.
final class StoreWriter: Sendable {
  private let connection: DeskConnection
  private let mailbox: Mailbox
  private let me: AgentID
  private let voice: DeskVoice
  private let queue = DispatchQueue(label: "agentdesk.writer")
  /// What the screen says of the exchange.
  private let told = Mutex<StoreError?>(nil)
  /// Called when another model has come from the store.
  private let learned: @Sendable () -> Void

  init(
    _ connection: DeskConnection, mailbox: Mailbox, me: AgentID, voice: DeskVoice,
    learned: @escaping @Sendable () -> Void
  ) {
    self.connection = connection
    self.mailbox = mailbox
    self.me = me
    self.voice = voice
    self.learned = learned
  }

  /// After everything that was asked for is on the disk.
  func last(_ body: () -> Void) { queue.sync(execute: body) }

  /// Saves at once, for somebody who waits on another thread, and exchanges it later.
  func record(_ operation: Operation) throws -> Outcome {
    let outcome = try queue.sync { try connection.save(operation) }
    write { [self] _ in synchronize() }
    return outcome
  }

  func write(_ body: @escaping @Sendable (DeskConnection) throws -> Void) {
    queue.async { [connection, self] in
      do {
        try body(connection)
      } catch {
        notSaved(nil, error)
      }
    }
  }

  /// Says what kept something from being saved; a full disk also stands on the screen until there is room again.
  private func notSaved(_ id: OperationID?, _ error: any Error) {
    mailbox.post(.failed(id, voice.sentence(error)))
    postStatus()
  }

  func save(_ operation: Operation, clearing draft: Desk.DraftKey?) {
    queue.async { [connection, mailbox, self] in
      do {
        // The other ticket of a link was perhaps found in the store alone, and the rules ask whether there is one.
        if case .ticket(_, .link(let other, _)) = operation.action { _ = try? connection.bring(other) }
        let outcome = try connection.save(
          operation, clearing: draft.map { .init(ticket: $0.ticket, slot: $0.slot) })
        guard outcome == .accepted else {
          mailbox.post(.outcome(operation.id, outcome))
          return
        }
        mailbox.post(.saved(operation.id))
        mailbox.post(.storeChanged)
        postStatus()
      } catch {
        notSaved(operation.id, error)
        return
      }
      synchronize()
    }
  }

  /// The result is on the disk before anybody sees it: whoever ends the program after an answer has used it up.
  func verify(_ operation: Operation, _ customer: CustomerID, _ answer: String) {
    do {
      guard case .ticket(let ticket, .verify(let contact, let question, _)) = operation.action else { return }
      var operation = operation
      let isRight = try connection.replica.matches(answer, to: question, customer: customer)
      operation.action = .ticket(ticket, .verify(contact, question, isRight: isRight))
      save(operation, clearing: nil)
    } catch {
      mailbox.post(.failed(operation.id, voice.sentence(error)))
    }
  }

  func submit(_ operation: Operation) {
    queue.async { [connection, mailbox, self] in
      do {
        let outcome = try connection.submit(operation)
        mailbox.post(.outcome(operation.id, outcome))
        mailbox.post(.storeChanged)
      } catch {
        let isSaved = (try? connection.replica.hasSaved(operation.id)) == true
        mailbox.post(
          isSaved
            ? .requested(operation.id, voice.sentence(error)) : .failed(operation.id, voice.sentence(error)))
      }
      postStatus()
    }
  }

  func reveal(_ operation: Operation, _ customer: CustomerID, _ field: String) {
    queue.async { [connection, mailbox, self] in
      do {
        let outcome = try connection.save(operation)
        guard outcome == .accepted else {
          mailbox.post(.outcome(operation.id, outcome))
          return
        }
        let value = try connection.replica.clearValue(of: field, customer: customer)
        mailbox.post(.revealed(customer, field: field, value: value))
      } catch {
        notSaved(operation.id, error)
        return
      }
      synchronize()
    }
  }

  func synchronize() {
    do {
      report(try connection.synchronize())
    } catch {
      failed(error)
    }
  }

  /// What is wrong with the store stands on the screen until it is right again: it is no answer to what was just done, which is
  /// saved.
  func failed(_ error: any Error) {
    let stands = error is StoreError && connection.replica.trouble != nil
    if !stands { mailbox.post(.failed(nil, voice.sentence(error))) }
    postStatus()
  }

  func report(_ report: SyncReport) {
    for answer in report.answered { mailbox.post(.outcome(answer.id, answer.outcome)) }
    if report.changed.contains(RowKey(.agent, me.text)), let known = try? connection.replica.agent(me) {
      mailbox.post(.meChanged(known))
    }
    if report.changed.contains(.learnedModel) { learned() }
    // An answer alone also shows: the mark of what waits for the store goes.
    if !report.changed.isEmpty || !report.answered.isEmpty { mailbox.post(.storeChanged) }
    if let restored = report.restored {
      mailbox.post(.storeRestored(revision: restored.revision))
    }
    if let key = report.offeredKey {
      mailbox.post(.failed(nil, voice.words("runtime.other-key", ["fingerprint": key])))
    }
    if report.viewersChanged { mailbox.post(.viewers(connection.viewers())) }
    postStatus()
  }

  func postStatus() {
    if let status = try? connection.replica.status() { mailbox.post(.syncStatus(status)) }
    let trouble = connection.replica.cannotSave ?? connection.replica.trouble
    let isNew = told.withLock { told in
      defer { told = trouble }
      return told != trouble
    }
    if isNew {
      mailbox.post(.storeTrouble(trouble.map { voice.standing($0, replica: connection.replica.path) }))
    }
  }

  /// Reads a file and keeps it beside the store.
  func attach(_ path: String, _ ticket: TicketID, from files: DeskFiles) {
    queue.async { [connection, mailbox, voice] in
      do {
        let file = try files.read(path)
        let digest = try connection.storeAttachment(file.bytes)
        mailbox.post(
          .attachmentStored(
            StoredFile(
              ticket: ticket, name: file.name, mediaType: file.mediaType, byteCount: Int64(file.bytes.count),
              digest: digest)))
      } catch {
        mailbox.post(.attachmentFailed(voice.sentence(error)))
      }
    }
  }
}
