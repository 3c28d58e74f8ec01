/// Reads a pattern:
///
/// ```
/// choice   = sequence { "|" sequence }
/// sequence = { atom [ ("*" | "+" | "?" | "{" n [ "," [ m ] ] "}") [ "?" ] ] }
/// atom     = "(" [ "?" kind ] choice ")" | "[" class "]" | "\" escape | "." | "^" | "$" | character
/// ```
struct PatternParser {
  /// What `(?flags)` of RE2 switches. The U flag swaps greed, which has no part in a yes or no.
  struct Flags {
    var ignoresCase = false
    var isMultiline = false
    var dotIsAll = false
  }

  let scalars: [UInt32]
  let dialect: PatternDialect
  let limits: PatternLimits
  var position = 0
  var flags = Flags()
  private var depth = 0
  private var names: Set<[UInt32]> = []
  /// Between `\Q` and `\E`.
  var isQuoting = false

  static func node(
    of source: String, dialect: PatternDialect, limits: PatternLimits
  ) throws(PatternFault) -> PatternNode {
    // No text is read that will be refused for its length.
    guard source.unicodeScalars.count <= limits.sourceCountMax else {
      throw PatternFault(.tooLong, at: limits.sourceCountMax)
    }
    var parser = PatternParser(source: source, dialect: dialect, limits: limits)
    let node = try parser.choice()
    guard parser.position == parser.scalars.count else { throw parser.fault(.unopenedGroup) }
    return node
  }

  private init(source: String, dialect: PatternDialect, limits: PatternLimits) {
    scalars = source.unicodeScalars.map(\.value)
    self.dialect = dialect
    self.limits = limits
  }

  func fault(_ reason: PatternFault.Reason, at offset: Int? = nil) -> PatternFault {
    PatternFault(reason, at: offset ?? position)
  }

  /// The code point `ahead` of the position; nil behind the end.
  func peek(_ ahead: Int = 0) -> UInt32? {
    position + ahead < scalars.count ? scalars[position + ahead] : nil
  }

  mutating func take(_ sign: Unicode.Scalar) -> Bool {
    guard peek() == sign.value else { return false }
    position += 1
    return true
  }

  /// Takes `text`, of ASCII, when it comes next.
  mutating func take(word text: String) -> Bool {
    guard scalars[position...].starts(with: text.utf8.lazy.map { UInt32($0) }) else { return false }
    position += text.utf8.count
    return true
  }

  func literal(_ scalar: UInt32) -> PatternNode { .set(folded(ScalarSet(scalar))) }

  func folded(_ set: ScalarSet) -> ScalarSet { flags.ignoresCase ? CaseFolding.closure(of: set) : set }

  private mutating func choice() throws(PatternFault) -> PatternNode {
    var branches = [try sequence()]
    while !isQuoting, take("|") { branches.append(try sequence()) }
    return branches.count == 1 ? branches[0] : .choice(branches)
  }

  private mutating func sequence() throws(PatternFault) -> PatternNode {
    var parts: [PatternNode] = []
    while let sign = peek(), isQuoting || (sign != "|" && sign != ")") {
      guard let atom = try atom() else { continue }
      parts.append(try repeated(atom, isGroup: sign == "("))
    }
    switch parts.count {
    case 0: return .empty
    case 1: return parts[0]
    default: return .sequence(parts)
    }
  }

  /// - Returns: nil for what matches nothing by itself and cannot be repeated: flags and the ends of a quotation.
  private mutating func atom() throws(PatternFault) -> PatternNode? {
    guard let sign = peek() else { return .empty }
    if isQuoting { return quoted(sign) }
    switch Unicode.Scalar(sign) {
    case "^":
      position += 1
      return .assertion(flags.isMultiline ? .lineStart : .textStart)
    case "$":
      position += 1
      return .assertion(flags.isMultiline ? .lineEnd : .textEnd)
    case ".":
      position += 1
      return .set(ScalarSet.dot(dialect, isAll: flags.dotIsAll))
    case "(": return try group()
    case "[": return .set(try characterClass())
    case "\\": return try escape()
    case "*", "+", "?": throw fault(.nothingToRepeat)
    case "{":
      if try counts() != nil { throw fault(.nothingToRepeat) }
      return try bracket(sign)
    case "]", "}": return try bracket(sign)
    default:
      position += 1
      return literal(sign)
    }
  }

  private mutating func bracket(_ sign: UInt32) throws(PatternFault) -> PatternNode {
    guard dialect == .re2 else { throw fault(.loneBracket) }
    position += 1
    return literal(sign)
  }

  private mutating func quoted(_ sign: UInt32) -> PatternNode? {
    if take(word: "\\E") {
      isQuoting = false
      return nil
    }
    position += 1
    // A quantifier behind the quotation is for its last sign.
    if take(word: "\\E") { isQuoting = false }
    return literal(sign)
  }

  /// Everything from "(" to ")".
  private mutating func group() throws(PatternFault) -> PatternNode? {
    let start = position
    position += 1
    let outer = flags
    if take("?"), try !opensGroup(at: start) { return nil }
    depth += 1
    guard depth <= limits.depthMax else { throw fault(.tooDeep, at: start) }
    let inner = try choice()
    guard take(")") else { throw fault(.unclosedGroup, at: start) }
    depth -= 1
    flags = outer
    return inner
  }

  /// What stands behind "(?".
  ///
  /// - Returns: false for flags up to the end of the group around them: there is no group then.
  private mutating func opensGroup(at start: Int) throws(PatternFault) -> Bool {
    if take(":") { return true }
    for sign in ["=", "!", "<=", "<!"] where take(word: sign) { throw fault(.lookAround, at: start) }
    if take("<") || (dialect == .re2 && take(word: "P<")) {
      try name()
      return true
    }
    guard dialect == .re2 else { throw fault(.unknownGroup, at: start) }
    var (isOn, hasFlag) = (true, true)
    while let sign = peek() {
      position += 1
      switch Unicode.Scalar(sign) {
      case "i": flags.ignoresCase = isOn
      case "m": flags.isMultiline = isOn
      case "s": flags.dotIsAll = isOn
      case "U": break
      case "-" where isOn:
        (isOn, hasFlag) = (false, false)
        continue
      case ":" where hasFlag: return true
      case ")" where hasFlag: return false
      default: throw fault(.unknownGroup, at: start)
      }
      hasFlag = true
    }
    throw fault(.unclosedGroup, at: start)
  }

  private mutating func name() throws(PatternFault) {
    let start = position
    while let sign = peek(), sign != ">" {
      let isFirst = position == start
      let properties = Unicode.Scalar(sign)?.properties
      let fits = isFirst ? properties?.isIDStart : properties?.isIDContinue
      guard fits == true || sign == "_" || sign == "$" else { throw fault(.malformedName, at: start) }
      position += 1
    }
    guard position > start, peek() != nil else { throw fault(.malformedName, at: start) }
    guard names.insert(Array(scalars[start..<position])).inserted else { throw fault(.duplicateName, at: start) }
    position += 1
  }
}

func == (scalar: UInt32, sign: Unicode.Scalar) -> Bool { scalar == sign.value }
func != (scalar: UInt32, sign: Unicode.Scalar) -> Bool { scalar != sign.value }
