import ArgumentParser
import Domain
import Glibc
import Store

/// Takes the good lines of a file and keeps the bad ones, a batch at a time.
final class LineImport {
  struct Line {
    var number: Int
    var bytes: [UInt8]
  }

  /// What became of a line of a batch.
  enum Result {
    case imported
    /// It was there already.
    case known
    case rejected(LineProblem)
  }

  private static let batch = 256

  private let desk: HeadlessDesk
  private let file: String
  private var reader: LineReader
  private var rejects: LazyFile
  private let size: Int
  private var taken = 0
  private var imported = 0
  private var known = 0
  private var rejected = 0
  private var number = 0
  private let progress: ProgressBar

  init(_ desk: HeadlessDesk, file: String, rejects: String?) throws {
    self.desk = desk
    self.file = file
    reader = LineReader(descriptor: try Input.open(file))
    let fallback = file == "-" ? "import.rejects.jsonl" : file + ".rejects.jsonl"
    self.rejects = LazyFile(path: rejects ?? fallback, replaces: rejects != nil)
    size = file == "-" ? 0 : Input.size(file)
    progress = ProgressBar(desk.strings("cli.progress.import"), strings: desk.strings)
  }

  /// Reads all lines; `take` gets whole ones as JSON and says what became of each.
  func run(_ take: ([(line: Line, json: JSON)]) throws -> [Result]) throws {
    var batch: [(line: Line, read: Swift.Result<JSON, JSONReader.Failure>)] = []
    while let next = try reader.next() {
      number += 1
      switch next {
      case .tooLong(let beginning):
        // Rejected lines stay in the order of the file.
        try finish(&batch, take)
        try keepTooLong(beginning)
      case .whole(let bytes):
        taken += bytes.count + 1
        if bytes.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { continue }
        let line = Line(number: number, bytes: bytes)
        do throws(JSONReader.Failure) {
          batch.append((line, .success(try JSONReader.read(bytes))))
        } catch {
          batch.append((line, .failure(error)))
        }
      }
      if batch.count == Self.batch {
        try finish(&batch, take)
        if size > 0 { progress.show(Double(taken) / Double(size)) }
      }
    }
    try finish(&batch, take)
    progress.end()
    rejects.close()
  }

  private func finish(
    _ batch: inout [(line: Line, read: Swift.Result<JSON, JSONReader.Failure>)],
    _ take: ([(line: Line, json: JSON)]) throws -> [Result]
  ) throws {
    guard !batch.isEmpty else { return }
    let readable = batch.compactMap { item in (try? item.read.get()).map { (line: item.line, json: $0) } }
    var results = try take(readable).makeIterator()
    for item in batch {
      switch item.read {
      case .failure(let failure): try reject(item.line, .notJSON(failure))
      case .success:
        switch results.next() {
        case .imported?: imported += 1
        case .known?: known += 1
        case .rejected(let problem)?: try reject(item.line, problem)
        case nil: break
        }
      }
    }
    batch = []
  }

  private func reject(_ line: Line, _ problem: LineProblem) throws {
    try rejects.write(line.bytes + [0x0A])
    report(line.number, problem)
  }

  private func keepTooLong(_ beginning: [UInt8]) throws {
    try rejects.write(beginning)
    try reader.copyRest { bytes throws(FileFailure) in try rejects.write(bytes) }
    try rejects.write([0x0A])
    report(number, .tooLong(limit: 4 << 20))
  }

  private func report(_ line: Int, _ problem: LineProblem) {
    rejected += 1
    let sentence = problem.sentence(desk.strings, directory: desk.directory)
    if desk.output.isJSON {
      let json: JSON = ["line": JSON(line), "error": .text(problem.name), "message": .text(sentence)]
      Output.write(Array((json.description + "\n").utf8), to: STDERR_FILENO)
    } else {
      desk.output.warn("\(file):\(line): \(sentence)")
    }
  }

  /// Says what came of it; throws the exit code for a part that was rejected.
  func report(customers: Int?) throws {
    let path = rejects.isMade || rejected > 0 ? rejects.path : nil
    if desk.output.isJSON {
      var pairs = [
        JSON.Pair("imported", JSON(imported)), JSON.Pair("known", JSON(known)),
        JSON.Pair("rejected", JSON(rejected)),
      ]
      if let customers { pairs.append(JSON.Pair("customers", JSON(customers))) }
      desk.output.put(.object(pairs + [JSON.Pair("rejects", JSON(path))]))
    } else {
      desk.output.say(
        desk.strings("cli.import.done", ["count": imported, "known": known, "rejected": rejected]))
      if let path { desk.output.say(desk.strings("cli.import.rejects", ["path": path])) }
    }
    guard rejected > 0 else { return }
    // Where nothing went in, nothing was done.
    let code = imported + known > 0 ? CommandFailure.Code.partly : .refused
    throw ExitCode(code.rawValue)
  }
}

/// Finds the customers of an import by identity, or plans new ones. Remembers what it planned: the same new person may stand
/// in many lines.
struct PersonMatcher {
  private let desk: HeadlessDesk
  private var planned: [String: CustomerID] = [:]
  private(set) var created = 0

  init(_ desk: HeadlessDesk) { self.desk = desk }

  /// The customer, and the operation that makes a new one or gives a known one further identities.
  mutating func match(_ person: PersonLine) throws -> (customer: CustomerID, operations: [Operation]) {
    var found: Set<CustomerID> = []
    if let id = person.id {
      guard let profile = try desk.replica.customerProfile(id) else {
        throw LineProblem.unknownCustomer(id.text)
      }
      found.insert(profile.customer.id)
    }
    var fresh: [(kind: Identity.Kind, value: String)] = []
    for identity in person.identities {
      if let holder = try holder(identity.kind, identity.value) {
        found.insert(holder)
      } else {
        fresh.append(identity)
      }
    }
    guard found.count < 2 else { throw LineProblem.identityOfTwo }
    let id: CustomerID = found.first ?? desk.identifiers.next()
    let identities = fresh.map {
      Identity(id: desk.identifiers.next(), customer: id, kind: $0.kind, value: $0.value)
    }
    if found.isEmpty {
      var customer = Customer(
        id: id, name: person.name ?? person.identities[0].value, level: person.level ?? .standard,
        city: person.city ?? "", address: person.address ?? "",
        language: person.language ?? desk.agent.language,
        tags: person.tags)
      customer.isLanguageNamed = person.language != nil
      created += 1
      remember(identities, id)
      return (id, [desk.operation(.customer(id, .create(customer, identities: identities)))])
    }
    remember(identities, id)
    return (id, identities.map { desk.operation(.customer(id, .addIdentity($0))) })
  }

  private func holder(_ kind: Identity.Kind, _ value: String) throws -> CustomerID? {
    if let id = planned[key(kind, Identity.normalize(value, kind: kind))] { return id }
    guard let id = try desk.replica.customer(holding: kind, value) else { return nil }
    // Somebody who was merged is the one that is shown.
    return try desk.replica.customerProfile(id)?.customer.id ?? id
  }

  private mutating func remember(_ identities: [Identity], _ id: CustomerID) {
    for identity in identities { planned[key(identity.kind, identity.normalized)] = id }
  }

  private func key(_ kind: Identity.Kind, _ normalized: String) -> String { "\(kind.rawValue) \(normalized)" }
}
