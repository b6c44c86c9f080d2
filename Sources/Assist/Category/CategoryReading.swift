import Domain

/// What a ticket is about, how sure that is, and why. "Not sure" is an answer: `category` is nil then, and `candidates` say
/// between what it wavers.
package struct CategoryReading: Hashable, Sendable {
  package struct Candidate: Hashable, Sendable {
    package var category: CategoryID
    package var zone: ZoneID
    /// The share of texts with such scores that people closed under it, 0 to 1.
    package var confidence: Double

    package init(category: CategoryID, zone: ZoneID, confidence: Double) {
      self.category = category
      self.zone = zone
      self.confidence = confidence
    }
  }

  package struct ZoneCandidate: Hashable, Sendable {
    package var zone: ZoneID
    /// The sum over its categories.
    package var confidence: Double

    package init(zone: ZoneID, confidence: Double) {
      self.zone = zone
      self.confidence = confidence
    }
  }

  /// A part of what the customer wrote that spoke for the first candidate.
  package struct Word: Hashable, Sendable {
    /// Personal data masked.
    package var text: String
    /// Nil where it stands in the subject.
    package var place: TextPlace?
    /// Its part of everything that spoke for the category, 0 to 1.
    package var share: Double

    package init(text: String, place: TextPlace?, share: Double) {
      self.text = text
      self.place = place
      self.share = share
    }
  }

  /// A leaf of the category tree; nil where it abstains.
  package var category: CategoryID?
  /// May be sure where the category is not: several categories of one zone share the confidence.
  package var zone: ZoneID?
  /// Of the first candidate, also where it abstains.
  package var confidence: Double
  package var zoneConfidence: Double
  /// What `confidence` had to reach.
  package var threshold: Double
  /// Whether the text looks like nothing that was ever closed here.
  package var isOutOfScope: Bool
  /// Best first, at most three; empty without a model.
  package var candidates: [Candidate]
  /// Best first, at most three.
  package var zones: [ZoneCandidate]
  /// Most important first.
  package var words: [Word]
  package var priority: PriorityReading
  /// Why it says this, or says nothing.
  package var reasons: [Reason]

  package var isAbstaining: Bool { category == nil }

  package init(
    category: CategoryID?, zone: ZoneID?, confidence: Double, zoneConfidence: Double, threshold: Double,
    isOutOfScope: Bool, candidates: [Candidate], zones: [ZoneCandidate], words: [Word],
    priority: PriorityReading, reasons: [Reason]
  ) {
    self.category = category
    self.zone = zone
    self.confidence = confidence
    self.zoneConfidence = zoneConfidence
    self.threshold = threshold
    self.isOutOfScope = isOutOfScope
    self.candidates = candidates
    self.zones = zones
    self.words = words
    self.priority = priority
    self.reasons = reasons
  }
}

/// How urgent a ticket is: what people set on such texts, raised by rules that say why, never lowered by them.
package struct PriorityReading: Hashable, Sendable {
  /// Nil where nothing is known and no rule applies.
  package var priority: Ticket.Priority?
  /// Of what was learned, 0 to 1; 1 where a rule alone decided.
  package var confidence: Double
  package var reasons: [Reason]

  package init(priority: Ticket.Priority? = nil, confidence: Double = 0, reasons: [Reason] = []) {
    self.priority = priority
    self.confidence = confidence
    self.reasons = reasons
  }
}

/// What was learned from closed tickets, as it lies in the memory of a desk. Both parts may be absent.
package struct ReadingModels: Sendable {
  package var category: TextModel?
  package var priority: TextModel?
  /// The number under which the store knows it; 0 for one that came from a file.
  package var version: Int64

  package init(category: TextModel? = nil, priority: TextModel? = nil, version: Int64 = 0) {
    self.category = category
    self.priority = priority
    self.version = version
  }

  package static let none = ReadingModels()
}
