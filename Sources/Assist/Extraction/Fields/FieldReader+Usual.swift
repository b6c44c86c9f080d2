import Domain

extension FieldReader {
  /// What fills a field whose file does not say it: by its kind, then by its names and help.
  static func usualReader(of field: FormField, _ catalogue: [CatalogueItem]) -> FormField.Reader {
    switch field.kind {
    case .phone: return .phone
    case .order: return .order
    case .money: return .amount
    case .billLine: return .product
    case .choice:
      let items = Dictionary(catalogue.map { ($0.id, $0.kind) }, uniquingKeysWith: { first, _ in first })
      let known = field.choices.compactMap { items[$0.id] }
      guard !known.isEmpty, known.count * 2 >= field.choices.count else { return .words }
      return known.allSatisfy { $0 == .plan } ? .plan : .product
    case .date: return named(field, dates) ?? .date
    case .text: return named(field, texts) ?? (field.suggestions.isEmpty ? .nothing : .words)
    }
  }

  private static let dates: [(FormField.Reader, [String])] = [
    (.contractEnd, ["合约到期", "合同到期", "contract end", "contract expir"]),
    (.chargedOn, ["扣费日期", "扣费时间", "收费日期", "charged on", "date of charge"]),
    (.since, ["开始", "发生时间", "发生日期", "since", "started", "happened"]),
  ]

  private static let texts: [(FormField.Reader, [String])] = [
    (.period, FormField.monthNames),
    (.place, ["地址", "位置", "地点", "address", "place", "location"]),
    (.email, ["邮箱", "电子邮件", "e-mail", "email"]), (.plate, ["车牌", "plate"]),
    (.device, ["机型", "型号", "手机型号", "终端", "device", "phone model", "handset"]),
    (.speed, ["速率", "网速", "测速", "speed"]),
    (.reference, ["编号", "工单号", "热线单号", "reference"]),
    (.ticket, ["原工单", "关联工单", "earlier ticket", "related ticket"]),
    (.order, ["订单号", "订单编号", "单号", "order number"]), (.plan, ["套餐", "plan"]),
    (.product, ["业务", "产品", "商品", "项目", "product", "service", "item"]),
    (.name, ["姓名", "机主", "户名", "联系人", "收件人", "holder", "contact person", "full name"]),
  ]

  private static func named(_ field: FormField, _ readers: [(FormField.Reader, [String])]) -> FormField
    .Reader?
  {
    let names = "\(field.name.chinese) \(field.name.english)".lowercased()
    let help = field.help.map { "\($0.chinese) \($0.english)".lowercased() } ?? ""
    func first(_ text: String) -> FormField.Reader? {
      readers.first { $0.1.contains { text.contains($0) } }?.0
    }
    return first(names) ?? first(help)
  }
}
