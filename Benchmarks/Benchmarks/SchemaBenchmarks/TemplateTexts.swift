import Documents
import Schemas

/// Documents that look like templates, and their schema: nested objects, references, alternatives, patterns, formats.
enum TemplateTexts {
  static func list(of count: Int) -> String { "[" + (0..<count).map(template).joined(separator: ",\n") + "]" }

  private static func template(_ number: Int) -> String {
    let milestones = (1...8).map(milestone).joined(separator: ",")
    return """
      {"id":"civil-works-\(number)","version":"1.\(number % 10).0","title":{"en":"Civil works contract number \(number)",\
      "hi":"सिविल कार्य अनुबंध \(number)"},"industry":"construction","gstin":"27AAPFU0939F1ZV","from":"2026-04-01",\
      "parameters":[{"name":"value","type":"money","minimum":100000,"maximum":100000000000},\
      {"name":"weeks","type":"count","minimum":1,"maximum":200,"default":26}],"milestones":[\(milestones)],\
      "retention":{"bps":500,"days":365}}
      """
  }

  private static func milestone(_ number: Int) -> String {
    """
    {"id":"m\(number)","title":"Milestone \(number): foundation and plinth work completed up to level \(number)",\
    "shareBps":\(500 + number),"due":{"days":\(30 * number)},"after":["m\(number - 1)","start"],\
    "verification":"inspection","approvers":["owner","engineer"]}
    """
  }

  static func listSchema() throws -> Schema {
    var bundle = SchemaBundle()
    try bundle.register(Document(json: Array(schema.utf8)).value, as: "schema:/template")
    return try Schema(
      ["type": "array", "items": ["$ref": "template"]], bundle: bundle,
      options: SchemaOptions(isStrict: true, formats: .standard))
  }

  private static let schema = """
    {"type":"object","required":["id","version","title","industry","parameters","milestones","retention"],
    "additionalProperties":false,
    "properties":{
      "id":{"type":"string","pattern":"^[a-z][a-z0-9-]{0,62}$"},
      "version":{"type":"string","pattern":"^[0-9]+\\\\.[0-9]+\\\\.[0-9]+$"},
      "title":{"type":"object","required":["en"],"additionalProperties":{"$ref":"#/$defs/text"}},
      "industry":{"enum":["construction","software","manufacturing","textile","logistics","services"]},
      "gstin":{"type":"string","pattern":"^[0-9]{2}[A-Z]{5}[0-9]{4}[A-Z][1-9A-Z]Z[0-9A-Z]$"},
      "from":{"type":"string","format":"date"},
      "parameters":{"type":"array","maxItems":50,"items":{"type":"object","required":["name","type"],"properties":{
        "name":{"type":"string","minLength":1,"maxLength":40},"type":{"enum":["money","count","date","text","bps"]},
        "minimum":{"type":"integer","minimum":0},"maximum":{"type":"integer","maximum":1000000000000000},
        "default":true},"additionalProperties":false}},
      "milestones":{"type":"array","minItems":1,"maxItems":100,"items":{"$ref":"#/$defs/milestone"}},
      "retention":{"type":"object","required":["bps","days"],"properties":{
        "bps":{"type":"integer","minimum":0,"maximum":10000},"days":{"type":"integer","minimum":0,"maximum":3650}},
        "additionalProperties":false}},
    "$defs":{
      "text":{"type":"string","minLength":1,"maxLength":400},
      "milestone":{"type":"object","required":["id","title","due","verification"],"properties":{
        "id":{"type":"string","pattern":"^[a-z][a-z0-9_]*$"},"title":{"$ref":"#/$defs/text"},
        "shareBps":{"type":"integer","minimum":1,"maximum":10000},
        "due":{"oneOf":[
          {"type":"object","required":["days"],"properties":{"days":{"type":"integer","minimum":0}},
           "additionalProperties":false},
          {"type":"object","required":["date"],"properties":{"date":{"type":"string","format":"date"}},
           "additionalProperties":false}]},
        "after":{"type":"array","uniqueItems":true,"items":{"type":"string"}},
        "verification":{"enum":["photo","inspection","document","none"]},
        "approvers":{"type":"array","minItems":1,"items":{"type":"string"}}},
        "additionalProperties":false}}}
    """
}
