import Domain
import Foundation
import Terminal
import Testing

@testable import Desk

@Suite struct `Words` {
  private static func placeholders(_ text: String) -> Set<String> {
    Set(text.matches(of: /\{([a-z]+)\}/).map { String($0.1) })
  }

  @Test func `both languages have the same keys`() {
    let chinese = Set(Fixture.catalogues[.chinese]!.texts.keys)
    let english = Set(Fixture.catalogues[.english]!.texts.keys.filter { !$0.hasSuffix(".one") })
    #expect(!chinese.isEmpty)
    #expect(chinese.filter { !$0.hasSuffix(".one") }.subtracting(english).isEmpty)
    #expect(english.subtracting(chinese).isEmpty)
  }

  @Test func `both languages use the same values in a text`() {
    let chinese = Fixture.catalogues[.chinese]!.texts
    for (key, text) in Fixture.catalogues[.english]!.texts {
      let base = key.hasSuffix(".one") ? String(key.dropLast(4)) : key
      guard let other = chinese[base] else { continue }
      let extra = Self.placeholders(text).subtracting(Self.placeholders(other))
      #expect(extra.isEmpty, "\(key) has \(extra) only in English")
      if key == base {
        #expect(Self.placeholders(other) == Self.placeholders(text), "\(key)")
      }
    }
  }

  @Test func `no text is empty, and none is longer in one language than a screen holds`() {
    for catalogue in Fixture.catalogues.values {
      for (key, text) in catalogue.texts {
        #expect(!text.isEmpty, "\(key)")
        // What a language model is told stands on no screen.
        if key.hasPrefix("gateway.prompt.") { continue }
        #expect(!text.contains("\n"), "\(key)")
      }
    }
  }

  /// Literals in the sources that look like keys, and keys made from the cases of enums.
  @Test func `every key that the sources use exists`() throws {
    let folder = Fixture.resources + "/../Sources/Desk"
    let files = try #require(FileManager.default.enumerator(atPath: folder))
    let areas = [
      "desk", "action", "ticket", "contact", "channel", "priority", "presence", "level", "risk", "identity",
      "product", "order", "relation", "formula", "evidence", "closing", "refusal", "problem", "right", "role",
      "theme",
      "operation", "slot",
    ]
    let literal = try Regex("\"((?:\(areas.joined(separator: "|")))\\.[A-Za-z0-9.-]+)\"")
    var used: Set<String> = []
    for case let name as String in files where name.hasSuffix(".swift") {
      let source = try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
      for match in source.matches(of: literal) { used.insert(String(match.output[1].substring ?? "")) }
    }
    // Names of template slots and tags look like keys and are none.
    used = used.filter { !$0.hasPrefix("ticket.") || $0.hasPrefix("ticket.state") }
    #expect(used.count > 200)
    for key in used.union(Self.enumKeys).sorted() {
      for catalogue in Fixture.catalogues.values {
        #expect(catalogue.contains(key), "\(key) is missing in \(catalogue.language)")
      }
    }
  }

  private static var enumKeys: Set<String> {
    var keys: Set<String> = []
    func add<Case: RawRepresentable<String> & CaseIterable>(_ prefix: String, _: Case.Type) {
      for item in Case.allCases { keys.insert("\(prefix).\(item.rawValue)") }
    }
    add("ticket.state", Ticket.State.self)
    add("contact.state", Contact.State.self)
    add("channel", Channel.self)
    add("presence", Presence.State.self)
    add("level", Customer.Level.self)
    add("risk", Customer.Risk.self)
    add("identity", Identity.Kind.self)
    add("product.state", Product.State.self)
    add("order.state", Order.State.self)
    add("relation", Ticket.Link.Relation.self)
    add("formula", ServiceLevelFormula.self)
    add("formula.short", ServiceLevelFormula.self)
    add("evidence", FindHit.Evidence.self)
    add("closing.mode", Closing.Mode.self)
    add("right", Right.self)
    add("role", Domain.Role.self)
    add("desk.scope", QueueQuery.Scope.self)
    add("desk.queue.empty", QueueQuery.Scope.self)
    add("desk.draft", Draft.Slot.self)
    add("desk.context", ActionContext.self)
    for priority in Ticket.Priority.allCases { keys.insert("priority.\(priority)") }
    for code in notReadyReasons { keys.insert("presence.reason.\(code)") }
    for id in ActionID.allCases {
      keys.insert(id.key)
      keys.insert(id.key + ".help")
    }
    for field in [
      "reason", "until", "tag", "when", "about", "note", "subject", "path", "channel", "category", "message",
      "phone", "name", "customer",
    ] {
      keys.insert("desk.dialog.\(field)")
    }
    for name in ["undo", "redo", "word", "line", "move", "edge"] {
      keys.formUnion(["desk.editing.\(name)", "desk.editing.\(name).help"])
    }
    for name in ["today", "day-before", "change", "year-before", "year-change"] {
      keys.insert("desk.results.\(name)")
    }
    for name in ["closed", "reopened", "template", "cost", "handled", "average", "compared"] {
      keys.insert("desk.results.formula.\(name)")
    }
    for name in [
      "closed", "reopened", "reopen-rate", "template-share", "keys", "time", "handled", "average", "talk",
      "hold", "after",
    ] {
      keys.insert("desk.results.figure.\(name)")
    }
    for problem in ["notMoney", "notDate", "notPhone", "notChoice", "tooLong"] {
      keys.insert("problem.\(problem)")
    }
    return keys
  }

