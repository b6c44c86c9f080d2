import Domain
import Foundation

/// A desk with the program of yesterday, whose operations had another name for their time. The store of today reads them.
enum OldProgram {
  static let schema = 0

  static let rules = SchemaRules(current: Operation.currentSchema, steps: [schema: upgrade, 1: { $0 }])
  /// The mistake: the older format is taken for the newer one.
  static let noRules = SchemaRules(current: Operation.currentSchema, steps: [schema: { $0 }, 1: { $0 }])

  /// The same operation always has the same text: it may be sent twice.
  static func envelope(_ envelope: Envelope) throws -> Envelope {
    var old = envelope
    old.schema = schema
    old.payload = try renamed(envelope.payload, "at", to: "time")
    return old
  }

  private static let upgrade: SchemaRules.Step = { try renamed($0, "time", to: "at") }

  private static func renamed(_ payload: String, _ name: String, to other: String) throws -> String {
    guard var object = try JSONSerialization.jsonObject(with: Data(payload.utf8)) as? [String: Any] else {
      return payload
    }
    object[other] = object.removeValue(forKey: name)
    return String(
      decoding: try JSONSerialization.data(
        withJSONObject: object, options: [.sortedKeys, .withoutEscapingSlashes]), as: UTF8.self)
  }
}
