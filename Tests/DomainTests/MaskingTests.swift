import Domain
import Testing

@Suite struct `Masking of personal data` {
  @Test(arguments: [
    ("13812342071", "138****2071"), ("1234567", "****67"), ("12", "*2"), ("", ""),
    ("021-55512345", "021****2345"),
  ])
  func `a phone keeps what is needed to recognise it`(value: String, shown: String) {
    #expect(Masking.phone(value) == shown)
  }

  @Test(arguments: [
    ("王芳", "王*"), ("王慧芳", "王*芳"), ("欧阳文博", "欧阳**"), ("阿卜杜拉·买买提", "阿卜****"), ("王", "*"), ("", ""),
    ("John Smith", "J*** S***"), ("emily", "e***"), ("👩‍👩‍👧王", "👩‍👩‍👧*"), ("😀😀😀", "😀*😀"),
  ])
  func `a name keeps its first character`(value: String, shown: String) {
    #expect(Masking.name(value) == shown)
  }

  @Test(arguments: [
    ("zhang.wei@example.com", "zh***@example.com"), ("a@example.com", "a***@example.com"),
    ("nobody", "no****"),
  ])
  func `an e-mail address keeps its host`(value: String, shown: String) {
    #expect(Masking.email(value) == shown)
  }

  /// 11010519491231002X is the example of the standard GB 11643.
  @Test(arguments: [
    ("请拨 13812342071 联系", "请拨 138****2071 联系"),
    ("138 1234 2071", "138****2071"),
    ("138-1234-2071，谢谢", "138****2071，谢谢"),
    ("身份证11010519491231002X的", "身份证110****002X的"),
    ("身份证 11010519491231002x", "身份证 110****002X"),
    ("110105194912310021", "110105194912310021"),
    ("卡号4111 1111 1111 1111", "卡号****1111"),
    ("4111111111111112 不是卡", "4111111111111112 不是卡"),
    ("单号 YF26112100012302", "单号 YF26112100012302"),
    ("多扣 38.00 元，2026-10", "多扣 38.00 元，2026-10"),
    ("写信到 zhang.wei@example.com。", "写信到 zh***@example.com。"),
    ("12345-20261101-000123", "12345-20261101-000123"),
    ("没有数字的话", "没有数字的话"),
    ("电话13812342071，备用16900002071。", "电话138****2071，备用169****2071。"),
    ("👍13812342071👍", "👍138****2071👍"),
  ])
  func `personal data inside a text is masked and nothing else`(text: String, shown: String) {
    #expect(Masking.text(text) == shown)
  }

  @Test func `a masked text is masked for good`() {
    let text = "电话 13812342071，身份证 11010519491231002X，卡 4111 1111 1111 1111，邮箱 zhang@example.com"
    let once = Masking.text(text)
    #expect(Masking.text(once) == once)
    for secret in ["12342071", "19491231", "11111111", "zhang@"] { #expect(!once.contains(secret)) }
  }

  @Test(arguments: [
    ("11010519491231002X", true), ("11010519491231002x", true), ("110105194912310021", false),
    ("1101051949123100", false), ("", false), ("A1010519491231002X", false),
  ])
  func `an ID card has a right check digit`(text: String, isCard: Bool) {
    #expect(Masking.isIDCard(text) == isCard)
  }

  @Test(arguments: [
    ("4111111111111111", true), ("4111111111111112", false), ("411111111111", false),
    ("6222020000000000001", false), ("", false),
  ])
  func `a bank card satisfies Luhn's rule`(digits: String, isCard: Bool) {
    #expect(Masking.isBankCard(digits) == isCard)
  }

  @Test(
    arguments: [
      ("１３８１２３４２０７１", .phone, "13812342071"), ("+86 138-1234-2071", .phone, "13812342071"),
      ("021-5551 2345", .phone, "02155512345"), (" Zhang@Example.com ", .email, "zhang@example.com"),
      ("11010519491231002x", .idCard, "11010519491231002X"),
      ("4111-1111 1111 1111", .bankCard, "4111111111111111"),
      ("WX_Fang", .wechat, "wx_fang"),
    ] as [(String, Identity.Kind, String)])
  func `an identity is compared in one form`(value: String, kind: Identity.Kind, normalized: String) {
    #expect(Identity.normalize(value, kind: kind) == normalized)
  }

  @Test(arguments: [
    ("浙江省杭州市西湖区文三路 90 号", "浙江省杭州市******"), ("杭州西湖区", "杭州******"), ("杭州", "杭******"), ("", ""),
  ])
  func `an address keeps its town, and a short one never stands in full`(value: String, shown: String) {
    #expect(Masking.address(value) == shown)
  }
}
