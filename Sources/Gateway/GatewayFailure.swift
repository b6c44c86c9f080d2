import Domain

/// Why a language model gave no answer that can be used: facts. The sentences are in the string catalogue as
/// `gateway.CASE`. Nothing that the other side wrote is part of one: it may repeat the key, or what was asked.
package enum GatewayFailure: Error, Hashable, Sendable {
  /// libcurl is not on this machine.
  case libraryMissing
  /// The environment variable is not set, or the file is not there or empty.
  case keyMissing(ModelEndpoint.KeySource)
  /// More than one line, or characters that no header may hold.
  case keyUnusable(ModelEndpoint.KeySource)
  /// Everybody on this machine may read the file.
  case keyExposed(path: String)
  case timedOut(seconds: Int)
  case unknownHost(String)
  case refused(host: String)
  case insecure(host: String)
  case broken
  case tooLarge
  case packed
  /// The address leads elsewhere; nil where it does not say where.
  case redirected(host: String?)
  /// 401 and 403: the key is not the right one, or not for this.
  case notAuthorized
  /// 429.
  case tooMany
  case status(Int)
  /// The body is not what the interface promises: no JSON, no text in it, not UTF-8.
  case notAnAnswer
  /// The answer ended because it became too long.
  case cutShort
  case outOfMemory
  case cancelled
  /// It failed several times: nothing is asked until then, seconds from now.
  case resting(seconds: Int)

  package var name: String {
    switch self {
    case .libraryMissing: "libraryMissing"
    case .keyMissing: "keyMissing"
    case .keyUnusable: "keyUnusable"
    case .keyExposed: "keyExposed"
    case .timedOut: "timedOut"
    case .unknownHost: "unknownHost"
    case .refused: "refused"
    case .insecure: "insecure"
    case .broken: "broken"
    case .tooLarge: "tooLarge"
    case .packed: "packed"
    case .redirected: "redirected"
    case .notAuthorized: "notAuthorized"
    case .tooMany: "tooMany"
    case .status: "status"
    case .notAnAnswer: "notAnAnswer"
    case .cutShort: "cutShort"
    case .outOfMemory: "outOfMemory"
    case .cancelled: "cancelled"
    case .resting: "resting"
    }
  }

  /// Whether the endpoint is to blame, so that asking again at once is of no use.
  var countsAgainstEndpoint: Bool {
    switch self {
    case .libraryMissing, .keyMissing, .keyUnusable, .keyExposed, .outOfMemory, .cancelled, .resting: false
    default: true
    }
  }
}
