import Domain
import Yams

/// Values that several kinds of files have.
extension Reading {
  func date(_ node: Node) -> CivilDate? {
    guard let text = text(node, limit: 60) else { return nil }
    if let date = CivilDate(text) { return date }
    add(.invalidDate(shortened(text)), at: node)
    return nil
  }

  func money(_ node: Node) -> Money? {
    guard let text = text(node, limit: 60) else { return nil }
    if let money = Money(text) { return money }
    add(.invalidValue(shortened(text)), at: node)
    return nil
  }
}

extension Fields {
  /// A list, or one thing that stands for a list of one.
  func listed(_ key: String) -> [Node] {
    guard let node = values[key] else { return [] }
    if case .sequence(let sequence) = node { return Array(sequence) }
    return [node]
  }
}

extension ProblemLog {
  /// A category that has to be one of the tree, which is checked when all files have been read.
  func category(_ node: Node, _ reading: Reading) -> CategoryID? {
    guard let id = reading.identifier(node, allowsSlash: true) else { return nil }
    use(.category, id, at: reading.place(of: node))
    return CategoryID(id)
  }
}
