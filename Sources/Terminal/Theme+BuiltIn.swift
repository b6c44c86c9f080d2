extension Theme {
  package static let builtIn: [Theme] = [.dark, .light, .highContrast]

  /// Typed text has the terminal's own colours in every theme: it is drawn for each key, and a colour would
  /// cost twenty bytes for each character.
  package static let dark = Theme(
    name: "dark",
    entries: [
      .text: Entry(),
      .muted: Entry(Colour(245, basic: 7)),
      .title: Entry(Colour(255, basic: 15), .bold),
      .accent: Entry(Colour(80, basic: 14)),
      .border: Entry(Colour(240, basic: 8)),
      .borderFocused: Entry(Colour(80, basic: 14)),
      .statusBar: Entry(Colour(252, basic: 7), on: Colour(236, basic: 4)),
      .statusGood: Entry(Colour(114, basic: 10), on: Colour(236, basic: 4)),
      .statusWarning: Entry(Colour(221, basic: 11), on: Colour(236, basic: 4)),
      .statusDanger: Entry(Colour(210, basic: 9), on: Colour(236, basic: 4), .bold),
      .success: Entry(Colour(114, basic: 2)),
      .warning: Entry(Colour(221, basic: 3)),
      .danger: Entry(Colour(210, basic: 9), .bold),
      .info: Entry(Colour(117, basic: 6)),
      .selection: Entry(Colour(255, basic: 15), on: Colour(24, basic: 4)),
      .selectionUnfocused: Entry(Colour(252, basic: 0), on: Colour(238, basic: 7)),
      .mark: Entry(Colour(221, basic: 11), .bold),
      .highlight: Entry(Colour(16, basic: 0), on: Colour(221, basic: 3)),
      .missing: Entry(Colour(16, basic: 0), on: Colour(215, basic: 11), .bold),
      .input: Entry(),
      .inputFocused: Entry(),
      .placeholder: Entry(Colour(242, basic: 8)),
      .systemFilled: Entry(Colour(152, basic: 6)),
      .badge: Entry(Colour(183, basic: 13)),
      .key: Entry(Colour(80, basic: 14)),
      .keyLabel: Entry(Colour(250, basic: 7)),
      .disabled: Entry(Colour(240, basic: 8)),
      .customerText: Entry(Colour(255, basic: 15)),
      .agentText: Entry(Colour(152, basic: 6)),
      .systemText: Entry(Colour(245, basic: 8)),
      .noteText: Entry(Colour(186, basic: 3)),
      .banner: Entry(Colour(16, basic: 0), on: Colour(214, basic: 3), .bold),
      .tabActive: Entry(Colour(255, basic: 15), [.bold, .underline]),
      .tabInactive: Entry(Colour(245, basic: 7)),
    ])

  package static let light = Theme(
    name: "light",
    entries: [
      .text: Entry(),
      .muted: Entry(Colour(242, basic: 8)),
      .title: Entry(Colour(16, basic: 0), .bold),
      .accent: Entry(Colour(24, basic: 4)),
      .border: Entry(Colour(248, basic: 8)),
      .borderFocused: Entry(Colour(24, basic: 4)),
      .statusBar: Entry(Colour(236, basic: 0), on: Colour(254, basic: 7)),
      .statusGood: Entry(Colour(22, basic: 2), on: Colour(254, basic: 7)),
      .statusWarning: Entry(Colour(94, basic: 1), on: Colour(254, basic: 7)),
      .statusDanger: Entry(Colour(124, basic: 1), on: Colour(254, basic: 7), .bold),
      .success: Entry(Colour(28, basic: 2)),
      .warning: Entry(Colour(130, basic: 1)),
      .danger: Entry(Colour(124, basic: 1), .bold),
      .info: Entry(Colour(25, basic: 4)),
      .selection: Entry(Colour(16, basic: 15), on: Colour(153, basic: 4)),
      .selectionUnfocused: Entry(Colour(236, basic: 0), on: Colour(252, basic: 7)),
      .mark: Entry(Colour(130, basic: 5), .bold),
      .highlight: Entry(Colour(16, basic: 0), on: Colour(222, basic: 3)),
      .missing: Entry(Colour(16, basic: 15), on: Colour(216, basic: 1), .bold),
      .input: Entry(),
      .inputFocused: Entry(),
      .placeholder: Entry(Colour(246, basic: 8)),
      .systemFilled: Entry(Colour(24, basic: 4)),
      .badge: Entry(Colour(90, basic: 5)),
      .key: Entry(Colour(24, basic: 4)),
      .keyLabel: Entry(Colour(238, basic: 0)),
      .disabled: Entry(Colour(248, basic: 8)),
      .customerText: Entry(Colour(16, basic: 0)),
      .agentText: Entry(Colour(24, basic: 4)),
      .systemText: Entry(Colour(244, basic: 8)),
      .noteText: Entry(Colour(94, basic: 5)),
      .banner: Entry(Colour(16, basic: 15), on: Colour(214, basic: 1), .bold),
      .tabActive: Entry(Colour(16, basic: 0), [.bold, .underline]),
      .tabInactive: Entry(Colour(242, basic: 8)),
    ],
    isLight: true)

  /// Only the terminal's own colours, black, white and yellow, and attributes: nothing is grey.
  package static let highContrast = Theme(
    name: "high-contrast",
    entries: [
      .text: Entry(),
      .muted: Entry(),
      .title: Entry(.bold),
      .accent: Entry(.bold),
      .border: Entry(),
      .borderFocused: Entry(.bold),
      .statusBar: Entry(.reverse),
      .statusGood: Entry(.reverse),
      .statusWarning: Entry([.reverse, .underline]),
      .statusDanger: Entry([.reverse, .bold, .underline]),
      .success: Entry(.bold),
      .warning: Entry(.underline),
      .danger: Entry([.bold, .underline]),
      .info: Entry(),
      .selection: Entry([.reverse, .bold]),
      .selectionUnfocused: Entry([.underline, .bold]),
      .mark: Entry(.bold),
      .highlight: Entry(Colour(16, basic: 0), on: Colour(226, basic: 11), .bold),
      .missing: Entry(Colour(16, basic: 0), on: Colour(226, basic: 11), [.bold, .underline]),
      .input: Entry(),
      .inputFocused: Entry(),
      .placeholder: Entry(.italic),
      .systemFilled: Entry(.italic),
      .badge: Entry(.bold),
      .key: Entry(.bold),
      .keyLabel: Entry(),
      .disabled: Entry(.dim),
      .customerText: Entry(.bold),
      .agentText: Entry(),
      .systemText: Entry(.italic),
      .noteText: Entry(.italic),
      .banner: Entry(Colour(16, basic: 0), on: Colour(226, basic: 11), .bold),
      .tabActive: Entry([.bold, .underline]),
      .tabInactive: Entry(),
    ])

  package static func named(_ name: String) -> Theme? { builtIn.first { $0.name == name } }
}

extension Theme.Entry {
  fileprivate init(_ foreground: Colour, _ modifiers: Modifiers) {
    self.init(foreground, on: nil, modifiers)
  }

  fileprivate init(_ modifiers: Modifiers) {
    self.init(nil, on: nil, modifiers)
  }
}
