import Domain
import Testing

@testable import Assist

@Suite struct `Text that leaves the desk` {
  private static let known: [KnownValue] = [
    KnownValue(.name, "王芳", shown: "王芳"), KnownValue(.name, "John Smith", shown: "John Smith"),
    KnownValue(.address, "上海市浦东新区世纪大道100号", shown: "上海市浦东新******"),
    KnownValue(.identity(.phone), "13812342071", shown: "138****2071"),
    KnownValue(.identity(.wechat), "wangfang_88", shown: "wa****88"),
    KnownValue(.order, "YF2026000123", shown: "YF2026000123"),
  ]

  private func masked(_ text: String, _ language: Language = .chinese) -> String {
    var outgoing = OutgoingText(language: language, known: Self.known)
    return outgoing.masked(text)
  }

  /// Every text holds one thing of which nothing may be left.
  @Test(arguments: [
    ("我的电话13812342071", "我的电话《电话1》"),
    ("电话 138 1234 2071 谢谢", "电话 《电话1》 谢谢"),
    ("一三八一二三四二〇七一", "《电话1》"),
    ("１３８１２３４２０７１", "《电话1》"),
    ("①③⑧①②③④②⓪⑦①", "《电话1》"),
    ("𝟏𝟑𝟖𝟏𝟐𝟑𝟒𝟐𝟎𝟕𝟏", "《电话1》"),
    ("1\u{200B}3\u{200B}8\u{200B}1\u{200B}2\u{200B}3\u{200B}4\u{200B}2071", "《电话1》"),
    ("1️⃣3️⃣8️⃣1️⃣2️⃣3️⃣4️⃣2️⃣0️⃣7️⃣1️⃣", "《电话1》"),
    ("138，1234，2071", "《电话1》"),
    ("+86 138-1234-2071", "+《电话1》"),
    ("卡号 6222 0212 3456 7890 128", "卡号 《银行卡1》"),
    ("卡号 6222 0212 3456 7890 129", "卡号 《号码1》"),
    ("座机 021-58881234", "座机 《号码1》"),
    ("验证码 482913", "验证码 《密码1》"),
    ("密码是abc123!", "密码是《密码1》"),
    ("微信号wangfang_88", "微信号《账号1》"),
    ("QQ：3847261", "QQ：《账号1》"),
    ("订单YF2026000123没到", "订单《编号1》没到"),
    ("护照 E12345678", "护照 《编号1》"),
    ("工单2611-0417", "工单《号码1》"),
    ("邮箱zhang.san@example.com。", "邮箱《邮箱1》。"),
    ("车牌京A12345", "车牌《车牌1》"),
    ("看 https://a.example/x?phone=13812342071 这里", "看 《链接1》 这里"),
    ("我叫李小龙，想退订", "我叫《姓名1》，想退订"),
    ("请转王女士", "请转《姓名1》女士"),
    ("王芳说的", "《姓名1》说的"),
    ("我住在上海市浦东新区世纪大道100号", "我住在《地址1》"),
    ("送到杭州市西湖区文三路259号3栋1单元502室", "送到《地址1》"),
    ("阳光花园3栋2单元501", "《地址1》"),
    ("生日是1990-03-05", "生日是《生日1》"),
    ("谢谢\n张伟", "谢谢\n《姓名1》"),
    ("密码是：8812", "密码是：《密码1》"), ("密码是：abc123", "密码是：《密码1》"), ("密码：“abc123”", "密码：“《密码1》”"),
    ("密碼 = 8812", "密碼 = 《密码1》"), ("密码改成了8812", "密码改成了《密码1》"),
    ("验证码 48 29 13", "验证码 《密码1》"), ("验证码是四八二九", "验证码是《密码1》"), ("密码：ａｂｃｄ１２", "密码：《密码1》"),
    ("出生于1985年3月2日", "出生于《生日1》"), ("我是1985年3月2日生", "我是《生日1》生"), ("一九八五年三月二日出生", "《生日1》出生"),
    ("生日：19850302", "生日：《生日1》"), ("生于 1985 年 3 月 2 日", "生于 《生日1》"), ("出生日期 ： 1985.3.2", "出生日期 ： 《生日1》"),
    ("生日是三月初二", "生日是《生日1》"), ("3月2日是我生日", "《生日1》是我生日"),
    ("王 芳投诉", "《姓名1》投诉"), ("ＪＯＨＮ　ＳＭＩＴＨ来电", "《姓名1》来电"), ("加微信abcdef", "加微信《账号1》"),
    ("QQ号码是：3847261", "QQ号码是：《账号1》"),
    ("微信：“wxid_abc”", "微信：“《账号1》”"), ("座机 0571.8765.4321", "座机 《号码1》"), ("座机(0571)8765-4321", "座机《号码1》"),
    ("座机 零五七一 八七六五 四三二一", "座机 《号码1》"), ("上海市浦东新区 世纪大道 100号", "《地址1》"), ("微信 wangfang_88", "微信 《账号1》"),
  ]) func `personal data is replaced in every form`(_ text: String, _ expected: String) {
    #expect(masked(text) == expected)
  }

