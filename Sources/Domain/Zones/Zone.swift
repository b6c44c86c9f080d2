/// A scenario with its own form, steps, templates and time limits: `Resources/zones/ZONE.yaml`.
package struct Zone: Hashable, Codable, Sendable, Identifiable {
  package struct TimeLimits: Hashable, Codable, Sendable {
    /// Seconds of working time; nil where the zone promises nothing.
    package var firstResponse: Int?
    package var nextReply: Int?
    package var resolution: Int?

    package init(firstResponse: Int? = nil, nextReply: Int? = nil, resolution: Int? = nil) {
      self.firstResponse = firstResponse
      self.nextReply = nextReply
      self.resolution = resolution
    }
  }

  /// What pending does to the deadline: move it by the time spent pending, hide it meanwhile and bring it back unchanged, or
  /// nothing, where somebody outside set it and waits for nobody.
  package enum PausePolicy: String, Codable, CaseIterable, Sendable { case shift, hide, run }

  package struct ServiceLevel: Hashable, Codable, Sendable {
    package var thresholdSeconds: Int
    package var formula: ServiceLevelFormula

    package init(thresholdSeconds: Int = 20, formula: ServiceLevelFormula = .answeredInTimeOfOffered) {
      self.thresholdSeconds = thresholdSeconds
      self.formula = formula
    }
  }

  package struct Disposition: Hashable, Codable, Sendable, Identifiable {
    package var id: String
    package var name: LocalizedText

    package init(id: String, name: LocalizedText) {
      self.id = id
      self.name = name
    }
  }

  package var id: ZoneID
  package var name: LocalizedText
  package var skill: String
  package var calendar: CalendarID
  package var timeLimits: TimeLimits
  package var pause: PausePolicy
  package var serviceLevel: ServiceLevel
  package var fields: [FormField]
  package var steps: [Step]
  package var dispositions: [Disposition]
  package var assistance = Assistance()
  /// Nil: nobody is asked who they are.
  package var verification: Verification?
  /// What is looked for in the customer's records, in the order of the file.
  package var diagnosis: [DiagnosisRule] = []
  /// What closing does while a required step is open.
  package var openSteps = OpenSteps.warn
  /// In which language customers are answered whose own nobody knows; nil: that of whoever makes the ticket.
  package var language: Language?

  package init(
    id: ZoneID, name: LocalizedText, skill: String, calendar: CalendarID,
    timeLimits: TimeLimits = TimeLimits(),
    pause: PausePolicy = .shift, serviceLevel: ServiceLevel = ServiceLevel(), fields: [FormField],
    steps: [Step] = [], dispositions: [Disposition], verification: Verification? = nil
  ) {
    self.id = id
    self.name = name
    self.skill = skill
    self.calendar = calendar
    self.timeLimits = timeLimits
    self.pause = pause
    self.serviceLevel = serviceLevel
    self.fields = fields
    self.steps = steps
    self.dispositions = dispositions
    self.verification = verification
  }

  package func field(_ id: String) -> FormField? { fields.first { $0.id == id } }

  /// Ids of required fields that `values` leaves empty, in the order of the form.
  package func missingFields(in values: [String: String]) -> [String] {
    fields.filter { $0.isRequired && (values[$0.id] ?? "").isEmpty }.map(\.id)
  }
}

extension Zone {
  private enum CodingKeys: String, CodingKey {
    case id, name, skill, calendar, timeLimits, pause, serviceLevel, fields, steps, dispositions, assistance,
      verification,
      diagnosis, openSteps, language
  }

  /// Zones that were stored before something was added have the usual value of it.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      id: try container.decode(ZoneID.self, forKey: .id),
      name: try container.decode(LocalizedText.self, forKey: .name),
      skill: try container.decode(String.self, forKey: .skill),
      calendar: try container.decode(CalendarID.self, forKey: .calendar),
      timeLimits: try container.decode(TimeLimits.self, forKey: .timeLimits),
      pause: try container.decode(PausePolicy.self, forKey: .pause),
      serviceLevel: try container.decode(ServiceLevel.self, forKey: .serviceLevel),
      fields: try container.decode([FormField].self, forKey: .fields),
      steps: try container.decode([Step].self, forKey: .steps),
      dispositions: try container.decode([Disposition].self, forKey: .dispositions))
    assistance = try container.decodeIfPresent(Assistance.self, forKey: .assistance) ?? Assistance()
    verification = try container.decodeIfPresent(Verification.self, forKey: .verification)
    diagnosis = try container.decodeIfPresent([DiagnosisRule].self, forKey: .diagnosis) ?? []
    openSteps = try container.decodeIfPresent(OpenSteps.self, forKey: .openSteps) ?? .warn
    language = try container.decodeIfPresent(Language.self, forKey: .language)
  }
}

/// The four formulas of service level that are in use; see judgement of measures in docs/measures.md.
package enum ServiceLevelFormula: String, Codable, CaseIterable, Sendable {
  /// (answered ≤ T + abandoned ≤ T) / (answered + abandoned)
  case answeredInTimeAndAbandonedInTimeOfAll = "answered-in-time-and-abandoned-in-time-of-all"
  /// answered ≤ T / answered
  case answeredInTimeOfAnswered = "answered-in-time-of-answered"
  /// answered ≤ T / (answered + abandoned)
  case answeredInTimeOfOffered = "answered-in-time-of-offered"
  /// answered ≤ T / (answered + abandoned > T)
  case answeredInTimeOfAnsweredAndAbandonedLate = "answered-in-time-of-answered-and-abandoned-late"
}

