import ArgumentParser
import Desk
import Domain
import Store

/// What is granted: the name of a right, or `skill:` and the word that zones use.
struct GrantSubject {
  let subject: Grant.Subject

  init(_ text: String) throws {
    if text.hasPrefix("skill:"), text.count > 6 {
      subject = .skill(String(text.dropFirst(6)))
    } else if let right = Right(rawValue: text.hasPrefix("right:") ? String(text.dropFirst(6)) : text) {
      subject = .right(right)
    } else {
      throw CommandFailure.invalid(
        option: "SUBJECT", value: text, allowed: Right.allCases.map(\.rawValue) + ["skill:…"])
    }
  }
}

struct AdminGrant: HeadlessCommand {
  static var configuration: CommandConfiguration { .words("grant", "grant") }

  @OptionGroup var global: GlobalOptions
  @Argument(help: .words("agent.id", value: "id")) var id: String
  @Argument(help: .words("grant.subject", value: "subject")) var subject: String
  @Option(help: .words("grant.level", value: "n")) var level = 1
  @Option(help: .words("grant.until", value: "time")) var until: String?
  @Option(help: .words("grant.source", value: "text")) var source = ""

  func perform(_ context: CommandContext) throws {
    let subject = try GrantSubject(self.subject).subject
    guard Grant.levels.contains(level) else {
      throw CommandFailure.invalid(option: "--level", value: String(level), allowed: ["1 … 9"])
    }
    let until = try self.until.map { text in
      // A day counts to its end, by the clock on the wall.
      if let day = CivilDate(text) { return WallClock.local.moment(day).advanced(seconds: 86_400) }
      guard let moment = Moments.rfc3339(text) else {
        throw CommandFailure.invalid(
          option: "--until", value: text, allowed: ["2027-03-31", "2027-03-31T18:00:00+08:00"])
      }
      return moment
    }
    let desk = try context.openDesk()
    defer { desk.close() }
    try desk.change(
      desk.person(id).id,
      .grant(
        Grant(
          subject, level: level, until: until, source: source, grantedBy: desk.agent.id, grantedAt: .now)))
  }
}

struct AdminRevoke: HeadlessCommand {
  static var configuration: CommandConfiguration { .words("revoke", "revoke") }

  @OptionGroup var global: GlobalOptions
  @Argument(help: .words("agent.id", value: "id")) var id: String
  @Argument(help: .words("grant.subject", value: "subject")) var subject: String

  func perform(_ context: CommandContext) throws {
    let subject = try GrantSubject(self.subject).subject
    let desk = try context.openDesk()
    defer { desk.close() }
    try desk.change(desk.person(id).id, .revoke(subject))
  }
}

struct AdminGrants: HeadlessCommand {
  static var configuration: CommandConfiguration { .words("grants", "grants") }

  @OptionGroup var global: GlobalOptions
  @Argument(help: .words("grant.whose", value: "id")) var id: String?

  func perform(_ context: CommandContext) throws {
    let desk = try context.openDesk(needsAgent: false)
    defer { desk.close() }
    let people = try id.map { [try desk.person($0)] } ?? desk.replica.agents()
    let grants = people.flatMap { agent in agent.grants.map { (agent, $0) } }
    let strings = desk.strings
    desk.output.list(
      grants.map { agent, grant in
        JSON.object([JSON.Pair("agent", .text(agent.id.text))]).adding(JSON.grant(grant).pairs)
      },
      columns: [
        Column(strings("cli.column.agent")), Column(strings("cli.column.granted")),
        Column(strings("cli.column.level"), .right), Column(strings("cli.column.until")),
        Column(strings("cli.column.source")),
      ],
      rows: grants.map { agent, grant in
        let name = grant.subject.name
        let subject = grant.subject.isRight ? strings("right.\(name)") : name
        let until = Moments.shown(grant.until)
        return [
          agent.id.text, subject, String(grant.level),
          grant.counts(at: .now) ? until : "\(until) \(strings("cli.grant.expired"))", grant.source,
        ]
      })
  }
}

extension JSON {
  static func grant(_ grant: Grant) -> JSON {
    [
      "kind": grant.subject.isRight ? "right" : "skill", "name": .text(grant.subject.name),
      "level": JSON(grant.level),
      "until": Moments.json(grant.until), "source": .text(grant.source),
      "granted_by": .text(grant.grantedBy.text), "granted_at": Moments.json(grant.grantedAt),
      "expired": JSON(!grant.counts(at: .now)),
    ]
  }

  var pairs: [Pair] { if case .object(let pairs) = self { pairs } else { [] } }
}
