import Assist
import Domain
import Testing

private func written(_ text: String, _ start: Int, _ end: Int) -> String {
  String(String.UnicodeScalarView(Array(text.unicodeScalars)[start..<end]))
}

@Suite struct `Personal data in hard forms` {
  @Test(arguments: [
    ("13812342071", "mobile 13812342071"), ("138 1234 2071", "mobile 13812342071"),
    ("138-1234-2071", "mobile 13812342071"), ("138 - 1234 - 2071", "mobile 13812342071"),
    ("138.1234.2071", "mobile 13812342071"), ("１３８１２３４２０７１", "mobile 13812342071"),
    ("一三八一二三四二〇七一", "mobile 13812342071"),
    ("幺三八 幺二三四 二零七幺", "mobile 13812342071"), ("壹叁捌壹贰叁肆贰零柒壹", "mobile 13812342071"),
    ("壹參捌壹貳參肆貳零柒壹", "mobile 13812342071"),
    ("+86 138 1234 2071", "mobile 13812342071"), ("(86)13812342071", "mobile 13812342071"),
    ("0086-138-1234-2071", "mobile 13812342071"), ("138\u{200B}1234\u{200B}2071", "mobile 13812342071"),
    ("𝟏𝟑𝟖𝟏𝟐𝟑𝟒𝟐𝟎𝟕𝟏", "mobile 13812342071"), ("电话13812342071。", "mobile 13812342071"),
    ("1 3 8 1 2 3 4 2 0 7 1", "mobile 13812342071"),
    ("11010519491231002X", "id_card 11010519491231002X"),
    ("110105 19491231 002x", "id_card 11010519491231002X"),
    ("１１０１０５１９４９１２３１００２Ｘ", "id_card 11010519491231002X"),
    ("6222 0212 3456 7894", "bank_card"), ("4111-1111-1111-1111", "bank_card 4111111111111111"),
    ("zhang.san@example.com", "email zhang.san@example.com"), ("京A12345", "plate 京A12345"),
    ("粤B·D12345", "plate 粤BD12345"),
  ])
  func `are found in one form`(text: String, expected: String) {
    let found = PersonalData.find(in: text)
    if expected == "bank_card" {
      #expect(found.allSatisfy { $0.kind == .bankCard || $0.kind == .mobile })
      return
    }
    #expect(found.map { "\($0.kind.rawValue) \($0.value)" } == [expected])
  }

  @Test(arguments: [
    "138123420711", "2026101513812345678", "38.00", "2026-10-15", "110105194912310021", "12345678901",
    "YF26112200000101", "一三八", "4111111111111112", "三八二十四",
  ])
  func `a number that is none of them stays`(_ text: String) {
    #expect(PersonalData.find(in: text).isEmpty, "\(PersonalData.find(in: text))")
  }
}

@Suite struct `Addresses in a text` {
  private func parts(_ text: String) -> [String] {
    AddressReader.find(in: text).map { address in
      FoundAddress.Part.allCases.compactMap { part in address.parts[part].map { "\(part.rawValue)=\($0)" } }
        .joined(separator: " ")
    }
  }

  @Test(arguments: [
    (
      "地址云州市临江区青禾路12号望江苑5栋1203室，急",
      "city=云州市 district=临江区 road=青禾路 number=12号 estate=望江苑 building=5栋 room=1203室"
    ),
    (
      "我住在广东省深圳市南山区科技园路8号阳光小区3号楼2单元501室",
      "province=广东省 city=深圳市 district=南山区 road=科技园路 number=8号 estate=阳光小区 building=3号楼 unit=2单元 room=501室"
    ),
    ("上海市徐汇区漕溪北路88号", "province=上海市 district=徐汇区 road=漕溪北路 number=88号"),
    ("市民反映云州市临江区青禾路12号信号差", "city=云州市 district=临江区 road=青禾路 number=12号"),
    ("浙江省杭州市余杭区仓前街道文一西路969号", "province=浙江省 city=杭州市 district=余杭区 town=仓前街道 road=文一西路 number=969号"),
    ("望川市平畴县车站路7號車站新村2棟301室", "city=望川市 district=平畴县 road=车站路 number=7號 estate=車站新村 building=2棟 room=301室"),
    ("北京市朝阳区建国路甲12号", "province=北京市 district=朝阳区 road=建国路 number=甲12号"),
    (
      "12 Nanjing Road, Xuhui District, Shanghai",
      "city=Shanghai district=Xuhui District road=Nanjing Road number=12"
    ),
    (
      "Room 1203, Building 5, Wangjiang Court, 12 Qinghe Road, Linjiang District, Yunzhou.",
      "city=Yunzhou district=Linjiang District road=Qinghe Road number=12 estate=Wangjiang Court building=Building 5 room=Room 1203"
    ),
  ])
  func `are read down to their parts`(text: String, expected: String) {
    #expect(parts(text) == [expected])
  }

  @Test(arguments: [
    "", "网路不通", "我在家里", "市民投诉", "3号扣费", "今天网络断了一路", "This is ridiculous, Yunfan, fix it", "小区没网", "区间故障",
    "道路施工",
  ])
  func `what is no address is none`(_ text: String) {
    #expect(parts(text).isEmpty, "\(parts(text))")
  }
}

@Suite struct `Names in a text` {
  private func names(_ text: String) -> [String] { NameReader.find(in: text).map(\.value) }

