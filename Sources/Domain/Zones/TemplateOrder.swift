extension [ClosingTemplate] {
  /// Those made for the category first, then those for every category, then the rest; the file's order within each. Of a
  /// ticket without a category nothing is known that fits better, and the file's order is its author's: the usual first.
  package func ranked(for category: CategoryID?) -> [ClosingTemplate] {
    guard let category else { return self }
    func rank(_ template: ClosingTemplate) -> Int {
      if template.categories.contains(category) { return 0 }
      return template.categories.isEmpty ? 1 : 2
    }
    return enumerated().sorted { (rank($0.element), $0.offset) < (rank($1.element), $1.offset) }.map(
      \.element)
  }
}
