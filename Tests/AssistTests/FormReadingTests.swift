import Assist
import Domain
import Testing

/// Forms of a demo world whose seed nothing was written with: what agents entered against what is read.
@Suite struct `A form is filled from messages and records` {
  @Test func `of hundreds of tickets, most of what can be known is right`() throws {
    let forms = try DemoForms()
    let scores = forms.scores(of: try forms.tickets(seed: 20_261_122, count: 600))
    func percent(_ share: Double) -> String { "\(Int((share * 1000).rounded()))‰" }
    for (name, score) in scores {
      print(
        "form \(name): \(score.truth) held, \(score.read) read, precision \(percent(score.precision)), recall \(percent(score.recall)), "
          + "\(score.sure) sure, of them right \(percent(score.surePrecision))")
    }
    let byName = Dictionary(scores.map { ($0.name, $0.score) }, uniquingKeysWith: { first, _ in first })
    let all = try #require(byName["all"])
    #expect(all.truth > 1000)
    #expect(all.precision > 0.8)
    #expect(all.recall > 0.6)
    #expect(all.surePrecision > 0.9)
    // What stands on the bill or in the profile leaves little to guess.
    for (name, floor) in [
      ("kind money", 0.9), ("kind bill_line", 0.9), ("kind phone", 0.97), ("kind order", 0.9),
    ] {
      let score = try #require(byName[name])
      #expect(score.precision > floor, "\(name) \(score.precision)")
    }
  }

  @Test func `every reading is in the form of its field, and its place is in a message of the customer`()
    throws
  {
    let forms = try DemoForms()
    for ticket in try forms.tickets(seed: 77_001, count: 150) {
      let zone = try #require(ticket.input.zone)
      let readings = FieldReader.read(ticket.input, catalogue: forms.configuration.catalogue)
      #expect(Set(readings.map(\.field)).count == readings.count)
      for reading in readings {
        #expect((try? zone.field(reading.field)?.canonical(reading.value)) == reading.value)
        #expect((0...1).contains(reading.confidence))
        #expect((reading.place == nil) == (reading.source == .records))
        if let place = reading.place {
          let message = ticket.input.messages[place.message]
          #expect(message.isFromCustomer)
          #expect(
            place.start >= 0 && place.start < place.end && place.end <= message.text.unicodeScalars.count)
        }
        for value in reading.reason.values.values {
          #expect(PersonalData.find(in: value).isEmpty, "\(reading.reason)")
        }
      }
    }
  }

  private func reading(
    _ messages: [(TimelineEntry.Author, String)], _ zone: ZoneID, _ customer: CustomerProfile? = nil
  ) throws
    -> [String: FieldReading]
  {
    let forms = try DemoForms()
    let moment = WallClock.china.moment(CivilDate("2026-11-22")!, secondOfDay: 43_200)
    let found = try #require(forms.configuration.zones.first { $0.id == zone })
    let ticket = Ticket(
      id: "t", customer: "c", zone: zone, subject: "", channel: .chat, createdAt: moment, createdBy: "system")
    let input = ReadingInput(
      ticket: ticket, zone: found,
      messages: messages.map { ReadingInput.Message(author: $0.0, at: moment, text: $0.1) },
      customer: customer,
      clock: .china, now: moment)
    let readings = FieldReader.read(input, catalogue: forms.configuration.catalogue)
    return Dictionary(readings.map { ($0.field, $0) }, uniquingKeysWith: { first, _ in first })
  }

  private static let customer: CustomerProfile = {
    let day = CivilDate("2026-10-02")!
    let lines = [
      Bill.Line(title: "畅享 129", amount: Money(cents: 12_900), chargedOn: CivilDate("2026-10-01")!),
      Bill.Line(title: "国际漫游包", amount: Money(cents: 3800), chargedOn: day),
      Bill.Line(title: "国际漫游包", amount: Money(cents: 3800), chargedOn: day),
    ]
    return CustomerProfile(
      customer: Customer(id: "c", name: "王*芳"),
      identities: [Identity(id: "i", customer: "c", kind: .phone, value: "138****2071")], products: [],
      orders: [], bills: [Bill(id: "b", number: "B1", customer: "c", period: "2026-10", lines: lines)],
      visits: [], ticketCount: 0, merged: [])
  }()

  @Test func `a line of the bill gives item, amount, month and day`() throws {
    let read = try reading([(.customer, "国际慢游包扣了两次，退给我")], "billing-dispute", Self.customer)
    #expect(read["item"]?.value == "国际漫游包")
    #expect(read["amount"]?.value == "38.00")
    #expect(read["amount"]?.source == .records)
    #expect(read["period"]?.value == "2026-10")
    #expect(read["charged-on"]?.value == "2026-10-02")
    #expect(read["remedy"]?.value == "refund")
  }

  @Test func `a newer message wins, and a reply of the agent is not what the customer says`() throws {
    let read = try reading(
      [(.customer, "多扣了30元"), (.agent("a"), "是50元吗，9月的账单？"), (.customer, "不对，是45元，8月的账单")], "billing-dispute")
    #expect(read["amount"]?.value == "45.00")
    #expect(read["amount"]?.place?.message == 2)
    #expect(read["period"]?.value == "2026-08")
  }

  @Test func `a masked profile gives no masked values`() throws {
    let read = try reading([(.customer, "我家宽带断了")], "broadband-fault", Self.customer)
    #expect(read["phone"] == nil)
    #expect(read["address"] == nil)
    #expect(read["symptom"]?.value == "no-connection")
  }
}
