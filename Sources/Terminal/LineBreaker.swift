/// Breaks one sanitized paragraph into lines, a line at a time.
struct LineBreaker: Sendable {
  struct Piece {
    /// The bytes to draw, without the spaces at the break.
    let drawn: Range<Int>
    /// Where the next line starts.
    let end: Int
    let width: Int
  }

  private let columns: Int
  private(set) var offset = 0
  private var finished = false

  init(columns: Int) {
    self.columns = max(1, columns)
  }

  mutating func next(in bytes: UnsafeBufferPointer<UInt8>) -> Piece? {
    guard !finished else { return nil }
    let start = offset
    var reader = ClusterReader(bytes, from: start)
    var width = 0
    /// The last place where the line may end: bytes drawn, their width, start of the next line.
    var candidate: (drawn: Int, width: Int, next: Int)?
    var previous = Kind.space
    var drawnEnd = start
    var drawnWidth = 0
    while true {
      let before = reader.offset
      guard let cluster = reader.next() else {
        finished = true
        offset = bytes.count
        return Piece(drawn: start..<drawnEnd, end: bytes.count, width: drawnWidth)
      }
      let kind = Kind(cluster)
      if before > start, kind != .space, Self.mayBreak(previous, kind) {
        candidate = (drawnEnd, drawnWidth, before)
      }
      if kind != .space {
        if width + cluster.width > columns {
          // A wide character in a one-column line is drawn alone and clipped by the frame.
          let whole = (drawn: reader.offset, width: cluster.width, next: reader.offset)
          let cut = before > start ? candidate ?? (drawnEnd, drawnWidth, before) : whole
          offset = cut.next
          if cut.next == bytes.count { finished = true }
          return Piece(drawn: start..<cut.drawn, end: cut.next, width: cut.width)
        }
        drawnEnd = reader.offset
        drawnWidth = width + cluster.width
      }
      width += cluster.width
      previous = kind
    }
  }

  private static func mayBreak(_ before: Kind, _ after: Kind) -> Bool {
    if after == .closing { return before == .space }
    switch before {
    case .space: return true
    // A number of a ticket, an order or a day is read and dialled as one.
    case .hyphen: return after != .digit
    case .opening: return false
    case .wide, .closing: return after == .wide || after == .opening || before == .wide
    case .narrow, .digit: return after == .wide || after == .opening
    }
  }

  private enum Kind {
    case space, narrow, digit, hyphen, wide, opening, closing

    init(_ cluster: Cluster) {
      let scalar = UInt32(cluster.glyph & Cluster.scalarMask)
      switch scalar {
      // A space with a mark is something to see.
      case 0x20 where cluster.marks == 0, 0x3000 where cluster.marks == 0: self = .space
      case 0x2D: self = .hyphen
      case 0x21, 0x25, 0x29, 0x2C, 0x2E, 0x3A, 0x3B, 0x3F, 0x5D, 0x7D: self = .closing
      case 0x24, 0x28, 0x5B, 0x7B, 0xA3, 0xA5: self = .opening
      case 0x30...0x39: self = .digit
      case 0x41...0x5A, 0x61...0x7A: self = .narrow
      // ‘ “ 〈 《 「 『 【 〔 〖 〘 （ ［ ｛ ￥ ＄
      case 0x2018, 0x201C, 0x3008, 0x300A, 0x300C, 0x300E, 0x3010, 0x3014, 0x3016, 0x3018, 0xFF08, 0xFF3B,
        0xFF5B, 0xFFE5, 0xFF04:
        self = .opening
      // ’ ” … ‥ — · 、。〉》」』】〕〗〙 ！％），．：；？］｝ ～ 々 ー ℃ ‰
      case 0x2019, 0x201D, 0x2026, 0x2025, 0x2014, 0xB7, 0x3001, 0x3002, 0x3009, 0x300B, 0x300D, 0x300F,
        0x3011,
        0x3015, 0x3017, 0x3019, 0xFF01, 0xFF05, 0xFF09, 0xFF0C, 0xFF0E, 0xFF1A, 0xFF1B, 0xFF1F, 0xFF3D,
        0xFF5D,
        0xFF5E, 0x3005, 0x30FC, 0x2103, 0x2030:
        self = .closing
      default: self = cluster.width == 2 ? .wide : .narrow
      }
    }
  }
}
