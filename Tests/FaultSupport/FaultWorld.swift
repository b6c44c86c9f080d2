import Domain
import Store

/// The tickets that the desks of a campaign work on.
package enum FaultWorld {
  /// The desk that made them.
  package static let desk = "faultworld"

  package static func ticket(_ number: Int) -> TicketID { TicketID("fault-\(number)") }

  /// Puts a customer and tickets that nobody owns into a store.
  package static func fill(_ store: SharedStore, tickets count: Int, zone: ZoneID, by agent: AgentID) throws {
    let customer: CustomerID = "fault-customer"
    var actions: [Action] = [
      .customer(customer, .create(Customer(id: customer, name: "王慧芳"), identities: []))
    ]
    for number in 0..<count {
      let new = NewTicket(
        customer: customer, zone: zone, subject: "多扣38元", channel: .chat,
        contact: ContactID("fault-contact-\(number)"), message: "我上个月国际漫游包扣了两次")
      actions.append(.ticket(ticket(number), .create(new)))
    }
    var sequence: Int64 = 0
    for start in stride(from: 0, to: actions.count, by: PushRequest.limit) {
      let envelopes = try actions[start..<min(actions.count, start + PushRequest.limit)].map { action in
        sequence += 1
        return try Envelope(
          store: store.id, desk: desk, sequence: sequence,
          operation: Operation(
            id: OperationID("\(desk)-\(sequence)"), actor: agent, at: .now, action: action))
      }
      let reply = try store.push(
        PushRequest(store: store.id, epoch: store.epoch(), envelopes: envelopes))
      guard reply.answers.count == envelopes.count, reply.answers.allSatisfy({ $0.outcome == .accepted })
      else { throw FaultProblem("the tickets cannot be made: \(reply.answers)") }
    }
  }
}
