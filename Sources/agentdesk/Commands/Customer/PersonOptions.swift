import ArgumentParser
import Desk
import Domain
import Store

/// Who a ticket is about: somebody known by key or identity, or somebody new.
struct PersonOptions: ParsableArguments {
  @Option(help: .words("person.customer", value: "key")) var customer: String?
  @Option(help: .words("person.name", value: "text")) var name: String?
  @Option(help: .words("person.phone", value: "number")) var phone: String?
  @Option(help: .words("person.email", value: "address")) var email: String?
  @Option(help: .words("person.wechat", value: "id")) var wechat: String?
  @Option(help: .words("person.account", value: "id")) var account: String?
  @Option(help: .words("person.city", value: "text")) var city: String?

  private var values: [(kind: Identity.Kind, option: String, value: String)] {
    [
      (.phone, "--phone", phone), (.email, "--email", email), (.wechat, "--wechat", wechat),
      (.account, "--account", account),
    ]
    .compactMap { kind, option, value in value.map { (kind, option, $0) } }
  }

  func findOrCreate(_ desk: HeadlessDesk) throws -> CustomerID {
    if let customer { return try desk.customer(customer).customer.id }
    for value in values {
      if let known = try desk.replica.customer(holding: value.kind, value.value) { return known }
    }
    return try create(desk)
  }

  /// A new customer with these identities.
  func create(_ desk: HeadlessDesk) throws -> CustomerID {
    guard !values.isEmpty else {
      throw CommandFailure.oneOf(["--customer", "--phone", "--email", "--wechat", "--account"])
    }
    let id: CustomerID = desk.identifiers.next()
    var identities: [Identity] = []
    for (kind, option, value) in values {
      let identity = Identity(id: desk.identifiers.next(), customer: id, kind: kind, value: value.trimmed)
      guard IdentityRules.isPlausible(identity) else {
        throw CommandFailure.invalid(option: option, value: Masking.text(value), allowed: [])
      }
      identities.append(identity)
    }
    let customer = Customer(
      id: id, name: name?.trimmed ?? identities[0].value, city: city ?? "", language: desk.agent.language)
    try desk.submit(.customer(id, .create(customer, identities: identities)))
    return id
  }
}

/// What can be an identity at all; less would match strangers with each other.
enum IdentityRules {
  static func isPlausible(_ identity: Identity) -> Bool {
    let count = identity.normalized.unicodeScalars.count
    switch identity.kind {
    case .phone: return (5...15).contains(count)
    case .bankCard: return (12...19).contains(count)
    case .idCard: return (6...18).contains(count)
    case .email:
      let parts = identity.normalized.split(separator: "@", omittingEmptySubsequences: false)
      return parts.count == 2 && parts.allSatisfy { !$0.isEmpty } && count <= 254
    case .wechat, .app, .account: return (1...200).contains(count)
    }
  }
}