/// A node of `Resources/categories.yaml`, in the order of the file.
package struct Category: Hashable, Codable, Sendable, Identifiable {
  package var id: CategoryID
  package var name: LocalizedText
  package var parent: CategoryID?
  /// A leaf names its zone; a branch has none.
  package var zone: ZoneID?

  package init(id: CategoryID, name: LocalizedText, parent: CategoryID?, zone: ZoneID?) {
    self.id = id
    self.name = name
    self.parent = parent
    self.zone = zone
  }
}

/// A prepared closing of a zone: `Resources/templates/ZONE.yaml`. Slots are Mustache.
package struct ClosingTemplate: Hashable, Codable, Sendable, Identifiable {
  package struct Choice: Hashable, Codable, Sendable, Identifiable {
    package var id: String
    package var name: LocalizedText
    package var options: [LocalizedText]

    package init(id: String, name: LocalizedText, options: [LocalizedText]) {
      self.id = id
      self.name = name
      self.options = options
    }
  }

  package var id: TemplateID
  package var zone: ZoneID
  package var name: LocalizedText
  package var disposition: String
  /// Categories it closes; empty means all of the zone.
  package var categories: [CategoryID]
  package var choices: [Choice]
  package var text: LocalizedText

  package init(
    id: TemplateID, zone: ZoneID, name: LocalizedText, disposition: String, categories: [CategoryID] = [],
    choices: [Choice] = [], text: LocalizedText
  ) {
    self.id = id
    self.zone = zone
    self.name = name
    self.disposition = disposition
    self.categories = categories
    self.choices = choices
    self.text = text
  }
}

/// A page of knowledge in one language: `Resources/knowledge/LANGUAGE/ID.md`.
package struct Article: Hashable, Codable, Sendable, Identifiable {
  package var id: ArticleID
  package var language: Language
  package var title: String
  /// Nil: for all zones.
  package var zone: ZoneID?
  package var tags: [String]
  package var validUntil: CivilDate?
  package var owner: String
  /// Markdown.
  package var body: String

  package init(
    id: ArticleID, language: Language, title: String, zone: ZoneID? = nil, tags: [String] = [],
    validUntil: CivilDate? = nil, owner: String = "", body: String
  ) {
    self.id = id
    self.language = language
    self.title = title
    self.zone = zone
    self.tags = tags
    self.validUntil = validUntil
    self.owner = owner
    self.body = body
  }

  package func isExpired(on day: CivilDate) -> Bool { validUntil.map { $0 < day } ?? false }
}

/// Working hours and holidays: `Resources/calendars/NAME.yaml`.
package struct WorkingCalendar: Hashable, Codable, Sendable, Identifiable {
  /// Half-open seconds of a day; `end` may be 86,400.
  package struct Interval: Hashable, Codable, Sendable {
    package var start: Int
    package var end: Int

    package init(start: Int, end: Int) {
      self.start = start
      self.end = end
    }
  }

  package struct SpecialDay: Hashable, Codable, Sendable {
    package var name: String
    package var date: CivilDate
    package var isOff: Bool

    package init(name: String, date: CivilDate, isOff: Bool) {
      self.name = name
      self.date = date
      self.isOff = isOff
    }
  }

  package var id: CalendarID
  /// IANA name of the time zone.
  package var timeZone: String
  /// Intervals from Monday (index 0) to Sunday (index 6), in order and apart.
  package var weekdays: [[Interval]]
  package var specialDays: [SpecialDay]
  /// Years whose holidays are known.
  package var years: [Int]

  package init(
    id: CalendarID, timeZone: String, weekdays: [[Interval]], specialDays: [SpecialDay] = [],
    years: [Int] = []
  ) {
    self.id = id
    self.timeZone = timeZone
    self.weekdays = weekdays
    self.specialDays = specialDays
    self.years = years
  }
}

/// Everything that `admin apply` loads at once.
package struct ConfigurationSet: Hashable, Codable, Sendable {
  package var zones: [Zone] = []
  package var categories: [Category] = []
  package var templates: [ClosingTemplate] = []
  package var articles: [Article] = []
  package var synonyms: [[String]] = []
  package var calendars: [WorkingCalendar] = []
  package var teams: [Team] = []
  package var agents: [Agent] = []
  /// Nil: nothing is refunded at this desk.
  package var refunds: RefundRules?
  /// What is sold, in the order of the file.
  package var catalogue: [CatalogueItem] = []
  /// Words of `assistance/`; the zones have their own beside them.
  package var words = AssistanceWords()
  /// Known disturbances, in the order of the file.
  package var outages: [Outage] = []
  package var offers = OfferBook()
  /// In the order of the file.
  package var macros: [Macro] = []

  package init() {}

  /// What was written before a part existed has none of it.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    func list<Value: Decodable>(_ key: CodingKeys) throws -> [Value] {
      try container.decodeIfPresent([Value].self, forKey: key) ?? []
    }
    zones = try list(.zones)
    categories = try list(.categories)
    templates = try list(.templates)
    articles = try list(.articles)
    synonyms = try list(.synonyms)
    calendars = try list(.calendars)
    teams = try list(.teams)
    agents = try list(.agents)
    catalogue = try list(.catalogue)
    words = try container.decodeIfPresent(AssistanceWords.self, forKey: .words) ?? AssistanceWords()
    macros = try list(.macros)
    refunds = try container.decodeIfPresent(RefundRules.self, forKey: .refunds)
    outages = try list(.outages)
    offers = try container.decodeIfPresent(OfferBook.self, forKey: .offers) ?? OfferBook()
  }
}

extension String {
  package var trimmed: String {
    var view = self[...]
    while let first = view.first, first.isWhitespace { view.removeFirst() }
    while let last = view.last, last.isWhitespace { view.removeLast() }
    return String(view)
  }
}
