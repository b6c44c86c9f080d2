import Domain

extension RecordWriter {
  mutating func put(_ reason: Reason) {
    put(reason.key)
    put(reason.values)
  }

  mutating func put(_ alerts: [Ticket.Alert]) {
    put(alerts.count)
    for alert in alerts {
      put(alert.kind.rawValue)
      put(alert.severity.rawValue)
      put(alert.reason)
      put(alert.raisedAt)
      put(alert.raisedBy)
      put(alert.attendedAt)
      put(alert.attendedBy)
    }
  }
}

extension RecordReader {
  mutating func reason() -> Reason { Reason(text(), dictionary()) }

  mutating func alertKind() -> Ticket.Alert.Kind { Ticket.Alert.Kind(rawValue: text()) ?? .escalation }
  mutating func riskSeverity() -> RiskSeverity { RiskSeverity(rawValue: text()) ?? .high }

  mutating func alerts() -> [Ticket.Alert] {
    (0..<count()).map { _ in
      Ticket.Alert(
        kind: alertKind(), severity: riskSeverity(), reason: reason(), raisedAt: moment(),
        raisedBy: key(), attendedAt: optionalMoment(), attendedBy: optionalKey())
    }
  }
}