  @Test(arguments: [
    ("我叫王慧芳，号码", "王慧芳"), ("我是李岩，", "李岩"), ("机主：欧阳娜娜", "欧阳娜娜"), ("户名 诸葛亮", "诸葛亮"), ("来电人：陈晓伟，联系电话", "陈晓伟"),
    ("我叫王慧芳的号码是", "王慧芳"),
    ("My name is Emily Carter.", "Emily Carter"), ("this is Emily speaking", "Emily"),
    ("This is Emily Carter, I need help", "Emily Carter"), ("Kind regards,\nJohn O'Neil", "John O'Neil"),
    ("此致\n陈晓伟", "陈晓伟"), ("姓名：張偉", "張偉"),
  ])
  func `stand behind a word that announces them`(text: String, expected: String) {
    #expect(names(text) == [expected])
  }

  @Test(arguments: [
    "我是用户", "我是云帆的老用户", "我是白金卡，", "本人从未订购", "This is ridiculous", "I am not happy", "我是单身", "机主是本人", "",
  ])
  func `what is no name is none`(_ text: String) {
    #expect(names(text).isEmpty, "\(names(text))")
  }

  @Test func `are shown masked`() {
    #expect(NameReader.find(in: "我叫王慧芳").map(\.masked) == ["王*芳"])
  }
}

@Suite struct `Numbers in a text` {
  private let customer = CustomerProfile(
    customer: Customer(id: "c", name: "王慧芳"), identities: [], products: [],
    orders: [
      Order(
        id: "o", number: "YF26112200000101", customer: "c", title: "订购业务：国际漫游包", state: .completed,
        placedOn: CivilDate("2026-11-22")!, amount: Money(cents: 3800))
    ],
    bills: [Bill(id: "b", number: "B2026100000123", customer: "c", period: "2026-10", lines: [])],
    visits: [
      CustomerProfile.Visit(
        id: "t", number: "2611-0417", at: Timestamp(seconds: 0), channel: .phone, subject: "", zone: "z",
        state: .closed)
    ], ticketCount: 1, merged: [])

  private func found(_ text: String) -> [String] {
    NumberReader(customer: customer).find(in: text).map {
      "\($0.kind.rawValue) \($0.value)\($0.isKnown ? " known" : "")"
    }
  }

  @Test(arguments: [
    ("YF26112200000101怎么回事", "order YF26112200000101 known"),
    ("yf 2611 2200 0001 01", "order YF26112200000101 known"),
    ("ＹＦ２６１１２２００００００１０１".replacing("００００００１０１", with: "０００００１０１"), "order YF26112200000101 known"),
    ("上次 2611-0417 没解决", "ticket 2611-0417 known"), ("工单2611-9999", "ticket 2611-9999"),
    ("order YF99112200000101", "order YF99112200000101"), ("订单号：88123456", "order 88123456"),
    ("#2612-0001", "ticket 2612-0001"), ("12345-20261010-000123", "reference 12345-20261010-000123"),
    ("账单 B2026100000123", "bill B2026100000123 known"),
  ])
  func `are those of the records, then those behind a word`(text: String, expected: String) {
    #expect(found(text) == [expected])
  }

  @Test(arguments: [
    "38元", "13812342071", "2026-10-02", "129", "order me a pizza", "工单一直没人处理", "", "iPhone 15", "5G",
  ])
  func `what is no number is none`(_ text: String) {
    #expect(found(text).isEmpty, "\(found(text))")
  }
}

@Suite struct `Products in a text` {
  private func found(_ text: String) throws -> [String] {
    let catalogue = try DemoForms().configuration.catalogue
    return ProductReader(catalogue: catalogue).find(in: text).map {
      "\($0.item ?? "-") \($0.match.rawValue) [\(written(text, $0.start, $0.end))]"
    }
  }

  @Test(arguments: [
    ("国际漫游包扣了两次", "roaming-pack name [国际漫游包]"), ("國際漫遊包", "roaming-pack name [國際漫遊包]"),
    ("国际慢游包", "roaming-pack sound [国际慢游包]"), ("国际漫包", "roaming-pack spelling [国际漫包]"),
    ("漫游包", "roaming-pack alias [漫游包]"), ("畅享129", "enjoy-129 name [畅享129]"),
    ("畅享 129", "enjoy-129 name [畅享 129]"), ("5G悦享199", "5g-199 name [5G悦享199]"),
    ("Roaming pack", "roaming-pack name [Roaming pack]"), ("roaming pakc".replacing("pakc", with: "pac"), ""),
    ("video membershp", "video-member spelling [video membershp]"), ("夜间流量包", "night-data name [夜间流量包]"),
    ("音乐会圆", "music-member sound [音乐会圆]"), ("国际漫游流量费", "roaming-data name [国际漫游流量费]"),
  ])
  func `are found by name, alias, sound and spelling`(text: String, expected: String) throws {
    #expect(try found(text) == (expected.isEmpty ? [] : [expected]))
  }

  @Test func `the catalogue has what the demo operator sells, under the same ids and fees`() throws {
    let forms = try DemoForms()
    let items = Dictionary(
      forms.configuration.catalogue.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    for plan in forms.material.plans {
      #expect(items[plan.id]?.name == plan.name)
      #expect(items[plan.id]?.fee == plan.fee)
      #expect(items[plan.id]?.kind == .plan)
    }
    for broadband in forms.material.broadbands {
      #expect(items[broadband.id]?.fee == broadband.fee && items[broadband.id]?.name == broadband.name)
    }
    for service in forms.material.services {
      #expect(items[service.id]?.fee == service.fee && items[service.id]?.name == service.name)
      #expect(items[service.id]?.kind == (service.isMonthly ? .service : .package))
    }
    for charge in forms.material.charges {
      #expect(items[charge.id]?.name == charge.name && items[charge.id]?.kind == .charge)
    }
    #expect(
      items.count == forms.material.plans.count + forms.material.broadbands.count
        + forms.material.services.count + forms.material.charges.count)
  }
}
