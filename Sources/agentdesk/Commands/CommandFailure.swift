import Assist
import Configuration
import DemoWorld
import Desk
import Domain
import Gateway
import Glibc
import Store

/// Why a command did not do what it was asked: facts. One place turns them into a sentence and an exit code; see
/// docs/headless.md.
enum CommandFailure: Error {
  case refused(Refusal, Directory)
  case ticketUnknown(String)
  case customerUnknown(String)
  case articleUnknown(String)
  case agentUnknown(String)
  case personKnown(String)
  case templateUnknown(String, zone: String)
  case invalid(option: String, value: String, allowed: [String])
  case optionMissing(String)
  case oneOf([String])
  case nothingToDo
  case notAssignment(String)
  case fieldProblem(FormField.Problem, FormField)
  case slotsMissing([String])
  case templateBroken(String)
  case resourcesMissing
  case noStore(path: String)
  case noAgent
  /// Nobody was named on a store of real work.
  case agentMissing
  case notUTF8(String)
  case notAKey(String)
  /// No desk here was offered a key with this fingerprint.
  case keyNotOffered(String)
  case inputTooLong(limit: Int)
  case file(FileFailure)
  case problems([ConfigurationProblem])
  /// No test case in `tests/` of this folder, or none for the zones that were named.
  case noTests(String)
  case missingRight(Right)
  case input(file: String, line: Int, LineProblem)
  /// Not one line of the file is a text with its label.
  case noTexts(String)
  /// The words of mood tell three labels apart, and this is none of them.
  case sentimentLabel(String)
  case demo(String)
  /// No language model may be asked for this.
  case modelOff
  /// Saved on this desk, and the store did not answer.
  case undelivered

  enum Code: Int32 {
    case refused = 1
    case usage = 2
    case store = 3
    case partly = 4
  }

  var code: Code {
    switch self {
    case .noStore, .undelivered: .store
    case .invalid, .optionMissing, .oneOf, .nothingToDo, .notAssignment, .agentMissing: .usage
    default: .refused
    }
  }

  func sentence(_ strings: StringCatalogue) -> String {
    func say(_ key: String, _ values: KeyValuePairs<String, any CustomStringConvertible> = [:]) -> String {
      strings("cli.error." + key, values)
    }
    switch self {
    case .refused(let refusal, let directory): return strings.sentence(for: refusal, directory: directory)
    case .ticketUnknown(let reference): return say("ticketUnknown", ["value": reference])
    case .customerUnknown(let reference): return say("customerUnknown", ["value": Masking.text(reference)])
    case .articleUnknown(let reference): return say("articleUnknown", ["value": reference])
    case .agentUnknown(let reference): return say("agentUnknown", ["value": reference])
    case .personKnown(let id): return say("personKnown", ["value": id])
    case .templateUnknown(let reference, let zone):
      return say("templateUnknown", ["value": reference, "zone": zone])
    case .invalid(let option, let value, let allowed):
      return say(
        allowed.isEmpty ? "invalid" : "invalidOf",
        ["option": option, "value": value, "allowed": strings.list(allowed)])
    case .noTests(let folder): return say("noTests", ["value": folder])
    case .optionMissing(let option): return say("optionMissing", ["option": option])
    case .oneOf(let options): return say("oneOf", ["options": strings.list(options)])
    case .nothingToDo: return say("nothingToDo")
    case .notAssignment(let text): return say("notAssignment", ["value": text])
    case .fieldProblem(let problem, let field): return strings.sentence(for: problem, field: field)
    case .slotsMissing(let slots): return say("slotsMissing", ["slots": strings.list(slots)])
    case .templateBroken(let id): return say("templateBroken", ["value": id])
    case .resourcesMissing: return say("resourcesMissing")
    case .noStore(let path): return say("noStore", ["path": path])
    case .noAgent: return say("noAgent")
    case .agentMissing: return say("agentMissing")
    case .keyNotOffered(let text): return say("keyNotOffered", ["fingerprint": text])
    case .notAKey(let name): return say("notAKey", ["file": name])
    case .notUTF8(let name): return say("notUTF8", ["file": name])
    case .inputTooLong(let limit): return say("inputTooLong", ["limit": limit >> 20])
    case .file(let failure):
      return say("file", ["path": failure.path, "reason": Self.reason(failure.code, strings)])
    case .problems(let problems):
      return problems.map { $0.description(in: strings) }.joined(separator: "\n") + "\n"
        + say("problems", ["count": problems.count])
    case .missingRight(let right): return strings.sentence(for: .missingRight(right))
    case .input(let file, let line, let problem): return "\(file):\(line): \(problem.sentence(strings))"
    case .noTexts(let file): return say("noTexts", ["file": file])
    case .sentimentLabel(let label): return say("sentimentLabel", ["label": Masking.text(label)])
    case .demo(let words): return say("demo", ["words": words])
    case .modelOff: return strings("gateway.off")
    case .undelivered: return say("undelivered")
    }
  }

