import Domain

extension StringCatalogue {
  /// `reason.KEY` with its values.
  package func sentence(for reason: Reason) -> String { self("reason.\(reason.key)", values: reason.values) }
}
