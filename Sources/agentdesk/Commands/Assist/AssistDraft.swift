import ArgumentParser
import Assist
import Configuration
import Domain
import Gateway

struct DraftOptions: ParsableArguments {
  @Option(help: .words("assist.ticket", value: "number")) var ticket: String
  @Flag(help: .words("assist.showOnly")) var dryRun = false

  /// Asks the language model; nothing of what it writes goes anywhere but to whoever called.
  func perform(_ use: ModelUse, _ context: CommandContext) throws {
    guard let endpoint = context.settings.languageModel, endpoint.uses.contains(use) else {
      throw CommandFailure.modelOff
    }
    let desk = try context.openDesk()
    defer { desk.close() }
    try desk.require(.work)
    let id = try desk.ticket(ticket).id
    guard
      let question = try TicketQuestion(
        id, use, desk.replica, clock: .local, longest: endpoint.longestAnswer,
        words: { language in
          language == context.language
            ? context.strings : StringCatalogue.load(language, resources: context.resources).strings
        })
    else { throw CommandFailure.ticketUnknown(ticket) }
    let client = ModelClient(endpoint)
    if dryRun { return preview(question, client, context.output) }
    try client.check()
    try desk.submit(question.ticket, .consult(question.consultation(endpoint)))
    let text = try client.ask(question.question.messages) { try question.question.text(of: $0) }
    put(text, question, client, context.output)
  }

  private func facts(_ question: TicketQuestion, _ client: ModelClient) -> [JSON.Pair] {
    [
      JSON.Pair("ticket", JSON(question.ticket.number)),
      JSON.Pair("use", .text(question.question.use.rawValue)),
      JSON.Pair("host", .text(client.endpoint.address.host)),
      JSON.Pair("model", .text(client.endpoint.model)),
      JSON.Pair("characters", JSON(question.question.characters)),
      JSON.Pair("masked", JSON(question.question.masked)),
    ]
  }

  private func preview(_ question: TicketQuestion, _ client: ModelClient, _ output: Output) {
    let body = String(decoding: client.body(question.question.messages), as: UTF8.self)
    guard !output.isJSON else {
      return output.put(.object(facts(question, client) + [JSON.Pair("body", .text(body))]))
    }
    output.say(body)
    output.warn(
      output.strings(
        "cli.assist.leaves",
        [
          "characters": question.question.characters, "masked": question.question.masked,
          "host": client.endpoint.address.host, "model": client.endpoint.model,
        ]))
  }

  private func put(_ text: String, _ question: TicketQuestion, _ client: ModelClient, _ output: Output) {
    guard output.isJSON else {
      output.say(text)
      return output.warn("— \(output.strings("gateway.mark")) (\(client.endpoint.model))")
    }
    output.put(
      .object(
        facts(question, client) + [JSON.Pair("machine_drafted", JSON(true)), JSON.Pair("text", .text(text))]))
  }
}

struct AssistDraft: HeadlessCommand {
  static var configuration: CommandConfiguration { .words("draft", "assist.draft") }

  @OptionGroup var global: GlobalOptions
  @OptionGroup var options: DraftOptions

  func perform(_ context: CommandContext) throws { try options.perform(.draft, context) }
}

struct AssistSummary: HeadlessCommand {
  static var configuration: CommandConfiguration { .words("summary", "assist.summary") }

  @OptionGroup var global: GlobalOptions
  @OptionGroup var options: DraftOptions

  func perform(_ context: CommandContext) throws { try options.perform(.summary, context) }
}
