import Assist
import Domain
import Gateway

extension GatewayFailure {
  func sentence(_ strings: StringCatalogue) -> String {
    func say(_ values: KeyValuePairs<String, any CustomStringConvertible> = [:], _ suffix: String = "")
      -> String
    {
      strings("gateway.\(name)\(suffix)", values)
    }
    switch self {
    case .keyMissing(.variable(let name)): return say(["name": name], ".variable")
    case .keyMissing(.file(let path)): return say(["name": path], ".file")
    case .keyUnusable(.variable(let name)): return say(["name": name])
    case .keyUnusable(.file(let path)): return say(["name": path])
    case .keyExposed(let path): return say(["name": path])
    case .timedOut(let seconds), .resting(let seconds): return say(["count": seconds])
    case .unknownHost(let host), .refused(let host), .insecure(let host): return say(["host": host])
    case .redirected(let host?): return say(["host": host])
    case .redirected(nil): return say([:], "Nowhere")
    case .status(let code): return say(["count": code])
    case .libraryMissing, .broken, .tooLarge, .packed, .notAuthorized, .tooMany, .notAnAnswer, .cutShort,
      .outOfMemory, .cancelled:
      return say()
    }
  }
}

extension AnswerProblem {
  func sentence(_ strings: StringCatalogue) -> String { strings("gateway.answer.\(rawValue)") }
}
