import Domain
import Testing

@Suite struct `Measures of a floor` {
  static let counts = AnswerCounts(answeredInTime: 80, answeredLate: 10, abandonedInTime: 4, abandonedLate: 6)

  @Test func `zones with targets of their own are measured by them, and the sum says that they differ`() {
    let answers: [ZoneID: AnswerCounts] = [
      "billing": AnswerCounts(answeredInTime: 8, answeredLate: 2, abandonedLate: 10),
      "broadband": AnswerCounts(answeredInTime: 1, answeredLate: 4),
    ]
    let own = ServiceLevelToday(
      answers,
      targets: [
        "billing": Zone.ServiceLevel(thresholdSeconds: 20, formula: .answeredInTimeOfAnswered),
        "broadband": Zone.ServiceLevel(thresholdSeconds: 30, formula: .answeredInTimeOfOffered),
      ])
    #expect(own.target == nil)
    #expect(own.value == 9.0 / 15)
    let shared = Zone.ServiceLevel(thresholdSeconds: 30)
    let same = ServiceLevelToday(answers, targets: ["billing": shared, "broadband": shared])
    #expect(same.target == shared)
    #expect(same.value == 9.0 / 25)
    #expect(same.percent == 36)
    #expect(ServiceLevelToday([:], targets: ["billing": shared]).percent == nil)
  }

  @Test(
    arguments: [
      (.answeredInTimeAndAbandonedInTimeOfAll, 0.84),
      (.answeredInTimeOfAnswered, 80.0 / 90.0),
      (.answeredInTimeOfOffered, 80.0 / 100), (.answeredInTimeOfAnsweredAndAbandonedLate, 80.0 / 96),
    ] as [(ServiceLevelFormula, Double)])
  func `service level has four formulas`(formula: ServiceLevelFormula, value: Double) {
    #expect(Self.counts.serviceLevel(formula) == value)
    #expect(AnswerCounts().serviceLevel(formula) == nil)
  }

  @Test func `counts are added, never their averages`() {
    let quiet = AnswerCounts(answeredInTime: 1)
    let sum = Self.counts + quiet
    #expect(sum.serviceLevel(.answeredInTimeOfOffered) == 81.0 / 101)
    #expect(sum.abandonRate == 10.0 / 101)
    #expect(AnswerCounts().abandonRate == nil)
  }

