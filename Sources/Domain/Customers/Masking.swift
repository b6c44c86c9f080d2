/// Personal data as a person may see it without a reason: enough to recognise, too little to misuse.
package enum Masking {
  /// `138****2071`; short numbers keep their last two digits.
  package static func phone(_ value: String) -> String {
    let characters = Array(value)
    guard characters.count >= 8 else {
      return keeping(characters, first: 0, last: min(2, characters.count / 2))
    }
    return keeping(characters, first: 3, last: 4)
  }

  /// `王*芳`, `李*`, `欧阳**`, `J*** S***`.
  package static func name(_ value: String) -> String {
    let characters = Array(value)
    guard let first = characters.first else { return "" }
    if first.isASCII {
      return value.split(separator: " ").map { word in
        String(word.prefix(1)) + "***"
      }.joined(separator: " ")
    }
    switch characters.count {
    case 1: return "*"
    case 2: return "\(first)*"
    case 3: return "\(first)*\(characters[2])"
    default: return String(characters[0...1]) + String(repeating: "*", count: min(characters.count - 2, 4))
    }
  }

  package static func identity(_ value: String, kind: Identity.Kind) -> String {
    switch kind {
    case .phone: phone(value)
    case .email: email(value)
    case .idCard: keeping(Array(value), first: 3, last: 4)
    case .bankCard: keeping(Array(value), first: 0, last: 4)
    case .wechat, .app, .account: keeping(Array(value), first: 2, last: 2)
    }
  }

  /// `zh***@example.com`.
  package static func email(_ value: String) -> String {
    guard let at = value.firstIndex(where: { $0 == "@" || $0 == "＠" }) else {
      return keeping(Array(value), first: 2, last: 0)
    }
    return String(value[..<at].prefix(2)) + "***" + value[at...]
  }

  /// Keeps the town of an address.
  package static func address(_ value: String) -> String {
    let count = value.count
    return count == 0 ? "" : value.prefix(count > 6 ? 6 : count / 2) + "******"
  }

  /// `京A***45`.
  package static func plate(_ value: String) -> String { keeping(Array(value), first: 2, last: 2) }

  /// Masks what `PersonalData` finds. Other digits stay: amounts and order numbers must remain readable.
  package static func text(_ value: String) -> String {
    let found = PersonalData.find(in: value)
    guard !found.isEmpty else { return value }
    let scalars = Array(value.unicodeScalars)
    var output = String.UnicodeScalarView()
    var index = 0
    for data in found {
      output.append(contentsOf: scalars[index..<data.start])
      output.append(contentsOf: data.masked.unicodeScalars)
      index = data.end
    }
    output.append(contentsOf: scalars[index...])
    return String(output)
  }

  /// As `text`, and the given names as `name` shows them: what a customer signs with is masked where it is known.
  package static func text(_ value: String, hiding names: [String]) -> String {
    names.filter { $0.unicodeScalars.count >= 2 }.reduce(text(value)) { replace($1, with: name($1), in: $0) }
  }

  /// Byte by byte: UTF-8 never finds one character inside another, and a message may have a megabyte.
  private static func replace(_ pattern: String, with replacement: String, in text: String) -> String {
    let bytes = Array(text.utf8)
    let wanted = Array(pattern.utf8)
    var output: [UInt8] = []
    var index = 0
    var copied = 0
    while let start = bytes[index...].firstIndex(of: wanted[0]), start + wanted.count <= bytes.count {
      guard bytes[start..<start + wanted.count].elementsEqual(wanted) else {
        index = start + 1
        continue
      }
      output += bytes[copied..<start] + Array(replacement.utf8)
      index = start + wanted.count
      copied = index
    }
    return copied == 0 ? text : String(decoding: output + bytes[copied...], as: UTF8.self)
  }

  package static func isMobile(_ digits: String) -> Bool {
    digits.utf8.count == 11 && digits.hasPrefix("1")
      && digits.utf8.dropFirst().first.map { $0 >= 0x33 } == true
      && digits.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
  }

  package static func isIDCard(_ text: String) -> Bool {
    let bytes = Array(text.uppercased().utf8)
    guard bytes.count == 18, bytes[..<17].allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return false }
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
    let sum = zip(weights, bytes).reduce(0) { $0 + $1.0 * Int($1.1 - 0x30) }
    return bytes[17] == Array("10X98765432".utf8)[sum % 11]
  }

  package static func isBankCard(_ digits: String) -> Bool {
    let bytes = Array(digits.utf8)
    guard (16...19).contains(bytes.count), bytes.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else {
      return false
    }
    let sum = bytes.reversed().enumerated().reduce(0) { total, item in
      let digit = Int(item.element - 0x30)
      return total + (item.offset % 2 == 0 ? digit : digit * 2 > 9 ? digit * 2 - 9 : digit * 2)
    }
    return sum % 10 == 0
  }

  private static func keeping(_ characters: [Character], first: Int, last: Int) -> String {
    guard characters.count > first + last else { return String(repeating: "*", count: characters.count) }
    let hidden = min(characters.count - first - last, 4)
    return String(characters.prefix(first)) + String(repeating: "*", count: hidden)
      + String(characters.suffix(last))
  }
}
