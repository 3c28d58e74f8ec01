extension Seeds {
  static var patternTexts: [Seed] {
    let ecma = #"^(?<a>[A-Z]{2,4}?|\p{Lu}\u{928}|[^\d\-x]+)*\b$"#
    let re2 = #"(?i)\A(?:[[:alpha:]]|\Qa.b\E|\x{1F600}){1,3}(?m)^\pN*\z"#
    return [
      Seed("ecma", join([0], Array(ecma.utf8), [0], Array("ABनx".utf8))),
      Seed("re2", join([1], Array(re2.utf8), [0], Array("a.b😀\n12".utf8))),
      Seed("states", join([0], Array("(a|b)*a(a|b){14}$|(x+x+)+y".utf8), [0], Array("babaabbabababaab".utf8))),
      Seed("no-text", join([0], Array("(a{2}){3}|[".utf8))),
    ]
  }

  static var schemaDocuments: [Seed] {
    let members =
      ##"{"type":"object","required":["a"],"properties":{"a":{"$ref":"#/$defs/x"},"b":{"enum":[1,"p"]}},"##
      + #""patternProperties":{"^c":{"minLength":2}},"additionalProperties":false,"$defs":{"x":{"maximum":1.5}}}"#
    let branches =
      #"{"oneOf":[{"items":{"multipleOf":0.01}},{"not":{"type":"array"}}],"if":{"minItems":2},"then":{"#
      + #""uniqueItems":true},"unevaluatedItems":{"format":"date"},"contains":{"const":1},"maxContains":2}"#
    let dynamic =
      ##"{"$id":"s:/t","$dynamicAnchor":"n","properties":{"k":{"$dynamicRef":"#n"}},"unevaluatedProperties":false}"##
    return [
      Seed("members", join(Array(members.utf8), [0], Array(#"{"a":2,"b":"P","cc":"x","d":null}"#.utf8))),
      Seed("branches", join(Array(branches.utf8), [0], Array(#"[1,1.0,"2026-04-01",0.005]"#.utf8))),
      Seed("dynamic", join(Array(dynamic.utf8), [0], Array(#"{"k":{"k":{}},"l":1}"#.utf8))),
      Seed("endless", join(Array(##"{"not":{"$ref":"#"}}"##.utf8), [0], Array("1".utf8))),
    ]
  }
}
