/// Months as people write them in a text: `2026-10`, `2026/10`, `2026.10`, `202610`, `2026年10月`, several of them, or words.
package enum CivilMonths {
  /// The text in stored form: one month alone as `2026-10`, everything else as it is. Nil where it names a month or a day that
  /// does not exist (`2026-13`, `13月`, `2026-02-30`); words alone (国庆期间) are no month and no mistake.
  package static func canonical(_ text: String) -> String? {
    var runs: [Run] = []
    var current: [Character] = []
    for character in text + " " {
      if let scalar = character.unicodeScalars.first, character.unicodeScalars.count == 1,
        let digit = FoldedText.digit(scalar)
      {
        current.append(Character(String(digit)))
      } else if !current.isEmpty, "-/.．年月日号".contains(character) {
        current.append(character)
      } else if !current.isEmpty {
        runs.append(Run(current))
        current = []
      }
    }
    guard runs.allSatisfy(\.exists) else { return nil }
    guard runs.count == 1, let month = runs[0].month, runs[0].length == text.count else { return text }
    return month
  }

  /// Digits and what stands between the parts of a date.
  private struct Run {
    /// How many characters it takes in the text.
    var length: Int
    private var numbers: [(value: Int, digits: Int)] = []
    private var marks: [Character] = []

    init(_ characters: [Character]) {
      length = characters.count
      for part in characters.split(whereSeparator: { !$0.isNumber }) {
        numbers.append((Int(String(part)) ?? .max, part.count))
      }
      marks = characters.filter { !$0.isNumber }
    }

    private var beginsWithYear: Bool {
      guard let first = numbers.first else { return false }
      return first.digits == 4 || marks.first == "年"
    }

    /// Not where it looks like a month or a day that no calendar has. What looks like neither is somebody's number.
    var exists: Bool {
      // 2611-0417 is the number of a ticket.
      if numbers.dropFirst().contains(where: { $0.digits > 2 }) { return true }
      switch numbers.count {
      case 1 where numbers[0].digits == 6 && (1900...2199).contains(numbers[0].value / 100):
        return isMonth(numbers[0].value % 100)
      case 1 where numbers[0].digits == 8 && (1900...2199).contains(numbers[0].value / 10_000):
        let value = numbers[0].value
        return CivilDate(year: value / 10_000, month: value / 100 % 100, day: value % 100) != nil
      case 1: return marks.first != "月" || isMonth(numbers[0].value)
      case 2 where beginsWithYear: return numbers[0].value > 0 && isMonth(numbers[1].value)
      case 2: return marks.first != "月" || isMonth(numbers[0].value)
      case 3 where beginsWithYear:
        return CivilDate(year: numbers[0].value, month: numbers[1].value, day: numbers[2].value) != nil
      default: return true
      }
    }

    /// `2026-10`; nil for anything but one month of a year.
    var month: String? {
      if numbers.count == 1, numbers[0].digits == 6, marks.isEmpty, exists, numbers[0].value >= 190_000 {
        return CivilDate(year: numbers[0].value / 100, month: numbers[0].value % 100, day: 1)?.monthText
      }
      guard numbers.count == 2, beginsWithYear, marks.count == 1 || marks.count == 2 && marks[1] == "月" else {
        return nil
      }
      return CivilDate(year: numbers[0].value, month: numbers[1].value, day: 1)?.monthText
    }

    private func isMonth(_ number: Int) -> Bool { (1...12).contains(number) }
  }
}
