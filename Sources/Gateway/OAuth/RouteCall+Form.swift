import HTTPTypes
import NIOCore

extension RouteCall {
  /// The form in the body.
  ///
  /// - Throws: `OAuthError` when it is none, `Problem` when it is too large.
  func form() async throws -> Form {
    let buffer = try await body()
    do throws(Problem) { try requireType(MediaType.form) } catch {
      throw OAuthError(.invalidRequest, "the body is to be \(MediaType.form)")
    }
    guard let form = Form(buffer.readableBytesView) else {
      throw OAuthError(.invalidRequest, "the body is no form, or a field comes twice")
    }
    return form
  }
}
