import Foundation

/// Bytes as base64 text, in messages and in files that people pass on.
struct Base64: Codable, CustomStringConvertible {
  let bytes: [UInt8]

  init(bytes: some Sequence<UInt8>) { self.bytes = Array(bytes) }

  init?(_ text: String) {
    guard let data = Data(base64Encoded: text) else { return nil }
    bytes = Array(data)
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let value = Base64(try container.decode(String.self)) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "not base64")
    }
    self = value
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }

  var description: String { Data(bytes).base64EncodedString() }
}
