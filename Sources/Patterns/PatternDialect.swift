/// The syntax that a pattern is written in. What a construct matches is the same wherever both have it, but for the
/// classes named here.
public enum PatternDialect: Sendable {
  /// ECMA-262 with the `u` flag, as JSON Schema's `pattern` wants it: every escape and bracket must mean something.
  ///
  /// `\s` is Unicode white space with U+FEFF, `.` is all but the four line terminators.
  case ecma
  /// RE2, as CEL's `matches` wants it: flags `(?imsU)`, `\A`, `\z`, `\Q...\E`, POSIX classes, and brackets that stand
  /// for themselves where they mean nothing else.
  ///
  /// `\s` is tab, line feed, form feed, return and space, `.` is all but line feed.
  case re2
}
