import Foundation

/// The text form of drafts that are more than one text.
enum DraftBody {
  static func encode(_ value: some Encodable) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    guard let data = try? encoder.encode(value) else { return "" }
    return String(decoding: data, as: UTF8.self)
  }

  static func decode(_ body: String) -> [String: String] { decode(body, as: [String: String].self) ?? [:] }

  static func decode<Value: Decodable>(_ body: String, as: Value.Type) -> Value? {
    try? JSONDecoder().decode(Value.self, from: Data(body.utf8))
  }
}
