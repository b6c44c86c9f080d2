import Domain
import Terminal
import Testing

@testable import Desk

/// A customer is answered in the language that the customer writes.
@Suite struct `The language of the answer` {
  /// A Chinese desk in a Chinese zone, where a customer of whom nothing is known writes `message`.
  private static func closed(_ message: String, _ change: (inout MemoryDesk) -> Void = { _ in }) throws
    -> Closing
  {
    var world = Fixture.world()
    for index in world.entries.indices where world.entries[index].ticket == "t0" {
      if world.entries[index].kind == .customerMessage { world.entries[index].body = message }
    }
    change(&world)
    var desk = ScriptedDesk(world: world, me: "zhaomin")
    desk.press("F5", "F8", "Enter", "Enter", "Enter", "Enter")
    return try #require(desk.world.tickets["t0"]?.closing)
  }

  private static func isChinese(_ text: String) -> Bool { SpokenLanguage.of(text) == .chinese }

  @Test func `who writes English gets the English template, who writes Chinese the Chinese one`() throws {
    let english = try Self.closed("I was charged twice for the roaming pack 国际漫游包, please give one back")
    #expect(!Self.isChinese(english.text), "\(english.text)")
    #expect(SpokenLanguage.of(english.text) == .english, "\(english.text)")
    #expect(Self.isChinese(try Self.closed("我的 iPhone 15 Pro Max order ABC-123 没有到货").text))
    #expect(Self.isChinese(try Self.closed("38 38 🙏").text))
  }

  @Test func `what somebody named comes before the text`() throws {
    let english = "I was charged twice for the roaming pack"
    #expect(Self.isChinese(try Self.closed(english) { $0.tickets["t0"]?.isLanguageNamed = true }.text))
    #expect(Self.isChinese(try Self.closed(english) { $0.customers["c0"]?.isLanguageNamed = true }.text))
    let named = try Self.closed("多扣了一笔，请退给我") {
      $0.customers["c0"]?.language = .english
      $0.customers["c0"]?.isLanguageNamed = true
    }
    #expect(!Self.isChinese(named.text), "\(named.text)")
  }

  @Test func `a new ticket has the language of its first message`() throws {
    var desk = ScriptedDesk()
    let before = Set(desk.world.tickets.keys)
    desk.model.startNewTicket(phone: "13900001111")
    var dialog = try #require(
      { () -> Dialog? in
        if case .dialog(let dialog) = desk.model.overlays.last { dialog } else { nil }
      }())
    for index in dialog.fields.indices {
      if dialog.fields[index].id == "subject" { dialog.fields[index].editor = TextEditor("broadband") }
      if dialog.fields[index].id == "message" {
        dialog.fields[index].editor = TextEditor(
          "My broadband has been down since yesterday", isMultiline: true)
      }
    }
    for effect in desk.model.createTicket(dialog) {
      if case .save(let operation, _) = effect { _ = desk.world.run(operation, at: Fixture.now) }
    }
    let made = try #require(desk.world.tickets.first { !before.contains($0.key) }?.value)
    #expect(made.language == .english)
    #expect(!made.isLanguageNamed)
  }
}
