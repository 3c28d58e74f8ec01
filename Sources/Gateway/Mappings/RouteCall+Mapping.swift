import HTTPTypes
import Hummingbird
import HummingbirdCore
import Mappings
import NIOCore
import Repository

extension RouteCall {
  /// Handles the request, and makes of the answer what the response mapping says that it names, if it names one.
  func mapping(_ handle: @Sendable (RouteCall) async throws -> Response) async throws -> Response {
    guard let text = parameter("mapping") else {
      // By itself it changes nothing, but it must be one.
      _ = try version("mapping_version")
      return try await handle(self)
    }
    guard let name = DocumentForms.name(text) else { throw Problem.badParameter("mapping", "is no name of a mapping") }
    _ = try await viewer()
    let mapping = try await services.mappings.mapping(
      name, of: Tenant(rawValue: try tenant()), version: try version("mapping_version")
    ).mapping
    guard case .response(let rule) = mapping.rule else { throw Problem.wrongDirection }
    let response = try await handle(withoutCondition())
    guard response.status == .ok, response.headers[.contentType] == MediaType.json else { return response }
    let place = try services.batches.place()
    defer { withExtendedLifetime(place) {} }
    let document = try await response.body.collected()
    // Thousands of rows would keep the loop from its other connections.
    let output = await withTaskExecutorPreference(globalConcurrentExecutor) { mapping.output(of: document, by: rule) }
    guard let bytes = output.text else { throw Problem(unmappable: output.findings) }
    return answer(response, bytes, rule.output.text.mediaType)
  }

  /// A mapped text with the headers of the answer that it is made of, and a tag of its own.
  private func answer(_ response: Response, _ bytes: [UInt8], _ type: String) -> Response {
    var headers = response.headers
    // That of the document, which is another text.
    headers[.contentLength] = nil
    headers[.contentType] = type == MediaType.csv ? "text/csv; charset=utf-8; header=present" : type
    if let version = headers[.eTag].flatMap({ EntityTag.version(of: $0) }) {
      let tag = EntityTag.text(version: version, of: bytes)
      headers[.eTag] = tag
      if let known = request.headers[.ifNoneMatch], EntityTag.list(known, names: tag) {
        headers[.contentType] = nil
        return Response(status: .notModified, headers: headers)
      }
    }
    return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
  }
}

extension ResponseBody {
  /// The bytes of a body that is in memory.
  func collected() async throws -> [UInt8] {
    let bytes = BodyCollector.Bytes()
    try await write(BodyCollector(bytes))
    return bytes.all
  }
}

/// Takes what a body writes.
private struct BodyCollector: ResponseBodyWriter {
  final class Bytes {
    var all: [UInt8] = []
  }
  private let bytes: Bytes

  init(_ bytes: Bytes) { self.bytes = bytes }

  mutating func write(_ buffer: ByteBuffer) async throws { bytes.all.append(contentsOf: buffer.readableBytesView) }

  consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
