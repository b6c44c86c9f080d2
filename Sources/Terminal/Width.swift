import CTerminal

/// Columns of text, from a table pinned in this program.
///
/// Terminals agree on a scalar but not on a cluster, so the sanitizer leaves only clusters whose columns are
/// those of their first scalar in every terminal: emoji sequences are cut to their first emoji, flags become
/// their two letters, variation selectors go.
package enum Width {
  /// How many columns a scalar of ambiguous width takes: 1, or 2 for terminals set up that way.
  /// Set once, before the first text is made: texts remember their width.
  package static var ambiguousIsWide: Bool {
    get { ct_ambiguous_width() == 2 }
    set { ct_set_ambiguous_width(newValue ? 2 : 1) }
  }

  /// 0 for a combining mark and for what is never drawn.
  package static func of(_ scalar: Unicode.Scalar) -> Int {
    switch Int(ct_treatment(scalar.value)) {
    case CT_NARROW, CT_FLAG: 1
    case CT_WIDE, CT_TONE: 2
    case CT_AMBIGUOUS: Int(ct_ambiguous_width())
    default: 0
    }
  }

  /// Terminals disagree about it: one column, or two where they are set up for East Asian text.
  package static func isAmbiguous(_ scalar: Unicode.Scalar) -> Bool {
    Int(ct_treatment(scalar.value)) == CT_AMBIGUOUS
  }

  /// Columns of one sanitized cluster.
  package static func of(_ cluster: Cluster) -> Int { cluster.width }
}
