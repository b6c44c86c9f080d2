import Domain

/// What somebody at the screen sees and decides by, as values: for programs that work a desk as a person would.
package struct DeskSight: Sendable {
  package struct Field: Hashable, Sendable {
    package var id: String
    /// As it is saved.
    package var value: String
    /// What the desk proposes for it; nil where it has a value.
    package var proposed: String?
  }

  /// One line of what a closing needs.
  package struct Stop: Hashable, Sendable {
    package enum Subject: Hashable, Sendable {
      case field(String)
      case choice(String)
      case input(String)
      case disposition
    }

    package var subject: Subject
    package var isMissing: Bool
    /// In stored form; of a choice the index of its option.
    package var value: String
  }

  package struct Closing: Sendable {
    package var mode: Domain.Closing.Mode
    package var templates: [TemplateID]
    package var selected: Int
    package var stops: [Stop]
    /// Index of the line that takes the keys; nil while the templates or the text do.
    package var focus: Int?
    package var isEditing: Bool
    package var text: String
    package var disposition: String?
  }

  package struct List: Sendable {
    /// Those that what was typed leaves, in their order.
    package var items: [String]
    package var labels: [String]
    /// What stands at the right of each, such as the amount and the day of a line of a bill.
    package var details: [String]
    package var selected: Int
    package var hasNumbers: Bool
  }

  package struct Form: Sendable {
    /// Every field of the zone, in its order.
    package var fields: [Field]
    /// Index of the line that takes the keys; nil while the form does not.
    package var focus: Int?
    package var isEditing: Bool
  }

  package var ticket: TicketID?
  package var hasReading: Bool
  package var category: CategoryID?
  package var proposedCategory: CategoryID?
  package var form: Form?
  package var closing: Closing?
  package var list: List?
  package var notice: String?
}

extension DeskModel {
  package var sight: DeskSight {
    var sight = DeskSight(
      ticket: open?.detail == nil ? nil : open?.id, hasReading: open?.reading != nil,
      category: open?.ticket?.category, proposedCategory: proposedCategory?.category, form: nil, closing: nil,
      list: nil, notice: notice?.text.string)
    if let open, let ticket = open.ticket {
      let proposed = proposals
      sight.form = DeskSight.Form(
        fields: formFields.map { field in
          DeskSight.Field(
            id: field.id, value: ticket.fields[field.id] ?? "", proposed: proposed[field.id]?.value)
        }, focus: open.form.isFocused ? open.form.index : nil, isEditing: open.form.editor != nil)
    }
    if let closing = open?.closing, let ticket = open?.ticket {
      let wanted = asProposed(ticket, closing)
      var focus: Int?
      if case .stop(let index) = closing.focus { focus = index }
      sight.closing = DeskSight.Closing(
        mode: closing.mode, templates: closing.templates.map(\.id), selected: closing.selected,
        stops: closing.stops.map { stop in
          let isMissing = !isResolved(stop)
          switch stop {
          case .field(let id):
            return DeskSight.Stop(subject: .field(id), isMissing: isMissing, value: wanted.fields[id] ?? "")
          case .choice(let id):
            return DeskSight.Stop(
              subject: .choice(id), isMissing: isMissing,
              value: closing.chosen(id).map(String.init) ?? "")
          case .input(let name):
            return DeskSight.Stop(
              subject: .input(name), isMissing: isMissing, value: closing.inputs[name] ?? "")
          case .disposition:
            return DeskSight.Stop(
              subject: .disposition, isMissing: isMissing, value: closing.shownDisposition ?? "")
          }
        }, focus: focus, isEditing: closing.editor != nil, text: closing.filled.text,
        disposition: closing.shownDisposition)
    }
    if case .picker(let picker)? = overlays.last {
      sight.list = DeskSight.List(
        items: picker.matches.map { picker.items[$0].id },
        labels: picker.matches.map { picker.items[$0].label.string },
        details: picker.matches.map { picker.items[$0].detail.string }, selected: picker.selected,
        hasNumbers: picker.hasNumbers && picker.filter.isEmpty)
    }
    return sight
  }
}
