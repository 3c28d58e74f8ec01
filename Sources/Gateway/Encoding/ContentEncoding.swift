import Compression
import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore

/// How a request's answer is encoded. An answer in gzip is another representation: its entity tag is that of the plain one with `-gzip` at
/// its end, so that a cache, or a condition, never takes one for the other (RFC 9110, section 8.8.3).
struct ContentEncoding {
  private let takesGzip: Bool
  /// `If-None-Match`, as it came.
  private let known: String
  /// As routes see it: with the tags of plain representations.
  let request: Request

  /// Shorter answers gain nothing.
  static let byteCountMin = 1_024
  /// Longer ones are compressed where they keep no connection of the loop waiting.
  private static let loopByteCountMax = 64 << 10
  private static let suffix = "-gzip\""

  init(_ request: Request) {
    takesGzip = AcceptEncoding.takesGzip(request.headers[.acceptEncoding])
    known = request.headers[.ifNoneMatch] ?? ""
    let expected = request.headers[.ifMatch] ?? ""
    // Most requests have no condition, and a search costs as much as finding the route.
    guard
      !known.isEmpty && known.contains(Self.suffix) || !expected.isEmpty && expected.contains(Self.suffix)
    else {
      self.request = request
      return
    }
    var head = request.head
    if !known.isEmpty {
      // Of a representation that the caller does not take now, it is of no use that it has it.
      let tags = known.split(separator: ",").filter { [takesGzip] in takesGzip || !$0.contains(Self.suffix) }
      head.headerFields[.ifNoneMatch] = tags.isEmpty ? nil : Self.plain(tags.joined(separator: ","))
    }
    // A change is of what the record says, however it was encoded.
    if !expected.isEmpty { head.headerFields[.ifMatch] = Self.plain(expected) }
    self.request = Request(head: head, body: request.body)
  }

  private static func plain(_ tags: String) -> String { tags.replacing(suffix, with: "\"") }

  private static func gzip(_ tag: String) -> String {
    tag.hasSuffix("\"") ? String(tag.dropLast()) + suffix : tag
  }

  /// The answer as the caller gets it.
  func encoded(_ response: Response, of route: Route?) async -> Response {
    guard let route, route.isCompressed else { return response }
    var response = response
    response.headers[.vary] = (response.headers[.vary].map { "\($0), " } ?? "") + "Accept-Encoding"
    if response.status == .notModified {
      // That of the representation that the caller has.
      if let tag = response.headers[.eTag], known.contains(Self.gzip(tag)), !known.contains(tag) {
        response.headers[.eTag] = Self.gzip(tag)
      }
      return response
    }
    guard takesGzip, let count = response.body.contentLength, count >= Self.byteCountMin,
      Self.isText(response.headers[.contentType] ?? ""), response.headers[.contentEncoding] == nil,
      // It is in memory, so nothing is waited for that could fail.
      let bytes = try? await response.body.collected()
    else { return response }
    let compressed =
      bytes.count <= Self.loopByteCountMax
      ? Gzip.compressed(bytes)
      : await withTaskExecutorPreference(globalConcurrentExecutor) { Gzip.compressed(bytes) }
    guard let compressed, compressed.count < bytes.count else { return response }
    response.body = ResponseBody(byteBuffer: ByteBuffer(bytes: compressed))
    response.headers[.contentEncoding] = "gzip"
    if let tag = response.headers[.eTag] { response.headers[.eTag] = Self.gzip(tag) }
    return response
  }

  /// Streams of events and of lines are not here: who reads them wants each part at once.
  private static func isText(_ type: String) -> Bool {
    let plain = type.prefix { $0 != ";" }
    return plain.hasPrefix("text/") && plain != MediaType.events
      || [MediaType.json, MediaType.problem, MediaType.xml, MediaType.form, MediaType.svg].contains(String(plain))
  }
}

extension Route {
  /// Whether its answers may be compressed. Where a secret stands in one answer with what somebody else chose, the length of both together
  /// tells of the secret; so what answers with secrets, changes of keys and of webhooks and all of OAuth, is never compressed. What is
  /// read has none, nor have answers to batches.
  var isCompressed: Bool {
    if section == TokenRoutes.section { return false }
    switch body {
    case .batch, .foreign: return true
    case .none, .document, .authored, .form, .stream: return method == .get
    }
  }
}

extension RouteCall {
  /// The bytes of a body as they were before they were encoded.
  ///
  /// - Throws: `Problem` for an encoding that is not known, for what is none, and past `byteCountMax` bytes.
  func decoded(_ buffer: ByteBuffer, byteCountMax: Int) throws(Problem) -> ByteBuffer {
    switch request.headers[.contentEncoding]?.lowercased() {
    case nil, "identity": return buffer
    case "gzip", "x-gzip":
      do throws(Gzip.Fault) {
        return ByteBuffer(bytes: try Gzip.inflated(Array(buffer.readableBytesView), byteCountMax: byteCountMax))
      } catch {
        switch error {
        case .broken: throw Problem(.badRequest, "broken_body", "the body is no gzip, or is cut off")
        case .tooLarge: throw .tooLarge(byteCountMax)
        }
      }
    default: throw .unsupportedEncoding
    }
  }

  /// - Throws: `Problem` when the body is encoded, where it is read as it comes.
  func refuseEncoding() throws(Problem) {
    guard [nil, "identity"].contains(request.headers[.contentEncoding]?.lowercased()) else {
      throw Problem(.unsupportedMediaType, "unsupported_encoding", "a stream is read as it comes: it is not compressed")
    }
  }
}

extension Problem {
  fileprivate static let unsupportedEncoding: Problem = {
    var problem = Problem(.unsupportedMediaType, "unsupported_encoding", "a body is sent as it is, or in gzip")
    problem.headers[.acceptEncoding] = "gzip"
    return problem
  }()

  static func tooLarge(_ byteCountMax: Int) -> Problem {
    Problem(.contentTooLarge, "too_large", "a document has at most \(byteCountMax) bytes here")
  }
}