  @Test func `a wait of exactly the threshold is in time`() {
    func contact(_ id: String, answered: Int64? = nil, abandoned: Int64? = nil) -> Contact {
      var contact = Contact(
        id: ContactID(id), ticket: "t", customer: "c", channel: .phone, arrivedAt: Timestamp(milliseconds: 0))
      if let answered { contact.move(to: .answered, at: Timestamp(milliseconds: answered), by: "a") }
      if let abandoned { contact.move(to: .abandoned, at: Timestamp(milliseconds: abandoned), by: nil) }
      return contact
    }
    let counts = AnswerCounts(
      [
        contact("1", answered: 20_000), contact("2", answered: 20_001), contact("3", abandoned: 20_000),
        contact("4", abandoned: 20_001), contact("5"),
      ], thresholdSeconds: 20)
    #expect(
      counts == AnswerCounts(answeredInTime: 1, answeredLate: 1, abandonedInTime: 1, abandonedLate: 1))
  }

  @Test func `handling time is talk, hold and after-contact work over handled contacts`() {
    var contact = Contact(
      id: "1", ticket: "t", customer: "c", channel: .phone, arrivedAt: Timestamp(seconds: 0))
    for (state, second) in [
      (Contact.State.answered, Int64(10)), (.held, 70), (.answered, 100), (.ended, 190), (.wrappedUp, 220),
    ] {
      contact.move(to: state, at: Timestamp(seconds: second), by: "a")
    }
    var unfinished = contact
    unfinished.wrappedUpAt = nil
    let totals = HandlingTotals([contact, unfinished])
    #expect(
      totals
        == HandlingTotals(
          handled: 1, talkMilliseconds: 150_000, holdMilliseconds: 30_000, afterContactMilliseconds: 30_000))
    #expect(totals.averageSeconds == 210)
    #expect((totals + HandlingTotals(handled: 1)).averageSeconds == 105)
    #expect(HandlingTotals().averageSeconds == nil)
  }

  @Test func `occupancy, utilisation and people say nothing where there is nothing`() {
    #expect(Staffing.occupancy(onContact: 45, idle: 15) == 0.75)
    #expect(Staffing.occupancy(onContact: 0, idle: 0) == nil)
    #expect(Staffing.utilisation(handling: 300, available: 60, paid: 480) == 0.75)
    #expect(Staffing.utilisation(handling: 1, available: 1, paid: 0) == nil)
    #expect(Staffing.people(forSeats: 17, shrinkage: 0.15) == 20)
    #expect(Staffing.people(forSeats: 18, shrinkage: 0.15) == 22)
    #expect(Staffing.people(forSeats: 0, shrinkage: 0.3) == 0)
    #expect(Staffing.people(forSeats: 10, shrinkage: 1) == nil)
  }

  @Test func `Erlang C gives the published values`() throws {
    let queue = try ErlangC(contactsPerSecond: 10.0 / 180, averageHandlingSeconds: 180, people: 14)
    #expect(abs(queue.waitProbability - 0.1741319) < 1e-7)
    #expect(abs(queue.serviceLevel(within: 20) - 0.88835) < 1e-5)
    #expect(abs(queue.averageSpeedOfAnswer - 7.83594) < 1e-5)
    #expect(abs(queue.occupancy - 10.0 / 14) < 1e-12)
    #expect(
      try ErlangC.people(
        contactsPerSecond: 10.0 / 180, averageHandlingSeconds: 180, target: 0.8, within: 20) == 14)
    #expect(
      try ErlangC.people(
        contactsPerSecond: 10.0 / 180, averageHandlingSeconds: 180, target: 0.9, within: 20) == 15)
  }

  @Test func `Erlang C refuses a queue that grows without end`() {
    for people in 0...10 {
      #expect(throws: ErlangC.Problem.self) {
        try ErlangC(contactsPerSecond: 10.0 / 180, averageHandlingSeconds: 180, people: people)
      }
    }
    #expect(throws: ErlangC.Problem.invalidInput) {
      try ErlangC(contactsPerSecond: 1, averageHandlingSeconds: 0, people: 5)
    }
    #expect(throws: Never.self) {
      let idle = try ErlangC(contactsPerSecond: 0, averageHandlingSeconds: 180, people: 1)
      #expect(idle.serviceLevel(within: 0) == 1)
    }
  }

  @Test(arguments: [
    (100.0, 120.0, 0.2), (100.0, 80.0, -0.2), (0.5, 0.5, 0.0), (-10.0, 10.0, -2.0),
  ])
  func `change is measured against the base`(base: Double, value: Double, change: Double) throws {
    #expect(abs(try #require(Comparison.change(from: base, to: value)) - change) < 1e-12)
  }

  @Test func `a rise from nothing has no percentage`() {
    #expect(Comparison.change(from: 0, to: 5) == nil)
    #expect(Comparison.change(from: nil, to: 5) == nil)
    #expect(Comparison.change(from: 5, to: nil) == nil)
  }

  @Test(arguments: [
    ("2026-03-01", "2026-04-01", "2026-02-01", "2026-03-01", "2025-03-01", "2025-04-01"),
    ("2026-03-02", "2026-03-09", "2026-02-23", "2026-03-02", "2025-03-02", "2025-03-09"),
    ("2024-02-28", "2024-02-29", "2024-02-27", "2024-02-28", "2023-02-28", "2023-03-01"),
    ("2026-01-01", "2026-02-01", "2025-12-01", "2026-01-01", "2025-01-01", "2025-02-01"),
  ])
  func `a period is compared with the one before and the one a year earlier`(
    start: String, end: String, before: String, beforeEnd: String, year: String, yearEnd: String
  ) throws {
    let first = try #require(CivilDate(start))
    let after = try #require(CivilDate(end))
    let period = try #require(Period(start: first, end: after))
    #expect(period.previous.start.description == before)
    #expect(period.previous.end.description == beforeEnd)
    #expect(period.yearEarlier.start.description == year)
    #expect(period.yearEarlier.end.description == yearEnd)
  }
}

