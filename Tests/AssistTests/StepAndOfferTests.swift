import Assist
import Configuration
import Domain
import Testing

@Suite struct StepGuideTests {
  private static let fields = [
    FormField(
      id: "remedy", name: LocalizedText(chinese: "诉求", english: "Request"), kind: .choice,
      choices: [
        .init(id: "refund", name: LocalizedText(chinese: "退费", english: "Refund")),
        .init(id: "explain", name: LocalizedText(chinese: "解释", english: "Explain")),
      ])
  ]

  private static func step(
    _ id: String, when: StepConditions? = nil, doneBy: [StepEvidence] = [], isRequired: Bool = false
  ) -> Zone.Step {
    Zone.Step(
      id: id, name: LocalizedText(chinese: id, english: id), when: when, doneBy: doneBy,
      isRequired: isRequired)
  }

  private static func read(
    _ steps: [Zone.Step], deeds: StepDeeds = StepDeeds(), findings: [Finding] = [],
    _ change: (inout Ticket) -> Void = { _ in }
  ) -> [StepReading] {
    var zone = Zone(
      id: "z", name: LocalizedText(chinese: "专", english: "Z"), skill: "s", calendar: "c", fields: fields,
      steps: steps, dispositions: [])
    zone.openSteps = .refuse
    var ticket = Ticket(
      id: "t", customer: "c", zone: "z", category: "billing/duplicate-charge", subject: "s", channel: .phone,
      createdAt: Timestamp(seconds: 0), createdBy: "a")
    change(&ticket)
    return StepGuide.read(
      ReadingInput(
        ticket: ticket, zone: zone, messages: [], customer: nil, clock: .utc, now: Timestamp(seconds: 9)),
      findings: findings, deeds: deeds)
  }

  @Test func `says in either language what a step waits for`() throws {
    let steps = [
      Self.step("extra", when: StepConditions(fields: ["remedy": ["refund"]])),
      Self.step("filled", doneBy: [.field("remedy")]),
    ]
    let open = Self.read(steps)
    guard case .notNeeded(let reason) = open[0].state else {
      Issue.record()
      return
    }
    let filled = Self.read(steps) { $0.fields["remedy"] = "refund" }
    guard case .doneByEvidence(let evidence, _) = filled[1].state else {
      Issue.record()
      return
    }
    for (language, field) in [(Language.chinese, "诉求"), (.english, "Request")] {
      let words = StringCatalogue.load(language, resources: ReadingSupport.resources).strings
      for reason in [reason, evidence] {
        let sentence = words.sentence(for: reason)
        #expect(sentence.contains(field) && !sentence.contains("{"), "\(sentence)")
      }
    }
  }

  @Test(arguments: [
    (Language.english, "Request is not filled", "not found: Charged after cancelling"),
    (.chinese, "未填诉求", "未发现：退订后仍扣费"),
  ])
  func `why a step is not needed is said in one language`(
    _ language: Language, _ field: String, _ found: String
  )
    throws
  {
    var zone = Zone(
      id: "z", name: LocalizedText(chinese: "专", english: "Z"), skill: "s", calendar: "c",
      fields: Self.fields,
      steps: [
        Self.step("a", when: StepConditions(fields: ["remedy": ["refund"]])),
        Self.step("b", when: StepConditions(findings: ["after-cancel"])),
      ], dispositions: [])
    zone.diagnosis = [
      DiagnosisRule(
        id: "after-cancel", name: LocalizedText(chinese: "退订后仍扣费", english: "Charged after cancelling"),
        patterns: [], about: "line")
    ]
    let ticket = Ticket(
      id: "t", customer: "c", zone: "z", category: nil, subject: "s", channel: .phone,
      createdAt: Timestamp(seconds: 0), createdBy: "a")
    let states = StepGuide.read(
      ReadingInput(
        ticket: ticket, zone: zone, messages: [], customer: nil, clock: .utc, now: Timestamp(seconds: 9)),
      findings: [], deeds: StepDeeds()
    ).map(\.state)
    let catalogue = StringCatalogue.load(language, resources: ReadingSupport.resources).strings
    let sentences = states.compactMap { state -> String? in
      if case .notNeeded(let reason) = state { catalogue.sentence(for: reason) } else { nil }
    }
    #expect(sentences == [field, found])
  }