  @Test func `every refusal is a sentence without holes in both languages`() {
    let refusals: [Refusal] = [
      .missingRight(.work), .unknownActor("a"), .ticketMissing, .ticketExists, .customerMissing,
      .customerExists,
      .agentMissing, .contactMissing, .entryMissing, .identityMissing, .alreadyOwned(by: "chenyu"),
      .notOwner(owner: nil), .notOwner(owner: "chenyu"), .wrongState(.closed),
      .wrongContactState(from: .waiting, to: .held), .changedSince(now: 3),
      .requiredFieldsMissing(zone: "billing-dispute", fields: ["period", "item"]),
      .invalidField(field: "amount", .notMoney), .unknownField("x"), .unknownStep("x"), .unknownZone("x"),
      .unknownCategory("x"), .unknownDisposition("x"), .unknownTeam("x"), .unknownAgent("x"), .textMissing,
      .textTooLong(limit: 9), .reasonMissing, .identityTaken(by: "c"), .identitiesConflict([.idCard]),
      .sameTicket,
      .sameCustomer, .alreadyMerged, .notMerged, .alreadyStruck, .notTogether, .alreadyReleased, .notYours,
      .unknownReason("x"),
      .emptyConfiguration,
    ]
    let set = Fixture.configuration
    let directory = Directory(
      zones: set.zones, categories: set.categories, teams: set.teams, agents: set.agents)
    for catalogue in Fixture.catalogues.values {
      for refusal in refusals {
        let sentence = catalogue.sentence(for: refusal, directory: directory)
        #expect(
          !sentence.contains("{") && !sentence.hasPrefix("refusal") && !sentence.hasPrefix("problem"),
          "\(sentence)")
      }
    }
    let chinese = Fixture.catalogues[.chinese]!
    #expect(chinese.sentence(for: .alreadyOwned(by: "chenyu"), directory: directory) == "陈雨 已经领取了")
    #expect(
      chinese.sentence(
        for: .requiredFieldsMissing(zone: "billing-dispute", fields: ["period", "item"]), directory: directory
      )
        == "结案前要填：账期、争议项目")
  }
}

@Suite struct `Actions` {
  @Test func `no key means two things in one place`() {
    let registry = ActionRegistry()
    for context in ActionContext.allCases {
      var seen: [Key: ActionID] = [:]
      for binding in registry.bindings where binding.context == context {
        for key in binding.keys {
          if let other = seen[key] {
            // Hold and resume share a key: only one of them can be done at a time.
            #expect([other, binding.id] == [.hold, .resume], "\(key) is \(other) and \(binding.id)")
          }
          seen[key] = binding.id
        }
      }
    }
  }

  @Test func `every action is in the registry once and has a key that can be read`() {
    let registry = ActionRegistry()
    #expect(
      registry.bindings.map(\.id).sorted { $0.rawValue < $1.rawValue }
        == ActionID.allCases.sorted { $0.rawValue < $1.rawValue })
    #expect(registry.bindings.allSatisfy { !$0.keys.isEmpty })
  }

  @Test func `every action can be reached while a Chinese input method is on`() {
    for binding in ActionRegistry().bindings {
      let hasPath = binding.keys.contains { key in
        if case .character(let character) = key.code {
          return !key.modifiers.isDisjoint(with: [.control, .alt]) || character == " "
            || "?:/".contains(character)
        }
        return true
      }
      #expect(hasPath, "\(binding.id) has only letters")
    }
  }

  @Test func `settings change keys and say what they do not know`() {
    let registry = ActionRegistry(keys: [
      "claim-next": ["F7", "Ctrl-G"], "nonsense": ["x"], "help": ["Hyper-Q"],
    ])
    #expect(registry.binding(.claimNext)?.keys == [.function(7), .control("g")])
    #expect(registry.problems == [.unknownKey("Hyper-Q", action: "help"), .unknownAction("nonsense")])
    #expect(registry.actions(for: .function(5), in: [.everywhere], isTyping: false).isEmpty)
  }

  @Test func `the manual has both languages of every action`() {
    let list = ActionRegistry().descriptions(
      chinese: Fixture.catalogues[.chinese]!, english: Fixture.catalogues[.english]!)
    #expect(list.count == ActionID.allCases.count)
    #expect(
      list.allSatisfy { !$0.name.chinese.hasPrefix("action.") && !$0.help.english.hasPrefix("action.") })
  }

  @Test(arguments: [("？", "?"), ("：", ":"), ("／", "/"), ("１", "1"), ("ｊ", "j")])
  func `full-width characters count as those on the key`(_ wide: String, _ plain: String) {
    #expect(ActionRegistry.unfolded(Key(Character(wide))) == Key(Character(plain)))
  }
}
