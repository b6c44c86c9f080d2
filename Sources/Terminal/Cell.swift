/// One column of a row: a cluster with its style, or the right half of the wide cluster before it.
package struct Cell: Hashable, Sendable {
  private static let styleShift: UInt64 = 24

  /// As `Cluster.glyph`, with the role in bits 24-31 and the modifiers in bits 32-39. Width 0 is a right half.
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
    UInt64(style.role.rawValue) << styleShift | UInt64(style.modifiers.rawValue) << (styleShift + 8)
  }

  package var isRightHalf: Bool { width == 0 }
  package var width: Int { Int(bits >> Cluster.widthShift & 3) }

  package var style: Style {
    get {
      Style(
        Role(rawValue: UInt8(truncatingIfNeeded: bits >> Cell.styleShift)) ?? .text,
        Modifiers(rawValue: UInt8(truncatingIfNeeded: bits >> (Cell.styleShift + 8))))
    }
    set { bits = bits & 0xFF_FFFF | Cell.bits(of: newValue) }
  }

  /// The drawn text; empty for a right half.
  package var string: String { isRightHalf ? "" : cluster.string }

  var scalar: UInt32 { UInt32(bits & Cluster.scalarMask) }

  var cluster: Cluster { Cluster(scalar: scalar, width: width, marks: marks) }
}
