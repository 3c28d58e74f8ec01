/// How much one text may ask of its reader.
public struct DocumentLimits: Hashable, Sendable {
  /// No reader goes deeper, whatever the limits say: functions that walk values are recursive.
  public static let depthCountMost = 256

  /// Bytes of text.
  public let byteCountMax: Int
  /// Bytes of YAML, whose parser is slower: about a second for half a mebibyte at worst, a tenth of that mostly.
  public let yamlByteCountMax: Int
  /// Arrays and objects around each other.
  public let depthMax: Int
  /// Values, and names of members, in all.
  public let valueCountMax: Int

  /// - Precondition: texts are below 2 GiB, depths at most `depthCountMost`, values below 2^27: places in a tape are
  ///   short.
  public init(
    byteCountMax: Int = 4 << 20, yamlByteCountMax: Int = 1 << 19, depthMax: Int = 64, valueCountMax: Int = 500_000
  ) {
    precondition(0..<1 << 31 ~= byteCountMax && yamlByteCountMax >= 0, "texts are below 2 GiB")
    precondition(0...Self.depthCountMost ~= depthMax, "documents are not that deep")
    precondition(0..<1 << 27 ~= valueCountMax, "values are below 2^27")
    self.byteCountMax = byteCountMax
    self.yamlByteCountMax = min(yamlByteCountMax, byteCountMax)
    self.depthMax = depthMax
    self.valueCountMax = valueCountMax
  }

  public static let standard = DocumentLimits()
}
