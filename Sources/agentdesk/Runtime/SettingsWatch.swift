import Configuration
import Desk
import Domain
import Glibc
import Terminal

/// Reads config.yaml again when it was changed, so that a key or a theme is tried without leaving the screens.
final class SettingsWatch {
  struct Change {
    var settings: DeskSettings
    /// Nil where the theme is as it was.
    var theme: Theme?
    var problem: String?
  }

  private let paths: DeskPaths
  private let themes: ThemeShelf
  private let words: () -> StringCatalogue
  private var known: DeskSettings
  private var stamp: [Int]

  init(_ known: DeskSettings, paths: DeskPaths, themes: ThemeShelf, words: @escaping () -> StringCatalogue) {
    self.known = known
    self.paths = paths
    self.themes = themes
    self.words = words
    stamp = Self.stamp(of: paths.settingsFile)
  }

  /// What is different now; called about once a second.
  func changed() -> Change? {
    let stamp = Self.stamp(of: paths.settingsFile)
    guard stamp != self.stamp else { return nil }
    self.stamp = stamp
    var (settings, problems) = DeskSettings.checked(paths)
    let theme = themes.theme(of: settings, paths, problems: &problems)
    defer { known = settings }
    guard settings != known || !problems.isEmpty else { return nil }
    return Change(
      settings: settings, theme: settings.theme == known.theme ? nil : theme,
      problem: problems.notice(words()))
  }

  /// Inode, bytes and moment of the last write; nothing where there is no file.
  private static func stamp(of path: String) -> [Int] {
    var facts = stat()
    guard stat(path, &facts) == 0 else { return [] }
    return [Int(facts.st_ino), facts.st_size, facts.st_mtim.tv_sec, facts.st_mtim.tv_nsec]
  }
}

extension DeskSettings {
  /// What of the settings the screens take over while they are open.
  var preferences: Preferences {
    Preferences(
      keys: keys, ringsBell: notices == .bell || notices == .both,
      changesTitle: notices == .title || notices == .both, pasteLimit: pasteLimit,
      modelUses: languageModel?.uses ?? [])
  }
}
