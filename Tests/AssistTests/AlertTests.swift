import Assist
import Domain
import Testing

/// What a lead is told, and when.
@Suite struct AlertTests {
  private static func due(
    _ text: String, mood: Int?, risk: RiskSeverity?, change: (inout Ticket) -> Void = { _ in }
  ) -> [TicketAction] {
    var zone = ReadingSupport.set.zones[0]
    zone.assistance = Zone.Assistance(raiseMood: mood, raiseRisk: risk)
    let ticket = ReadingSupport.ticket(change)
    let input = ReadingSupport.input([text], ticket: ticket, zone: zone)
    return AlertRule.due(
      mood: MoodReader.read(input, words: ReadingSupport.words),
      risk: RiskReader.read(input, words: ReadingSupport.words), ticket: ticket, zone: zone)
  }

  private static func kinds(_ actions: [TicketAction]) -> [Ticket.Alert.Kind] {
    actions.compactMap { if case .raise(let kind, _, _) = $0 { kind } else { nil } }
  }

  private static let text = "你们是骗子，气死我了，我要找律师起诉"

  @Test func `the zone says from which mood and severity on`() {
    #expect(Self.kinds(Self.due(Self.text, mood: 3, risk: .high)) == [.mood, .escalation])
    #expect(Self.kinds(Self.due(Self.text, mood: nil, risk: .high)) == [.escalation])
    #expect(Self.kinds(Self.due(Self.text, mood: 3, risk: nil)) == [.mood])
    #expect(Self.due("我很生气", mood: 3, risk: .high).isEmpty)
    #expect(Self.due("请问账单", mood: 1, risk: .low).isEmpty)
  }

  @Test func `what is critical is told whatever the zone says`() {
    #expect(Self.kinds(Self.due("我不想活了", mood: nil, risk: nil)) == [.selfHarm])
    let critical = Self.due("我要弄死你们", mood: nil, risk: .critical)
    #expect(Self.kinds(critical) == [.threat])
  }

  @Test func `a kind is told once, and a ticket that is done is not`() {
    let told = Self.due(Self.text, mood: 3, risk: .high) {
      $0.alerts = [
        Ticket.Alert(
          kind: .escalation, severity: .high, reason: Reason("risk.escalation"), raisedAt: ReadingSupport.now,
          raisedBy: "a")
      ]
    }
    #expect(Self.kinds(told) == [.mood])
    #expect(Self.due(Self.text, mood: 1, risk: .low) { $0.state = .closed }.isEmpty)
  }

  @Test func `a sentence of a reason is in the language of the catalogue`() {
    let strings = StringCatalogue(
      language: .english, texts: ["reason.a": "{word}: {text} by {channel}", "channel.sms": "text message"])
    let reason = Reason("a", ["word": "x", "zh-Hans": "甲", "en": "first", "channel": "sms"])
    #expect(strings.sentence(for: reason) == "x: first by text message")
  }
}
