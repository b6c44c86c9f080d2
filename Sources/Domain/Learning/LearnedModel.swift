/// What was learned from closed tickets: which files all desks read with, and what became of every attempt. One row of the
/// configuration; the files lie beside the attachments under their digests.
package struct LearnedModel: Hashable, Codable, Sendable {
  package struct File: Hashable, Codable, Sendable {
    package enum Use: String, Codable, CaseIterable, Sendable { case category, priority }

    package var use: Use
    /// SHA-256 of the bytes, 64 hexadecimal digits.
    package var digest: String
    package var byteCount: Int64

    package init(use: Use, digest: String, byteCount: Int64) {
      self.use = use
      self.digest = digest
      self.byteCount = byteCount
    }
  }

  /// How well it labels closes that it has not seen, newest ones: raw counts, and what is made of them.
  package struct Figures: Hashable, Codable, Sendable {
    /// Closes that were held back.
    package var texts: Int64
    package var right: Int64
    /// Of the model before it, on the same texts; nil where there was none.
    package var rightBefore: Int64?
    package var macroF1: Double
    package var calibrationError: Double

    package init(
      texts: Int64, right: Int64, rightBefore: Int64?, macroF1: Double, calibrationError: Double
    ) {
      self.texts = texts
      self.right = right
      self.rightBefore = rightBefore
      self.macroF1 = macroF1
      self.calibrationError = calibrationError
    }

    package var accuracy: Double { texts > 0 ? Double(right) / Double(texts) : 0 }
    package var accuracyBefore: Double? {
      rightBefore.map { texts > 0 ? Double($0) / Double(texts) : 0 }
    }
  }

  /// A fact of an attempt: `reason.learning.KEY` of the string catalogue says it in either language.
  package struct Finding: Hashable, Codable, Sendable {
    package var key: String
    package var values: [String: String]

    package init(_ key: String, _ values: [String: String] = [:]) {
      self.key = key
      self.values = values
    }
  }

  /// One attempt to learn.
  package struct Attempt: Hashable, Codable, Sendable {
    /// The model it would replace; 0 where there was none.
    package var basedOn: Int64
    package var files: [File]
    /// Closed tickets it learned from, and how many labels they had.
    package var texts: Int64
    package var labels: Int64
    /// It knows no close after this.
    package var learnedUntil: Timestamp
    package var figures: Figures
    /// Why it was adopted or not, and what the guard noticed; the decisive one first.
    package var findings: [Finding]

    package init(
      basedOn: Int64, files: [File], texts: Int64, labels: Int64, learnedUntil: Timestamp, figures: Figures,
      findings: [Finding]
    ) {
      self.basedOn = basedOn
      self.files = files
      self.texts = texts
      self.labels = labels
      self.learnedUntil = learnedUntil
      self.figures = figures
      self.findings = findings
    }
  }

  /// An attempt with what became of it.
  package struct Event: Hashable, Codable, Sendable {
    /// The number it got; nil where it was not adopted.
    package var version: Int64?
    package var at: Timestamp
    /// A person, or `system`.
    package var by: AgentID
    package var attempt: Attempt

    package init(version: Int64?, at: Timestamp, by: AgentID, attempt: Attempt) {
      self.version = version
      self.at = at
      self.by = by
      self.attempt = attempt
    }
  }

  /// What desks read with; nil before the first one.
  package private(set) var current: Event?
  /// The one before it: its files are kept too.
  package private(set) var previous: Event?
  /// Newest first.
  package private(set) var history: [Event] = []

  package static let mostEvents = 60
  /// Bytes of one file.
  package static let largestFile: Int64 = 64 << 20

  package init() {}

  package var version: Int64 { current?.version ?? 0 }

  /// Files that somebody may still open.
  package var files: [File] {
    [current, previous].compactMap(\.self).flatMap(\.attempt.files)
  }

  package mutating func adopt(_ attempt: Attempt, at moment: Timestamp, by agent: AgentID) {
    let event = Event(version: version + 1, at: moment, by: agent, attempt: attempt)
    previous = current
    current = event
    remember(event)
  }

  package mutating func refuse(_ attempt: Attempt, at moment: Timestamp, by agent: AgentID) {
    remember(Event(version: nil, at: moment, by: agent, attempt: attempt))
  }

  private mutating func remember(_ event: Event) {
    history.insert(event, at: 0)
    history.removeLast(max(0, history.count - Self.mostEvents))
  }
}

extension LearnedModel.Attempt {
  private static let mostFindings = 40
  private static let longestValue = 400

  /// Whether it can be what it says: it comes from outside.
  var isSound: Bool {
    let digests = files.allSatisfy { file in
      file.digest.utf8.count == 64
        && file.digest.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
        && file.byteCount > 0 && file.byteCount <= LearnedModel.largestFile
    }
    return digests && Set(files.map(\.use)).count == files.count && texts >= 0 && labels >= 0
      && figures.texts >= 0 && (0...figures.texts).contains(figures.right)
      && figures.macroF1.isFinite && figures.calibrationError.isFinite
      && findings.count <= Self.mostFindings
      && findings.allSatisfy { finding in
        finding.key.utf8.count <= Self.longestValue && finding.values.count <= 10
          && finding.values.allSatisfy {
            $0.key.utf8.count <= Self.longestValue && $0.value.utf8.count <= Self.longestValue
          }
      }
  }
}
