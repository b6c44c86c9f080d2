import Domain
import Terminal

/// What is known of the row under the cursor while no ticket is open: made once, drawn often.
struct TicketCard: Sendable {
  struct Key: Equatable, Sendable {
    var row: QueueRow
    var columns: Int
    var language: Language
  }

  var key: Key
  var subject: SafeText
  var facts: SafeText
  var customer: SafeText
  var preview: [SafeText]
}

/// Another row is under the cursor; its card comes when the cursor has rested.
struct CardWait: Equatable, Sendable {
  var row: TicketID
  var until: Timestamp
}

extension DeskModel {
  /// A key that is held down repeats faster than this; nobody can read a card for less.
  private static let rest: Int64 = 80

  /// The card of the selected row, at once where there was none, otherwise when the cursor rests.
  mutating func prepareCard(columns: Int) {
    guard open == nil, let row = queue.selectedRow else {
      card = nil
      cardWait = nil
      return
    }
    let key = TicketCard.Key(row: row, columns: columns, language: language)
    guard card?.key != key else {
      cardWait = nil
      return
    }
    if let shown = card?.key, shown.row.id != row.id, shown.language == language, shown.columns == columns {
      if cardWait?.row != row.id {
        cardWait = CardWait(row: row.id, until: Timestamp(milliseconds: now.milliseconds + Self.rest))
      }
      if let cardWait, now < cardWait.until { return }
    }
    cardWait = nil
    card = makeCard(key)
  }

  private func makeCard(_ key: TicketCard.Key) -> TicketCard {
    let row = key.row
    let facts = [
      row.number.map { "#\($0)" } ?? "", directory.zone(row.zone)?.name[language] ?? "",
      row.category.map { directory.categoryName($0, in: language) } ?? "",
    ].filter { !$0.isEmpty }
    let level = words.text("level.\(row.customerLevel.rawValue)")
    let channel = words.text("channel.\(row.channel.rawValue)")
    return TicketCard(
      key: key, subject: SafeText(row.subject), facts: SafeText(facts.joined(separator: " · ")),
      customer: SafeText("\(row.customerName)  \(level)  \(channel)"),
      preview: SafeText(row.preview).wrapped(columns: max(1, key.columns)))
  }
}
