import Domain

extension StringCatalogue {
  /// `reason.KEY` with its values. A value in both languages (`zh-Hans`, `en`) is `{text}` in the sentence, and a channel is
  /// called by its name.
  package func sentence(for reason: Reason) -> String {
    var values = reason.values
    if let own = values[language.rawValue] { values["text"] = own }
    if let channel = values["channel"] { values["channel"] = self("channel.\(channel)") }
    return self("reason.\(reason.key)", values: values)
  }
}
