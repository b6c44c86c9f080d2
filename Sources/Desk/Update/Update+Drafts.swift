import Domain
import Terminal

// What is being typed: kept, found again, edited elsewhere, pasted.
extension DeskModel {
  mutating func draftsFound(_ found: [Draft]) -> [DeskEffect] {
    for draft in found {
      let key = DraftKey(ticket: draft.ticket, slot: draft.slot)
      if drafts[key] == nil { drafts[key] = draft }
    }
    guard !drafts.isEmpty, open == nil else { return [] }
    say(
      words.text(
        "desk.notice.drafts-found",
        ["count": drafts.count, "key": actions.shortKey(.drafts)?.description ?? ""]),
      .warning, seconds: 20, about: .drafts(drafts.count))
    return []
  }

  /// Saves what changed since the last time; called every second and whenever something is left.
  mutating func keepDrafts(now isLeaving: Bool = false) -> [DeskEffect] {
    var effects: [DeskEffect] = []
    if let id = open?.id, var composer = open?.composer, composer.editor.changes != composer.draftChanges {
      remember(&composer, ticket: id)
      open?.composer = composer
      let key = DraftKey(ticket: id, slot: composer.slot)
      effects.append(drafts[key].map { .saveDraft($0) } ?? .deleteDraft(key))
    }
    if let id = open?.id, let editor = open?.form.editor, editor.changes != open?.form.draftChanges,
      let field = focusedField
    {
      open?.form.draftChanges = editor.changes
      let draft = Draft(
        ticket: id, slot: .form, body: DraftBody.encode([field.id: editor.text]), savedAt: now)
      drafts[DraftKey(ticket: id, slot: .form)] = draft
      effects.append(.saveDraft(draft))
    }
    effects += keepClosingDraft()
    effects += keepDialogDraft()
    return effects
  }

  mutating func editorReturned(_ text: String?) -> [DeskEffect] {
    guard let text else { return [] }
    // What lies on top asked for it, as it gets the keys.
    if case .dialog(var dialog) = overlays.last {
      dialog.fields[dialog.focus].editor.replaceAll(text)
      overlays[overlays.count - 1] = .dialog(dialog)
    } else if open?.composer != nil {
      open?.composer?.editor.replaceAll(text)
      open?.composer?.lastChange = now
    } else if open?.closing?.mode == .blank {
      changeClosingText { $0.replaceAll(text) }
    } else {
      return []
    }
    return keepDrafts(now: true)
  }

  mutating func attachmentStored(_ file: StoredFile) -> [DeskEffect] {
    finishAttaching()
    let attachment = Attachment(
      id: nextIdentifier(), ticket: file.ticket, name: file.name, mediaType: file.mediaType,
      byteCount: file.byteCount, digest: file.digest)
    return save(
      .ticket(file.ticket, .attach(attachment)),
      done: words.text("desk.done.attached", ["name": file.name]))
  }

  // MARK: - Paste

  mutating func paste(_ text: String) -> [DeskEffect] {
    if case .confirm(let confirm) = overlays.last, case .largePaste(let first) = confirm.purpose {
      // A long paste arrives in several pieces: the question is about all of them.
      overlays.removeLast()
      return askAboutPaste(first + text)
    }
    guard text.count <= preferences.pasteLimit else { return askAboutPaste(text) }
    return insert(text)
  }

  private mutating func askAboutPaste(_ text: String) -> [DeskEffect] {
    let beginning = Ticket.preview(of: text)
    overlays.append(
      .confirm(
        Confirm(
          title: words("desk.paste.title"),
          lines: [
            SafeText(words.text("desk.paste.size", ["count": text.count])), SafeText(beginning),
          ],
          yes: words("desk.paste.yes"), no: words("desk.paste.no"), purpose: .largePaste(text))))
    return []
  }

  /// Typed or pasted text into whatever is being typed.
  mutating func insert(_ text: String) -> [DeskEffect] {
    if !overlays.isEmpty { return insertIntoOverlay(text) }
    if isFiltering {
      filter?.insert(text)
      return queue.reload(queueQuery)
    }
    switch focus {
    case .knowledge where knowledge.article == nil:
      knowledge.input.insert(text)
      return searchKnowledge()
    case .ticket:
      if open?.composer != nil {
        open?.composer?.editor.insert(text)
        open?.composer?.lastChange = now
      } else if open?.closing != nil {
        return insertIntoClosing(text)
      } else if open?.form.editor != nil {
        open?.form.editor?.insert(text)
      } else {
        say(key: "desk.notice.nowhere-to-paste")
      }
      return []
    default:
      say(key: "desk.notice.nowhere-to-paste")
      return []
    }
  }
}
