/// The language in which somebody writes, and with it the one in which they are answered.
package enum SpokenLanguage {
  /// Unicode scalars of one text, and of all texts of a conversation together, that are looked at: who writes so much has shown it.
  private static let longestText = 1_500
  private static let longestTogether = 4_000
  /// Less than this much of it says nothing: the name of a product, "ok". A word that makes sentences counts three.
  private static let leastEnglish = 3
  private static let leastIdeographs = 2

  /// The one place that decides in which language a customer is answered: what was named on the ticket; what the customer asked for;
  /// what the customer's messages are written in; the zone's; last what the ticket was made with.
  ///
  /// - Parameter messages: of the customer, oldest first.
  package static func answering(
    _ ticket: Ticket, customer: Customer?, zone: Zone?, messages: some BidirectionalCollection<String>
  ) -> Language {
    if ticket.isLanguageNamed { return ticket.language }
    return of(customer: customer, zone: zone, messages: messages) ?? ticket.language
  }

  /// As ``answering(_:customer:zone:messages:)``, for a ticket that is being made; nil where nothing says it.
  package static func of(customer: Customer?, zone: Zone?, messages: some BidirectionalCollection<String>)
    -> Language?
  {
    if let customer, customer.isLanguageNamed { return customer.language }
    return of(messages) ?? zone?.language
  }

  /// What texts are written in, the newest first until enough was read. Nil where they do not say it: numbers, pictures, names of products,
  /// another script, or as much of the one as of the other.
  package static func of(_ texts: some BidirectionalCollection<String>) -> Language? {
    var evidence = Evidence()
    var left = longestTogether
    for text in texts.reversed() {
      let start = text.unicodeScalars.prefix(min(longestText, left))
      evidence.read(Array(start))
      left -= start.count
      guard left > 0 else { break }
    }
    return evidence.language
  }

  package static func of(_ text: String) -> Language? { of(CollectionOfOne(text)) }

  /// What speaks for each language: characters and words, and those that make sentences once more. Names of products stand in the other
  /// language than the sentence around them; 的 or "the" do not.
  private struct Evidence {
    private var ideographs = 0
    private var english = 0
    private var chineseGrammar = 0
    private var englishGrammar = 0
    /// Letters of scripts that neither language is written in.
    private var others = 0

    mutating func read(_ text: [Unicode.Scalar]) {
      var word: [Unicode.Scalar] = []
      var isCode = false
      func isPart(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "@", "/", "_", "#", "&", "=", "+", "%", "*": true
        default: FoldedText.isDigit(scalar)
        }
      }
      for (index, original) in text.enumerated() {
        let scalar = FoldedText.fold(original)
        if FoldedText.isLetter(scalar) {
          word.append(original)
          continue
        }
        if scalar == "'", !word.isEmpty { continue }
        // ABC-123, user@host and 5G are codes and no words, whatever their letters spell.
        let isDot = scalar == "." && !word.isEmpty && index + 1 < text.count
        let joins = isDot && FoldedText.isLetter(FoldedText.fold(text[index + 1]))
        if isPart(scalar) || joins || (scalar == "-" || scalar == ".") && isCode {
          isCode = true
          continue
        }
        if scalar == "-", !word.isEmpty, word.allSatisfy(Self.isCapital) {
          isCode = true
          continue
        }
        end(&word, &isCode)
        if FoldedText.isIdeograph(scalar) {
          ideographs += 1
          if Self.chineseWords.contains(scalar) { chineseGrammar += 1 }
        } else if Self.isOther(scalar) {
          others += 1
        }
      }
      end(&word, &isCode)
    }

    private mutating func end(_ word: inout [Unicode.Scalar], _ isCode: inout Bool) {
      defer {
        word.removeAll(keepingCapacity: true)
        isCode = false
      }
      guard !isCode, !word.isEmpty, word.count <= 30 else { return }
      var text = String.UnicodeScalarView()
      text.append(contentsOf: word.lazy.map(FoldedText.fold))
      if word.count <= 7, Self.englishWords.contains(String(text)) {
        englishGrammar += 1
        english += 1
      } else if word.count >= 2, !word.allSatisfy(Self.isCapital) {
        english += 1
      }
    }

    var language: Language? {
      let forChinese = ideographs + 2 * chineseGrammar
      let forEnglish = english + 2 * englishGrammar
      guard others * 2 < forChinese + forEnglish else { return nil }
      let isChinese = ideographs >= SpokenLanguage.leastIdeographs
      let isEnglish = forEnglish >= SpokenLanguage.leastEnglish
      switch (isChinese, isEnglish) {
      case (false, false): return nil
      case (true, false): return .chinese
      case (false, true): return .english
      case (true, true): break
      }
      // Sentences of one language around names in the other.
      if chineseGrammar == 0, englishGrammar >= 2 { return .english }
      if englishGrammar == 0, chineseGrammar >= 1 { return .chinese }
      if forChinese * 4 > forEnglish * 5 { return .chinese }
      if forEnglish * 4 > forChinese * 5 { return .english }
      return nil
    }

    private static func isCapital(_ scalar: Unicode.Scalar) -> Bool {
      (0x41...0x5A).contains(scalar.value) || (0xFF21...0xFF3A).contains(scalar.value)
    }

    private static func isOther(_ scalar: Unicode.Scalar) -> Bool {
      switch scalar.value {
      // Greek to Thai and on; kana; Hangul.
      case 0x370...0x1FFF, 0x3040...0x30FF, 0x3130...0x318F, 0xAC00...0xD7AF: scalar.properties.isAlphabetic
      default: false
      }
    }

    private static let chineseWords = Set(
      "的了是我你您他她不没有在吗呢吧么这那个们就也都要还给为什怎请把被和跟给让能会可以到说用里去来很太".unicodeScalars)

    private static let englishWords: Set<String> = [
      "i", "you", "he", "she", "it", "we", "they", "me", "my", "your", "our", "their", "his", "her", "the",
      "a", "an", "this", "that",
      "these", "those", "is", "am", "are", "was", "were", "be", "been", "being", "do", "does", "did", "have",
      "has", "had", "not", "no",
      "dont", "doesnt", "didnt", "cant", "wont", "im", "ive", "isnt", "wasnt", "to", "of", "in", "on", "at",
      "for", "from", "with",
      "and", "or", "but", "if", "because", "since", "when", "what", "why", "how", "where", "who", "which",
      "can", "could", "will",
      "would", "should", "may", "must", "please", "hello", "hi", "thanks", "thank", "there", "here", "still",
      "again", "want", "need",
      "as", "by", "about", "after", "before", "than", "then", "so", "just", "any", "some", "all",
    ]
  }
}
