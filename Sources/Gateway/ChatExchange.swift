import Domain
import Foundation

/// A question and its answer in the form of `POST /v1/chat/completions`.
enum ChatExchange {
  private struct Question: Encodable {
    var model: String
    var messages: [ChatMessage]
    var longest: Int
    var stream = false

    private enum CodingKeys: String, CodingKey {
      case model, messages, stream
      case longest = "max_tokens"
    }
  }

  /// Bytes that are the same for the same question: what is shown beforehand is what leaves.
  static func question(_ messages: [ChatMessage], _ endpoint: ModelEndpoint) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let question = Question(model: endpoint.model, messages: messages, longest: endpoint.longestAnswer)
    // Texts and a number: there is nothing in it that cannot be encoded.
    return (try? encoder.encode(question)).map(Array.init) ?? []
  }

  private struct Answer: Decodable {
    struct Choice: Decodable {
      struct Message: Decodable { var content: String? }
      var message: Message
      var ending: String?

      private enum CodingKeys: String, CodingKey {
        case message
        case ending = "finish_reason"
      }
    }
    var choices: [Choice]
  }

  /// The text of the first choice.
  static func answer(_ body: [UInt8], longest: Int) throws(GatewayFailure) -> String {
    // The decoder would guess other encodings.
    guard String(validating: body, as: UTF8.self) != nil, !body.contains(0),
      let answer = try? JSONDecoder().decode(Answer.self, from: Data(body)),
      let choice = answer.choices.first, let text = choice.message.content
    else { throw .notAnAnswer }
    guard choice.ending != "length", text.count <= longest else { throw .cutShort }
    return text
  }
}
