import Domain
import Terminal

/// Where keys mean something. Several hold at once; the first in a screen's list wins.
package enum ActionContext: String, CaseIterable, Sendable {
  /// Everywhere, also while typing.
  case everywhere
  /// Lists and texts that can be moved in.
  case movement
  case queue
  /// A ticket is open or rows are chosen.
  case ticket
  case composer
  case form
  case closing
  case customer
  case results
  case article
}

/// One action with its keys: the source of the footer, of `?`, of the palette and of the manual.
package struct ActionBinding: Sendable {
  package let id: ActionID
  package let context: ActionContext
  package internal(set) var keys: [Key]
}

/// What is wrong in the keys of somebody's settings, as they were written.
package enum KeyProblem: Hashable, Sendable {
  case unknownAction(String)
  case unknownKey(String, action: String)

  package var action: String {
    switch self {
    case .unknownAction(let name), .unknownKey(_, let name): name
    }
  }
}

/// All actions. Letters are for command state; every action also has a key that arrives while a Chinese input method is on,
/// or is reached through the palette.
package struct ActionRegistry: Sendable {
  package private(set) var bindings: [ActionBinding]
  /// Settings that name no action or no key.
  package private(set) var problems: [KeyProblem] = []
  private var byKey: [Key: [Int]] = [:]
  private var byID: [ActionID: Int] = [:]

  package init(keys: [String: [String]] = [:]) {
    bindings = Self.defaults.map { id, context, names in
      ActionBinding(id: id, context: context, keys: names.compactMap { Key(name: $0) })
    }
    for index in bindings.indices { byID[bindings[index].id] = index }
    for (name, names) in keys.sorted(by: { $0.key < $1.key }) {
      guard let id = ActionID(rawValue: name), let index = byID[id] else {
        problems.append(.unknownAction(name))
        continue
      }
      let read = names.map { ($0, Key(name: $0)) }
      problems += read.filter { $0.1 == nil }.map { .unknownKey($0.0, action: name) }
      bindings[index].keys = read.compactMap(\.1)
    }
    for index in bindings.indices {
      for key in bindings[index].keys { byKey[key, default: []].append(index) }
    }
  }

  package func binding(_ id: ActionID) -> ActionBinding? { byID[id].map { bindings[$0] } }

  /// The actions that `key` stands for in `contexts`, most specific first. While typing, plain characters are text.
  func actions(for key: Key, in contexts: [ActionContext], isTyping: Bool) -> [ActionID] {
    let key = isTyping ? key : Self.unfolded(key)
    if isTyping, case .character = key.code, key.modifiers.isDisjoint(with: [.control, .alt]) { return [] }
    let found = actions(boundTo: key, in: contexts)
    guard found.isEmpty, let other = Self.otherCase(of: key) else { return found }
    return actions(boundTo: other, in: contexts)
  }

  private func actions(boundTo key: Key, in contexts: [ActionContext]) -> [ActionID] {
    guard let indices = byKey[key] else { return [] }
    return contexts.flatMap { context in
      indices.filter { bindings[$0].context == context }.map { bindings[$0].id }
    }
  }

  /// Alt with a letter is shown in one case and typed in either; nil for every other key.
  private static func otherCase(of key: Key) -> Key? {
    guard key.modifiers.contains(.alt), case .character(let character) = key.code, character.isLetter else {
      return nil
    }
    let other = character.isUppercase ? character.lowercased() : character.uppercased()
    guard other.count == 1, let letter = other.first, letter != character else { return nil }
    return Key(.character(letter), key.modifiers)
  }

  /// A full-width character, as an input method types it, counts as the one on the key.
  static func unfolded(_ key: Key) -> Key {
    guard case .character(let character) = key.code, key.modifiers.isEmpty || key.modifiers == .shift,
      let scalar = character.unicodeScalars.first, character.unicodeScalars.count == 1
    else { return key }
    switch scalar.value {
    case 0xFF01...0xFF5E:
      return Unicode.Scalar(scalar.value - 0xFEE0).map { Key(Character($0)) } ?? key
    case 0x3000: return .space
    case 0x3001: return Key("/")
    default: return Key(character)
    }
  }

  /// The key that the footer names: a function key where there is one.
  func shortKey(_ id: ActionID) -> Key? {
    guard let keys = binding(id)?.keys else { return nil }
    return keys.first
  }

  /// As `shortKey`, but one that is no text while something is typed, where there is one.
  func shortKey(_ id: ActionID, isTyping: Bool) -> Key? {
    let works = binding(id)?.keys.first { key in
      guard case .character = key.code else { return true }
      return !key.modifiers.isDisjoint(with: [.control, .alt])
    }
    return isTyping ? works ?? shortKey(id) : shortKey(id)
  }

  /// Each action with its default keys; the first is the one that the footer shows.
  private static let defaults: [(ActionID, ActionContext, [String])] = [
    (.help, .everywhere, ["F1", "?"]),
    (.palette, .everywhere, ["Ctrl-P", ":"]),
    (.find, .everywhere, ["F3", "Ctrl-F", "f"]),
    (.claimNext, .everywhere, ["F5"]),
    (.knowledge, .everywhere, ["F6", "w"]),
    (.customer, .everywhere, ["i", "Ctrl-K"]),
    (.newTicket, .everywhere, ["Insert", "+"]),
    (.presence, .everywhere, ["F9", "P"]),
    (.notSent, .everywhere, ["!", "Alt-E"]),
    (.raised, .everywhere, ["H", "Alt-'"]),
    (.trouble, .everywhere, ["W", "Alt-6"]),
    (.myResults, .everywhere, ["F10", "I"]),
    (.drafts, .everywhere, ["D", "Alt-D"]),
    (.language, .everywhere, ["F12", "L"]),
    (.theme, .everywhere, ["Y", "Alt-Y"]),
    (.draftReply, .everywhere, ["Alt-,"]),
    (.summarise, .everywhere, ["Alt-/"]),
    (.takeDraft, .everywhere, ["Alt-."]),
    (.nextPane, .everywhere, ["Tab"]),
    (.previousPane, .everywhere, ["BackTab"]),
    (.back, .everywhere, ["Esc"]),
    (.undo, .everywhere, ["u", "Ctrl-Y"]),
    (.suspend, .everywhere, ["Ctrl-Z"]),
    (.repaint, .everywhere, ["Ctrl-L"]),
    (.interrupt, .everywhere, ["Ctrl-C"]),
    (.quit, .everywhere, ["q", "Ctrl-Q"]),

    (.up, .movement, ["Up", "k"]),
    (.down, .movement, ["Down", "j"]),
    (.pageUp, .movement, ["PgUp"]),
    (.pageDown, .movement, ["PgDn"]),
    (.halfUp, .movement, ["Ctrl-U"]),
    (.halfDown, .movement, ["Ctrl-D"]),
    (.first, .movement, ["Home", "g"]),
    (.last, .movement, ["End", "G"]),

    (.open, .queue, ["Enter", "Right"]),
    (.filter, .queue, ["/", "Ctrl-S"]),
    (.nextMatch, .queue, ["n", "Alt-N"]),
    (.previousMatch, .queue, ["N", "Alt-B"]),
    (.mark, .queue, ["Space", "Alt-M"]),
    (.markRange, .queue, ["V", "Alt-V"]),
    (.clearMarks, .queue, ["U", "Alt-U"]),
    (.waiting, .queue, ["1", "Alt-1"]),
    (.mine, .queue, ["2", "Alt-2"]),
    (.openTickets, .queue, ["3", "Alt-3"]),
    (.pending, .queue, ["4", "Alt-4"]),
    (.done, .queue, ["5", "Alt-5"]),
    (.nextScope, .queue, ["Ctrl-Right", "]"]),
    (.previousScope, .queue, ["Ctrl-Left", "["]),

    (.claim, .ticket, ["c", "Ctrl-G"]),
    (.reply, .ticket, ["r", "Ctrl-R"]),
    (.note, .ticket, ["a", "Ctrl-N"]),
    (.close, .ticket, ["F8", "x"]),
    (.reading, .ticket, ["z", "Alt-9"]),
    (.accept, .ticket, ["=", "Alt-8"]),
    (.editForm, .ticket, ["F2", "e"]),
    (.step, .ticket, ["F4", "d"]),
    (.refund, .ticket, ["F7", "$"]),
    (.verify, .ticket, ["b", "Alt-;"]),
    (.category, .ticket, ["t", "Ctrl-T"]),
    (.hold, .ticket, ["h", "Ctrl-W"]),
    (.resume, .ticket, ["h", "Ctrl-W"]),
    (.transfer, .ticket, ["T", "Ctrl-X"]),
    (.release, .ticket, ["Z", "Alt-0"]),
    (.solve, .ticket, ["s", "Alt-S"]),
    (.reopen, .ticket, ["O", "Ctrl-O"]),
    (.priority, .ticket, ["p", "Alt-P"]),
    (.subject, .ticket, ["J", "Alt-J"]),
    (.addTag, .ticket, ["#", "Alt-T"]),
    (.removeTag, .ticket, ["-", "Alt-R"]),
    (.attach, .ticket, ["A", "Alt-="]),
    (.attachments, .ticket, ["o", "Alt-O"]),
    (.reminder, .ticket, ["R", "Ctrl-E"]),
    (.link, .ticket, ["l", "Alt-L"]),
    (.unlink, .ticket, ["K", "Alt-K"]),
    (.merge, .ticket, ["M", "Alt-G"]),
    (.split, .ticket, ["S", "Alt-I"]),
    (.addContact, .ticket, ["C", "Alt-C"]),
    (.markRead, .ticket, ["m", "Alt-X"]),
    (.takeBack, .ticket, ["B", "Alt-Z"]),
    (.fullText, .ticket, ["F", "Alt-F"]),
    (.changes, .ticket, ["v", "Alt-H"]),
    (.olderEntries, .ticket, ["E", "Alt-A"]),
    (.copyNumber, .ticket, ["y", "Alt-W"]),

    (.send, .composer, ["Ctrl-S"]),
    (.editor, .composer, ["Ctrl-O"]),
    (.discard, .composer, ["Alt-Q"]),

    (.editField, .form, ["Enter"]),
    (.nextField, .form, ["Tab", "Down"]),
    (.previousField, .form, ["BackTab", "Up"]),

    (.nextMissing, .closing, ["Tab"]),
    (.confirmClose, .closing, ["F8", "Ctrl-S"]),
    (.byHand, .closing, ["F2"]),
    (.byTemplate, .closing, ["F3"]),
    (.disposition, .closing, ["F4"]),
    (.closingSteps, .closing, ["Alt-S"]),

    (.activate, .customer, ["Enter"]),
    (.reveal, .customer, ["r", "Ctrl-R"]),
    (.copyValue, .customer, ["y", "Alt-W"]),
    (.mergeCustomer, .customer, ["M", "Alt-G"]),
    (.unmergeCustomer, .customer, ["U", "Alt-U"]),

    (.openArticle, .results, ["Enter"]),
    (.insertPassage, .article, ["Enter"]),
    (.insertArticle, .article, ["Ctrl-R"]),
  ]
}

// MARK: - For the manual

/// An action as the manual and the man page list it.
package struct ActionDescription: Hashable, Codable, Sendable {
  package var id: String
  package var context: String
  package var keys: [String]
  package var name: LocalizedText
  package var help: LocalizedText
}

extension ActionRegistry {
  /// All actions as data, in the order of the registry.
  package func descriptions(chinese: StringCatalogue, english: StringCatalogue) -> [ActionDescription] {
    bindings.map { binding in
      ActionDescription(
        id: binding.id.rawValue, context: binding.context.rawValue, keys: binding.keys.map(\.description),
        name: LocalizedText(chinese: chinese(binding.id.key), english: english(binding.id.key)),
        help: LocalizedText(
          chinese: chinese(binding.id.key + ".help"), english: english(binding.id.key + ".help")))
    }
  }
}