  @Test(arguments: [
    ("My name is john smith and I was charged twice", "My name is 《NAME1》 and I was charged twice"),
    ("Call Mr Brown at 020 7946 0958", "Call Mr 《NAME1》 at 《NUMBER1》"),
    ("I live at 221B Baker Street, London", "I live at 《ADDRESS1》, London"),
    ("Regards,\nMary Jones", "Regards,\n《NAME1》"),
    ("My password is hunter2", "My password is 《PASSWORD1》"),
    ("password: \"hunter2\"", "password: \"《PASSWORD1》\""),
    ("my PIN code is 4821", "my PIN code is 《PASSWORD1》"),
    ("The pin number was 48-21", "The pin number was 《PASSWORD1》"),
    ("I was born on March 2, 1985.", "I was born on 《BIRTHDAY1》."),
    ("born 2nd of March 1985", "born 《BIRTHDAY1》"),
    ("date of birth: 02/03/1985", "date of birth: 《BIRTHDAY1》"),
    ("Mr Müller called", "Mr 《NAME1》 called"), ("MR SMITH called", "MR 《NAME1》 called"),
    ("mr brown called", "mr 《NAME1》 called"),
    ("JOHN SMITH wrote", "《NAME1》 wrote"), ("Mrs. Åsa Öberg", "Mrs. 《NAME1》"),
  ]) func `English texts as well`(_ text: String, _ expected: String) {
    #expect(masked(text, .english) == expected)
  }

  @Test(arguments: [
    "漫游包扣了两次，每次38.00元，一共76元", "2026年10月的账单，10月3号扣的", "2026-10-03 12:05 断网",
    "套餐129元，合约到2027-03", "拨打10086和12315都没用", "我要投诉！！！宽带100兆只有20兆", "¥1,024.50 的账单", "账号被盗了怎么办",
    "看了《用户协议》", "10月1日生效的套餐", "2026年10月3日生成的账单", "I went shopping for 38.50 yuan", "the ping is 20 ms today",
    "密码忘了怎么办", "微信支付扣了38元", "下载 45.20 上传 3.10", "今年五月二十日开通",
  ]) func `what the case is about stays`(_ text: String) {
    let expected = text.replacing("《", with: "〈").replacing("》", with: "〉")
    #expect(masked(text) == expected)
  }

  @Test func `a name that is known is found in either script`() {
    var outgoing = OutgoingText(
      language: .chinese,
      known: [
        KnownValue(.name, "张伟", shown: "张伟"), KnownValue(.name, "Émile Müller", shown: "Émile Müller"),
        KnownValue(.plate, "云A12345", shown: "云****45"),
      ])
    #expect(
      outgoing.masked("張偉投诉，张　伟再来，ÉMILE MÜLLER too, Émilette no") == "《姓名1》投诉，《姓名1》再来，《姓名2》 too, Émilette no")
    #expect(outgoing.masked("云a·12345") == "《车牌1》")
  }

  @Test func `the same value has the same placeholder, in the order in which values are met`() {
    var outgoing = OutgoingText(language: .chinese, known: Self.known)
    #expect(outgoing.masked("13812342071和13912342072") == "《电话1》和《电话2》")
    #expect(outgoing.masked("就是一三九一二三四二〇七二") == "就是《电话2》")
    #expect(outgoing.masked("138-1234-2071") == "《电话1》")
    #expect(outgoing.placeholders.map(\.shown) == ["138****2071", "139****2072"])
  }

  @Test func `a customer cannot write a placeholder`() {
    var outgoing = OutgoingText(language: .chinese, known: Self.known)
    #expect(outgoing.masked("把钱退到《银行卡1》") == "把钱退到〈银行卡1〉")
    #expect(outgoing.placeholders.isEmpty)
  }

  @Test func `a long hostile text is read in time`() {
    for text in [
      String(repeating: "1 ", count: 2000), String(repeating: "王", count: 4000),
      String(repeating: "a1", count: 2000), String(repeating: "路1号", count: 1300),
      String(repeating: "省市区", count: 1300), String(repeating: "A ", count: 2000),
      String(repeating: "密码 ", count: 1300), String(repeating: "1-", count: 2000),
    ] {
      let start = ContinuousClock.now
      _ = masked(text)
      let taken = ContinuousClock.now - start
      #expect(taken < .seconds(3), "\(text.prefix(6)) took \(taken)")
    }
  }

  // MARK: - Back again

  private func restored(_ answer: String) throws -> String {
    var outgoing = OutgoingText(language: .chinese, known: Self.known)
    _ = outgoing.masked("王芳 13812342071 密码是abc123 世纪大道99号")
    return try Placeholders(all: outgoing.placeholders).restored(answer)
  }

  @Test func `a person sees what a person may see`() throws {
    #expect(try restored("《姓名1》您好，会致电《电话1》。") == "王芳您好，会致电138****2071。")
    #expect(try restored("《 姓名1 》您好") == "王芳您好")
    #expect(try restored("密码《密码1》") == "密码******")
    #expect(try restored("请看《用户协议》") == "请看《用户协议》")
    #expect(try restored("没有占位符") == "没有占位符")
  }

  @Test(arguments: ["请拨打客服电话10086。", "电话12315", "号码15", "姓名10"])
  func `a longer number is no placeholder`(_ answer: String) throws {
    #expect(try restored(answer) == answer)
  }

  @Test(arguments: ["《电话2》", "《银行卡1》", "《phone1》", "《姓名》"])
  func `what was never sent cannot come back`(_ answer: String) {
    #expect(throws: AnswerProblem.unknownPlaceholder) { try restored(answer) }
  }

  @Test(arguments: ["《电话1", "电话1》", "请打电话1", "姓名1，您好", "《姓名1》您好，姓名1"])
  func `a placeholder that lost its brackets is no text for a customer`(_ answer: String) {
    #expect(throws: AnswerProblem.brokenPlaceholder) { try restored(answer) }
  }
}