  @Test func `the first step that nothing settles is the next one`() {
    let steps = [
      Self.step("verify", doneBy: [.verified]), Self.step("look"),
      Self.step("settle", doneBy: [.reply(["退", "refund"])]),
      Self.step("extra", when: StepConditions(fields: ["remedy": ["refund"]])), Self.step("last"),
    ]
    let at = Timestamp(seconds: 5)
    let deeds = StepDeeds(verifiedAt: at, replies: [.init(at: at, text: "We REFUND it")])
    let states = Self.read(steps, deeds: deeds).map(\.state)
    #expect(states[0] == .doneByEvidence(Reason("step.verified"), at: at))
    #expect(states[1] == .next)
    #expect(states[2] == .doneByEvidence(Reason("step.reply"), at: at))
    if case .notNeeded(let reason) = states[3] {
      #expect(reason.key == "step.fieldEmpty")
    } else {
      Issue.record()
    }
    #expect(states[4] == .waiting)
  }

  @Test(arguments: [
    (StepConditions(findings: ["r"]), false), (StepConditions(withoutFindings: ["r"]), true),
    (StepConditions(categories: ["billing"]), true), (StepConditions(categories: ["bill"]), false),
    (StepConditions(channels: [.email]), false), (StepConditions(tags: ["x"]), false),
    (StepConditions(moodAtLeast: 2), false), (StepConditions(riskAtLeast: .low), false),
    (StepConditions(fields: ["remedy": []]), false),
  ])
  func `a condition says whether a step is needed`(_ when: StepConditions, _ isNeeded: Bool) {
    let state = Self.read([Self.step("s", when: when)])[0].state
    #expect((state == .next) == isNeeded, "\(state)")
  }

  @Test func `what is skipped, ticked or taken back is told apart`() {
    let steps = [
      Self.step("a", isRequired: true), Self.step("b", isRequired: true), Self.step("c", isRequired: true),
    ]
    let readings = Self.read(steps) {
      $0.steps = ["a"]
      $0.skippedSteps = ["b": "call 13812342071 later"]
    }
    #expect(readings[0].state == .doneByHand)
    #expect(readings[1].state == .skipped(reason: "call 138****2071 later"))
    #expect(StepGuide.open(readings).map(\.id) == ["c"])
    var struck = TimelineEntry(
      id: "e", ticket: "t", at: Timestamp(seconds: 1), author: .agent("a"), kind: .reply, body: "退")
    struck.struckAt = Timestamp(seconds: 2)
    #expect(StepDeeds(entries: [struck]).replies.isEmpty)
  }

  @Test func `a desk records what it read and nothing that a person has to say`() {
    let steps = [
      Self.step("a", doneBy: [.reply([])]), Self.step("b", when: StepConditions(channels: [.email])),
      Self.step("c"),
    ]
    let deeds = StepDeeds(replies: [.init(at: Timestamp(seconds: 1), text: "x")])
    var ticket = Ticket(
      id: "t", customer: "c", zone: "z", subject: "s", channel: .phone, createdAt: Timestamp(seconds: 0),
      createdBy: "a")
    let readings = Self.read(steps, deeds: deeds)
    #expect(StepGuide.record(readings, on: ticket) == .recordSteps(done: ["a"], notNeeded: ["b"]))
    ticket.steps = ["a"]
    ticket.skippedSteps = ["b": ""]
    #expect(StepGuide.record(readings, on: ticket) == nil)
  }
}

@Suite struct OfferChooserTests {
  static let day: Int64 = 86_400
  static let now = WallClock.utc.moment(CivilDate("2026-11-21")!)

  private static func offer(_ id: OfferID, _ priority: Int = 50, _ when: Offer.Conditions = .init()) -> Offer
  {
    Offer(
      id: id, name: LocalizedText(chinese: "\(id)", english: "\(id)"),
      text: LocalizedText(chinese: "要", english: "x"),
      priority: priority, conditions: when, onceInDays: 90, quietDays: 30)
  }

