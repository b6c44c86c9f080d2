import Domain

extension SimilarTicket {
  /// Why it is called similar: the words that both have, else that it is of the same category.
  package var reason: Reason {
    guard words.isEmpty else {
      return Reason(
        isSameCategory ? "similar.wordsAndCategory" : "similar.words",
        ["words": words.joined(separator: " · ")])
    }
    return Reason("similar.category")
  }
}

extension TemplateCount {
  /// How often it ended tickets of the category lately; nil where it has not.
  package var reason: Reason? {
    if last30Days > 0 { return Reason("similar.usedIn30Days", ["count": String(last30Days)]) }
    return last90Days > 0 ? Reason("similar.usedIn90Days", ["count": String(last90Days)]) : nil
  }
}
