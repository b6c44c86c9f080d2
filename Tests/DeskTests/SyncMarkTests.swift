import Domain
import Terminal
import Testing

@testable import Desk

/// Whoever looks at the status line knows how the exchange with the store stands: in every state, at every width, in both
/// languages.
struct SyncMarkTests {
  private static func line(_ status: SyncStatus, _ columns: Int, _ language: Language) -> String {
    var desk = ScriptedDesk(size: Size(columns: columns, rows: 24), language: language)
    desk.send(.syncStatus(status))
    return desk.frame.text(row: 0)
  }

  private static let since = Fixture.now.advanced(seconds: -3 * 3600)

  @Test(arguments: Language.allCases)
  func `every state is said at every width`(_ language: Language) {
    let clock = WallClock.china.civil(Self.since).minuteText
    for columns in 60...200 {
      let inStep = Self.line(SyncStatus(), columns, language)
      #expect(inStep.contains("✓"), "\(columns): \(inStep)")
      let waiting = Self.line(SyncStatus(queued: 17), columns, language)
      #expect(waiting.contains("17"), "\(columns): \(waiting)")
      #expect(!waiting.contains("✓"), "\(columns): \(waiting)")
      let offline = Self.line(SyncStatus(queued: 17, offlineSince: Self.since), columns, language)
      #expect(offline.contains("3h00"), "\(columns): \(offline)")
      #expect(offline.contains("17"), "\(columns): \(offline)")
      #expect(offline.contains(language == .chinese ? "离线" : "ffline"), "\(columns): \(offline)")
      // Where there is room, the moment as well.
      if columns >= 110 { #expect(offline.contains(clock), "\(columns): \(offline)") }
      let refused = Self.line(SyncStatus(queued: 17, refused: 4, offlineSince: Self.since), columns, language)
      #expect(refused.contains(language == .chinese ? "未送达 4" : "4 not sent"), "\(columns): \(refused)")
      #expect(refused.contains("3h00"), "\(columns): \(refused)")
    }
  }

  @Test(arguments: Language.allCases)
  func `who sits here and who waits are not pushed out by the mark`(_ language: Language) {
    for columns in 80...200 {
      let offline = Self.line(SyncStatus(queued: 17, offlineSince: Self.since), columns, language)
      let plain = Self.line(SyncStatus(), columns, language)
      let waiting = language == .chinese ? "待接" : "Waiting"
      if plain.contains(waiting) { #expect(offline.contains(waiting), "\(columns): \(offline)") }
    }
  }

  @Test(arguments: Language.allCases)
  func `who sits here stays beside the mark at every width`(_ language: Language) throws {
    let me = try #require(Fixture.world().agents[Fixture.me])
    let states = [
      SyncStatus(), SyncStatus(queued: 17), SyncStatus(queued: 17, offlineSince: Self.since),
      SyncStatus(queued: 17, refused: 4, offlineSince: Self.since),
      SyncStatus(queued: 17, offlineSince: Self.since, isHalted: true),
      SyncStatus(queued: 17, offlineSince: Self.since, cannotSave: true),
      SyncStatus(queued: 17, refused: 4, offlineSince: Self.since, cannotSave: true),
      SyncStatus(backedUpAt: Fixture.now.advanced(seconds: -9 * 86_400)),
    ]
    for columns in 60...200 {
      for status in states {
        let line = Self.line(status, columns, language)
        #expect(line.contains("\(me.name[language]) \(me.number)"), "\(columns): \(line)")
        #expect(line.contains("●"), "\(columns): \(line)")
        if status.cannotSave {
          let marks = language == .chinese ? ["无法保存", "未保存"] : ["Nothing can be saved", "Not saved"]
          #expect(marks.contains { line.contains($0) }, "\(columns): \(line)")
        }
        switch (status.offlineSince, status.queued, status.backedUpAt) {
        case (.some, _, _): #expect(line.contains("3h00"), "\(columns): \(line)")
        case (nil, 17, _): #expect(line.contains("17"), "\(columns): \(line)")
        case (nil, _, .some): #expect(line.contains("9"), "\(columns): \(line)")
        default: #expect(line.contains("✓"), "\(columns): \(line)")
        }
        // Whoever waits is seen as well, wherever a desk is meant to be worked at.
        if columns >= 80 {
          #expect(line.contains(language == .chinese ? "待接" : "Waiting"), "\(columns): \(line)")
        }
      }
    }
  }

  @Test func `a day is named when it is not today`() {
    let yesterday = Fixture.now.advanced(seconds: -30 * 3600)
    let date = String(WallClock.china.civil(yesterday).date.description.dropFirst(5))
    #expect(Self.line(SyncStatus(offlineSince: yesterday), 160, .english).contains("since \(date) "))
  }
}
