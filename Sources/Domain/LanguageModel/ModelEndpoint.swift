/// What a language model is asked for.
package enum ModelUse: String, Codable, CaseIterable, Sendable {
  /// A reply to the customer.
  case draft
  /// A note for colleagues that says what the ticket is about.
  case summary
}

/// Where a language model is asked, and how. What a person set, checked: `ModelAddress` is the only way to an address.
package struct ModelEndpoint: Hashable, Sendable {
  /// Where the key lies. The key itself is read for each question and kept nowhere.
  package enum KeySource: Hashable, Sendable {
    /// The name of an environment variable.
    case variable(String)
    /// The path of a file with the key as its only line.
    case file(String)
  }

  package var address: ModelAddress
  package var model: String
  package var uses: Set<ModelUse>
  /// Nil: the endpoint wants none.
  package var key: KeySource?
  /// `Authorization` carries `Bearer KEY`, every other one the key alone.
  package var keyHeader: String
  package var headers: [String: String]
  /// Seconds from the question to the whole answer.
  package var seconds: Int
  /// Characters of an answer; a longer one is none.
  package var longestAnswer: Int

  package init(
    address: ModelAddress, model: String, uses: Set<ModelUse> = Set(ModelUse.allCases),
    key: KeySource? = nil, keyHeader: String = "Authorization",
    headers: [String: String] = [:], seconds: Int = 20, longestAnswer: Int = 1200
  ) {
    self.address = address
    self.model = model
    self.uses = uses
    self.key = key
    self.keyHeader = keyHeader
    self.headers = headers
    self.seconds = seconds
    self.longestAnswer = longestAnswer
  }

  /// Bytes of the answer's body: every character as an escape of JSON, and what stands around the text.
  package var bodyLimit: Int { longestAnswer * 12 + (64 << 10) }
}

/// `https://HOST[:PORT]/PATH`, or `http:` on this machine.
package struct ModelAddress: Hashable, Sendable {
  package let text: String
  /// Without its port; for a record of where text went.
  package let host: String
  package let isEncrypted: Bool

  /// Nil where it is no such address. A name or a password in it is refused, because addresses are shown.
  package init?(_ text: String) {
    guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), !text.contains("\\") else { return nil }
    let lower = text.lowercased()
    isEncrypted = lower.hasPrefix("https://")
    guard isEncrypted || lower.hasPrefix("http://") else { return nil }
    let rest = text.dropFirst(isEncrypted ? 8 : 7)
    let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    guard !authority.contains("@"), !text.contains("#"), rest.dropFirst(authority.count).first == "/" else {
      return nil
    }
    guard let host = Self.host(of: authority) else { return nil }
    self.text = text
    self.host = host.lowercased()
  }

  /// Whether nothing of it leaves this machine.
  package var isLocal: Bool {
    if host == "localhost" || host == "[::1]" { return true }
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
  }

  private static func host(of authority: Substring) -> String? {
    var host = authority
    if let colon = authority.lastIndex(of: ":"), authority.last != "]" {
      let port = authority[authority.index(after: colon)...]
      guard let number = UInt16(port), number > 0 else { return nil }
      host = authority[..<colon]
    }
    if host.hasPrefix("["), host.hasSuffix("]") {
      let inside = host.dropFirst().dropLast()
      let isAddress = inside.contains(":") && inside.allSatisfy { $0.isHexDigit || $0 == ":" || $0 == "." }
      return isAddress ? String(host) : nil
    }
    let isName = host.utf8.allSatisfy { byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
      default: false
      }
    }
    return isName && !host.isEmpty && host.first != "." && host.first != "-" ? String(host) : nil
  }
}
