import ArgumentParser
import Domain
import Glibc

struct PrivacyCommand: ParsableCommand {
  static var configuration: CommandConfiguration {
    .words("privacy", "group.privacy", subcommands: [PrivacyMask.self, PrivacyFind.self])
  }
}

struct PrivacyMask: HeadlessCommand {
  static var configuration: CommandConfiguration { .words("mask", "privacy.mask") }

  @OptionGroup var global: GlobalOptions

  func perform(_ context: CommandContext) throws {
    let text = try Input.text("-")
    let masked = Masking.text(text)
    if context.output.isJSON {
      context.output.put(["text": .text(masked), "found": JSON(PersonalData.find(in: text).count)])
    } else if Output.isTerminal {
      context.output.say(masked)
    } else {
      // Another program reads it: nothing but personal data may change.
      Output.write(Array((masked + "\n").utf8), to: STDOUT_FILENO)
    }
  }
}

struct PrivacyFind: HeadlessCommand {
  static var configuration: CommandConfiguration { .words("find", "privacy.find") }

  @OptionGroup var global: GlobalOptions

  func perform(_ context: CommandContext) throws {
    let found = PersonalData.find(in: try Input.text("-"))
    let strings = context.strings
    if found.isEmpty, !context.output.isJSON {
      context.output.say(strings("cli.privacy.none"))
      return
    }
    context.output.list(
      found.map { data in
        [
          "kind": .text(data.kind.rawValue), "start": JSON(data.start), "end": JSON(data.end),
          "masked": .text(data.masked),
          "reason": .text(strings("cli.privacy.reason.\(data.kind.rawValue)")),
        ]
      },
      columns: [
        Column(strings("cli.column.kind")), Column(strings("cli.column.place"), .right),
        Column(strings("cli.column.masked")), Column(strings("cli.column.reason")),
      ],
      rows: found.map { data in
        [
          strings("cli.privacy.kind.\(data.kind.rawValue)"), "\(data.start)-\(data.end)", data.masked,
          strings("cli.privacy.reason.\(data.kind.rawValue)"),
        ]
      })
  }
}