@Suite struct `Clocks of a ticket` {
  static let start = WorkingTimeTestsClock.monday

  private func zone(_ pause: Zone.PausePolicy) -> Zone {
    Zone(
      id: "z", name: Floor.both("z"), skill: "z", calendar: "always",
      timeLimits: Zone.TimeLimits(firstResponse: 600, nextReply: 1200, resolution: 7200), pause: pause,
      fields: [],
      dispositions: [])
  }

  private func entry(
    _ minute: Int64, _ kind: TimelineEntry.Kind, _ body: String = "",
    by author: TimelineEntry.Author = .agent("a"),
    struck: Bool = false
  ) -> TimelineEntry {
    TimelineEntry(
      id: EntryID("e\(minute)-\(body)"), ticket: "t", contact: "c",
      at: Self.start.advanced(seconds: minute * 60),
      author: author, kind: kind, body: body, struckAt: struck ? Self.start : nil)
  }

  private func clocks(
    _ entries: [TimelineEntry], pause: Zone.PausePolicy = .shift, at minute: Int64,
    spoken: Set<ContactID> = []
  ) -> TicketClocks {
    let ticket = Ticket(
      id: "t", customer: "c", zone: "z", subject: "s", channel: .chat, createdAt: Self.start,
      createdBy: "system")
    return TicketClocks(
      ticket: ticket, entries: entries, spoken: spoken, zone: zone(pause),
      workingTime: WorkingTime(WorkingTimeTestsClock.always, clock: .china),
      now: Self.start.advanced(seconds: minute * 60))
  }

  private func minutes(_ moment: Timestamp?) -> Int64? { moment.map { ($0 - Self.start) / 60_000 } }

