/// Why what a language model wrote is no draft: facts. The sentences are in the string catalogue as `gateway.answer.CASE`.
package enum AnswerProblem: String, Error, CaseIterable, Sendable {
  case empty
  case tooLong
  /// A placeholder that was never sent: it would speak of something that is not there.
  case unknownPlaceholder
  /// A placeholder whose brackets or number are lost.
  case brokenPlaceholder
  case otherLanguage
  /// It repeats its instructions: somebody asked it to, and it obeyed.
  case repeatsInstructions
  /// A telephone number, an address on the web or another number that stands nowhere in what was sent.
  case inventsContact
  /// Markup, code, a role or a word about itself instead of a text for people.
  case notAText
}
