import Dispatch
import Domain
import Synchronization

/// The models that this desk reads with: fetched in the background when the store names new ones, mapped, and exchanged while
/// the desk is open. What cannot be opened leaves the ones before in use.
///
/// What models are is not known here: whoever imports the classifier says how the files of a version are opened.
package final class ModelShelf<Models: Sendable>: Sendable {
  private struct State {
    var models: Models
    /// 0: none.
    var version: Int64 = 0
    /// The version that could not be opened, and when it was tried last.
    var failed: (version: Int64, at: ContinuousClock.Instant)?
    /// What happened last in the history that this desk knows.
    var newest: LearnedModel.Event?
    var isFirst = true
  }

  package enum News: Sendable {
    /// A candidate was adopted or refused while the desk was open.
    case event(LearnedModel.Event)
    /// This version is read with from now on.
    case ready(version: Int64)
    /// The files of this version are missing or broken.
    case broken(version: Int64, any Error)
  }

  /// After which a broken version is tried again.
  private static var patience: Duration { .seconds(60) }

  private let replica: Replica
  private let store: any StoreService
  private let open: Open
  private let state: Mutex<State>
  private let queue = DispatchQueue(label: "agentdesk.model", qos: .utility)

  /// The paths of the files of a version.
  package typealias Open =
    @Sendable (_ version: Int64, _ paths: [LearnedModel.File.Use: String]) throws -> Models

  /// - Parameter empty: what is there before anything was opened.
  package init(_ replica: Replica, _ store: any StoreService, empty: Models, open: @escaping Open) {
    self.replica = replica
    self.store = store
    self.open = open
    state = Mutex(State(models: empty))
  }

  /// What to read with now.
  package var models: Models { state.withLock { $0.models } }
  /// The number of the version that is read with; 0: none.
  package var version: Int64 { state.withLock { $0.version } }

  /// Looks in the background whether the store names other models.
  ///
  /// - Parameter tell: called on a thread of its own.
  package func refresh(_ tell: @escaping @Sendable (News) -> Void = { _ in }) {
    queue.async { [self] in
      guard let known = try? replica.learnedModel() else { return }
      announce(known, tell)
      take(known, tell)
    }
  }

  /// Waits until what was asked for is done.
  package func settle() { queue.sync {} }

  private func announce(_ known: LearnedModel, _ tell: (News) -> Void) {
    let news = state.withLock { state -> LearnedModel.Event? in
      defer {
        state.newest = known.history.first
        state.isFirst = false
      }
      guard !state.isFirst, let event = known.history.first, event != state.newest else { return nil }
      return event
    }
    if let news { tell(.event(news)) }
  }

  private func take(_ known: LearnedModel, _ tell: (News) -> Void) {
    guard let current = known.current, let version = current.version else { return }
    let isWanted = state.withLock { state in
      guard state.version != version else { return false }
      guard let failed = state.failed, failed.version == version else { return true }
      return ContinuousClock.now - failed.at >= Self.patience
    }
    guard isWanted else { return }
    do {
      var paths: [LearnedModel.File.Use: String] = [:]
      for file in current.attempt.files { paths[file.use] = try store.attachmentFile(file.digest) }
      let models = try open(version, paths)
      state.withLock { state in
        state.models = models
        state.version = version
        state.failed = nil
      }
      tell(.ready(version: version))
      let kept = Set(known.files.map(\.digest))
      for file in known.history.flatMap(\.attempt.files) where !kept.contains(file.digest) {
        store.forgetCopy(of: file.digest)
      }
    } catch {
      let isNews = state.withLock { state in
        defer { state.failed = (version, .now) }
        return state.failed?.version != version
      }
      if isNews { tell(.broken(version: version, error)) }
    }
  }
}
