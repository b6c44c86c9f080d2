import Domain
import Terminal

// My results: asked for when the page opens, and again while it is open and something was saved.
extension DeskModel {
  mutating func openResults() -> [DeskEffect] {
    overlays.append(.results(ResultsPage(askedAt: now)))
    return [.loadResults(ResultsQuery(agent: me.id, now: now, clock: clock))]
  }

  mutating func resultsLoaded(_ results: MyResults) {
    changeResults { $0.results = results }
  }

  mutating func markResultsStale() {
    changeResults { $0.isStale = true }
  }

  /// Every two seconds at most, however fast operations come.
  mutating func refreshResults() -> [DeskEffect] {
    guard case .results(var page) = overlays.last, page.isStale, now - page.askedAt >= 2000 else { return [] }
    page.isStale = false
    page.askedAt = now
    overlays[overlays.count - 1] = .results(page)
    return [.loadResults(ResultsQuery(agent: me.id, now: now, clock: clock))]
  }

  private mutating func changeResults(_ change: (inout ResultsPage) -> Void) {
    for index in overlays.indices {
      guard case .results(var page) = overlays[index] else { continue }
      change(&page)
      overlays[index] = .results(page)
    }
  }

  mutating func press(_ key: Key, in old: ResultsPage) -> [DeskEffect] {
    let inside = OverlayLayout.page(in: size).inset()
    guard let step = pageStep(key, height: inside.rows) else {
      let isSame = actions.actions(for: key, in: [.everywhere], isTyping: false).contains(.myResults)
      if isSame {
        overlays.removeLast()
        return []
      }
      return dismissOverlay(key)
    }
    var page = old
    let count = resultsLines(page, columns: inside.columns - 2).count
    page.top = max(0, min(page.top + step, count - inside.rows))
    overlays[overlays.count - 1] = .results(page)
    return []
  }
}
