import Foundation
import Testing

@testable import Documents

@Suite("JSON Patch")
struct JSONPatchTests {
  private static let folder = Conformance.folder("json-patch")

  @Test(
    "the standard's suite holds wholly",
    .enabled(if: folder != nil, "../shared/conformance is not beside the checkout"))
  func conformance() throws {
    let folder = try #require(Self.folder)
    var (judged, disabled) = (0, 0)
    for file in try Conformance.files(in: folder, "json") {
      for one in try #require(try Document(json: Conformance.bytes(file)).value.array) {
        if one["disabled"]?.bool == true {
          disabled += 1
          continue
        }
        judged += 1
        let (document, patch) = (try #require(one["doc"]), try #require(one["patch"]))
        let result = try? JSONPatch(patch).apply(to: document)
        if one["error"] != nil {
          #expect(result == nil, "\(one)")
        } else {
          #expect(result != nil && (one["expected"] == nil || result == one["expected"]), "\(one)")
        }
      }
    }
    #expect(judged + disabled == 50 && judged >= 45, "\(judged) judged, \(disabled) disabled")
  }

  @Test(
    "an operation that cannot be done says which one it is and why",
    arguments: [
      (#"{}"#, "patch.not-a-list", 0), (#"[1]"#, "patch.not-an-operation", 0),
      (#"[{"op":"x"}]"#, "patch.not-an-operation", 0),
      (#"[{"op":"add","value":1}]"#, "patch.missing-member", 0),
      (#"[{"op":"add","path":"/a"}]"#, "patch.missing-member", 0),
      (#"[{"op":"move","path":"/a"}]"#, "patch.missing-member", 0),
      (#"[{"op":"remove","path":"a"}]"#, "patch.bad-pointer", 0),
      (#"[{"op":"remove","path":1}]"#, "patch.bad-pointer", 0),
      (#"[{"op":"test","path":"/a","value":1},{"op":"test","path":"/a","value":2}]"#, "patch.test-failed", 1),
      (#"[{"op":"remove","path":"/x"}]"#, "patch.no-such-value", 0),
      (#"[{"op":"add","path":"/x/y","value":1}]"#, "patch.no-such-value", 0),
      (#"[{"op":"add","path":"/a/y","value":1}]"#, "patch.no-such-value", 0),
      (#"[{"op":"replace","path":"/l/-","value":1}]"#, "patch.no-such-value", 0),
      (#"[{"op":"add","path":"/l/3","value":1}]"#, "patch.no-such-position", 0),
      (#"[{"op":"add","path":"/l/01","value":1}]"#, "patch.no-such-position", 0),
      (#"[{"op":"move","from":"/l","path":"/l/0"}]"#, "patch.into-itself", 0),
      (#"[{"op":"copy","from":"","path":"/c"},{"op":"remove","path":""}]"#, "patch.root-removed", 1),
    ])
  func refused(text: String, code: String, operation: Int) throws {
    let document = try JSONValue.read(#"{"a":1,"l":[1,2]}"#)
    let fault = #expect(throws: JSONPatchFault.self) { try JSONPatch.read(text).apply(to: document) }
    #expect(fault?.code.rawValue == code && fault?.operation == operation)
  }

  @Test("members that are replaced keep their place, and moves take the value as it is")
  func order() throws {
    let document = try JSONValue.read(#"{"a":1,"b":{"x":[1,2,3]},"c":3}"#)
    let patch = try JSONPatch.read(
      #"[{"op":"add","path":"/b/y","value":0},{"op":"replace","path":"/a","value":9},{"op":"move","from":"/b/x/0","path":"/b/x/-"},"#
        + #"{"op":"copy","from":"/b/x","path":"/a"},{"op":"move","from":"/c","path":"/c"}]"#)
    let result = try patch.apply(to: document)
    #expect(result.object?.names == ["a", "b", "c"])
    #expect(result == (try JSONValue.read(#"{"a":[2,3,1],"b":{"x":[2,3,1],"y":0},"c":3}"#)))
    #expect(try JSONPatch(patch.value) == patch)
  }

  @Test("a short patch cannot make a large or deep value")
  func growth() throws {
    var doubling: [JSONPatch.Operation] = [.add(JSONPointer(["a"]), [1, 2])]
    for index in 0..<60 { doubling.append(.copy(from: .root, to: JSONPointer(["a\(index)"]))) }
    var fault = #expect(throws: JSONPatchFault.self) {
      try JSONPatch(doubling).apply(to: [:], limits: DocumentLimits(depthMax: 200))
    }
    #expect(fault?.code == .tooLarge)
    let nesting = [JSONPatch.Operation](repeating: .copy(from: .root, to: JSONPointer(["a"])), count: 100)
    fault = #expect(throws: JSONPatchFault.self) { try JSONPatch(nesting).apply(to: [:]) }
    #expect(fault?.code == .tooDeep && fault?.operation == 63)
    let many = [JSONPatch.Operation](repeating: .test(.root, nil), count: JSONPatch.operationCountMax + 1)
    fault = #expect(throws: JSONPatchFault.self) { try JSONPatch(many).apply(to: nil) }
    #expect(fault?.code == .tooManyOperations)
  }

  @Test("generated patches change a value wholly or not at all, and come back from their text")
  func generated() throws {
    var generator = Generator(seed: 4)
    var done = 0
    for _ in 0..<3000 {
      let document = generator.value(depth: 4)
      let operations = (0..<generator.number(1...4)).map { _ in operation(on: document, &generator) }
      let patch = JSONPatch(operations)
      #expect(try JSONPatch(patch.value) == patch)
      guard let result = try? patch.apply(to: document) else { continue }
      done += 1
      // One after the other is the same as all at once.
      #expect(try operations.reduce(document) { try JSONPatch([$1]).apply(to: $0) } == result)
    }
    #expect(done > 200)
  }

  private func operation(on document: JSONValue, _ generator: inout Generator) -> JSONPatch.Operation {
    func place() -> JSONPointer {
      var (pointer, value) = (JSONPointer.root, document)
      while generator.chance(70) {
        let token =
          switch value {
          case .array(let elements): generator.chance(10) ? "-" : String(generator.number(0...elements.count))
          case .object(let object) where !object.isEmpty: generator.one(of: object.names)
          default: generator.text()
          }
        pointer = pointer.appending(token)
        value = document.value(at: pointer) ?? .null
      }
      return pointer
    }
    return switch generator.number(0...5) {
    case 0: .add(place(), generator.value(depth: 1))
    case 1: .remove(place())
    case 2: .replace(place(), generator.value(depth: 1))
    case 3: .move(from: place(), to: place())
    case 4: .copy(from: place(), to: place())
    default: { (path: JSONPointer) in .test(path, document.value(at: path) ?? .null) }(place())
    }
  }
}
