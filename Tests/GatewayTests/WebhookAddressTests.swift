import NIOCore
import Testing

@testable import Gateway

@Suite("Addresses of webhooks")
struct WebhookAddressTests {
  @Test(
    "public addresses only",
    arguments: [
      ("1.1.1.1", true), ("8.8.8.8", true), ("100.63.255.255", true), ("100.128.0.0", true), ("172.15.255.255", true),
      ("172.32.0.0", true), ("192.0.1.1", true), ("192.169.0.0", true), ("198.17.255.255", true),
      ("198.20.0.0", true), ("223.255.255.255", true), ("169.253.1.1", true), ("9.255.255.255", true),
      ("0.0.0.0", false), ("0.1.2.3", false), ("10.0.0.1", false), ("10.255.255.255", false), ("100.64.0.1", false),
      ("100.127.255.255", false), ("127.0.0.1", false), ("127.255.255.255", false), ("169.254.169.254", false),
      ("172.16.0.1", false), ("172.31.255.255", false), ("192.0.0.192", false), ("192.0.2.1", false),
      ("192.88.99.1", false), ("192.168.1.1", false), ("198.18.0.1", false), ("198.19.255.255", false),
      ("198.51.100.7", false), ("203.0.113.7", false), ("224.0.0.1", false), ("239.255.255.255", false),
      ("240.0.0.1", false), ("255.255.255.255", false),
      ("2606:4700:4700::1111", true), ("2001:4860:4860::8888", true), ("2a00::1", true), ("3ffe::1", true),
      ("::", false), ("::1", false), ("::ffff:8.8.8.8", false), ("::ffff:127.0.0.1", false), ("::8.8.8.8", false),
      ("64:ff9b::a9fe:a9fe", false), ("64:ff9b:1::1", false), ("100::1", false), ("2001::1", false),
      ("2001:1ff::1", false), ("2001:db8::1", false), ("2002:7f00:1::", false), ("3fff::1", false), ("fc00::1", false),
      ("fd00:ec2::254", false), ("fe80::1", false), ("fec0::1", false), ("ff02::1", false), ("5f00::1", false),
    ])
  func table(_ text: String, _ isPublic: Bool) throws {
    let address = try SocketAddress(ipAddress: text, port: 443)
    #expect(AddressRules.isPublic(address) == isPublic)
  }

  private let strict = AddressRules(WebhookConfiguration())
  private let loose: AddressRules = {
    var configuration = WebhookConfiguration()
    configuration.allowsLoopback = true
    return AddressRules(configuration)
  }()

  @Test(
    "URLs that are taken",
    arguments: [
      ("https://example.com", "example.com", 443), ("https://example.com/a/b?c=%20d", "example.com", 443),
      ("HTTPS://Example.COM:443/", "example.com", 443), ("https://a-1.b.example/", "a-1.b.example", 443),
      ("https://1.1.1.1/x", "1.1.1.1", 443), ("https://[2606:4700:4700::1111]/", "2606:4700:4700::1111", 443),
      ("https://xn--bcher-kva.example/", "xn--bcher-kva.example", 443),
    ])
  func good(_ text: String, _ host: String, _ port: Int) throws {
    let url = try WebhookURL(text, strict)
    #expect(url.host == host)
    #expect(url.port == port)
    #expect(url.isEncrypted)
    // A name is looked up as it was checked, in whatever case it was written.
    #expect(url.text == text.replacing("HTTPS://Example.COM", with: "https://example.com"))
  }

  @Test(
    "URLs that are not",
    arguments: [
      "", "example.com", "//example.com", "http://example.com", "ftp://example.com", "https://", "https:///x",
      "https://user@example.com", "https://user:password@example.com/", "https://example.com@127.0.0.1/",
      "https://example.com/#x", "https://example.com#x", "https://example.com:8443/", "https://example.com:0/",
      "https://example.com:65536/", "https://example.com:/", "https://example.com:443x/", "https://exa mple.com/",
      "https://example.com/\u{E9}", "https://example.com\\@127.0.0.1/", "https://127.0.0.1/", "https://127.1/",
      "https://2130706433/", "https://0x7f000001/", "https://0x7f.1/", "https://localhost.1/", "https://[::1]/",
      "https://[::ffff:127.0.0.1]/", "https://[fe80::1%25eth0]/", "https://[1.1.1.1]/", "https://169.254.169.254/",
      "https://10.0.0.1/", "https://exam_ple.com/", "https://-a.example/", "https://a..example/", "https://.example/",
      "https://example.com/%", "https://example.com/%4", "https://example.com/%zz", "https://example.com/[x]",
      "https://example.com/?a=]", "https://[::1", "https://a[b].example/",
      "https://\(String(repeating: "a", count: 64)).example/",
      "https://example.com/\(String(repeating: "a", count: 2_048))",
    ])
  func bad(_ text: String) {
    #expect(throws: WebhookURL.Fault.self) { try WebhookURL(text, strict) }
  }

  @Test("the loose rule is for loopback, and nothing else")
  func loopback() throws {
    for text in ["http://127.0.0.1:8080/", "http://[::1]:80/", "https://127.0.0.1:99/", "http://localhost:1/"] {
      #expect(try WebhookURL(text, loose).text == text)
    }
    for text in ["http://10.0.0.1/", "https://10.0.0.1/", "http://1.1.1.1/", "https://169.254.169.254/"] {
      #expect(throws: WebhookURL.Fault.self) { try WebhookURL(text, loose) }
    }
    // A name is checked where it leads, at every connection.
    let (near, far) = (
      try SocketAddress(ipAddress: "127.0.0.1", port: 1), try SocketAddress(ipAddress: "8.8.8.8", port: 1)
    )
    #expect(throws: WebhookURL.Fault.self) { try strict.check(near, isEncrypted: true) }
    #expect(throws: WebhookURL.Fault.self) { try loose.check(far, isEncrypted: false) }
    #expect(throws: Never.self) { try loose.check(near, isEncrypted: false) }
    #expect(throws: Never.self) { try strict.check(far, isEncrypted: true) }
  }

  @Test("ports are those that the operator allows")
  func ports() throws {
    var configuration = WebhookConfiguration()
    configuration.ports = [443, 8_443]
    let rules = AddressRules(configuration)
    #expect(try WebhookURL("https://example.com:8443/", rules).port == 8_443)
    #expect(throws: WebhookURL.Fault.self) { try WebhookURL("https://example.com:9443/", rules) }
  }
}
