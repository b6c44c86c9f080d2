/// A key of one kind of thing: a text that a ticket's key can never be confused with a customer's.
///
/// Keys made by a desk are 26 characters that sort by time (`IdentifierSource`); keys of things that a team edits
/// (zones, templates, agents) are the words of the file.
package struct Identifier<Subject>: Hashable, Sendable, Comparable, Codable, CustomStringConvertible,
  ExpressibleByStringLiteral
{
  package let text: String

  package init(_ text: String) { self.text = text }
  package init(stringLiteral text: String) { self.text = text }

  package init(from decoder: any Decoder) throws {
    text = try decoder.singleValueContainer().decode(String.self)
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }

  package var description: String { text }

  package static func < (left: Self, right: Self) -> Bool { left.text < right.text }
}

package typealias TicketID = Identifier<Ticket>
package typealias ContactID = Identifier<Contact>
package typealias EntryID = Identifier<TimelineEntry>
package typealias CustomerID = Identifier<Customer>
package typealias IdentityID = Identifier<Identity>
package typealias ProductID = Identifier<Product>
package typealias OrderID = Identifier<Order>
package typealias BillID = Identifier<Bill>
package typealias RefundID = Identifier<Refund>
package typealias AttachmentID = Identifier<Attachment>
package typealias AgentID = Identifier<Agent>
package typealias TeamID = Identifier<Team>
package typealias ZoneID = Identifier<Zone>
package typealias CategoryID = Identifier<Category>
package typealias TemplateID = Identifier<ClosingTemplate>
package typealias ArticleID = Identifier<Article>
package typealias CalendarID = Identifier<WorkingCalendar>
package typealias OperationID = Identifier<Operation>

/// Makes keys that no other desk makes: 48 bits of time in milliseconds and 80 bits of randomness, in Crockford's
/// base 32, so that keys made later sort later and a B-tree grows at its end.
package struct IdentifierSource: Sendable {
  private let now: @Sendable () -> Timestamp
  private let random: @Sendable () -> UInt64

  package init(
    now: @escaping @Sendable () -> Timestamp = { .now },
    random: @escaping @Sendable () -> UInt64 = { UInt64.random(in: .min ... .max) }
  ) {
    self.now = now
    self.random = random
  }

  package func next<Subject>(_: Subject.Type = Subject.self) -> Identifier<Subject> {
    Identifier(Self.text(milliseconds: UInt64(max(0, now().milliseconds)), high: random(), low: random()))
  }

  /// Whether a key looks like one that a desk made: 26 digits. Every other one was brought by somebody.
  package static func isMade(_ text: String) -> Bool {
    text.utf8.count == 26 && text.utf8.allSatisfy { digits.contains($0) }
  }

  private static let digits = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

  /// The 26 characters of these bits: for whoever draws time and randomness itself.
  package static func text(milliseconds: UInt64, high: UInt64, low: UInt64) -> String {
    var bytes = [UInt8](repeating: 0, count: 26)
    var time = milliseconds
    for index in stride(from: 9, through: 0, by: -1) {
      bytes[index] = digits[Int(time & 31)]
      time >>= 5
    }
    var left = high
    var right = low
    for index in 10..<18 {
      bytes[index] = digits[Int(left & 31)]
      left >>= 5
      bytes[index + 8] = digits[Int(right & 31)]
      right >>= 5
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
