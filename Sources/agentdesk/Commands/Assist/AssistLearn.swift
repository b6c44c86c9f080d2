import ArgumentParser
import Assist
import Domain
import Store

/// One round of learning from closed tickets.
struct AssistLearn: HeadlessCommand {
  static var configuration: CommandConfiguration { .words("learn", "assist.learn") }

  @OptionGroup var global: GlobalOptions
  @Flag(help: .words("assist.dryRun")) var dryRun = false

  func perform(_ context: CommandContext) throws {
    let desk = try context.openDesk(needsAgent: !dryRun)
    defer { desk.close() }
    if !dryRun { try desk.require(.configure) }
    let start = ContinuousClock.now
    let before = try desk.replica.learnedModel()
    let outcome = try StoreLearning.Material(desk.replica, desk.store).round()
    let seconds = (ContinuousClock.now - start).seconds
    switch outcome {
    case .tooFew(let have, let needed): tooFew(have, needed, context)
    case .nothingNew:
      if context.output.isJSON {
        context.output.put(["tried": JSON(false), "adopted": JSON(false)])
      } else {
        context.output.say(context.strings("cli.assist.nothingNew"))
      }
    case .refused(let attempt):
      if !dryRun { try desk.submit(.configuration(.refuseModel(attempt))) }
      say(attempt, version: nil, seconds, context)
    case .adopted(let attempt, let trained):
      if !dryRun {
        // The bytes first: a desk that hears of a model asks for it at once.
        for file in trained { _ = try desk.connection.storeAttachment(file.bytes) }
        try desk.submit(.configuration(.adoptModel(attempt)))
        try (desk.store as? SharedStore)?.forgetModels(since: before)
      }
      say(attempt, version: attempt.basedOn + 1, seconds, context)
    }
  }

  private func tooFew(_ have: Int, _ needed: Int, _ context: CommandContext) {
    if context.output.isJSON {
      context.output.put([
        "tried": JSON(false), "adopted": JSON(false), "closes": JSON(have), "needed": JSON(needed),
      ])
    } else {
      context.output.say(context.strings("cli.assist.tooFew", ["count": have, "needed": needed]))
    }
  }

  private func say(
    _ attempt: LearnedModel.Attempt, version: Int64?, _ seconds: Double, _ context: CommandContext
  ) {
    if context.output.isJSON {
      let pairs: [JSON.Pair] = [
        JSON.Pair("tried", JSON(true)), JSON.Pair("adopted", JSON(version != nil)),
        JSON.Pair("dry_run", JSON(dryRun)), JSON.Pair("version", JSON(version)),
        JSON.Pair("seconds", .real(seconds)),
      ]
      context.output.put(.object(pairs + LearningJSON(context).pairs(attempt)))
      return
    }
    let words = LearningWords(context.strings)
    let event = LearnedModel.Event(version: version, at: .now, by: Agent.system.id, attempt: attempt)
    if dryRun { context.output.say(context.strings("cli.assist.dryRun")) }
    context.output.say(words.sentence(event))
    words.lines(attempt).forEach(context.output.say)
  }
}

/// What desks read with now, and whether its files are there.
struct AssistStatus: HeadlessCommand {
  static var configuration: CommandConfiguration { .words("status", "assist.status") }

  @OptionGroup var global: GlobalOptions

  func perform(_ context: CommandContext) throws {
    let desk = try context.openDesk(needsAgent: false)
    defer { desk.close() }
    guard let current = try desk.replica.learnedModel()?.current else {
      if context.output.isJSON {
        context.output.put(["version": .null])
      } else {
        context.output.say(context.strings("cli.assist.noModel"))
      }
      return
    }
    let problems = current.attempt.files.compactMap { file -> (LearnedModel.File, String)? in
      do {
        _ = try ModelFile.open(desk.store.attachmentFile(file.digest))
        return nil
      } catch {
        return (file, Failure(error, strings: context.strings).sentence)
      }
    }
    if context.output.isJSON {
      let broken = JSON.array(
        problems.map { ["use": .text($0.0.use.rawValue), "message": .text($0.1)] })
      context.output.put(
        .object(LearningJSON(context).pairs(current) + [JSON.Pair("problems", broken)]))
    } else {
      let words = LearningWords(context.strings)
      context.output.say(
        context.strings(
          "cli.assist.current",
          [
            "version": current.version ?? 0, "at": Moments.shown(current.at), "by": current.by,
          ]))
      words.lines(current.attempt).forEach(context.output.say)
      for problem in problems { context.output.warn(problem.1) }
    }
    if !problems.isEmpty { throw ExitCode(CommandFailure.Code.refused.rawValue) }
  }
}

/// Every attempt that is remembered, newest first.
struct AssistHistory: HeadlessCommand {
  static var configuration: CommandConfiguration { .words("history", "assist.history") }

  @OptionGroup var global: GlobalOptions

  func perform(_ context: CommandContext) throws {
    let desk = try context.openDesk(needsAgent: false)
    defer { desk.close() }
    let events = try desk.replica.learnedModel()?.history ?? []
    guard !events.isEmpty || context.output.isJSON else {
      context.output.say(context.strings("cli.assist.noModel"))
      return
    }
    let json = LearningJSON(context)
    let words = LearningWords(context.strings)
    for event in events {
      if context.output.isJSON {
        context.output.put(.object(json.pairs(event)))
      } else {
        context.output.say("\(Moments.shown(event.at))  \(event.by)  \(words.sentence(event))")
        for finding in event.attempt.findings.dropFirst() {
          context.output.say("  - \(words.sentence(finding))")
        }
      }
    }
  }
}
