import HTTPTypes
import Kernel

/// The route table as a page for people: one file, no scripts.
enum ReferencePage {
  /// Nothing but this page's own style.
  static let policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"

  static func document(of table: RouteTable) -> [UInt8] {
    var page = """
      <!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
      <title>Milepost reference</title><style>
      body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:0 auto;padding:1rem;color:#1c1c1c;background:#fff}
      code{font:.9em ui-monospace,monospace;overflow-wrap:anywhere}h2{border-bottom:1px solid #bbb}
      h3{margin-bottom:0}table{border-collapse:collapse;display:block;overflow-x:auto}td,th{border:1px solid #bbb;
      padding:.2rem .5rem;text-align:left;vertical-align:top}nav a{margin-right:1rem}
      @media(prefers-color-scheme:dark){body{color:#eee;background:#161616}a{color:#9cf}}
      </style></head><body><h1>Milepost reference</h1>
      <p>Sums are integers of minor units (paise), ids are strings, instants are RFC 3339. An answer is given when it is durable.
      The same as a machine reads it: <a href="/openapi.json">/openapi.json</a>, and events and webhooks: <a href="/asyncapi.json">/asyncapi.json</a>.</p><nav>
      """
    let sections = OpenAPI.sections(table)
    for section in sections + ["Problems"] { page += "<a href=\"#\(section)\">\(section)</a>" }
    page += "</nav>"
    for section in sections {
      page += "<h2 id=\"\(section)\">\(section)</h2>"
      for route in table.routes where route.section == section { page += text(of: route) }
    }
    page +=
      "<h2 id=\"Problems\">Problems</h2><p>What the kernel refuses, by code.</p><table><tr><th>code</th><th>status</th></tr>"
    for code in ResultCode.allCases where code != .ok && code != .exists {
      page += "<tr id=\"problem-\(code.name)\"><td><code>\(code.name)</code></td><td>\(code.httpStatus.code)</td></tr>"
    }
    page += "</table></body></html>\n"
    return Array(page.utf8)
  }

  private static func text(of route: Route) -> String {
    var text = "<h3 id=\"\(route.name)\"><code>\(route.method.rawValue) \(escaped(route.template))</code></h3>"
    text += "<p>\(escaped(route.summary)).</p>"
    let parameters = OpenAPI.parameters(of: route)
    if !parameters.isEmpty {
      text += "<table><tr><th>parameter</th><th>in</th><th>meaning</th></tr>"
      for parameter in parameters {
        text +=
          "<tr><td><code>\(parameter.name)</code></td><td>\(parameter.place)</td><td>\(escaped(parameter.summary))</td></tr>"
      }
      text += "</table>"
    }
    if case .document(let schema, _) = route.body { text += members(of: schema) }
    return text
  }

  private static func members(of schema: Schema) -> String {
    switch schema {
    case .one(let variants): return variants.map { members(of: $0) }.joined()
    case .object(let members, _):
      guard !members.isEmpty else { return "" }
      var text = "<table><tr><th>member</th><th>value</th><th>meaning</th></tr>"
      for member in members {
        let (kind, meaning) = describe(member.schema)
        let name = member.isRequired ? "<strong>\(member.name)</strong>" : member.name
        text += "<tr><td><code>\(name)</code></td><td>\(escaped(kind))</td><td>\(escaped(meaning))</td></tr>"
      }
      return text + "</table>"
    default: return ""
    }
  }

  private static func describe(_ schema: Schema) -> (kind: String, meaning: String) {
    switch schema {
    case .described(let inner, let text, _): (describe(inner).kind, text)
    case .named(let name): (name, "")
    case .object(let members, _): (members.map(\.name).joined(separator: ", "), "")
    case .array(let element, _): ("list of \(describe(element).kind)", "")
    case .string(_, let format, _): (format ?? "string", "")
    case .words(let words): (words.joined(separator: " | "), "")
    case .integer: ("integer", "")
    case .boolean: ("boolean", "")
    case .any: ("any value", "")
    case .one: ("one of several", "")
    }
  }

  private static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
  }
}
