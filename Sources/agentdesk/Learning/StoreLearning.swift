import Assist
import Domain
import Store

/// One round of learning over a store: what it has is read, judged and, where it is better, adopted.
enum StoreLearning {
  enum Result {
    case tooFew(have: Int, needed: Int)
    case nothingNew
    /// `isKept` is false for a trial, and where somebody else was quicker.
    case tried(LearnedModel.Attempt, isAdopted: Bool, isKept: Bool)
  }

  /// The closes, the category tree, and what is read with now.
  struct Material {
    var tickets: [ClosedTicket]
    var categories: [Domain.Category]
    var model: LearnedModel?
    var reading: ReadingModels

    /// - Parameter isStopped: asked now and then; then `CancellationError` is thrown.
    init(_ store: SharedStore, isStopped: () -> Bool = { false }) throws {
      categories = try store.categories()
      model = try store.learnedModel()
      reading = model?.current.map { StoreLearning.reading($0, store) } ?? .none
      tickets = try store.closedTickets(newest: LearningRound.Options().most, isStopped: isStopped)
    }

    /// Of a desk that has all of the store.
    init(_ replica: Replica, _ store: any StoreService) throws {
      categories = try replica.categories()
      model = try replica.learnedModel()
      reading = model?.current.map { StoreLearning.reading($0, store) } ?? .none
      tickets = try replica.closedTickets(newest: LearningRound.Options().most)
    }

    func round(_ options: LearningRound.Options = .init()) throws -> LearningRound.Outcome {
      try LearningRound(
        tickets, categories: categories, present: model.map { (model: $0, reading: reading) },
        options: options, digest: SharedStore.digest
      ).run()
    }
  }

  /// What a version reads with; without what is missing or broken, against which nothing can be measured.
  static func reading(_ event: LearnedModel.Event, _ store: any StoreService) -> ReadingModels {
    func open(_ use: LearnedModel.File.Use) -> TextModel? {
      event.attempt.files.first { $0.use == use }.flatMap {
        try? ModelFile.open(store.attachmentFile($0.digest))
      }
    }
    return ReadingModels(
      category: open(.category), priority: open(.priority), version: event.version ?? 0)
  }

  /// What a desk reads with, kept in step with its store.
  static func shelf(_ connection: DeskConnection) -> ModelShelf<ReadingModels> {
    ModelShelf(connection.replica, connection.store, empty: .none) { version, paths in
      ReadingModels(
        category: try paths[.category].map { try ModelFile.open($0) },
        priority: try paths[.priority].map { try ModelFile.open($0) }, version: version)
    }
  }

  /// As the system: the store does it by itself.
  static func run(
    _ store: SharedStore, _ options: LearningRound.Options = .init(), isStopped: () -> Bool = { false }
  ) throws -> Result {
    let outcome = try Material(store, isStopped: isStopped).round(options)
    if isStopped() { throw CancellationError() }
    switch outcome {
    case .tooFew(let have, let needed): return .tooFew(have: have, needed: needed)
    case .nothingNew: return .nothingNew
    case .refused(let attempt):
      return .tried(attempt, isAdopted: false, isKept: try store.learn(attempt, isAdopted: false))
    case .adopted(let attempt, let trained):
      // The bytes first: a desk that hears of a model asks for it at once.
      for file in trained { _ = try store.storeAttachment(file.bytes) }
      return .tried(attempt, isAdopted: true, isKept: try store.learn(attempt, isAdopted: true))
    }
  }

  /// What a served store does.
  static func schedule(afterCloses: Int) -> LearningSchedule {
    LearningSchedule(afterCloses: afterCloses) { store, isStopped in
      guard case .tried(let attempt, let isAdopted, let isKept) = try unlessAlike(store, isStopped)
      else { return nil }
      let figures = attempt.figures
      return
        "adopted=\(isAdopted && isKept) texts=\(attempt.texts) held_out=\(figures.texts) right=\(figures.right)"
        + " right_before=\(figures.rightBefore.map { "\($0)" } ?? "-") finding=\(attempt.findings.first?.key ?? "-")"
    }
  }

  private static func unlessAlike(_ store: SharedStore, _ isStopped: () -> Bool) throws -> Result {
    do {
      return try run(store, isStopped: isStopped)
    } catch is ModelTraining.Problem {
      // One category only: there is nothing to tell apart yet.
      return .tooFew(have: 1, needed: 2)
    }
  }
}
