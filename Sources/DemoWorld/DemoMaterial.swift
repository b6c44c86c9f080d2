import Domain

/// What a demo world is made of: `Resources/demo/`. Names, places, products and sentences to combine; nothing in it is a
/// real person, number or address.
package struct DemoMaterial: Hashable, Sendable {
  package struct Name: Hashable, Sendable {
    package var text: String
    package var pinyin: String
    package var weight: Int

    package init(text: String, pinyin: String, weight: Int = 1) {
      self.text = text
      self.pinyin = pinyin
      self.weight = weight
    }
  }

  package struct City: Hashable, Sendable {
    package var name: LocalizedText
    package var weight: Int
    package var districts: [District]

    package init(name: LocalizedText, weight: Int, districts: [District]) {
      self.name = name
      self.weight = weight
      self.districts = districts
    }
  }

  package struct District: Hashable, Sendable {
    package var name: LocalizedText
    package var streets: [LocalizedText]
    package var communities: [LocalizedText]

    package init(name: LocalizedText, streets: [LocalizedText], communities: [LocalizedText]) {
      self.name = name
      self.streets = streets
      self.communities = communities
    }
  }

  package struct Plan: Hashable, Sendable {
    package var id: String
    package var name: LocalizedText
    package var fee: Money
    package var contractMonths: Int
    /// The broadband that a family plan includes.
    package var broadband: String?

    package init(id: String, name: LocalizedText, fee: Money, contractMonths: Int, broadband: String?) {
      self.id = id
      self.name = name
      self.fee = fee
      self.contractMonths = contractMonths
      self.broadband = broadband
    }
  }

  package struct Broadband: Hashable, Sendable {
    package var id: String
    package var name: LocalizedText
    package var fee: Money
    package var speed: String

    package init(id: String, name: LocalizedText, fee: Money, speed: String) {
      self.id = id
      self.name = name
      self.fee = fee
      self.speed = speed
    }
  }

  /// A value-added product.
  package struct Service: Hashable, Sendable {
    package var id: String
    package var name: LocalizedText
    package var fee: Money
    package var isMonthly: Bool

    package init(id: String, name: LocalizedText, fee: Money, isMonthly: Bool) {
      self.id = id
      self.name = name
      self.fee = fee
      self.isMonthly = isMonthly
    }
  }

  /// Another line of a bill with its usual amounts; a negative one is a discount.
  package struct Charge: Hashable, Sendable {
    package var id: String
    package var name: LocalizedText
    package var amounts: [Money]

    package init(id: String, name: LocalizedText, amounts: [Money]) {
      self.id = id
      self.name = name
      self.amounts = amounts
    }
  }

  /// Something with an id, a name and a relative frequency: tags, kinds of orders, ways of ordering.
  package struct Term: Hashable, Sendable {
    package var id: String
    package var name: LocalizedText
    package var weight: Int

    package init(id: String, name: LocalizedText, weight: Int = 1) {
      self.id = id
      self.name = name
      self.weight = weight
    }
  }

  package struct ChannelManner: Hashable, Sendable {
    package var channel: Channel
    package var share: Int
    package var wrap: SlotTexts
    package var greeting: SlotTexts
    package var goodbye: SlotTexts
    /// Dropped between the sentences of a transcript.
    package var fillers: SlotTexts

    package init(
      channel: Channel, share: Int, wrap: SlotTexts, greeting: SlotTexts = SlotTexts(),
      goodbye: SlotTexts = SlotTexts(), fillers: SlotTexts = SlotTexts()
    ) {
      self.channel = channel
      self.share = share
      self.wrap = wrap
      self.greeting = greeting
      self.goodbye = goodbye
      self.fillers = fillers
    }
  }

  /// What the records of a customer must say for a message to be true.
  package enum Fact: String, CaseIterable, Sendable {
    case none
    case duplicateCharge = "duplicate_charge"
    case chargedAfterCancel = "charged_after_cancel"
    case roamingCharge = "roaming_charge"
    case lateFee = "late_fee"
    case broadbandOutage = "broadband_outage"
    case slowSpeed = "slow_speed"
    case contractActive = "contract_active"
    case contractExpired = "contract_expired"
    case planChanged = "plan_changed"
    case unwantedService = "vas_unwanted"
  }

  /// What only some customers have.
  package enum Need: String, CaseIterable, Sendable {
    case broadband
    /// A plan without broadband in it.
    case mobilePlan = "mobile-plan"
  }

  /// What a form field may hold, in the field's own form.
  package struct FieldValue: Hashable, Sendable {
    package var chinese: SlotText
    package var english: SlotText

    package init(chinese: SlotText, english: SlotText) {
      self.chinese = chinese
      self.english = english
    }

    package subscript(language: Language) -> SlotText { language == .chinese ? chinese : english }
  }

  package struct CategoryTexts: Hashable, Sendable {
    package var category: CategoryID
    package var weight: Int
    package var fact: Fact
    package var needs: Need?
    /// Ids of services that it may be about; empty: any.
    package var services: [String]
    /// The id of the charge that the bill carries.
    package var charge: String?
    /// Ids of kinds of orders, one of which is open.
    package var orders: [String]
    /// `{address}` is one of `spots`, not the home.
    package var usesSpots: Bool
    /// Form values by field; of several one is taken.
    package var fields: [String: [FieldValue]]
    package var subjects: SlotTexts
    package var messages: SlotTexts

    package init(
      category: CategoryID, weight: Int, fact: Fact, needs: Need? = nil, services: [String] = [],
      charge: String? = nil, orders: [String] = [], usesSpots: Bool = false, fields: [String: [FieldValue]],
      subjects: SlotTexts, messages: SlotTexts
    ) {
      self.category = category
      self.weight = weight
      self.fact = fact
      self.needs = needs
      self.services = services
      self.charge = charge
      self.orders = orders
      self.usesSpots = usesSpots
      self.fields = fields
      self.subjects = subjects
      self.messages = messages
    }
  }

  package struct ZoneTexts: Hashable, Sendable {
    package var zone: ZoneID
    package var categories: [CategoryTexts]
    package var followUps: SlotTexts
    package var notes: SlotTexts
    package var replies: SlotTexts

    package init(
      zone: ZoneID, categories: [CategoryTexts], followUps: SlotTexts = SlotTexts(),
      notes: SlotTexts = SlotTexts(), replies: SlotTexts = SlotTexts()
    ) {
      self.zone = zone
      self.categories = categories
      self.followUps = followUps
      self.notes = notes
      self.replies = replies
    }
  }

  /// A ticket that every demo desk has, waiting at the top of the queue, with a customer of its own.
  package struct TourTicket: Hashable, Sendable {
    package var category: CategoryID
    package var channel: Channel
    package var priority: Ticket.Priority
    package var waitingSeconds: Int
    package var language: Language
    package var name: String
    package var isFemale: Bool
    /// Eleven digits.
    package var phone: String
    package var level: Customer.Level
    /// Years as a customer.
    package var years: Int
    package var plan: String
    package var broadband: String?
    /// Ids of tags.
    package var tags: [String]
    /// Earlier tickets.
    package var visits: Int
    /// The service or charge that it is about.
    package var service: String?
    package var subject: SlotText
    package var message: SlotText

    package init(
      category: CategoryID, channel: Channel, priority: Ticket.Priority, waitingSeconds: Int,
      language: Language, name: String, isFemale: Bool, phone: String, level: Customer.Level, years: Int,
      plan: String, broadband: String?, tags: [String], visits: Int, service: String?, subject: SlotText,
      message: SlotText
    ) {
      self.category = category
      self.channel = channel
      self.priority = priority
      self.waitingSeconds = waitingSeconds
      self.language = language
      self.name = name
      self.isFemale = isFemale
      self.phone = phone
      self.level = level
      self.years = years
      self.plan = plan
      self.broadband = broadband
      self.tags = tags
      self.visits = visits
      self.service = service
      self.subject = subject
      self.message = message
    }
  }

  package var surnames: [Name] = []
  package var givenFemale: [Name] = []
  package var givenMale: [Name] = []
  package var englishFemale: [String] = []
  package var englishMale: [String] = []
  package var englishLast: [String] = []
  /// With `{city}` `{district}` `{street}` `{n}` `{community}` `{b}` `{room}`.
  package var addressPattern = LocalizedText(chinese: "", english: "")
  package var cities: [City] = []
  package var spots: [LocalizedText] = []
  package var plans: [Plan] = []
  package var broadbands: [Broadband] = []
  package var services: [Service] = []
  package var charges: [Charge] = []
  /// Relative frequencies of customer levels.
  package var levels: [Customer.Level: Int] = [:]
  package var tags: [Term] = []
  package var orderKinds: [Term] = []
  package var orderChannels: [Term] = []
  package var outageCauses: [LocalizedText] = []
  /// How a hotline writes its reference: `{yyyy}` `{mm}` `{dd}` and a run of `n` for free digits.
  package var hotlineReference = ""
  package var channels: [ChannelManner] = []
  package var zones: [ZoneTexts] = []
  package var tour: [TourTicket] = []

  package init() {}
}
