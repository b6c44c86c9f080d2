extension Reducer {
  /// A lead is told once of each kind, however often a ticket is read.
  func raise(
    _ work: inout TicketWork, _ kind: Ticket.Alert.Kind, _ severity: RiskSeverity, _ reason: Reason
  ) throws(Refusal) {
    guard !work.ticket.state.isDone else { throw .wrongState(work.ticket.state) }
    guard !work.ticket.alerts.contains(where: { $0.kind == kind }) else { return }
    let texts = [reason.key] + reason.values.flatMap { [$0.key, $0.value] }
    guard reason.values.count <= Ticket.Alert.mostValues,
      texts.allSatisfy({ $0.utf8.count <= Ticket.Alert.longestValue })
    else { throw .textTooLong(limit: Ticket.Alert.longestValue) }
    guard !reason.key.isEmpty else { throw .reasonMissing }
    work.ticket.alerts.append(
      Ticket.Alert(kind: kind, severity: severity, reason: reason, raisedAt: now, raisedBy: work.actor.id))
    work.record(.raised(kind, severity, reason))
  }

  /// Somebody who answers for the floor looks after it.
  func attend(_ work: inout TicketWork, _ kind: Ticket.Alert.Kind) throws(Refusal) {
    guard work.ticket.state != .archived else { throw .wrongState(.archived) }
    guard let place = work.ticket.alerts.firstIndex(where: { $0.kind == kind }) else { throw .entryMissing }
    guard work.ticket.alerts[place].attendedAt == nil else { return }
    work.ticket.alerts[place].attendedAt = now
    work.ticket.alerts[place].attendedBy = work.actor.id
    work.record(.attended(kind))
  }

  /// It is raised again, as it was: lists of what waits count raising and attending.
  func unattend(_ work: inout TicketWork, _ kind: Ticket.Alert.Kind) throws(Refusal) {
    guard work.ticket.state != .archived else { throw .wrongState(.archived) }
    guard let place = work.ticket.alerts.firstIndex(where: { $0.kind == kind }) else { throw .entryMissing }
    let alert = work.ticket.alerts[place]
    guard alert.attendedAt != nil else { return }
    work.ticket.alerts[place].attendedAt = nil
    work.ticket.alerts[place].attendedBy = nil
    work.record(.raised(kind, alert.severity, alert.reason))
  }
}
