import Domain

/// What was wrong with what the other side sent.
package enum WireFault: String, Codable, Sendable { case length, kind, body, order, silence, flood }

/// One message of the protocol as bytes: docs/protocol.md.
package struct WireFrame: Hashable, Sendable {
  package static let protocolNumber = 1
  /// Of everything after the length.
  package static let largest = 8 << 20
  /// What a store may answer: one revision, which is never cut, can be large.
  package static let largestAnswer = 64 << 20
  /// Before the welcome nobody needs more.
  package static let largestHello = 65_536
  static let headerSize = 9

  package enum Kind: UInt8, Sendable {
    case hello = 1
    case push, pull, fill, look, people, put, get, status, head, audit, fetch
    case welcome = 65
    case pushed, pulled, filled, looks, peopleAnswer, putAnswer, got, statusAnswer, headAnswer, audited,
      fetched
    case news = 80
    case error = 127
  }

  package var kind: Kind
  /// The client's number of the request; 0 for what nobody asked for.
  package var number: UInt32
  /// JSON.
  package var body: [UInt8]

  package init(_ kind: Kind, number: UInt32 = 0, body: [UInt8]) {
    self.kind = kind
    self.number = number
    self.body = body
  }

  package init(_ kind: Kind, number: UInt32 = 0, _ value: some Encodable) throws {
    self.init(kind, number: number, body: Array(try JSON.data(value)))
  }

  package var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(Self.headerSize + body.count)
    func put(_ value: UInt32) {
      for shift in [24, 16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
    }
    put(UInt32(5 + body.count))
    bytes.append(kind.rawValue)
    put(number)
    bytes += body
    return bytes
  }

  func value<Value: Decodable>(_: Value.Type = Value.self) throws(StoreError) -> Value {
    do {
      return try JSON.value(body)
    } catch {
      throw .wrongFrame(.body)
    }
  }
}

/// Cuts a stream of bytes into frames. Never holds more than one frame and what came with it.
package struct WireReader {
  /// Longer frames are refused before their bytes come.
  package var limit: Int
  private var bytes: [UInt8] = []
  private var start = 0

  package init(limit: Int = WireFrame.largest) { self.limit = limit }

  /// What came after the last whole frame.
  var rest: [UInt8] { Array(bytes[start...]) }

  /// Whether a frame has begun and not ended.
  package var isInside: Bool { start < bytes.count }

  package mutating func append(_ more: some Sequence<UInt8>) {
    if start > 0, start == bytes.count || start > 1 << 16 {
      bytes.removeFirst(start)
      start = 0
    }
    bytes.append(contentsOf: more)
  }

  /// The next whole frame; nil where more bytes are needed.
  ///
  /// - Throws: `wrongFrame`; nothing can be read from this stream afterwards.
  package mutating func next() throws(StoreError) -> WireFrame? {
    guard bytes.count - start >= 4 else { return nil }
    let length = number(at: start)
    guard length >= 5, length <= UInt32(limit) else { throw .wrongFrame(.length) }
    guard bytes.count - start >= WireFrame.headerSize else { return nil }
    guard let kind = WireFrame.Kind(rawValue: bytes[start + 4]) else { throw .wrongFrame(.kind) }
    let end = start + 4 + Int(length)
    guard bytes.count >= end else { return nil }
    let frame = WireFrame(
      kind, number: number(at: start + 5), body: Array(bytes[start + WireFrame.headerSize..<end]))
    start = end
    if start == bytes.count {
      bytes.removeAll(keepingCapacity: bytes.capacity <= 1 << 16)
      start = 0
    }
    return frame
  }

  private func number(at index: Int) -> UInt32 {
    bytes[index..<index + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
  }
}
