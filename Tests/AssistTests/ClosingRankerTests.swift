import Assist
import Domain
import Testing

/// Which template stands first, and which options it has.
@Suite struct `Templates are ranked` {
  private static let choice = ClosingTemplate.Choice(
    id: "arrival", name: LocalizedText(chinese: "到账", english: "Arrival"),
    options: [
      LocalizedText(chinese: "当日", english: "today"), LocalizedText(chinese: "3 日", english: "3 days"),
      LocalizedText(chinese: "3 日后", english: "3 days later"),
    ])

  private static func template(_ id: TemplateID, _ categories: [CategoryID] = [], hasChoice: Bool = false)
    -> ClosingTemplate
  {
    ClosingTemplate(
      id: id, zone: "billing", name: LocalizedText(chinese: id.text, english: id.text), disposition: "done",
      categories: categories, choices: hasChoice ? [choice] : [],
      text: LocalizedText(chinese: "您好", english: "Hello"))
  }

  private static let templates = [
    template("other", ["bill/other"]), template("every"), template("double", ["bill/double"]),
    template("double-too", ["bill/double"]),
  ]

  private func order(
    category: CategoryID? = "bill/double", suggested: [TemplateID: Reason] = [:],
    history: ClosingHistory = .none
  ) -> [TemplateID] {
    ClosingRanker.rank(
      Self.templates, category: category, language: .chinese, suggested: suggested, history: history
    ).map(\.template)
  }

  private func count(_ template: TemplateID, _ last30Days: Int, _ last90Days: Int, similar: Int = 0)
    -> [TemplateID: TemplateCount]
  {
    [
      template: TemplateCount(
        template: template, last30Days: last30Days, last90Days: last90Days, similar: similar)
    ]
  }

  @Test func `by the category they are written for, then in the order of the file`() {
    #expect(order() == ["double", "double-too", "every", "other"])
    #expect(order(category: nil) == ["every", "other", "double", "double-too"])
    #expect(order(category: "bill/unknown") == ["every", "other", "double", "double-too"])
  }

  @Test func `by what was found, before the category`() {
    let reason = Reason("closing.finding", ["en": "Charged twice"])
    let ranked = ClosingRanker.rank(
      Self.templates, category: "bill/double", language: .english, suggested: ["other": reason])
    #expect(ranked.first?.template == "other")
    #expect(ranked.first?.reasons == [reason])
  }

  @Test func `by what closed tickets of the category, and one alone decides nothing`() {
    #expect(order(history: ClosingHistory(counts: count("double-too", 9, 20))).first == "double-too")
    // One closing of a template for another category does not lift it above those for this one.
    #expect(order(history: ClosingHistory(counts: count("other", 1, 1))).first == "double")
    let ranked = ClosingRanker.rank(
      Self.templates, category: "bill/double", language: .chinese,
      history: ClosingHistory(counts: count("double-too", 0, 4)))
    #expect(
      ranked.first?.reasons.map(\.key) == ["closing.category", "similar.usedIn90Days"])
    #expect(ranked.last?.reasons.isEmpty == true)
  }

  @Test func `by what solved similar tickets`() {
    let history = ClosingHistory(
      counts: count("double-too", 0, 0, similar: 3), ofSimilar: ["double-too": 0.9])
    let ranked = ClosingRanker.rank(
      Self.templates, category: "bill/double", language: .chinese, history: history)
    #expect(ranked.first?.template == "double-too")
    #expect(
      ranked.first?.reasons.contains(Reason("similar.usedBySimilar", ["count": "3"])) == true)
  }

  @Test func `similar tickets share their weight, and without a category the counts say nothing`() {
    func similar(_ id: TicketID, _ score: Double, _ template: TemplateID?) -> SimilarTicket {
      SimilarTicket(
        id: id, number: nil, subject: "", zone: "billing", category: nil, disposition: nil,
        template: template, solvedAt: ReadingSupport.now, score: score, words: [], isSameCategory: false)
    }
    let solved = SolvedBefore(
      tickets: [similar("1", 0.9, "double"), similar("2", 0.6, "other"), similar("3", 0.5, nil)],
      templates: [TemplateCount(template: "double", last30Days: 5, last90Days: 8, similar: 1)])
    let history = ClosingHistory(
      [
        PastClosing(template: "double", text: "中", language: .chinese),
        PastClosing(template: "double", text: "en", language: .english),
      ],
      solved: solved, category: nil, language: .chinese)
    #expect(history.texts == ["double": ["中"]])
    #expect(history.counts["double"]?.last90Days == 0 && history.counts["double"]?.similar == 1)
    let shares = history.ofSimilar
    #expect(abs((shares["double"] ?? 0) - 0.45) < 0.001 && abs((shares["other"] ?? 0) - 0.3) < 0.001)
    // A single ticket that is a little like it stays a little.
    let weak = ClosingHistory(
      [], solved: SolvedBefore(tickets: [similar("1", 0.2, "other")]), category: nil, language: .chinese)
    #expect(weak.ofSimilar["other"] == 0.2)
  }

  @Test(arguments: [
    (["当日到账", "当日到账", "当日到账", "3 日到账"], 0, 0.75), (["3 日后到账", "3 日后到账", "3 日后到账"], 2, 1),
    (["3 日到账", "3 日到账", "3 日到账", "没有写"], 1, 1),
  ])
  func `an option that most earlier texts had is proposed, the longest that stands in each`(
    texts: [String], option: Int, share: Double
  ) throws {
    let ranked = ClosingRanker.rank(
      [Self.template("t", hasChoice: true)], category: nil, language: .chinese,
      history: ClosingHistory(texts: ["t": texts]))
    let proposed = try #require(ranked.first?.choices["arrival"])
    #expect(proposed.option == option && proposed.confidence == share)
    #expect(proposed.reason.key == "closing.choice")
  }

  @Test(arguments: [
    [], ["当日", "当日"], ["当日", "当日", "3 日", "3 日"], ["today", "today", "today"], ["", "", ""],
  ])
  func `two texts are an accident, and halves are not of one mind`(_ texts: [String]) {
    let ranked = ClosingRanker.rank(
      [Self.template("t", hasChoice: true)], category: nil, language: .chinese,
      history: ClosingHistory(texts: ["t": texts]))
    #expect(ranked.first?.choices.isEmpty == true)
  }
}
