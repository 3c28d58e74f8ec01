import Foundation
import Testing

@testable import Issuers

/// The vectors beside the checkout, or nil.
private let vectorFile: URL? = {
  let folder =
    ProcessInfo.processInfo.environment["MILEPOST_SPECS"].map { URL(filePath: $0) }
    ?? URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "../shared/specs").standardizedFileURL
  let file = folder.appending(path: "standards/wycheproof/json_web_signature_test.json")
  return FileManager.default.fileExists(atPath: file.path) ? file : nil
}()

/// Project Wycheproof's vectors of JSON Web Signatures: what libraries were found to get wrong.
@Suite("Signed statements against Wycheproof")
struct WycheproofTests {
  private struct Vectors: Decodable {
    var testGroups: [Group]
    struct Group: Decodable {
      var comment: String?
      var `public`: JSON?
      var tests: [Test]
    }
    struct Test: Decodable {
      var tcId: Int
      var comment: String
      var jws: String
      var result: String
    }
  }

  /// Any JSON, to be written again.
  private enum JSON: Codable {
    case text(String), number(Int), list([JSON]), object([String: JSON])
    init(from decoder: any Decoder) throws {
      let value = try decoder.singleValueContainer()
      if let text = try? value.decode(String.self) {
        self = .text(text)
      } else if let number = try? value.decode(Int.self) {
        self = .number(number)
      } else if let list = try? value.decode([JSON].self) {
        self = .list(list)
      } else {
        self = .object(try value.decode([String: JSON].self))
      }
    }
    func encode(to encoder: any Encoder) throws {
      var value = encoder.singleValueContainer()
      switch self {
      case .text(let text): try value.encode(text)
      case .number(let number): try value.encode(number)
      case .list(let list): try value.encode(list)
      case .object(let members): try value.encode(members)
      }
    }
  }

  /// Good signatures whose key says that it is for another algorithm, or for one that there is not: a key's word counts (RFC 7517, 4.4).
  private static let otherAlgorithm: Set<Int> = [346, 347, 350, 351]

  @Test(
    "good signatures are taken, bad ones are not",
    .enabled(if: vectorFile != nil, "../shared/specs is not beside the checkout"))
  func vectors() async throws {
    let vectors = try JSONDecoder().decode(Vectors.self, from: Data(contentsOf: #require(vectorFile)))
    var (taken, refused) = (0, 0)
    for group in vectors.testGroups {
      // A shared secret is no public key: what is signed with one is left out.
      guard let key = group.public else { continue }
      let keys = try await PublicKeys(json: Array(try JSONEncoder().encode(["keys": [key]])))
      for test in group.tests {
        let isGood = SignedStatement(test.jws)?.isSigned(by: keys) ?? false
        #expect(
          isGood == (test.result == "valid" && !Self.otherAlgorithm.contains(test.tcId)),
          "\(group.comment ?? ""): \(test.tcId) \(test.comment)")
        if isGood { taken += 1 } else { refused += 1 }
      }
    }
    #expect(taken == 32)
    #expect(refused == 329)
  }
}
