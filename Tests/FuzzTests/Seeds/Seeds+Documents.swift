extension Seeds {
  static var jsonDocuments: [Seed] {
    let list = #"{"kind":"template","parts":[{"id":"m1","share":2500},{"id":"m2","share":7500}],"rate":-1.25e-3}"#
    let moved =
      #"{"kind":"template","parts":[{"id":"m2","share":7500},{"id":"m3"},{"id":"m1","share":2400}],"#
      + #""note":"\u00e9\ud83d\ude00"}"#
    let patch = #"[{"op":"move","from":"/parts/0","path":"/parts/-"},{"op":"test","path":"/kind","value":"template"}]"#
    return [
      Seed("values", Array(#"[null,true,false,0,-7,12345678901234567890,1e300,"a\n\\\"",{},[]]"#.utf8)),
      Seed("two-lists", join(Array(list.utf8), [0], Array(moved.utf8))),
      Seed("patch", join(Array(list.utf8), [0], Array(patch.utf8))),
      Seed("same-name", Array(#"{"a":1,"b":{"x":1,"\u0078":2}}"#.utf8)),
    ]
  }

  static var yamlDocuments: [Seed] {
    let block = """
      kind: template # comment
      "key 1": [a, 'b''c', "d\\u00e9\\n", {x: 0x1F, y: -1.5e3}]
      text: |+
        one & *two*

      folded: >-
        a
        b
      list:
      - - no
        - 12:30
      - ? a
        : ~

      """
    return [
      Seed("block", Array(block.utf8)), Seed("flow", Array(#"{a: [1, {b: c}], "d": 'e', ? f : g}"#.utf8)),
      Seed("alias", Array("a: &x [1]\nb: *x\n".utf8)), Seed("tag", Array("a: !!int \"1\"\n<<: {b: .inf}\n".utf8)),
    ]
  }
}
