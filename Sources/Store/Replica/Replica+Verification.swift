import Domain
import GRDB

extension Replica {
  /// Compares what a customer said with the records, here and nowhere else: neither the answer nor the record leaves this
  /// function.
  package func matches(_ answer: String, to question: VerificationQuestion, customer: CustomerID) throws
    -> Bool
  {
    try read { db in
      let reader = RowReader(db: db)
      let id = try survivor(of: customer, db)
      let customers = try [id].compactMap { try reader.customer($0) } + mergedCustomers(into: id, db)
      let bills = try customers.flatMap {
        try reader.all(RowReader.bills + " WHERE customer = ?", key: $0.id.text, RowReader.bill)
      }
      let newest = bills.max { ($0.period, $0.number) < ($1.period, $1.number) }
      return VerificationRecord(
        customers: customers, identities: try customers.flatMap { try reader.identities(of: $0.id) },
        lastBill: newest?.total
      ).matches(answer, to: question)
    }
  }
}
