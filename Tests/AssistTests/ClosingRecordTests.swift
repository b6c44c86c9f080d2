import Assist
import Configuration
import Domain
import Testing

/// The record for the file: made of the same facts as the reply, in both languages.
@Suite struct `The record of a closing` {
  private static let catalogues = Dictionary(
    uniqueKeysWithValues: Language.allCases.map {
      ($0, StringCatalogue.load($0, resources: ReadingSupport.resources).strings)
    })

  private func facts(_ change: (inout ClosingRecordWriter.Facts) -> Void = { _ in })
    -> ClosingRecordWriter.Facts
  {
    var facts = ClosingRecordWriter.Facts(
      subject: "多扣38元", category: LocalizedText(chinese: "重复计费", english: "Charged twice"),
      demand: LocalizedText(chinese: "退费", english: "Refund"),
      findings: [LocalizedText(chinese: "有两笔", english: "Twice on the bill")],
      steps: [
        LocalizedText(chinese: "核身", english: "Verify"),
        LocalizedText(chinese: "查账单", english: "Read the bill"),
      ], disposition: LocalizedText(chinese: "已退费", english: "Refunded"),
      template: LocalizedText(chinese: "重复扣费退费", english: "Duplicate refunded"),
      reply: "38.00 元已退回，3 个工作日内到账。", now: ReadingSupport.now, clock: .china)
    change(&facts)
    return facts
  }

  private func record(_ facts: ClosingRecordWriter.Facts) -> ClosingRecord {
    ClosingRecordWriter(catalogues: Self.catalogues).record(facts)
  }

  @Test func `says in both languages what was wanted, found, done and promised`() {
    let record = record(facts())
    #expect(record.wanted.chinese == "重复计费；多扣38元；要求：退费")
    #expect(record.wanted.english == "Charged twice; 多扣38元; asked for: Refund")
    #expect(record.found.map(\.english) == ["Twice on the bill"])
    #expect(record.done == [LocalizedText(chinese: "步骤：核身、查账单", english: "steps: Verify, Read the bill")])
    #expect(record.outcome.english == "Refunded (Duplicate refunded)")
    #expect(record.promise?.english == "3 个工作日内, by 2026-11-23")
    #expect(record.due == CivilDate("2026-11-23"))
  }

  @Test func `leaves out what is not known`() {
    let record = record(
      facts {
        $0.category = nil
        $0.demand = nil
        $0.subject = "  "
        $0.findings = []
        $0.steps = []
        $0.template = nil
        $0.reply = "已向客户解释。"
      })
    #expect(record.wanted == LocalizedText(chinese: "", english: ""))
    #expect(record.found.isEmpty && record.done.isEmpty)
    #expect(record.outcome == LocalizedText(chinese: "已退费", english: "Refunded"))
    #expect(record.promise == nil && record.due == nil)
  }

  @Test func `puts steps before other deeds, and counts the days of the zone`() {
    let set = ReadingSupport.set
    let record = record(
      facts {
        $0.deeds = [LocalizedText(chinese: "退费 38.00 元", english: "38.00 refunded")]
        $0.now = WallClock.china.moment(CivilDate("2026-09-30")!, secondOfDay: 36_000)
        $0.workingDays = .of(set.zones.first { $0.id == "billing-dispute" }, set.calendars)
      })
    #expect(record.done.map(\.english) == ["steps: Verify, Read the bill", "38.00 refunded"])
    // The 8th and 9th, and Saturday the 10th, which is made up for.
    #expect(record.due == CivilDate("2026-10-10"))
  }

  @Test func `needs one language at least and has a text in both`() {
    let one = ClosingRecordWriter(catalogues: Self.catalogues.filter { $0.key == .english }).record(facts())
    #expect(one.wanted.chinese == one.wanted.english)
  }
}
