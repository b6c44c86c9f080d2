/// One column of a row: a cluster with its style, or the right half of the wide cluster before it.
package struct Cell: Hashable, Sendable {
  private static let styleShift: UInt64 = 24

  /// As `Cluster.glyph`, with the style from bit 24: six bits of role, six of modifiers. Width 0 is a
  /// right half.
  var bits: UInt64
  var marks: UInt64

  init(_ cluster: Cluster, _ style: Style) {
    bits = cluster.glyph | Cell.bits(of: style)
    marks = cluster.marks
  }

  private init(bits: UInt64) {
    self.bits = bits
    marks = 0
  }

  package static let blank = Cell(.space, .text)

  static func rightHalf(_ style: Style) -> Cell { Cell(bits: Cell.bits(of: style)) }

  @inline(__always)
  static func bits(of style: Style) -> UInt64 {
    UInt64(number(of: style)) << styleShift
  }

  /// Below `styleCount`.
  @inline(__always)
  static func number(of style: Style) -> Int {
    Int(style.role.rawValue) | Int(style.modifiers.rawValue) << 6
  }

  static let styleCount = 1 << 12

  var styleNumber: Int { Int(bits >> Cell.styleShift) }

  static func style(number: Int) -> Style {
    Style(
      Role(rawValue: UInt8(truncatingIfNeeded: number & 0x3F)) ?? .text,
      Modifiers(rawValue: UInt8(truncatingIfNeeded: number >> 6)))
  }

  package var isRightHalf: Bool { width == 0 }
  package var width: Int { Int(bits >> Cluster.widthShift & 3) }

  package var style: Style {
    get { Cell.style(number: styleNumber) }
    set { bits = bits & 0xFF_FFFF | Cell.bits(of: newValue) }
  }

  /// The drawn text; empty for a right half.
  package var string: String { isRightHalf ? "" : cluster.string }

  var scalar: UInt32 { UInt32(bits & Cluster.scalarMask) }

  var cluster: Cluster { Cluster(scalar: scalar, width: width, marks: marks) }
}
