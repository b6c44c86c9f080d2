import Assist
import Domain
import Terminal
import Testing

@testable import Desk

@Suite struct `Quality of a reply` {
  private static func desk(_ text: String, reader: TicketReader? = Fixture.reader) -> ScriptedDesk {
    var desk = ScriptedDesk(reader: reader)
    desk.openFirst()
    desk.press("r")
    desk.type(text)
    return desk
  }

  private static let phone = "您好，请拨打 13812342071 联系我。"

  private func replies(_ desk: ScriptedDesk) -> [TimelineEntry] {
    desk.world.entries.filter { $0.ticket == "t0" && $0.kind == .reply }
  }

  @Test func `a fatal finding stops the reply, says where it is and puts the caret there`() throws {
    var desk = Self.desk("您好\r\(Self.phone)")
    #expect(desk.model.open?.composer?.quality.first?.severity == .fatal)
    #expect(desk.screen.contains("✗ 手机号 138****2071 不能写全"))
    desk.press("Ctrl-S")
    #expect(replies(desk).isEmpty)
    #expect(desk.model.notice?.text.string.contains("没有发出，第 2 行：手机号 138****2071 不能写全") == true)
    // The caret stands before the number: deleting forward takes it away.
    for _ in 0..<11 { desk.press("Delete") }
    #expect(desk.model.open?.composer?.quality.contains { $0.severity == .fatal } == false)
    desk.press("Ctrl-S")
    #expect(replies(desk).count == 1)
    #expect(desk.model.open?.composer == nil)
  }

  @Test func `a warning is shown and stops nothing`() {
    var desk = Self.desk("您好，我们会尽快处理您反映的问题。")
    #expect(desk.screen.contains("! 「尽快」不是时间"))
    desk.press("Ctrl-S")
    #expect(replies(desk).count == 1)
  }

  @Test func `a note for colleagues may hold what the customer must not read`() {
    var desk = ScriptedDesk(reader: Fixture.reader)
    desk.openFirst()
    desk.press("a")
    desk.type(Self.phone)
    #expect(desk.model.open?.composer?.quality.isEmpty == true)
    desk.press("Ctrl-S")
    #expect(desk.world.entries.contains { $0.kind == .note && $0.body.contains("13812342071") })
  }

  @Test func `personal data stops a reply also where nothing was read`() {
    var desk = Self.desk(Self.phone, reader: nil)
    desk.press("Ctrl-S")
    #expect(replies(desk).isEmpty)
  }

  @Test func `nothing is said of an empty reply before it is sent`() {
    var desk = Self.desk("")
    #expect(desk.model.open?.composer?.quality.isEmpty == true)
    desk.type("38元您好")
    for _ in 0..<5 { desk.press("Backspace") }
    #expect(desk.model.open?.composer?.quality.isEmpty == true)
  }

  @Test func `the text does not move when something is found`() throws {
    var desk = Self.desk("您好，")
    let before = try #require(desk.frame.cursor)
    desk.type("尽快")
    #expect(desk.model.open?.composer?.quality.isEmpty == false)
    #expect(desk.frame.cursor?.row == before.row)
  }

  @Test func `a long text is checked when the keys rest, and as a whole before it goes`() {
    let long = String(repeating: "您好，我们已经核实。\n", count: 4000)
    var desk = Self.desk("")
    desk.send(.input(.paste(long + Self.phone)))
    // A paste of this size is asked about first.
    if !desk.model.overlays.isEmpty { desk.press("Enter") }
    #expect(desk.model.open?.composer?.editor.text.count == long.count + Self.phone.count)
    #expect(desk.model.open?.composer?.quality.isEmpty == true)
    desk.wait(seconds: 2)
    // The beginning says everything twice; the number stands behind it.
    #expect(desk.model.open?.composer?.quality.map(\.kind).contains(.repetition) == true)
    #expect(desk.model.open?.composer?.quality.contains { $0.severity == .fatal } == false)
    desk.press("Ctrl-S")
    #expect(replies(desk).isEmpty)
    #expect(desk.model.notice?.text.string.contains("第 4001 行") == true)
  }

  @Test func `what is found changes with what was read`() {
    var desk = Self.desk("我们保证给您解决这个问题。", reader: nil)
    #expect(desk.model.open?.composer?.quality.contains { $0.kind == .promiseWithoutDate } == false)
    let clear = desk.world.clear("t0")!
    desk.send(
      .ticketRead("t0", Fixture.reader.read(ReadingInput(clear, clock: .china, now: Fixture.now))))
    #expect(desk.model.open?.composer?.quality.contains { $0.kind == .promiseWithoutDate } == true)
  }
}
