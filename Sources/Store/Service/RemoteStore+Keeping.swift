import CLink
import Domain
import Foundation
import Glibc
import Synchronization

/// Opening the connection, reading from it, and opening it again.
extension RemoteStore {
  static func shakeHands(_ link: any Link, _ options: Options, agent: AgentID?, address: String)
    throws
    -> (LinkEnd, Welcome, WireReader)
  {
    let end = try link.open()
    do {
      cl_nonblocking(end.descriptor)
      let hello = try WireFrame(
        .hello, number: 0, Hello(protocol: WireFrame.protocolNumber, program: options.program, agent: agent))
      guard write(hello.bytes, to: end.descriptor, seconds: options.patience) else {
        throw StoreError.unreachable(address: address, detail: SystemFault.code())
      }
      var reader = WireReader(limit: WireFrame.largestAnswer)
      let limit = Date(timeIntervalSinceNow: options.patience)
      while true {
        if let frame = try reader.next() {
          if frame.kind == .error { throw Told(error: StoreError(frame: frame, address: address)) }
          guard frame.kind == .welcome else { throw StoreError.wrongFrame(.order) }
          let welcome: Welcome = try frame.value()
          guard welcome.protocol == WireFrame.protocolNumber else {
            throw StoreError.otherProtocol(found: welcome.protocol, known: WireFrame.protocolNumber)
          }
          return (end, welcome, reader)
        }
        guard Date() < limit else {
          throw StoreError.unreachable(address: address, detail: SystemFault.code(ETIMEDOUT))
        }
        guard try receive(end.descriptor, into: &reader, milliseconds: 200) else {
          throw StoreError.unreachable(address: address, detail: SystemFault.code(ECONNRESET))
        }
      }
    } catch let told as Told {
      end.cut()
      // The other side cannot reach what it leads to: both addresses, so that nobody looks on the wrong machine.
      guard case .unreachable(let beyond, let detail) = told.error else { throw told.error }
      throw StoreError.unreachable(
        address: beyond == address ? address : "\(address) → \(beyond)", detail: detail)
    } catch {
      let said = end.cut()
      if case StoreError.unreachable(let address, let detail) = error {
        throw StoreError.unreachable(address: address, detail: said ?? detail)
      }
      throw error
    }
  }

  /// What the other side said in its own frame: no last words of a program in between say it better.
  private struct Told: Error { var error: StoreError }

  /// False at the end of the stream.
  static func receive(_ descriptor: Int32, into reader: inout WireReader, milliseconds: Int32) throws
    -> Bool
  {
    var source = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    guard poll(&source, 1, milliseconds) > 0 else { return true }
    return withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 1) { buffer in
      let count = read(descriptor, buffer.baseAddress!, buffer.count)
      if count > 0 {
        reader.append(UnsafeRawBufferPointer(buffer)[..<count])
        return true
      }
      return count < 0 && (errno == EAGAIN || errno == EINTR)
    }
  }

  /// Silence after which the store is asked whether it is still there, and after which it is not.
  private static let silence = 15.0
  private static let death = 45.0

  /// One turn of the keeper's thread: reads from the connection, or opens one.
  func turn(_ state: inout Keeper.State) -> Keeper.Turn {
    guard let end = conversation.withLock({ $0.end }) else { return reconnect(&state) }
    do {
      if state.end !== end {
        state.end = end
        state.heard = Date()
        state.asked = nil
      }
      while let frame = try state.reader.next() {
        state.heard = Date()
        state.asked = nil
        take(frame, from: end)
      }
      guard try Self.receive(end.descriptor, into: &state.reader, milliseconds: 500) else {
        lose(nil, only: end)
        return .again
      }
      if state.reader.isInside { state.heard = Date() }
      let quiet = Date().timeIntervalSince(state.heard)
      if quiet > Self.death {
        lose(.unreachable(address: address, detail: SystemFault.code(ETIMEDOUT)), only: end)
      } else if quiet > Self.silence, state.asked == nil {
        state.asked = Date()
        tell(.head, Nothing())
      }
    } catch {
      lose(error as? StoreError, only: end)
    }
    return .again
  }

  private func reconnect(_ state: inout Keeper.State) -> Keeper.Turn {
    state.end = nil
    let wait = state.backoff.next()
    guard keeper.sleep(wait) else { return .stop }
    if conversation.withLock({ $0.fault != nil }) { return .again }
    do {
      let known = identity.withLock { $0 }
      let (end, welcome, reader) = try Self.shakeHands(
        link, options, agent: options.agent ?? known.agent, address: address)
      guard !keeper.isStopped else {
        end.cut()
        return .stop
      }
      let fault = Self.fault(welcome, known)
      state.reader = reader
      state.backoff.succeeded()
      conversation.withLock { conversation in
        conversation.trouble = nil
        conversation.fault = fault
        conversation.looks = [:]
        conversation.head = welcome.head
        conversation.end = fault == nil ? end : nil
      }
      if fault != nil { end.cut() }
      ring()
    } catch {
      let error = error as? StoreError ?? .unreachable(address: address, detail: "\(error)")
      conversation.withLock { $0.trouble = error }
    }
    return .again
  }

  private static func fault(_ welcome: Welcome, _ known: StoreIdentity) -> StoreError? {
    if welcome.store != known.store { return .wrongStore(expected: known.store, found: welcome.store) }
    if let agent = known.agent, let found = welcome.agent, agent != found {
      return .otherAgent(expected: found, found: agent)
    }
    return nil
  }

  func take(_ frame: WireFrame, from end: LinkEnd) {
    switch frame.kind {
    case .news:
      if let news: HeadReply = try? frame.value() {
        conversation.withLock { $0.head = max($0.head, news.head) }
        ring()
      }
    case .looks:
      if let news: LooksNews = try? frame.value() {
        conversation.withLock { state in
          if news.isWhole { state.looks = [:] }
          for change in news.changes { state.looks[change.desk] = change.ticket == nil ? nil : change }
        }
        ring()
      }
    case .error where frame.number == 0:
      lose(StoreError(frame: frame, address: address), only: end)
    case .error:
      answer(frame.number)?.resolve(.failure(StoreError(frame: frame, address: address)))
    default:
      answer(frame.number)?.resolve(.success(frame))
    }
  }

  private func answer(_ number: UInt32) -> Answer? {
    conversation.withLock { $0.waiting.removeValue(forKey: number) }
  }

  /// The connection is gone: whoever waits learns it, and desks show it.
  func lose(_ error: StoreError?, only end: LinkEnd?) {
    let (lost, waiting) = conversation.withLock { state -> (LinkEnd?, [Answer]) in
      guard end == nil || state.end === end else { return (nil, []) }
      defer {
        state.end = nil
        state.waiting = [:]
        state.looks = [:]
        state.trouble = .unreachable(address: address, detail: SystemFault.code(ECONNRESET))
      }
      return (state.end, Array(state.waiting.values))
    }
    guard let lost else { return }
    let said = lost.cut()
    var shown = error ?? .unreachable(address: address, detail: SystemFault.code(ECONNRESET))
    if case .unreachable = shown, let said { shown = .unreachable(address: address, detail: said) }
    conversation.withLock { if $0.end == nil { $0.trouble = shown } }
    for answer in waiting { answer.resolve(.failure(shown)) }
    ring()
  }
}