  private static func read(
    _ offers: [Offer], counts: [OfferCount] = [], mood: MoodReading? = nil, risk: RiskReading? = nil,
    refusedBy: [String] = ["不接受营销"],
    _ change: (inout Customer, inout [Product], inout [Bill]) -> Void = { _, _, _ in }
  ) -> [OfferReading] {
    var customer = Customer(id: "c", name: "", level: .gold, since: CivilDate("2025-11-21"), city: "云州市")
    var products = [
      Product(
        id: "p", customer: "c", kind: .plan, name: "畅享 129", monthlyFee: Money(cents: 12_900),
        startedOn: CivilDate("2025-01-01")!, contractUntil: CivilDate("2026-12-31"))
    ]
    var bills = [
      Bill(
        id: "b", number: "B", customer: "c", period: "2026-10",
        lines: [
          .init(title: "套餐外流量费", amount: Money(cents: 3500), chargedOn: CivilDate("2026-10-31")!),
          .init(title: "畅享 129", amount: Money(cents: 12_900), chargedOn: CivilDate("2026-10-01")!),
        ])
    ]
    change(&customer, &products, &bills)
    let ticket = Ticket(
      id: "t", customer: "c", zone: "z", category: "plans/upgrade", subject: "", channel: .phone,
      createdAt: now,
      createdBy: "a")
    return OfferChooser.read(
      ReadingInput(
        ticket: ticket, zone: nil, messages: [],
        customer: CustomerProfile(
          customer: customer, identities: [], products: products, orders: [], bills: bills, visits: [],
          ticketCount: 1, merged: []), clock: .utc, now: now),
      book: OfferBook(refusedBy: refusedBy, offers: offers), counts: counts, mood: mood, risk: risk)
  }

  @Test(arguments: [
    (Offer.Conditions(hasProduct: ["畅享"]), true), (Offer.Conditions(hasProduct: ["宽带"]), false),
    (Offer.Conditions(hasNoProduct: ["畅享"]), false), (Offer.Conditions(tags: ["x"]), false),
    (Offer.Conditions(levels: [.gold]), true), (Offer.Conditions(levels: [.silver]), false),
    (Offer.Conditions(categories: ["plans"]), true), (Offer.Conditions(categories: ["billing"]), false),
    (Offer.Conditions(customerForMonths: 12), true), (Offer.Conditions(customerForMonths: 13), false),
    (Offer.Conditions(meanBillAtLeast: 16_400), true), (Offer.Conditions(meanBillAtLeast: 16_401), false),
    (Offer.Conditions(meanBillAtMost: 16_399), false), (Offer.Conditions(contractEndsWithinDays: 40), true),
    (Offer.Conditions(contractEndsWithinDays: 39), false),
    (Offer.Conditions(contractEndsWithinDays: -30), false),
    (Offer.Conditions(billedFor: ["套餐外"]), true), (Offer.Conditions(billedFor: ["漫游"]), false),
    (Offer.Conditions(cities: ["青屿市"]), false),
  ])
  func `a condition decides whether an offer fits`(_ when: Offer.Conditions, _ isOffered: Bool) {
    #expect(Self.read([Self.offer("o", 50, when)]).isEmpty != isOffered)
  }

  @Test func `nothing is offered against consent, in anger or at risk`() {
    let offers = [Self.offer("o")]
    #expect(Self.read(offers).count == 1)
    #expect(Self.read(offers) { customer, _, _ in customer.tags = ["不接受营销"] }.isEmpty)
    #expect(Self.read(offers, mood: MoodReading(level: .angry)).isEmpty)
    #expect(Self.read(offers, mood: MoodReading(level: .uneasy)).count == 1)
    #expect(Self.read(offers) { customer, _, _ in customer.risk = .high }.isEmpty)
  }

  @Test func `a refusal keeps everything quiet, an answer its own offer`() {
    let offers = [Self.offer("a"), Self.offer("b")]
    func after(_ answer: Offer.Answer, _ days: Int64) -> [OfferID] {
      Self.read(offers) { customer, _, _ in
        customer.offerAnswers = [
          OfferAnswer(offer: "a", answer: answer, at: Self.now.advanced(seconds: -days * Self.day))
        ]
      }.map(\.id)
    }
    #expect(after(.declined, 29).isEmpty)
    #expect(after(.declined, 30) == ["b"])
    #expect(after(.later, 1) == ["b"])
    #expect(after(.accepted, 90) == ["a", "b"])
  }

  @Test func `two of two do not beat eighty of a hundred`() {
    let counts = [
      OfferCount(offer: "few", group: .gold, accepted: 2),
      OfferCount(offer: "many", group: .gold, accepted: 80, declined: 20),
      OfferCount(offer: "new", group: .silver, accepted: 100),
    ]
    let found = Self.read([Self.offer("few"), Self.offer("new", 60), Self.offer("many")], counts: counts)
    #expect(found.map(\.id) == ["many", "few", "new"])
    #expect(found[2].acceptance == nil && found[2].reasons.contains { $0.key == "offer.notMeasured" })
    // By hand: p = 0.8, n = 100, z = 1.96 → 0.71117.
    #expect(abs((found[0].acceptance ?? 0) - 0.71117) < 0.0001)
    #expect(OfferCount(offer: "o", group: .gold).acceptanceAtLeast == nil)
  }
}
