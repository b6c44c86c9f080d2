import Domain
import Testing

@Suite struct `Personal data in a text` {
  /// What is found, as kind, value and the part of the text.
  private func found(_ text: String) -> [String] {
    let scalars = Array(text.unicodeScalars)
    return PersonalData.find(in: text).map { data in
      let part = String(String.UnicodeScalarView(scalars[data.start..<data.end]))
      return "\(data.kind.rawValue) \(data.value) [\(part)]"
    }
  }

  @Test(arguments: [
    ("打 13812342071 找我", "mobile 13812342071 [13812342071]"),
    ("打１３８１２３４２０７１找我", "mobile 13812342071 [１３８１２３４２０７１]"),
    ("号码是一三八一二三四二零七一", "mobile 13812342071 [一三八一二三四二零七一]"),
    ("幺三八 幺二三四 二〇七幺 是我", "mobile 13812342071 [幺三八 幺二三四 二〇七幺]"),
    ("138-1234-2071", "mobile 13812342071 [138-1234-2071]"),
    ("138　1234　2071", "mobile 13812342071 [138　1234　2071]"),
    ("138.1234.2071。", "mobile 13812342071 [138.1234.2071]"),
    ("+86 138 1234 2071", "mobile 13812342071 [86 138 1234 2071]"),
    ("008613812342071", "mobile 13812342071 [008613812342071]"),
    ("👨‍👩‍👧13812342071", "mobile 13812342071 [13812342071]"),
    ("金额 38 13812342071", "mobile 13812342071 [13812342071]"),
    ("110105 19491231 002X", "id_card 11010519491231002X [110105 19491231 002X]"),
    ("１１０１０５１９４９１２３１００２Ｘ", "id_card 11010519491231002X [１１０１０５１９４９１２３１００２Ｘ]"),
    ("11010519491231002 x", "id_card 11010519491231002X [11010519491231002 x]"),
    ("4111-1111-1111-1111", "bank_card 4111111111111111 [4111-1111-1111-1111]"),
    ("４１１１ １１１１ １１１１ １１１１", "bank_card 4111111111111111 [４１１１ １１１１ １１１１ １１１１]"),
    ("mail zhang.wei@example.com.", "email zhang.wei@example.com [zhang.wei@example.com]"),
    ("x＠example.com", "email x＠example.com [x＠example.com]"),
    ("zhang＠example．com．", "email zhang＠example．com [zhang＠example．com]"),
    ("车牌京A12345。", "plate 京A12345 [京A12345]"),
    ("粤B·D12345", "plate 粤BD12345 [粤B·D12345]"),
    ("沪ａ１２３４５", "plate 沪A12345 [沪ａ１２３４５]"),
  ])
  func `hard forms are found whole`(text: String, expected: String) {
    #expect(found(text) == [expected])
  }

  @Test(arguments: [
    "", "@", "单号 YF26112100012302", "订单 2026138123420719999", "138123420711", "1381234207", "12812342071",
    "110105194912310021", "4111111111111112", "2026-11-20 09:30", "一二三四五六七八九十", "十三八一二三四二零七一万",
    "京东12345", "京A1234", "京A12345678", "苏ABCDEF", "38.00 元", "12345-20261101-000123", "3.14159265358979",
    "a@", "@b", "扣了三十八块五",
  ])
  func `what only looks like it stays`(_ text: String) {
    #expect(found(text).isEmpty, "\(found(text))")
    #expect(Masking.text(text) == text)
  }

  @Test func `numbers beside each other are found one by one`() {
    #expect(
      found("13812342071 13912342072，4111 1111 1111 1111 13812342071") == [
        "mobile 13812342071 [13812342071]", "mobile 13912342072 [13912342072]",
        "bank_card 4111111111111111 [4111 1111 1111 1111]", "mobile 13812342071 [13812342071]",
      ])
  }

  @Test(arguments: [
    ("1381234207113912342072", ["mobile 13812342071 [13812342071]", "mobile 13912342072 [13912342072]"]),
    (
      "4111111111111111４１１１１１１１１１１１１１１１",
      ["bank_card 4111111111111111 [4111111111111111]", "bank_card 4111111111111111 [４１１１１１１１１１１１１１１１]"]
    ),
    ("2026112100012302000001", []), ("41111111111111114111111111111112", []),
  ])
  func `numbers pasted one behind the other are found where all of them are some`(
    _ text: String, _ expected: [String]
  ) {
    #expect(found(text) == expected)
  }

  @Test func `masked texts have nothing left to find`() {
    let text = "幺三八幺二三四二〇七幺 110105 19491231 002X 4111-1111-1111-1111 a.b@c.cn 京A12345"
    #expect(PersonalData.find(in: text).count == 5)
    let masked = Masking.text(text)
    #expect(PersonalData.find(in: masked).isEmpty, "\(masked)")
    #expect(masked == "138****2071 110****002X ****1111 a.***@c.cn 京A***45")
  }

  @Test func `long texts of digits and separators end`() {
    #expect(PersonalData.find(in: String(repeating: "1 ", count: 50_000)).isEmpty)
    #expect(PersonalData.find(in: String(repeating: "7", count: 100_000)).isEmpty)
    #expect(PersonalData.find(in: String(repeating: "13812342071,", count: 5_000)).count == 5_000)
  }
}