  @Test func `first response runs from creation to the first reply of a person`() throws {
    let arrived = entry(0, .customerMessage, "扣了两次", by: .customer)
    let running = try #require(clocks([arrived], at: 4).firstResponse)
    #expect(minutes(running.dueAt) == 10)
    #expect(running.leftSeconds == 360)
    #expect(running.stoppedAt == nil)
    let automatic = entry(1, .reply, "已收到", by: .system)
    let struck = entry(2, .reply, "错的", struck: true)
    let note = entry(3, .note, "内部")
    let answered = clocks([arrived, automatic, struck, note, entry(12, .reply, "您好")], at: 30)
    #expect(minutes(answered.firstResponse?.stoppedAt) == 12)
    #expect(answered.firstResponse?.isBreached == true)
    let call = clocks([arrived, entry(2, .contactChanged("c", .answered))], at: 30, spoken: ["c"])
    #expect(minutes(call.firstResponse?.stoppedAt) == 2)
    #expect(call.firstResponse?.isBreached == false)
    #expect(
      clocks([arrived, entry(2, .contactChanged("c", .answered))], at: 30).firstResponse?.stoppedAt == nil)
  }

  @Test func `next reply runs from the oldest unanswered message and repeats do not restart it`() {
    let entries = [
      entry(0, .customerMessage, "扣了两次", by: .customer), entry(5, .reply, "查一下"),
      entry(20, .customerMessage, "查到了吗", by: .customer), entry(30, .customerMessage, "在吗？", by: .customer),
    ]
    #expect(minutes(clocks(entries, at: 35).nextReply?.startedAt) == 20)
    #expect(minutes(clocks(entries, at: 35).nextReply?.dueAt) == 40)
    #expect(clocks(entries + [entry(36, .reply, "已退")], at: 40).nextReply == nil)
  }

  @Test(arguments: ["谢谢", "谢谢！", "好的，谢谢。", "Thanks!", "Thank you very much", "ok", "OK 👍", "收到～"])
  func `a bare thanks does not start a clock`(message: String) {
    let entries = [
      entry(0, .customerMessage, "扣了两次", by: .customer), entry(5, .reply, "已退"),
      entry(20, .customerMessage, message, by: .customer),
    ]
    #expect(clocks(entries, at: 35).nextReply == nil)
  }

  @Test(arguments: ["谢谢，什么时候到账？", "好的，那多久能退？", "thanks but it is still down", "退钱"])
  func `a question with thanks in it does`(message: String) {
    #expect(!TicketClocks.isThanks(message))
  }

  @Test func `pending shifts the deadline by the time spent pending`() throws {
    let history = [
      entry(0, .stateChanged(from: nil, to: .new)), entry(10, .stateChanged(from: .new, to: .open)),
      entry(30, .stateChanged(from: .open, to: .pending)),
    ]
    let paused = try #require(clocks(history, at: 60).resolution)
    #expect(paused.dueAt == nil)
    #expect(paused.isPaused)
    #expect(paused.leftSeconds == 90 * 60)
    let resumed = clocks(history + [entry(75, .stateChanged(from: .pending, to: .open))], at: 80)
    #expect(minutes(resumed.resolution?.dueAt) == 165)
    #expect(resumed.resolution?.leftSeconds == 85 * 60)
  }

  @Test func `pending hides the deadline and brings it back unchanged`() {
    let history = [
      entry(0, .stateChanged(from: nil, to: .new)), entry(30, .stateChanged(from: .new, to: .pending)),
    ]
    #expect(clocks(history, pause: .hide, at: 60).resolution?.dueAt == nil)
    let resumed = clocks(
      history + [entry(75, .stateChanged(from: .pending, to: .open))], pause: .hide, at: 80)
    #expect(minutes(resumed.resolution?.dueAt) == 120)
    #expect(resumed.resolution?.leftSeconds == 40 * 60)
  }

  @Test func `where somebody outside set the deadline, pending neither moves nor hides it`() throws {
    let history = [
      entry(0, .stateChanged(from: nil, to: .new)), entry(30, .stateChanged(from: .new, to: .pending)),
    ]
    let pending = try #require(clocks(history, pause: .run, at: 60).resolution)
    #expect(minutes(pending.dueAt) == 120)
    #expect(!pending.isPaused)
    #expect(pending.leftSeconds == 60 * 60)
    #expect(clocks(history, pause: .run, at: 130).resolution?.isBreached == true)
  }

  @Test func `a reopened ticket goes on where it was solved`() {
    let history = [
      entry(0, .stateChanged(from: nil, to: .new)), entry(50, .stateChanged(from: .new, to: .solved)),
    ]
    let solved = clocks(history, at: 500)
    #expect(minutes(solved.resolution?.stoppedAt) == 50)
    #expect(solved.resolution?.isBreached == false)
    let reopened = clocks(history + [entry(600, .stateChanged(from: .solved, to: .open))], at: 610)
    #expect(reopened.resolution?.stoppedAt == nil)
    #expect(minutes(reopened.resolution?.dueAt) == 670)
  }
}

/// What the clocks of a ticket are measured with.
enum WorkingTimeTestsClock {
  static let monday = WallClock.china.moment(CivilDate("2026-03-02")!, secondOfDay: 9 * 3600)
  static let always = WorkingCalendar(
    id: "always", timeZone: "Asia/Shanghai",
    weekdays: Array(repeating: [WorkingCalendar.Interval(start: 0, end: 86_400)], count: 7))
}
