import Domain
import Foundation

extension WallClock {
  /// The clock of a time zone by its IANA name; nil where there is none of that name.
  init?(timeZone name: String) {
    guard let zone = TimeZone(identifier: name) else { return nil }
    self.init { zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double($0.milliseconds) / 1000)) }
  }
}
