import Patterns

/// Formats that are regular languages, as patterns made of the parts that their standards name.
enum FormatPatterns {
  /// Those that a pattern says wholly.
  static let whole: [(name: String, pattern: Pattern)] = [
    ("uuid", pattern("[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}")),
    ("duration", pattern("P(?:\(week)|(?:\(day))(?:T(?:\(clock)))?|T(?:\(clock)))")),
    ("email", pattern("(?:\(dotString)|\(quotedString))@(?:\(domain)|\\[\(ipv4)\\]|\\[IPv6:(?:\(ipv6))\\])")),
    ("ipv4", pattern(ipv4)),
    ("ipv6", pattern(ipv6)),
    ("uri", pattern(uri)),
    ("uri-reference", pattern("(?:\(uri)|\(relative))")),
    ("json-pointer", pattern(pointer)),
    ("relative-json-pointer", pattern("(?:0|[1-9][0-9]*)(?:#|\(pointer))")),
  ]

  /// Without the limit of its length.
  static let hostname = pattern(domain)

  /// Whether it is a pattern of ECMA-262 that can be matched in linear time.
  static func isPattern(_ text: Span<UInt8>) -> Bool {
    do {
      _ = try Pattern(String(copying: UTF8Span(validating: text)))
      return true
    } catch {
      return false
    }
  }

  private static func pattern(_ body: String) -> Pattern {
    do throws(PatternFault) {
      return try Pattern("^(?:\(body))$")
    } catch {
      preconditionFailure("a format's pattern is not well-formed: \(error)")
    }
  }

  // RFC 3339, appendix A: units follow each other without a gap.
  private static let clock = "[0-9]+H(?:[0-9]+M(?:[0-9]+S)?)?|[0-9]+M(?:[0-9]+S)?|[0-9]+S"
  private static let day = "[0-9]+Y(?:[0-9]+M(?:[0-9]+D)?)?|[0-9]+M(?:[0-9]+D)?|[0-9]+D"
  private static let week = "[0-9]+W"

  // RFC 1123, section 2.1.
  private static let label = "[A-Za-z0-9](?:[A-Za-z0-9\\-]{0,61}[A-Za-z0-9])?"
  private static let domain = "\(label)(?:\\.\(label))*"

  // RFC 5321, section 4.1.2.
  private static let atom = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~\\-]+"
  private static let dotString = "\(atom)(?:\\.\(atom))*"
  private static let quotedString = "\"(?:[ !#-\\[\\]-~]|\\\\[ -~])*\""

  // RFC 3986, section 3.2.2, also for addresses alone (RFC 2673 and RFC 4291).
  private static let octet = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
  private static let ipv4 = "\(octet)(?:\\.\(octet)){3}"
  private static let group = "[0-9A-Fa-f]{1,4}"
  private static let lastGroups = "(?:\(group):\(group)|\(ipv4))"
  private static let ipv6 = """
    (?:\(group):){6}\(lastGroups)|::(?:\(group):){5}\(lastGroups)|(?:\(group))?::(?:\(group):){4}\(lastGroups)\
    |(?:(?:\(group):){0,1}\(group))?::(?:\(group):){3}\(lastGroups)\
    |(?:(?:\(group):){0,2}\(group))?::(?:\(group):){2}\(lastGroups)\
    |(?:(?:\(group):){0,3}\(group))?::\(group):\(lastGroups)|(?:(?:\(group):){0,4}\(group))?::\(lastGroups)\
    |(?:(?:\(group):){0,5}\(group))?::\(group)|(?:(?:\(group):){0,6}\(group))?::
    """

  // RFC 3986, appendix A.
  private static let escaped = "%[0-9A-Fa-f]{2}"
  private static let plain = "A-Za-z0-9._~!$&'()*+,;=\\-"
  private static let letter = "(?:[\(plain):@]|\(escaped))"
  private static let authority = """
    (?:(?:[\(plain):]|\(escaped))*@)?(?:\\[(?:\(ipv6)|v[0-9A-Fa-f]+\\.[\(plain):]+)\\]|(?:[\(plain)]|\(escaped))*)\
    (?::[0-9]*)?
    """
  private static let segments = "(?:/\(letter)*)*"
  private static let absolutePath = "/(?:\(letter)+\(segments))?"
  private static let tail = "(?:\\?(?:\(letter)|[/?])*)?(?:#(?:\(letter)|[/?])*)?"
  private static let uri =
    "[A-Za-z][A-Za-z0-9+.\\-]*:(?://\(authority)\(segments)|\(absolutePath)|\(letter)+\(segments)|)\(tail)"
  private static let relative =
    "(?://\(authority)\(segments)|\(absolutePath)|(?:[\(plain)@]|\(escaped))+\(segments)|)\(tail)"

  // RFC 6901, section 3.
  private static let pointer = "(?:/(?:[^~/]|~[01])*)*"
}
