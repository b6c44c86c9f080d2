import Domain
import TestSupport
import Testing

@Suite struct `Verification` {
  private static let rules = Zone.Verification(
    questions: [.name, .idCard, .phone], needed: 2, attempts: 2, gates: [.reveal])

  private func floor() throws -> Floor {
    var floor = try Floor.with(.open)
    floor.state.configuration.zones[0].verification = Self.rules
    return floor
  }

  private func answer(
    _ floor: inout Floor, _ question: VerificationQuestion, _ isRight: Bool,
    by agent: AgentID = Floor.agent(.agent)
  ) throws -> Outcome {
    try floor.run(.ticket(Floor.ticket, .verify(Floor.contact, question, isRight: isRight)), by: agent)
  }

  private func events(_ floor: Floor) -> [VerificationEvent] {
    floor.state.entries(of: Floor.ticket).compactMap {
      if case .verification(let event) = $0.kind { event } else { nil }
    }
  }

  @Test func `is passed with enough right answers, each counted once`() throws {
    var floor = try floor()
    #expect(try answer(&floor, .name, true) == .accepted)
    #expect(try answer(&floor, .name, true) == .accepted)
    #expect(floor.state.contacts[Floor.contact]?.isVerified(under: Self.rules) == false)
    #expect(try answer(&floor, .idCard, false) == .accepted)
    #expect(try answer(&floor, .phone, true) == .accepted)
    #expect(floor.state.contacts[Floor.contact]?.isVerified(under: Self.rules) == true)
    #expect(events(floor) == [.right(.name), .wrong(.idCard), .right(.phone), .passed])
    // Passed is passed: a later wrong word changes nothing, and no lead is told.
    #expect(try answer(&floor, .idCard, false) == .accepted)
    #expect(events(floor).count == 4)
  }

