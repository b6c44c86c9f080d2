/// A practice customer of the sandbox: `Resources/scenarios/ID.yaml`.
package struct Scenario: Hashable, Codable, Sendable, Identifiable {
  /// The records that make the story true. Plans, products and bill lines are ids of the operator's catalogue.
  package struct Person: Hashable, Codable, Sendable {
    package struct Order: Hashable, Codable, Sendable {
      package var kind: String
      package var product: String
      /// 0 is the current month, -1 the last.
      package var month: Int
      package var day: Int
      package var channel: String

      package init(kind: String, product: String, month: Int, day: Int, channel: String) {
        self.kind = kind
        self.product = product
        self.month = month
        self.day = day
        self.channel = channel
      }
    }

    package struct Bill: Hashable, Codable, Sendable {
      package struct Line: Hashable, Codable, Sendable {
        package var item: String
        package var amount: Money
        package var day: Int

        package init(item: String, amount: Money, day: Int) {
          self.item = item
          self.amount = amount
          self.day = day
        }
      }

      package var month: Int
      package var lines: [Line]

      package init(month: Int, lines: [Line]) {
        self.month = month
        self.lines = lines
      }
    }

    package var name: String
    package var englishName: String
    package var salutation: LocalizedText
    package var phone: String
    package var level: Customer.Level
    /// Years with the operator.
    package var years: Int
    /// What verification compares.
    package var identityLastFour: String
    package var address: LocalizedText?
    package var plan: String
    /// Months from now; 0: no contract.
    package var contractEnds: Int
    package var products: [String]
    package var orders: [Order]
    package var bills: [Bill]

    package init(
      name: String, englishName: String, salutation: LocalizedText, phone: String, level: Customer.Level,
      years: Int, identityLastFour: String, address: LocalizedText?, plan: String, contractEnds: Int,
      products: [String], orders: [Order], bills: [Bill]
    ) {
      self.name = name
      self.englishName = englishName
      self.salutation = salutation
      self.phone = phone
      self.level = level
      self.years = years
      self.identityLastFour = identityLastFour
      self.address = address
      self.plan = plan
      self.contractEnds = contractEnds
      self.products = products
      self.orders = orders
      self.bills = bills
    }

    /// The identity card in the record, which ends as the customer says. 999999 is the code of no place, so that it is nobody's.
    package var identityCard: String { "99999919900307" + identityLastFour }
  }

  /// What the customer says to a reply, and how it changes the mood.
  package struct Turn: Hashable, Codable, Sendable, Identifiable {
    package enum Condition: Hashable, Codable, Sendable {
      /// The reply contains one of these words, in any case.
      case any([String])
      /// It is the agent's first reply.
      case first
      case always
    }

    package var id: String
    package var when: Condition
    /// Afterwards this turn no longer fits.
    package var once: Bool
    package var mood: Int
    /// The first time the first line, then the next; the last one repeats.
    package var say: [String]

    package init(id: String, when: Condition, once: Bool, mood: Int, say: [String]) {
      self.id = id
      self.when = when
      self.once = once
      self.mood = mood
      self.say = say
    }
  }

  /// Something that is looked for in what the trainee did.
  package struct Check: Hashable, Codable, Sendable, Identifiable {
    package enum Value: Hashable, Codable, Sendable {
      /// Text, a phone number, the id of a choice.
      case text(String)
      case money(Money)
      /// That month as `2026-10`; 0 is the current one.
      case month(Int)
      /// That many days from today.
      case day(Int)
      /// The bill line of that plan, product or charge of the catalogue.
      case item(String)
    }

    package enum Kind: Hashable, Codable, Sendable {
      case field(String, equals: Value)
      case category(CategoryID)
      case disposition([String])
      case template([TemplateID])
      /// A public reply or the closing text contains one of these words.
      case mentions([String])
      /// These steps were done, in this order.
      case steps([String])
      /// The customer gave the last digits of the identity card when asked, or the step `verify` was done, and either before
      /// personal data was revealed.
      case verifiedFirst
      case revealedUnverified
      /// Closed within so many seconds of the opening message.
      case closed(withinSeconds: Int)
    }

    package var id: String
    package var name: LocalizedText
    /// 0 for a fatal one.
    package var points: Int
    package var kind: Kind

    package init(id: String, name: LocalizedText, points: Int, kind: Kind) {
      self.id = id
      self.name = name
      self.points = points
      self.kind = kind
    }
  }

  package var id: String
  package var name: LocalizedText
  package var goal: LocalizedText
  /// 1 to begin with, to 5; the easiest is offered first.
  package var difficulty: Int
  package var language: Language
  package var channel: Channel
  package var zone: ZoneID
  package var category: CategoryID
  package var person: Person
  /// 1 calm to 5 furious.
  package var mood: Int
  /// The customer leaves when the mood reaches it.
  package var hangsUpAt: Int
  package var opening: String
  package var turns: [Turn]
  /// Their points add up to 100.
  package var expectations: [Check]
  /// One of these that holds fails the whole.
  package var fatal: [Check]

  package init(
    id: String, name: LocalizedText, goal: LocalizedText, difficulty: Int, language: Language,
    channel: Channel, zone: ZoneID,
    category: CategoryID, person: Person, mood: Int, hangsUpAt: Int, opening: String, turns: [Turn],
    expectations: [Check], fatal: [Check]
  ) {
    self.id = id
    self.name = name
    self.goal = goal
    self.difficulty = difficulty
    self.language = language
    self.channel = channel
    self.zone = zone
    self.category = category
    self.person = person
    self.mood = mood
    self.hangsUpAt = hangsUpAt
    self.opening = opening
    self.turns = turns
    self.expectations = expectations
    self.fatal = fatal
  }
}
