import Domain

/// Everything that one text names, each thing once: what is a part of an address or a number is no date, and so on.
package struct TextFinds: Sendable {
  package private(set) var personal: [PersonalData] = []
  package private(set) var numbers: [FoundNumber] = []
  package private(set) var products: [FoundProduct] = []
  package private(set) var addresses: [FoundAddress] = []
  package private(set) var landmarks: [FoundPhrase] = []
  package private(set) var names: [FoundName] = []
  package private(set) var periods: [FoundPeriod] = []
  package private(set) var amounts: [FoundAmount] = []
  package private(set) var devices: [FoundPhrase] = []
  package private(set) var speeds: [FoundPhrase] = []
  /// Numbers without a unit, in hundredths: what an amount of the bill may be.
  package private(set) var plainNumbers: [FoundAmount] = []

  let folded: FoldedText

  /// What the readers have to know beside the text.
  package struct Context: Sendable {
    package var clock: WallClock
    package var products: ProductReader
    package var numbers: NumberReader
    package var calendars: [WorkingCalendar]

    package init(
      clock: WallClock, catalogue: [CatalogueItem] = [], customer: CustomerProfile? = nil,
      calendars: [WorkingCalendar] = []
    ) {
      self.init(
        clock: clock, products: ProductReader(catalogue: catalogue), customer: customer, calendars: calendars)
    }

    /// - Parameter products: of the catalogue, which is made ready once.
    package init(
      clock: WallClock, products: ProductReader, customer: CustomerProfile?, calendars: [WorkingCalendar]
    ) {
      self.clock = clock
      self.calendars = calendars
      self.products = products.adding(customer)
      numbers = NumberReader(customer: customer)
    }
  }

  package init(_ text: String, at moment: Timestamp, _ context: Context) {
    folded = FoldedText(text)
    let original = Array(text.unicodeScalars)
    var taken = [Bool](repeating: false, count: folded.count)
    func free<Find>(_ finds: [Find], _ place: (Find) -> (Int, Int), takes: Bool = true) -> [Find] {
      finds.filter { find in
        let (start, end) = place(find)
        guard start < end, !taken[start..<end].contains(true) else { return false }
        if takes { for index in start..<end { taken[index] = true } }
        return true
      }
    }
    let found = context.numbers.find(in: folded)
    // A number of the customer's records is what it is, whatever else it looks like.
    numbers = free(found.filter(\.isKnown)) { ($0.start, $0.end) }
    personal = free(PersonalData.find(in: text)) { ($0.start, $0.end) }
    numbers += free(found.filter { !$0.isKnown }) { ($0.start, $0.end) }
    numbers.sort { $0.start < $1.start }
    addresses = free(AddressReader.find(in: text)) { ($0.start, $0.end) }
    // The price in a plan's name is no amount, but 129元 is one.
    products = free(context.products.find(in: folded)) { ($0.start, $0.end) }
    names = free(NameReader.find(in: text)) { ($0.start, $0.end) }
    periods = free(DateReader.find(in: text, at: moment, clock: context.clock, calendars: context.calendars))
    { ($0.start, $0.end) }
    amounts = free(AmountReader.find(in: text)) { ($0.start, $0.end) }
    devices = free(DeviceReader.find(in: folded, original)) { ($0.start, $0.end) }
    speeds = free(SpeedReader.find(in: folded)) { ($0.start, $0.end) }
    landmarks = free(
      LandmarkReader.find(in: text).map { FoundPhrase(value: $0.value, start: $0.start, end: $0.end) },
      { ($0.start, $0.end) }, takes: false)
    plainNumbers = free(Self.plain(folded), { ($0.start, $0.end) }, takes: false)
  }

  /// 38, 46.5, 1,024: at most two decimals, and not what is counted or measured.
  private static func plain(_ text: FoldedText) -> [FoundAmount] {
    let units: Set<Unicode.Scalar> = [
      "号", "楼", "次", "天", "个", "月", "年", "日", "点", "分", "折", "%", "条", "遍", "倍", "栋", "室", "时", "秒", "岁", "位",
      "人", "户", "级", "层", "兆", ":", "/", "-", "#",
    ]
    var found: [FoundAmount] = []
    var index = 0
    while index < text.count {
      guard FoldedText.isDigit(text[index]) else {
        index += 1
        continue
      }
      let start = index
      while index < text.count,
        FoldedText.isDigit(text[index])
          || ([".", ","].contains(text[index]) && FoldedText.isDigit(text[index + 1]))
      { index += 1 }
      let next = text[index]
      guard index - start <= 10, text.isBoundary(start), text.isBoundary(index), !units.contains(next),
        !["-", "/", ":", "#", "."].contains(text[start - 1]),
        let amount = Money(String(String.UnicodeScalarView(text.scalars[start..<index])))
      else {
        while FoldedText.isWord(text[index]) { index += 1 }
        continue
      }
      found.append(FoundAmount(amount: amount, start: start, end: index))
    }
    return found
  }
}