  /// The usual reasons in the user's language; the others by number.
  private static func reason(_ code: Int32, _ strings: StringCatalogue) -> String {
    switch code {
    case ENOENT, ENOTDIR: strings("cli.reason.missing")
    case EACCES, EPERM: strings("cli.reason.permission")
    case EROFS: strings("cli.reason.readOnly")
    case ENOSPC, EDQUOT: strings("cli.reason.full")
    case EISDIR: strings("cli.reason.folder")
    default: strings("cli.reason.other", ["code": code])
    }
  }
}

/// Any error as a sentence and an exit code.
struct Failure {
  let sentence: String
  let code: Int32

  init(_ error: any Error, strings: StringCatalogue) {
    switch error {
    case let failure as CommandFailure:
      (sentence, code) = (failure.sentence(strings), failure.code.rawValue)
    case let refusal as Refusal:
      (sentence, code) = (strings.sentence(for: refusal), CommandFailure.Code.refused.rawValue)
    case let error as StoreError:
      (sentence, code) = (error.sentence(strings), error.exitCode.rawValue)
    case let error as ConfigurationProblems:
      let failure = CommandFailure.problems(error.problems)
      (sentence, code) = (failure.sentence(strings), failure.code.rawValue)
    case let error as KnowledgeEvaluation.Problem:
      (sentence, code) = (error.sentence(strings), CommandFailure.Code.refused.rawValue)
    case let error as ModelTraining.Problem:
      (sentence, code) = (error.sentence(strings), CommandFailure.Code.refused.rawValue)
    case let failure as GatewayFailure:
      (sentence, code) = (failure.sentence(strings), CommandFailure.Code.refused.rawValue)
    case let problem as AnswerProblem:
      (sentence, code) = (problem.sentence(strings), CommandFailure.Code.refused.rawValue)
    case let error as ModelFileProblem:
      (sentence, code) = (error.sentence(strings), CommandFailure.Code.refused.rawValue)
    case let error as DemoProblem:
      let failure = CommandFailure.demo(String(describing: error))
      (sentence, code) = (failure.sentence(strings), failure.code.rawValue)
    case let error as FileFailure:
      let failure = CommandFailure.file(error)
      (sentence, code) = (failure.sentence(strings), failure.code.rawValue)
    default:
      sentence = strings("cli.error.unexpected", ["words": String(describing: error)])
      code = CommandFailure.Code.refused.rawValue
    }
  }
}

extension StoreError {
  /// What docs/headless.md promises: whoever asks again later gets the same answer to what was refused, and another one where the
  /// store could not be had.
  var exitCode: CommandFailure.Code {
    switch self {
    // Who it is, and what they may.
    case .unknownAgent, .notAuthorized, .otherAgent: .refused
    // What was given, on the command line or in a file.
    case .unsupportedAddress, .notAFile, .attachmentTooLarge, .keyUnreadable, .signatureWrong: .refused
    default: .store
    }
  }
}
