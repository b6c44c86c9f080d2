import Assist
import Testing

@Suite struct `Amounts in a text` {
  private func found(_ text: String) -> [String] {
    let scalars = Array(text.unicodeScalars)
    return AmountReader.find(in: text).map {
      "\($0.amount) [\(String(String.UnicodeScalarView(scalars[$0.start..<$0.end])))]"
    }
  }

  @Test(arguments: [
    ("扣了38元", "38.00 [38元]"), ("三十八块五", "38.50 [三十八块五]"), ("¥1,024.50 到账", "1024.50 [¥1,024.50]"),
    ("￥１，０２４．５０", "1024.50 [￥１，０２４．５０]"), ("38块5毛", "38.50 [38块5毛]"), ("38块5", "38.50 [38块5]"),
    ("三十八块五毛二", "38.52 [三十八块五毛二]"), ("一百五十块零五分", "150.05 [一百五十块零五分]"), ("两块半", "2.50 [两块半]"),
    ("一百五十块钱吧", "150.00 [一百五十块钱]"), ("一百五块", "150.00 [一百五块]"), ("一百零五元", "105.00 [一百零五元]"),
    ("一千零二十四元整", "1024.00 [一千零二十四元整]"), ("两万三千元", "23000.00 [两万三千元]"), ("1.5万元", "15000.00 [1.5万元]"),
    ("一万二块", "12000.00 [一万二块]"), ("十块", "10.00 [十块]"), ("5毛", "0.50 [5毛]"), ("五毛钱", "0.50 [五毛钱]"),
    ("三角五分", "0.35 [三角五分]"), ("RMB 38.5", "38.50 [RMB 38.5]"), ("refund 38 yuan please", "38.00 [38 yuan]"),
    ("壹佰贰拾元整", "120.00 [壹佰贰拾元整]"), ("三十八塊五", "38.50 [三十八塊五]"), ("一块钱", "1.00 [一块钱]"),
    ("一块五", "1.50 [一块五]"), ("人民币 200", "200.00 [人民币 200]"), ("¥ 99", "99.00 [¥ 99]"),
    ("0.01元", "0.01 [0.01元]"), ("一百万元", "1000000.00 [一百万元]"), ("👍99元", "99.00 [99元]"),
  ])
  func `is read as it is meant`(text: String, expected: String) {
    #expect(found(text) == [expected])
  }

  @Test(arguments: [
    "", "元", "块", "38", "三十八", "我们一块去", "2026元旦", "5分钟", "三分之一", "一角落", "1毛病", "13812342071",
    "123456789012345元", "abc38元", "1.234元", "元月", "¥", "一",
  ])
  func `what is no amount is none`(_ text: String) {
    #expect(found(text).isEmpty, "\(found(text))")
  }

  @Test func `several stand in their order`() {
    #expect(
      found("先扣38元，又扣了三十八块五，共76.5元") == ["38.00 [38元]", "38.50 [三十八块五]", "76.50 [76.5元]"])
  }

  @Test func `long texts end`() {
    #expect(AmountReader.find(in: String(repeating: "一百万亿", count: 20_000)).isEmpty)
    #expect(AmountReader.find(in: String(repeating: "1,", count: 50_000)).isEmpty)
    #expect(AmountReader.find(in: String(repeating: "5元", count: 5_000)).count == 5_000)
  }
}
