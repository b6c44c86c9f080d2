import Foundation

/// A folder that is gone when the test ends.
final class TemporaryFolder {
  let path: String

  init(_ files: [String: String] = [:]) throws {
    path = NSTemporaryDirectory() + "agentdesk-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    for (name, text) in files { try write(name, Data(text.utf8)) }
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ name: String, _ bytes: Data) throws {
    let file = path + "/" + name
    try FileManager.default.createDirectory(
      atPath: (file as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    try bytes.write(to: URL(fileURLWithPath: file))
  }
}

/// The smallest folder without a problem.
enum Smallest {
  static let zone = """
    id: billing
    name: { zh-Hans: 计费, en: Billing }
    skill: billing
    calendar: office
    time_limits: { first_response: 20m }
    fields:
      - id: period
        name: { zh-Hans: 账期, en: Period }
        type: text
        required: true
    dispositions:
      - { id: done, name: { zh-Hans: 完成, en: Done } }
    """
  static let categories = """
    categories:
      - id: bill
        name: { zh-Hans: 账单, en: Bill }
        children:
          - { id: bill/wrong, name: { zh-Hans: 错误, en: Wrong }, zone: billing }
    """
  static let templates = """
    zone: billing
    templates:
      - id: closed
        name: { zh-Hans: 结案, en: Closed }
        disposition: done
        categories: [bill/wrong]
        choices:
          arrival:
            name: { zh-Hans: 到账, en: Arrival }
            options: [{ zh-Hans: 今天, en: today }]
        text:
          zh-Hans: |
            您好，{{fields.period}} {{choice.arrival}} {{input.remark}}
          en: |
            Hello, {{ fields.period }} {{customer.name}}
    """
  static let calendar = """
    id: office
    time_zone: Asia/Shanghai
    weekdays:
      mon: ["08:00-12:00", "13:00-24:00"]
    years:
      2026:
        - { name: 春节, date: 2026-02-17, isOffDay: true }
    """
  static let article = """
    ---
    id: rules
    title: 规则
    language: zh-Hans
    zone: billing
    tags: [规则]
    valid_until: 2027-12-31
    owner: 运营
    ---
    正文。
    """
  static let people = """
    teams:
      - { id: care, name: { zh-Hans: 客服, en: Care } }
    agents:
      - { id: lin, number: "1", name: 林, english_name: Lin, team: care, roles: [agent], zones: [billing], language: en }
    """
  static let synonyms = """
    synonyms:
      - [退费, 退款]
    """
  static let files = [
    "zones/billing.yaml": zone, "categories.yaml": categories, "templates/billing.yaml": templates,
    "calendars/office.yaml": calendar, "knowledge/zh-Hans/rules.md": article, "people.yaml": people,
    "synonyms.yaml": synonyms,
  ]
}
