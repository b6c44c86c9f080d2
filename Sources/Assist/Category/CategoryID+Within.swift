import Domain

extension CategoryID {
  /// Whether it is `other` or stands below it.
  package func isWithin(_ other: CategoryID) -> Bool {
    text == other.text || text.hasPrefix(other.text + "/")
  }
}
