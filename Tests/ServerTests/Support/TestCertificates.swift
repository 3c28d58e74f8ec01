import Foundation

/// A root and certificates made for one test, in a directory that goes with it.
final class TestCertificates: Sendable {
  let directory: String

  /// Makes `ca.pem`, and NAME.pem and NAME.key for `server` (localhost, 127.0.0.1), `named` (localhost only), `client` and
  /// `stranger` (of another root).
  init() throws {
    directory = NSTemporaryDirectory() + "/milepost-tls-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    for root in ["ca", "other"] {
      try openssl(
        ["req", "-x509"] + Self.newKey(root) + ["-out", "\(root).pem", "-days", "2", "-subj", "/CN=\(root)"])
    }
    for (name, root) in [("server", "ca"), ("named", "ca"), ("client", "ca"), ("stranger", "other")] {
      let names = name == "named" ? "DNS:localhost" : "DNS:localhost,IP:127.0.0.1"
      try Data("subjectAltName=\(names)\n".utf8).write(to: URL(filePath: self["names"]))
      try openssl(["req"] + Self.newKey(name) + ["-out", "\(name).csr", "-subj", "/CN=\(name)"])
      try openssl([
        "x509", "-req", "-in", "\(name).csr", "-CA", "\(root).pem", "-CAkey", "\(root).key", "-CAcreateserial", "-out",
        "\(name).pem", "-days", "2", "-extfile", "names",
      ])
    }
  }

  deinit { try? FileManager.default.removeItem(atPath: directory) }

  /// The path of a file.
  subscript(name: String) -> String { directory + "/" + name }

  private static func newKey(_ name: String) -> [String] {
    ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", "\(name).key"]
  }

  private func openssl(_ arguments: [String]) throws {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["openssl"] + arguments
    process.currentDirectoryURL = URL(filePath: directory)
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw Unexpected("openssl \(arguments.joined(separator: " ")): status \(process.terminationStatus)")
    }
  }
}
