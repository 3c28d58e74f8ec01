import Testing

@testable import Gateway

@Suite("Signatures of webhooks")
struct WebhookSigningTests {
  struct Vector: Sendable {
    var secret: String
    var id: String
    var seconds: Int64
    var body: String
    var signature: String
  }

  @Test(
    "as Standard Webhooks has it",
    arguments: [
      // The one that its specification prints.
      Vector(
        secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", id: "msg_p5jXN8AQM9LWM0D4loKWxJek", seconds: 1_614_265_330,
        body: #"{"test": 2432232314}"#, signature: "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
      Vector(
        secret: "whsec_z3gdjegB9AR2j0F8NjWcE8VTmMBPBmXT", id: "msg_1", seconds: 1_700_000_000, body: "{}",
        signature: "v1,mGR5UORXVpawoFMp3P1AoyUvkJFSANfTWTPO1KOipo8="),
      Vector(
        secret: "whsec_cQntxXG0aF/lAJfn2yIyUycMx26gL7Pg", id: "msg_3", seconds: 1_700_000_002,
        body: #"{"name":"निर्माण"}"#, signature: "v1,DtPWZYGXMyWZnP1uOXIMJKXAVQR4PjwSk61Q/LcTgR4="),
      Vector(
        secret: "whsec_CFCYuVDnF2qfTgP3dyza0ctk1CiUVAAP", id: "msg_4", seconds: 1_700_000_003, body: "",
        signature: "v1,X/aeLBLq2JN9o8Gg2DAOH8S93XyrqeVypXW2OhwxIN4="),
    ])
  func vectors(_ vector: Vector) throws {
    let secret = try #require(WebhookSecret(text: vector.secret, created: 0))
    #expect(secret.text == vector.secret)
    let signature = WebhookSigner([secret]).signature(
      id: vector.id, now: vector.seconds * 1_000 + 999, body: Array(vector.body.utf8))
    #expect(signature == vector.signature)
  }

  @Test("every secret that is good signs, the newest first")
  func rotation() {
    let (new, old) = (
      WebhookSecret(at: 10), WebhookSecret(bytes: Array(repeating: 7, count: 24), created: 0, expires: 50)
    )
    let signer = WebhookSigner([new, old])
    let both = signer.signature(id: "1-0", now: 49, body: [1]).split(separator: " ")
    #expect(both.count == 2)
    #expect(String(both[0]) == WebhookSigner([new]).signature(id: "1-0", now: 49, body: [1]))
    #expect(
      signer.signature(id: "1-0", now: 50, body: [1]) == WebhookSigner([new]).signature(id: "1-0", now: 50, body: [1]))
  }

  @Test("a secret is a prefix and 24 to 64 bytes in Base64")
  func secrets() {
    let secret = WebhookSecret(at: 1)
    #expect(secret.bytes.count == 32)
    #expect(WebhookSecret(text: secret.text, created: 1) == secret)
    #expect(secret != WebhookSecret(at: 1))
    for text in [
      "", "whsec_", "whsec_AAAA", "whsec_!", String(secret.text.dropFirst()),
      "whsec_" + String(repeating: "A", count: 88),
    ] {
      #expect(WebhookSecret(text: text, created: 1) == nil, "\(text)")
    }
  }
}
