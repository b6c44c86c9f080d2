package typealias OutageID = Identifier<Outage>
package typealias OfferID = Identifier<Offer>

/// A known disturbance: one item of `Resources/outages.yaml`.
package struct Outage: Hashable, Codable, Sendable, Identifiable {
  /// A place: every part that is given has to fit.
  package struct Area: Hashable, Codable, Sendable {
    package var city: String?
    package var district: String?
    /// One of these stands in the address, the form or what the customer says.
    package var places: [String]

    package init(city: String? = nil, district: String? = nil, places: [String] = []) {
      self.city = city
      self.district = district
      self.places = places
    }
  }

  package var id: OutageID
  /// One of them has to fit.
  package var areas: [Area]
  /// Free words such as `broadband`, `mobile`, `tv`, which rules ask for.
  package var services: [String]
  package var from: Timestamp
  /// Nil while it is not over.
  package var until: Timestamp?
  /// When it is said to be over.
  package var promised: Timestamp?
  package var cause: LocalizedText

  package init(
    id: OutageID, areas: [Area], services: [String], from: Timestamp, until: Timestamp? = nil,
    promised: Timestamp? = nil, cause: LocalizedText
  ) {
    self.id = id
    self.areas = areas
    self.services = services
    self.from = from
    self.until = until
    self.promised = promised
    self.cause = cause
  }
}
