/// Text of a ticket leaves this desk for a language model: where to, how much of it, and how much was replaced before. Never the
/// text itself.
package struct Consultation: Hashable, Codable, Sendable {
  package var use: ModelUse
  /// The host alone.
  package var host: String
  package var model: String
  /// Characters of everything that is sent, instructions included.
  package var characters: Int
  /// Pieces of personal data for which a placeholder is sent.
  package var masked: Int

  package init(use: ModelUse, host: String, model: String, characters: Int, masked: Int) {
    self.use = use
    self.host = host
    self.model = model
    self.characters = characters
    self.masked = masked
  }

  /// Bytes of `host` and `model`.
  package static let longestName = 255
}
