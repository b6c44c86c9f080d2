import Domain
import Foundation
import GRDB

/// The tables of "find anything".
///
/// They only lead to candidates: what is found is looked at again in the rows themselves before it is shown. So nothing has
/// to be taken out when a name changes or a ticket leaves, and writing stays cheap.
enum FindTables {
  static func create(_ db: Database) throws {
    try db.execute(
      sql: """
        CREATE TABLE IF NOT EXISTS find_name(
          key TEXT NOT NULL, customer INTEGER NOT NULL, PRIMARY KEY(key, customer)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS find_tail(key INTEGER PRIMARY KEY);
        CREATE TABLE IF NOT EXISTS find_ticket(ticket INTEGER PRIMARY KEY, digest INTEGER NOT NULL);
        CREATE TABLE IF NOT EXISTS find_block(key INTEGER PRIMARY KEY, data BLOB NOT NULL);
        CREATE TABLE IF NOT EXISTS find_code(key INTEGER PRIMARY KEY, blocks INTEGER NOT NULL);
        CREATE TABLE IF NOT EXISTS find_pending(
          seq INTEGER PRIMARY KEY, ticket INTEGER NOT NULL, codes BLOB NOT NULL);
        CREATE TABLE IF NOT EXISTS find_fold(
          one INTEGER PRIMARY KEY CHECK(one = 1), slice INTEGER NOT NULL, upto INTEGER NOT NULL);
        """)
    try ClosingTally.create(db)
  }

  /// Dropped, not emptied: the columns may be those of another version.
  static func drop(_ db: Database, _ tables: [String]) throws {
    for table in tables { try db.execute(sql: "DROP TABLE IF EXISTS find_\(table)") }
  }

  /// Everything under which a name is found: itself, the given name, its words, pinyin and initials.
  static func keys(ofName name: String) -> Set<String> {
    let folded = SearchText.fold(name)
    var keys: Set<String> = []
    let runs = SearchText.runs(folded)
    let whole = SearchText.string(
      folded.filter { SearchText.isIdeograph($0) || SearchText.isWordPart($0) }[...])
    if !whole.isEmpty { keys.insert(whole) }
    for run in runs {
      let part = Array(folded[run.start..<run.end])
      guard run.isIdeographic else {
        keys.insert(SearchText.string(part[...]))
        continue
      }
      keys.formUnion(chineseKeys(part))
    }
    return keys
  }

  /// Where the parts of a folded name begin that are keys of their own.
  static func nameStarts(_ folded: [UInt32]) -> [Int] {
    var starts: [Int] = []
    for run in SearchText.runs(folded) {
      starts.append(run.start)
      let length = run.end - run.start
      guard run.isIdeographic else { continue }
      let surname = Surnames.length(Array(folded[run.start..<min(run.end, run.start + 8)]))
      if length > surname, length <= 4 || surname == 2 { starts.append(run.start + surname) }
    }
    return starts
  }

  private static func chineseKeys(_ name: [UInt32]) -> Set<String> {
    // Company names are found by their words as well, which the first characters of each part would not give.
    let known = Array(name.prefix(8))
    var keys: Set<String> = [SearchText.string(name[...])]
    let pinyin = Pinyin.keys(of: known)
    keys.formUnion(pinyin.full)
    keys.formUnion(pinyin.initials)
    let surname = Surnames.length(known)
    if known.count > surname, name.count <= 4 || surname == 2 {
      let given = Array(known[surname...])
      keys.insert(SearchText.string(given[...]))
      if given.count > 1 { keys.formUnion(Pinyin.keys(of: given).full) }
      if let reading = Surnames.reading(Array(known[..<surname])) {
        let rest = Pinyin.keys(of: given)
        keys.formUnion(rest.full.map { reading + $0 })
        keys.formUnion(rest.initials.map { Surnames.initials(reading, surname) + $0 })
      }
    }
    return keys
  }
}

/// Family names of two characters, and those that are read in another way than the character usually is.
enum Surnames {
  static func length(_ name: [UInt32]) -> Int {
    guard name.count > 2 else { return min(1, name.count) }
    return double.contains(SearchText.string(name[..<2])) ? 2 : 1
  }

  static func reading(_ surname: [UInt32]) -> String? { readings[SearchText.string(surname[...])] }

  /// `ou yang` begins with o and y.
  static func initials(_ reading: String, _ length: Int) -> String {
    length == 1 ? String(reading.prefix(1)) : doubleInitials[reading] ?? String(reading.prefix(1))
  }

  private static let double: Set<String> = [
    "欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "长孙", "宇文", "司徒", "司空", "令狐", "夏侯", "端木",
    "轩辕", "万俟", "南宫", "独孤", "澹台", "公冶", "宗政", "濮阳", "淳于", "单于", "太史", "申屠", "赫连", "钟离", "闻人", "呼延",
    "西门", "东郭", "百里", "拓跋", "完颜", "纳兰",
  ]

  private static let readings: [String: String] = [
    "曾": "zeng", "单": "shan", "解": "xie", "仇": "qiu", "区": "ou", "任": "ren", "盖": "ge", "朴": "piao",
    "翟": "zhai",
    "缪": "miao", "覃": "qin", "查": "zha", "冼": "xian", "洗": "xian", "乐": "yue", "尹": "yin", "宓": "mi",
    "逄": "pang",
    "郇": "xun", "隗": "wei", "员": "yun", "召": "shao", "褚": "chu", "柏": "bai", "重": "chong", "种": "chong",
    "折": "she",
    "尉迟": "yuchi", "万俟": "moqi", "长孙": "zhangsun", "单于": "chanyu", "澹台": "tantai", "令狐": "linghu",
  ]

  private static let doubleInitials: [String: String] = [
    "yuchi": "yc", "moqi": "mq", "zhangsun": "zs", "chanyu": "cy", "tantai": "tt", "linghu": "lh",
  ]
}
