import Expressions
import Foundation
import Testing

@testable import Gateway

/// The suite beside the checkout, or nil.
private let conformanceFolder: URL? = {
  let folder =
    ProcessInfo.processInfo.environment["MILEPOST_CONFORMANCE"].map { URL(filePath: $0) }
    ?? URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "../shared/conformance").standardizedFileURL
  let cel = folder.appending(path: "cel")
  return FileManager.default.fileExists(atPath: cel.path) ? cel : nil
}()

/// CEL's own tests: those whose expression is one of ours must come out as they say.
@Suite("Filters against the tests of CEL")
struct ExpressionConformanceTests {
  @Test(
    "what is an expression here means what it means in CEL",
    .enabled(if: conformanceFolder != nil, "../shared/conformance is not beside the checkout"))
  func conformance() throws {
    let folder = try #require(conformanceFolder)
    var (judged, total) = (0, 0)
    for file in try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
    where file.pathExtension == "json" {
      let bytes = [UInt8](try Data(contentsOf: file))
      guard case .array(let cases) = try JSONValue(reading: bytes.span) else { continue }
      for one in cases {
        total += 1
        if judge(one) { judged += 1 }
      }
    }
    #expect(judged >= 137, "\(judged) of \(total)")
  }

  /// - Returns: whether it is a case for us.
  private func judge(_ one: JSONValue) -> Bool {
    guard let text = one["expr"]?.text, let expected = one["expect"], one["container"] == nil,
      let bindings = bindings(one["bindings"]), let node = try? ExpressionParser.node(of: text, roots: nil)
    else { return false }
    let value = node.value { bindings.field($0[...]) }
    let id = one["id"]?.text ?? text
    if let wanted = expected["value"] {
      guard let wanted = plain(wanted) else { return false }
      #expect(value.equals(ExpressionValue(wanted)) == true, "\(id): \(text) is \(value)")
    } else if expected["error"] != nil || expected["any_error"] != nil {
      #expect(value.isError, "\(id): \(text) is \(value)")
    } else {
      return false
    }
    return true
  }

  private func bindings(_ values: JSONValue?) -> JSONValue? {
    guard case .object(let members)? = values else { return .object([]) }
    var plain: [JSONMember] = []
    for member in members {
      // Names with points are namespaces, which events have not.
      guard !member.name.contains("."), let value = self.plain(member.value) else { return nil }
      plain.append(.init(name: member.name, value: value))
    }
    return .object(plain)
  }

  /// A value of the suite; nil for kinds that events do not have.
  private func plain(_ value: JSONValue) -> JSONValue? {
    if let text = value["int"]?.text { return Int64(text).map { .integer($0) } }
    if let text = value["string"] { return text }
    if let isTrue = value["bool"] { return isTrue }
    if case .array(let elements)? = value["list"] {
      let plain = elements.compactMap { self.plain($0) }
      return plain.count == elements.count ? .array(plain) : nil
    }
    guard case .array(let pairs)? = value["map"] else { return nil }
    var members: [JSONMember] = []
    for pair in pairs {
      guard let name = pair[0]?["string"]?.text, let value = pair[1].flatMap({ plain($0) }) else { return nil }
      members.append(.init(name: name, value: value))
    }
    return .object(members)
  }
}
