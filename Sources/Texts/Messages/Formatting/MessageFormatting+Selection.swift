extension MessageFormatting {
  /// For each selector, of which `MessageLimits` allow 8, how good a key is: less is better.
  private typealias Ranks = InlineArray<8, UInt8>

  /// The rank of `*`, worse than any key.
  private static let anyRank: UInt8 = .max

  /// The variant that fits best: the first selector counts most, a key that matches is better than `*`.
  ///
  /// - Returns: its index. There is one always, as one variant has only `*`.
  mutating func select() -> Int {
    guard !model.selectors.isEmpty else { return 0 }
    let keys = model.selectors.map { self.keys(of: $0) }
    var best: (index: Int, ranks: Ranks)?
    for (index, variant) in model.variants.enumerated() {
      guard let ranks = ranks(of: variant, keys) else { continue }
      if let best, !Self.isBetter(ranks, than: best.ranks, count: keys.count) { continue }
      best = (index, ranks)
    }
    return best?.index ?? 0
  }

  private struct SelectorKeys {
    /// The best first.
    var keys: [String]
    /// Other keys than numbers and categories are faults.
    var isNumber = false
  }

  private mutating func keys(of selector: Int) -> SelectorKeys {
    let offset = model.variants.first?.offset ?? 0
    let value = value(ofVariable: selector, offset)
    switch value.selection {
    case .keys(let keys): return SelectorKeys(keys: keys)
    case .number(let select):
      guard case .number(let number) = value.content else { break }
      return SelectorKeys(keys: number.keys(select, in: language), isNumber: true)
    case .unsupported: break
    }
    report(.badSelector, offset, "$\(model.variables[selector].name) cannot select")
    return SelectorKeys(keys: [])
  }

  /// - Returns: nil when a key does not match.
  private mutating func ranks(of variant: MessageModel.Variant, _ selectors: [SelectorKeys]) -> Ranks? {
    var ranks = Ranks(repeating: Self.anyRank)
    for (index, key) in variant.keys.enumerated() {
      guard let key else { continue }
      if selectors[index].isNumber, !key.isNumeric {
        report(.badVariantKey, variant.offset, "'\(key.text)' is no number and no plural category")
        return nil
      }
      guard let rank = selectors[index].keys.firstIndex(of: key.text) else { return nil }
      ranks[index] = UInt8(clamping: rank)
    }
    return ranks
  }

  private static func isBetter(_ ranks: Ranks, than others: Ranks, count: Int) -> Bool {
    for index in 0..<count where ranks[index] != others[index] { return ranks[index] < others[index] }
    return false
  }
}
