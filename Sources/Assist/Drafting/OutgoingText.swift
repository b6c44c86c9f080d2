import Domain

/// Replaces what must not leave by placeholders that stay the same for the same value, and puts them back.
///
/// 《电话1》 stands for one telephone number wherever it was written; numbers follow the order in which values were met, so that
/// the same conversation has the same placeholders. Brackets of this form cannot come from a customer: theirs are replaced first.
struct OutgoingText {
  private(set) var placeholders: [Placeholder] = []
  private let language: Language
  private let reader: OutgoingReader
  private var byValue: [String: Int] = [:]
  private var counters: [OutgoingFind.Kind: Int] = [:]

  init(language: Language, known: [KnownValue]) {
    self.language = language
    reader = OutgoingReader(known: known)
  }

  /// The text as it may leave.
  mutating func masked(_ text: String) -> String {
    let text = Self.cleaned(text)
    let scalars = Array(text.unicodeScalars)
    var output = String.UnicodeScalarView()
    var index = 0
    for find in reader.finds(in: text) {
      output.append(contentsOf: scalars[index..<find.start])
      output.append(contentsOf: placeholder(for: find).unicodeScalars)
      index = find.end
    }
    output.append(contentsOf: scalars[index...])
    return String(output)
  }

  private mutating func placeholder(for find: OutgoingFind) -> String {
    let key = "\(find.kind.rawValue):\(find.value)"
    if let index = byValue[key] { return placeholders[index].text }
    let number = (counters[find.kind] ?? 0) + 1
    counters[find.kind] = number
    let text = "《\(Self.word(find.kind, language))\(number)》"
    byValue[key] = placeholders.count
    placeholders.append(Placeholder(text: text, shown: find.shown))
    return text
  }

  /// Characters that nobody sees are taken out and digits of all kinds made plain, so that nothing hides behind them.
  static func cleaned(_ text: String) -> String {
    var output = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if let digit = digit(scalar) {
        output.append(digit)
        continue
      }
      switch scalar {
      case "\n": output.append(scalar)
      case "\t", "\u{A0}", "\u{3000}": output.append(" ")
      case "《": output.append("〈")
      case "》": output.append("〉")
      default:
        switch scalar.properties.generalCategory {
        case .control, .format, .privateUse, .surrogate, .unassigned, .enclosingMark, .lineSeparator,
          .paragraphSeparator:
          continue
        case .nonspacingMark where scalar.properties.isVariationSelector || endsWithDigit(output): continue
        default: output.append(scalar)
        }
      }
    }
    return String(output)
  }

  private static func endsWithDigit(_ text: String.UnicodeScalarView) -> Bool {
    text.last.map { (0x30...0x39).contains($0.value) } ?? false
  }

  /// Full-width, circled, mathematical and Arabic digits as ASCII; Chinese ones are words and stay.
  private static func digit(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
    guard scalar.value > 0x7F else { return nil }
    return FoldedText.digit(scalar).map { Unicode.Scalar(0x30 + $0) }
  }

  // MARK: - Words

  private static func word(_ kind: OutgoingFind.Kind, _ language: Language) -> String {
    switch kind {
    case .phone: language == .chinese ? "电话" : "PHONE"
    case .idCard: language == .chinese ? "证件" : "ID"
    case .bankCard: language == .chinese ? "银行卡" : "CARD"
    case .email: language == .chinese ? "邮箱" : "EMAIL"
    case .plate: language == .chinese ? "车牌" : "PLATE"
    case .name: language == .chinese ? "姓名" : "NAME"
    case .address: language == .chinese ? "地址" : "ADDRESS"
    case .number: language == .chinese ? "号码" : "NUMBER"
    case .code: language == .chinese ? "编号" : "CODE"
    case .account: language == .chinese ? "账号" : "ACCOUNT"
    case .secret: language == .chinese ? "密码" : "PASSWORD"
    case .link: language == .chinese ? "链接" : "LINK"
    case .birthday: language == .chinese ? "生日" : "BIRTHDAY"
    }
  }

  static let words = Set(
    OutgoingFind.Kind.allCases.flatMap { kind in [word(kind, .chinese), word(kind, .english)] })
}
