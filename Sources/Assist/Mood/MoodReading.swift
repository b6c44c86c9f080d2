import Domain

/// How the customer feels, message by message and over the conversation.
package struct MoodReading: Hashable, Sendable {
  package enum Level: Int, CaseIterable, Comparable, Sendable {
    case content, uneasy, angry, furious

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

    /// `●●○`: as many as the level, of three.
    package var marks: String {
      String(repeating: "●", count: rawValue) + String(repeating: "○", count: 3 - rawValue)
    }
  }

  package enum Trend: String, Sendable { case rising, steady, falling }

  /// A word that spoke for or against anger.
  package struct Word: Hashable, Sendable {
    package var place: TextPlace
    /// What it added to its message, on the scale of `score`: below 0 it calmed.
    package var weight: Double
    package var reason: Reason

    package init(place: TextPlace, weight: Double, reason: Reason) {
      self.place = place
      self.weight = weight
      self.reason = reason
    }
  }

  /// One message of the customer.
  package struct Message: Hashable, Sendable {
    /// Index in `ReadingInput.messages`.
    package var message: Int
    /// Below 0 pleased, 0 nothing said, 3 furious.
    package var score: Double
    package var level: Level

    package init(message: Int, score: Double, level: Level) {
      self.message = message
      self.score = score
      self.level = level
    }
  }

  package var level: Level
  /// Below 0 pleased, 0 nothing said, 3 furious.
  package var score: Double
  /// Nil while the customer has said less than two things.
  package var trend: Trend?
  /// Everything that spoke for anger less everything that spoke for content: above 0 the text is displeased.
  package var balance = 0.0
  /// 0 to 1: how far the score is from the next level, and whether the signs agree. Nobody has measured it on people.
  package var confidence: Double
  /// What decided, the strongest first.
  package var words: [Word]
  /// Of the customer alone, in the order of the ticket.
  package var messages: [Message]
  package var urgency: UrgencyReading

  package init(
    level: Level = .content, score: Double = 0, trend: Trend? = nil, confidence: Double = 0,
    words: [Word] = [], messages: [Message] = [], urgency: UrgencyReading = UrgencyReading()
  ) {
    self.level = level
    self.score = score
    self.trend = trend
    self.confidence = confidence
    self.words = words
    self.messages = messages
    self.urgency = urgency
  }
}

/// How soon something has to happen, as far as the customer says.
package struct UrgencyReading: Hashable, Sendable {
  package enum Level: Int, CaseIterable, Comparable, Sendable {
    case usual, soon, now

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
  }

  package struct Sign: Hashable, Sendable {
    package var kind: UrgencyKind
    package var level: Level
    /// Nil where it is not in a text: earlier visits, a long wait.
    package var place: TextPlace?
    package var reason: Reason

    package init(kind: UrgencyKind, level: Level, place: TextPlace?, reason: Reason) {
      self.kind = kind
      self.level = level
      self.place = place
      self.reason = reason
    }
  }

  package var level: Level
  /// The most urgent first.
  package var signs: [Sign]

  package init(level: Level = .usual, signs: [Sign] = []) {
    self.level = level
    self.signs = signs
  }
}
