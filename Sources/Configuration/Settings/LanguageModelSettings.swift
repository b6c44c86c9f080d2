import Domain
import Yams

/// Reads `language_model:` of `config.yaml`; see docs/configuration.md. A mistake in it leaves it off: half of what somebody
/// meant must not decide where text goes.
struct LanguageModelReader {
  static let keys = [
    "endpoint", "model", "uses", "key_variable", "key_file", "key_header", "headers", "timeout",
    "longest_answer",
    "allow_unencrypted",
  ]

  let reading: Reading
  let log: ProblemLog

  init(_ reading: Reading) {
    self.reading = reading
    log = reading.log
  }

  /// Nil, and a problem, where something is wrong.
  func endpoint(_ node: Node) -> ModelEndpoint? {
    let before = log.problems.count
    guard let fields = reading.fields(node, keys: Self.keys) else { return nil }
    let allowsPlain = fields.values["allow_unencrypted"].flatMap { reading.flag($0) } ?? false
    let address = fields.required("endpoint").flatMap { self.address($0, allowsPlain: allowsPlain) }
    let model = fields.required("model").flatMap { short($0) }
    let key = key(fields)
    let header = fields.values["key_header"].map { headerName($0) } ?? "Authorization"
    let headers = fields.values["headers"].map { self.headers($0, keyHeader: header) } ?? [:]
    let seconds = fields.values["timeout"].map { self.seconds($0) } ?? 20
    let longest = fields.values["longest_answer"].map { reading.number($0, in: 50...8000) } ?? 1200
    let uses = uses(fields)
    guard log.problems.count == before, let address, let model, let header, let seconds, let longest else {
      return nil
    }
    return ModelEndpoint(
      address: address, model: model, uses: uses, key: key, keyHeader: header, headers: headers,
      seconds: seconds, longestAnswer: longest)
  }

  private func address(_ node: Node, allowsPlain: Bool) -> ModelAddress? {
    guard let text = reading.text(node, limit: 500) else { return nil }
    guard let address = ModelAddress(text) else {
      // It may hold a password, which a problem must not repeat.
      reading.add(.invalidModelAddress, at: node)
      return nil
    }
    guard address.isEncrypted || address.isLocal || allowsPlain else {
      reading.add(.unencryptedModelAddress(address.host), at: node)
      return nil
    }
    return address
  }

  private func short(_ node: Node) -> String? { reading.text(node, limit: 200) }

  private func uses(_ fields: Fields) -> Set<ModelUse> {
    guard let node = fields.values["uses"] else { return Set(ModelUse.allCases) }
    let items = reading.items(node)
    if items.isEmpty, case .sequence = node { reading.add(.listEmpty("uses"), at: node) }
    return Set(items.compactMap { reading.oneOf($0, ModelUse.self) })
  }

  private func key(_ fields: Fields) -> ModelEndpoint.KeySource? {
    let variable = fields.values["key_variable"]
    let file = fields.values["key_file"]
    if let file, variable != nil { reading.add(.onlyOneOf(["key_variable", "key_file"]), at: file) }
    if let file {
      guard let path = reading.text(file, limit: 4096) else { return nil }
      guard path.hasPrefix("/") else {
        reading.add(.notAbsolutePath(reading.shortened(path)), at: file)
        return nil
      }
      return .file(path)
    }
    guard let variable, let name = reading.text(variable, limit: 4096) else { return nil }
    let isName =
      name.utf8.count <= 100 && name.utf8.first.map { !(0x30...0x39).contains($0) } == true
      && name.utf8.allSatisfy { byte in
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x5F: true
        default: false
        }
      }
    guard isName else {
      // Most likely the key itself: it must not be repeated.
      reading.add(.notVariableName, at: variable)
      return nil
    }
    return .variable(name)
  }

  private func seconds(_ node: Node) -> Int? {
    guard let seconds = reading.duration(node) else { return nil }
    guard (1...120).contains(seconds) else {
      reading.add(.numberOutOfRange(low: 1, high: 120), at: node)
      return nil
    }
    return seconds
  }

  // MARK: - Headers

  /// Made by the program, or what changes how the answer is carried.
  private static let ours: Set<String> = [
    "host", "content-type", "content-length", "content-encoding", "transfer-encoding", "connection", "expect",
    "accept", "accept-encoding", "upgrade", "te", "trailer", "keep-alive",
  ]
  private static let secrets = ["key", "token", "secret", "auth", "cookie", "password", "credential"]

  private func headerName(_ node: Node) -> String? {
    guard let name = reading.text(node, limit: 60) else { return nil }
    guard Self.isToken(name), !Self.ours.contains(name.lowercased()) else {
      reading.add(.invalidHeader(reading.shortened(name)), at: node)
      return nil
    }
    return name
  }

  private func headers(_ node: Node, keyHeader: String?) -> [String: String] {
    var headers: [String: String] = [:]
    for pair in reading.pairs(node) {
      guard let name = headerName(pair.keyNode) else { continue }
      let lower = name.lowercased()
      // What is in this file is read by whoever helps with it.
      if Self.secrets.contains(where: lower.contains) || lower == keyHeader?.lowercased() {
        reading.add(.secretHeader(name), at: pair.keyNode)
        continue
      }
      guard let value = reading.text(pair.value, limit: 500) else { continue }
      guard value.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else {
        reading.add(.invalidHeader(name), at: pair.value)
        continue
      }
      headers[name] = value
    }
    return headers
  }

  /// RFC 9110, section 5.6.2.
  private static func isToken(_ name: String) -> Bool {
    !name.isEmpty
      && name.utf8.allSatisfy { byte in
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
      }
  }
}
