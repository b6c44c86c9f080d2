/// A text with the label that people gave it: one line `{"text","label"}` of a file.
package struct LabelledText: Hashable, Sendable {
  package var text: String
  package var label: String

  /// The label of texts that belong to none of the others.
  package static let outOfScope = "__oos__"

  package init(text: String, label: String) {
    self.text = text
    self.label = label
  }
}
