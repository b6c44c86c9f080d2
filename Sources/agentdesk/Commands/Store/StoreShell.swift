import ArgumentParser
import Domain
import Glibc
import Store

/// Questions in SQL, one a line; nothing can be changed.
struct StoreShell: HeadlessCommand {
  static var configuration: CommandConfiguration { .words("shell", "store.shell") }

  @OptionGroup var global: GlobalOptions
  @Argument(help: .words("store.statement", value: "sql")) var statement: String?

  func perform(_ context: CommandContext) throws {
    let reader = try StoreReader(path: context.storeFile())
    defer { reader.close() }
    if let statement { return try answer(statement, reader, context.output) }
    let isPrompting = isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1
    if isPrompting { context.output.say(context.strings("cli.store.shell", ["path": reader.path])) }
    while true {
      if isPrompting { Output.write(Array("store> ".utf8), to: STDOUT_FILENO) }
      guard let line = readLine() else { return }
      let text = line.trimmed
      if text.isEmpty { continue }
      if text == ".quit" || text == ".exit" { return }
      do {
        try answer(text, reader, context.output)
      } catch let error as StoreError {
        // A prompt goes on after a mistake; a script must not.
        guard isPrompting else { throw error }
        context.output.warn(error.sentence(context.strings))
      }
    }
  }

  /// `.tables` and `.schema TABLE` as in other shells; everything else is SQL.
  private func query(_ text: String) -> String {
    let words = text.split(separator: " ")
    switch words.first {
    case ".tables": return "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
    case ".schema":
      let table = words.count > 1 ? String(words[1]).filter { $0.isLetter || $0 == "_" } : ""
      return "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL"
        + (table.isEmpty ? "" : " AND tbl_name = '\(table)'") + " ORDER BY rowid"
    default: return text
    }
  }

  private func answer(_ text: String, _ reader: StoreReader, _ output: Output) throws {
    var names: [String] = []
    try reader.run(query(text)) { columns in
      names = columns
      if !output.isJSON, !columns.isEmpty { output.say(columns.joined(separator: "\t")) }
    } row: { values in
      if output.isJSON {
        output.put(.object(zip(names, values).map { JSON.Pair($0, JSON($1)) }))
      } else {
        output.say(values.map { $0 ?? "" }.joined(separator: "\t"))
      }
    }
  }
}