  @Test func `is locked after too many wrong answers, for this contact alone`() throws {
    var floor = try floor()
    #expect(try answer(&floor, .name, false) == .accepted)
    #expect(try answer(&floor, .phone, false) == .accepted)
    #expect(events(floor).last == .locked)
    #expect(try answer(&floor, .name, true) == .refused(.verificationLocked))
    try floor.expectAccepted(.ticket(Floor.ticket, .moveContact(Floor.contact, to: .ended, code: nil)))
    #expect(try answer(&floor, .name, true) == .refused(.contactOver))
    try floor.expectAccepted(.ticket(Floor.ticket, .addContact("again", .phone, message: "又来了")))
    #expect(
      try floor.run(.ticket(Floor.ticket, .verify("again", .name, isRight: true))) == .accepted)
    // What was wrong before counts on, so that nobody guesses by coming again.
    #expect(try floor.run(.ticket(Floor.ticket, .verify("again", .phone, isRight: false))) == .accepted)
    #expect(events(floor).last == .locked)
    #expect(
      try floor.run(.ticket(Floor.ticket, .verify("again", .phone, isRight: true)))
        == .refused(.verificationLocked))
  }

  @Test func `a day later a contact begins anew`() throws {
    var floor = try floor()
    #expect(try answer(&floor, .name, false) == .accepted)
    try floor.expectAccepted(.ticket(Floor.ticket, .moveContact(Floor.contact, to: .ended, code: nil)))
    floor.clock = floor.clock.advanced(seconds: 86_401)
    try floor.expectAccepted(.ticket(Floor.ticket, .addContact("later", .phone, message: "又来了")))
    #expect(floor.state.contacts["later"]?.verification == nil)
  }

  @Test(arguments: ContactVerification.Refused.allCases)
  func `turns somebody else away at once`(_ reason: ContactVerification.Refused) throws {
    var floor = try floor()
    try floor.expectAccepted(.ticket(Floor.ticket, .refuseVerification(Floor.contact, reason)))
    #expect(events(floor) == [.refused(reason)])
    #expect(try answer(&floor, .name, true) == .refused(.verificationLocked))
  }

  @Test func `is asked by whoever has the ticket, and only what the zone asks`() throws {
    var floor = try floor()
    #expect(
      try answer(&floor, .name, true, by: "a-second") == .refused(.notOwner(owner: Floor.agent(.agent))))
    #expect(try answer(&floor, .address, true) == .refused(.verificationNotAsked))
    #expect(
      try floor.run(.ticket(Floor.ticket, .verify("other-contact", .name, isRight: true)))
        == .refused(.contactMissing))
    floor.state.configuration.zones[0].verification = nil
    #expect(try answer(&floor, .name, true) == .refused(.verificationNotAsked))
  }

  @Test func `keeps personal data closed, with a ticket and without`() throws {
    var floor = try floor()
    let agent = Floor.agent(.agent)
    func reveal(_ floor: inout Floor, _ ticket: TicketID?, by person: AgentID) throws -> Outcome {
      try floor.run(
        .customer(Floor.customer, .reveal(field: "phone", reason: "回拨", ticket: ticket)), by: person)
    }
    #expect(try reveal(&floor, Floor.ticket, by: agent) == .refused(.verificationMissing))
    #expect(try reveal(&floor, nil, by: agent) == .refused(.verificationMissing))
    // Quality looks at work of others and talks with nobody.
    #expect(try reveal(&floor, nil, by: Floor.agent(.quality)) == .accepted)
    _ = try answer(&floor, .name, true)
    _ = try answer(&floor, .idCard, true)
    #expect(try reveal(&floor, Floor.ticket, by: agent) == .accepted)
    #expect(try reveal(&floor, nil, by: agent) == .refused(.verificationMissing))
    #expect(
      try floor.run(
        .customer("other-customer", .reveal(field: "phone", reason: "回拨", ticket: Floor.ticket)))
        == .refused(.otherCustomer))
    // A stricter zone asks for more.
    floor.state.configuration.zones[0].verification?.needed = 3
    #expect(try reveal(&floor, Floor.ticket, by: agent) == .refused(.verificationMissing))
    try floor.expectAccepted(.ticket(Floor.ticket, .moveContact(Floor.contact, to: .ended, code: nil)))
    #expect(try reveal(&floor, Floor.ticket, by: agent) == .refused(.verificationMissing))
  }

  private static let record = VerificationRecord(
    customers: [
      Customer(id: "c", name: "欧阳晓芳", address: "上海市徐汇区漕溪北路12号3栋201室"),
      Customer(id: "d", name: "Emma O'Neil-Clark"),
    ],
    identities: [
      Identity(id: "1", customer: "c", kind: .idCard, value: "11010519491231002X"),
      Identity(id: "2", customer: "c", kind: .phone, value: "138 1234 2071"),
    ], lastBill: Money(cents: 12_850))

  @Test(
    arguments: [
      (.name, "欧阳晓芳", true), (.name, "欧阳 晓芳", true), (.name, "欧阳晓方", false), (.name, "晓芳", false),
      (.name, "", false),
      (.name, "emma o’neil clark", true), (.name, "ＥＭＭＡ　O'NEIL CLARK", true), (.name, "欧*芳", false),
      (.idCard, "002X", true), (.idCard, "００２ｘ", true), (.idCard, "零零二叉", true), (.idCard, "0 0 2 X", true),
      (.idCard, "0020", false), (.idCard, "02X", false), (.idCard, "11010519491231002X", true),
      (.idCard, "231002X", false), (.idCard, "2071", false), (.idCard, "", false),
      (.phone, "13812342071", true), (.phone, "+86 138-1234-2071", true), (.phone, "幺三八幺二三四二零七幺", true),
      (.phone, "１３８１２３４２０７１", true), (.phone, "2071", false), (.phone, "13812342070", false),
      (.phone, "138****2071", false), (.address, "上海市徐汇区漕溪北路12号3栋201室", true),
      (.address, "漕溪北路十二号三栋二零一室", true), (.address, "徐汇区 漕溪北路１２号，3栋201室", true),
      (.address, "北路12号3栋201室", false), (.address, "201室", false), (.address, "上海市徐汇区漕溪北路", false),
      (.address, "上海市徐汇区漕溪北路12号3栋202室", false), (.address, "徐汇区", false),
      (.lastBill, "128.50", true), (.lastBill, "128.5元", true), (.lastBill, "一百二十八块五", true),
      (.lastBill, "¥128.50", true), (.lastBill, "128块5毛", true), (.lastBill, "一百二十八点五", true),
      (.lastBill, "壹佰貳拾捌元伍角", true), (.name, "歐陽曉芳", true), (.phone, "幺參八幺二三四二〇七幺", true),
      (.lastBill, "128", false), (.lastBill, "129", false), (.lastBill, "一百二十八块零五分", false),
      (.lastBill, "128.50 129.50", false), (.lastBill, "一百三十左右", false),
    ] as [(VerificationQuestion, String, Bool)])
  func `compares what is meant and not how it is written`(
    _ question: VerificationQuestion, _ answer: String, _ isRight: Bool
  ) {
    #expect(Self.record.matches(answer, to: question) == isRight)
  }

  private static let homes = [
    "云州市临江区青禾路12号望江小区5栋2单元1203室", "云州市临江区花园小区201室", "广东深圳市南山区高新南一道9号A座1203",
    "浙江省台州市路桥区路南街道永福村3组12号", "海南省三亚市天涯区友谊路6号", "云州市永辉超市5栋201室", "云州市红旗厂区5栋201室",
    "上海浦东新区世纪大道100号", "云州市临江区望江苑东区5栋101室", "江苏省苏州市昆山市玉山镇北京路8号",
  ]

  @Test(
    arguments: [
      (0, "青禾路12号望江小区5栋2单元1203室", true), (0, "临江区青禾路十二号望江小区五栋二单元一二零三室", true),
      (0, "5栋2单元1203室", false), (0, "望江小区5栋2单元1203室", false), (0, "2单元1203室", false),
      (0, "12号望江小区5栋2单元1203室", false), (1, "201室", false), (1, "花园小区201室", true),
      (1, "临江区花园小区201室", true), (2, "高新南一道9号A座1203", true), (2, "深圳市南山区高新南1道9号a座1203", true),
      (2, "A座1203", false), (2, "一道9号A座1203", false), (3, "永福村3组12号", true), (3, "路桥区路南街道永福村3组12号", true),
      (3, "3组12号", false), (3, "南街道永福村3组12号", false), (4, "友谊路6号", true), (4, "三亚市天涯区友谊路6号", true),
      (4, "天涯区友谊路六号", true), (5, "5栋201室", false), (5, "永辉超市5栋201室", true), (6, "5栋201室", false),
      (7, "世纪大道100号", true), (7, "浦东新区世纪大道100号", true), (7, "新区世纪大道100号", false), (8, "5栋101室", false),
      (8, "望江苑东区5栋101室", true), (9, "北京路8号", true), (9, "昆山市玉山镇北京路8号", true), (9, "路8号", false),
      (9, "玉山镇北京路八号", true), (0, "雲州市臨江區青禾路12號望江小區5棟2單元1203室", true),
    ] as [(Int, String, Bool)])
  func `an address is right without its province, city and district, and never without the place itself`(
    _ home: Int, _ answer: String, _ isRight: Bool
  ) {
    let record = VerificationRecord(
      customers: [Customer(id: "c", name: "王芳", address: Self.homes[home])], identities: [], lastBill: nil)
    #expect(record.matches(answer, to: .address) == isRight)
  }

  @Test(arguments: [
    "一万万万万万", "99999999999999999千", "千亿亿", "一千亿亿", "亿亿亿亿", String(repeating: "9", count: 17) + "千元",
    "一万亿亿元", String(repeating: "万", count: 18), String(repeating: "千", count: 300), "9999千9999百9999十万亿",
  ])
  func `a number that nobody owes is a wrong answer, on record as well as said`(_ text: String) {
    #expect(!Self.record.matches(text, to: .lastBill))
    #expect(!Self.record.matches(text, to: .address))
    #expect(!Self.record.matches(text + "号", to: .address))
    let strange = VerificationRecord(
      customers: [Customer(id: "c", name: "王芳", address: text + "号")], identities: [],
      lastBill: Money(cents: 1))
    #expect(strange.matches(text + "号", to: .address))
    #expect(!strange.matches("青禾路12号", to: .address))
  }

  @Test func `says the same of a wrong answer and of one about which nothing is on record`() {
    let nothing = VerificationRecord(customers: [Customer(id: "c", name: "")], identities: [], lastBill: nil)
    for question in VerificationQuestion.allCases {
      for answer in ["", " ", "0", "0.00", "*", String(repeating: "一", count: 400)] {
        #expect(!nothing.matches(answer, to: question), "\(question) \(answer)")
      }
    }
  }
}
