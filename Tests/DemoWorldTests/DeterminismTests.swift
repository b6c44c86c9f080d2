import Domain
import Testing

@testable import DemoWorld

@Suite struct `A seed` {
  @Test func `gives the same world each time, in batches of any size`() throws {
    let first = try Shipped.world(Shipped.options(300)).changes()
    let second = try Shipped.world(Shipped.options(300)).batches(of: 37).flatMap(\.changes)
    #expect(first.count > 10_000)
    #expect(first == second)
  }

  @Test func `of another number gives another world`() throws {
    let first = try Shipped.world(Shipped.options(50)).changes()
    let second = try Shipped.world(Shipped.options(50, seed: 2)).changes()
    #expect(first != second)
  }

  @Test func `draws the numbers that it has always drawn`() {
    var random = SeededRandom(seed: 1, .customer, 0)
    #expect((0..<4).map { _ in random.below(1_000_000) } == [144_207, 150_049, 910_003, 351_975])
  }

  @Test(arguments: [1, 2, 3, 10, 63, 64, 65, 1000, 4097])
  func `shuffles every place to one place and back`(count: Int) {
    let shuffle = Permutation(count: count, seed: 9, index: 1)
    let places = (0..<count).map { shuffle($0) }
    #expect(Set(places) == Set(0..<count))
    #expect((0..<count).allSatisfy { shuffle.place(of: places[$0]) == $0 })
  }

  @Test(arguments: [0, 4, 40, 300, 1700, 5000])
  func `gives every ticket one customer and every customer their tickets`(tickets: Int) {
    let earlier = tickets >= 4 ? [3, 1, 1, 1] : []
    let visits = Visits(tickets: tickets, customers: 500, earlier: earlier, seed: 3)
    var found: [Int: Int] = [:]
    for customer in 0..<500 {
      let own = visits.tickets(of: customer)
      #expect(own == own.sorted())
      for ticket in own {
        #expect(found.updateValue(customer, forKey: ticket) == nil)
        #expect(visits.customer(of: ticket) == customer)
      }
    }
    #expect(found.count == tickets)
  }

  @Test(arguments: [0, 1, 5, 29, 30, 31, 99, 100, 400, 2000])
  func `makes as many tickets as were asked for`(tickets: Int) throws {
    let world = try Shipped.world(Shipped.options(tickets))
    let changes = world.changes()
    let made = changes.compactMap { if case .ticket(let ticket) = $0 { ticket } else { nil } }
    #expect(made.count == tickets)
    #expect(world.ticketCount == tickets)
    #expect(Set(made.map(\.number)).count == tickets)
    #expect(changes.count { if case .customer = $0 { true } else { false } } == world.customerCount)
    let waiting = made.count { $0.state == .new }
    #expect(waiting == min(tickets, max(30, tickets / 50)))
  }

  @Test(arguments: [0.0, 0.25, 1.0])
  func `lets as large a share wait as was asked for`(share: Double) throws {
    let changes = try Shipped.world(Shipped.options(600, openShare: share)).changes()
    let waiting = changes.count { if case .ticket(let ticket) = $0 { ticket.state == .new } else { false } }
    #expect(waiting == Int(600 * share))
  }

  @Test func `counts its progress to the end`() throws {
    let world = try Shipped.world(Shipped.options(40))
    let done = world.batches(of: 300).map(\.done)
    #expect(done == done.sorted())
    #expect(done.last == world.stepCount)
  }
}
