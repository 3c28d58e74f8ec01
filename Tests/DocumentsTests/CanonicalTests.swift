import Testing

@testable import Documents

@Suite("Canonical form")
struct CanonicalTests {
  @Test(
    "texts come out as RFC 8785 writes them",
    arguments: [
      // Sections 3.2.2 and 3.2.4, without the numbers of its example that are no decimals of ours.
      (
        #"{"numbers":[4.50,2e-3,1e-27],"string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/","literals":[null,true,false]}"#,
        #"{"literals":[null,true,false],"numbers":[4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}"#
      ),
      // Section 3.2.3: names by UTF-16 units.
      (
        "{\"\\u20ac\":\"Euro Sign\",\"\\r\":\"Carriage Return\",\"\\ufb33\":\"Hebrew\",\"1\":\"One\",\"\\ud83d\\ude00\":\"Emoji\","
          + "\"\\u0080\":\"Control\",\"\\u00f6\":\"Latin\"}",
        "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u{80}\":\"Control\",\"ö\":\"Latin\",\"€\":\"Euro Sign\",\"😀\":\"Emoji\","
          + "\"\u{FB33}\":\"Hebrew\"}"
      ),
      (#"[ "\b\t\n\f\r\u0000\u001f\u007f" ]"#, "[\"\\b\\t\\n\\f\\r\\u0000\\u001f\u{7F}\"]"),
      (#" {"b":{}, "a":[ ],"":{"B":1,"A":2},"aa":-0} "#, #"{"":{"A":2,"B":1},"a":[],"aa":0,"b":{}}"#),
      ("[9007199254740993,-9223372036854775808,1.0,1E2]", "[9007199254740993,-9223372036854775808,1,100]"),
    ])
  func examples(text: String, canonical: String) throws {
    let document = try Document(json: Array(text.utf8))
    #expect(String(decoding: document.canonicalBytes, as: UTF8.self) == canonical)
    #expect(document.value.canonicalText.utf8.elementsEqual(canonical.utf8))
  }

  @Test("generated values come back from their text, and value and document write the same")
  func comesBack() throws {
    var generator = Generator(seed: 2)
    for _ in 0..<2000 {
      let value = generator.value()
      let document = try Document(json: value.canonicalBytes)
      #expect(document.value == value)
      #expect(document.canonicalBytes == value.canonicalBytes)
      #expect(document.value.hashValue == value.hashValue)
    }
  }

  @Test("equal values have one digest, other values others")
  func digests() throws {
    let one = try Document(json: Array(#"{"a":1.0,"b":"\u0041"}"#.utf8))
    let other = try JSONValue.read(#"{ "b":"A", "a":1 }"#)
    #expect(DocumentDigest(of: one) == DocumentDigest(of: other))
    #expect(DocumentDigest(of: JSONValue.null) != DocumentDigest(of: "null"))
    // SHA-256 of `{}`.
    let empty = DocumentDigest(of: JSONValue.object(JSONObject()))
    #expect(empty.hex == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a")
    #expect(DocumentDigest(hex: empty.hex) == empty && DocumentDigest(bytes: empty.bytes) == empty)
    #expect(DocumentDigest(hex: empty.hex.uppercased()) == nil && DocumentDigest(hex: "44") == nil)
  }
}
