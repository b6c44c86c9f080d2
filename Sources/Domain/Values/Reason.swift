/// Why the desk says something, as facts: the sentence is `reason.KEY` of the string catalogue, its slots are filled from
/// `values`. No value is personal data in clear.
package struct Reason: Hashable, Codable, Sendable {
  package var key: String
  package var values: [String: String]

  package init(_ key: String, _ values: [String: String] = [:]) {
    self.key = key
    self.values = values
  }
}
