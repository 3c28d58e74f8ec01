import Testing

@testable import Mappings

@Suite("XML in")
struct XMLInputTests {
  private func read(_ text: String) throws -> InputTree { try InputTree(Array(text.utf8), .xml) }

  private func text(_ path: String, in text: String) throws -> [String] {
    let tree = try read(text)
    var work = 1_000
    return tree.nodes(at: try #require(InputPath(path)), from: 0, &work).map { tree.nodes[$0].text }
  }

  @Test("elements, attributes and texts are found")
  func elements() throws {
    #expect(try text("/a/b", in: "<a><b>1</b><c/><b>2</b></a>") == ["1", "2"])
    #expect(try text("/a/@x", in: "<a x='1 &lt; 2' y=\"'\"/>") == ["1 < 2"])
    #expect(try text("/a", in: "<a> t&amp;&#x20B9;&#65; <!-- c --><![CDATA[<&]]></a>") == [" t&₹A <&"])
    #expect(
      try text("/a", in: "\u{FEFF}<?xml version=\"1.0\" encoding='utf-8'?>\n<?pi x?><a>1\r\n2\r3</a>\n<!-- -->") == [
        "1\n2\n3"
      ])
    #expect(try text("/a/b/c", in: "<a>\n <b>\n  <c>x</c>\n </b>\n</a>") == ["x"])
    #expect(try text("/a", in: "<a>\n <b/>\n</a>") == [""])
    #expect(try text("/a/b", in: "<s:a xmlns:s='u'><s:b>1</s:b><b>2</b></s:a>") == ["1", "2"])
    #expect(try text("/a/s:b", in: "<a><s:b>1</s:b><b>2</b></a>") == ["1"])
    #expect(try text("/a/@x", in: "<a x='1\n\t2'/>") == ["1  2"])
    #expect(try text("/क/ख", in: "<क><ख>१</ख></क>") == ["१"])
  }

  @Test(
    "what is not XML, or more of it than is read, is refused with its place",
    arguments: [
      ("", "xml.no-root", 0), ("<a>", "xml.open-element", 3), ("<a></b>", "xml.wrong-end", 3),
      ("</a>", "xml.wrong-end", 0),
      ("<a/><b/>", "xml.second-root", 4), ("<a/>x", "xml.outside", 4), ("x<a/>", "xml.outside", 0),
      ("<!DOCTYPE a><a/>", "xml.doctype", 0), ("<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>", "xml.doctype", 0),
      ("<a><!ELEMENT b ANY></a>", "xml.doctype", 3), ("<a>&x;</a>", "xml.reference", 3),
      ("<a>&</a>", "xml.reference", 3),
      ("<a>&#0;</a>", "xml.reference", 3), ("<a>&#xD800;</a>", "xml.reference", 3),
      ("<a>&#xFFFF;</a>", "xml.reference", 3),
      ("<a>&#x110000;</a>", "xml.reference", 3), ("<a>&#+1;</a>", "xml.reference", 3),
      ("<a>&#x;</a>", "xml.reference", 3),
      ("<a>]]></a>", "xml.text", 3), ("<a b='1' b='2'/>", "xml.attribute-twice", 9), ("<a b=1/>", "xml.attribute", 3),
      ("<a b/>", "xml.attribute", 3), ("<a b='<'/>", "xml.attribute", 6), ("<a b='1/>", "xml.attribute", 3),
      ("<a b='1'c='2'/>", "xml.tag", 0), ("<a", "xml.tag", 0), ("<a/", "xml.tag", 0), ("<a / >", "xml.tag", 0),
      ("<1/>", "xml.name", 1),
      ("<a><!-- -- --></a>", "xml.comment", 3), ("<a><!-- </a>", "xml.comment", 7),
      ("<a><![CDATA[x</a>", "xml.cdata", 12),
      ("<a><?xml version='1.0'?></a>", "xml.instruction", 3), ("<a><?x</a>", "xml.instruction", 6),
      ("<a>\u{1}</a>", "xml.character", 3),
      ("<a>\u{FFFE}</a>", "xml.character", 5), ("<?xml version='1.1'?><a/>", "xml.declaration", 0),
      ("<?xml version='1.0' encoding='UTF-16'?><a/>", "xml.declaration", 0),
      ("<?xml encoding='UTF-8'?><a/>", "xml.declaration", 0),
      (" <?xml version='1.0'?><a/>", "xml.instruction", 1), ("<a\u{D7}/>", "xml.name", 1),
    ])
  func refused(_ text: String, _ code: String, _ offset: Int) {
    let fault = #expect(throws: InputFault.self) { try read(text) }
    #expect(fault?.code == code, "\(text)")
    #expect(fault?.offset == offset, "\(text)")
  }

  @Test("depth, attributes and values are bounded")
  func bounds() throws {
    func nested(_ depth: Int) -> String {
      String(repeating: "<a>", count: depth) + String(repeating: "</a>", count: depth)
    }
    _ = try read(nested(64))
    #expect(fault(Array(nested(65).utf8), .xml) == "xml.too-deep")
    #expect(fault(Array(String(repeating: "<a>", count: 500_000).utf8), .xml) == "xml.too-deep")
    let attributes = (0...256).map { "a\($0)='1'" }.joined(separator: " ")
    #expect(fault(Array("<a \(attributes)/>".utf8), .xml) == "xml.too-many-attributes")
    let many = "<a>" + String(repeating: "<b/>", count: 1 << 18) + "</a>"
    #expect(fault(Array(many.utf8), .xml) == "input.too-many-values")
    let large = "<a>" + String(repeating: "x", count: 4 << 20) + "</a>"
    #expect(fault(Array(large.utf8), .xml) == "input.too-large")
    #expect(fault([0x3C, 0x61, 0xFF], .xml) == "input.not-utf8")
  }
}
