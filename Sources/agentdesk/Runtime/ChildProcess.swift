import Glibc

/// Another program in front of the terminal: the editor, a viewer.
enum ChildProcess {
  /// Runs `arguments` and waits. It stays in our process group, so that it owns the keyboard. Answers its exit status; nil
  /// when it could not be started or was killed.
  static func run(_ arguments: [String]) -> Int32? {
    guard let pid = spawn(arguments, isDetached: false) else { return nil }
    var status: Int32 = 0
    while waitpid(pid, &status, 0) < 0 {
      if errno != EINTR { return nil }
    }
    return status & 0x7f == 0 ? status >> 8 & 0xff : nil
  }

  /// Starts `arguments` in a session of its own and does not wait: a viewer with a window.
  static func start(_ arguments: [String]) -> Bool { spawn(arguments, isDetached: true) != nil }

  /// The words of a command line such as `code --wait`; quotes group.
  static func words(_ command: String) -> [String] {
    var words: [String] = []
    var word = ""
    var quote: Character?
    for character in command {
      if let open = quote {
        if character == open { quote = nil } else { word.append(character) }
      } else if character == "'" || character == "\"" {
        quote = character
      } else if character == " " {
        if !word.isEmpty { words.append(word) }
        word = ""
      } else {
        word.append(character)
      }
    }
    if !word.isEmpty { words.append(word) }
    return words
  }

  static func isInstalled(_ program: String) -> Bool {
    if program.contains("/") { return access(program, X_OK) == 0 }
    guard let path = getenv("PATH").map({ String(cString: $0) }) else { return false }
    return path.split(separator: ":").contains { access("\($0)/\(program)", X_OK) == 0 }
  }

  private static func spawn(_ arguments: [String], isDetached: Bool) -> pid_t? {
    guard let program = arguments.first else { return nil }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // The child must not inherit our handlers' dispositions or a blocked mask: Ctrl-C belongs to it now.
    var all = sigset_t()
    var none = sigset_t()
    sigfillset(&all)
    sigemptyset(&none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setsigmask(&attributes, &none)
    var flags = POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK
    if isDetached { flags |= 0x80 }  // POSIX_SPAWN_SETSID, which Glibc's module does not export
    posix_spawnattr_setflags(&attributes, Int16(flags))
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    if isDetached {
      for descriptor in 0...2 as ClosedRange<Int32> {
        posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0)
      }
    }
    var pid: pid_t = 0
    var words = arguments.map { strdup($0) }
    words.append(nil)
    defer { for word in words { free(word) } }
    return posix_spawnp(&pid, program, &actions, &attributes, words, environ) == 0 ? pid : nil
  }
}
