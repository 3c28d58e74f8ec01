import Access

/// The pages that a person sees who lets an application act: no scripts, nothing from elsewhere.
enum AuthorizePage {
  /// - Parameter uri: where the page's form may lead to, besides here.
  static func policy(sendsTo uri: String?) -> String {
    // Browsers look at where a form's answer leads to as well.
    let origin =
      uri.map { " " + $0.split(separator: "/", maxSplits: 3).prefix(2).joined(separator: "//").prefix { $0 != "?" } }
      ?? ""
    return
      "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'\(origin)"
  }

  static func signIn(_ query: AuthorizeQuery, _ fault: String? = nil) -> String {
    let hidden = query.fields.map { "<input type=\"hidden\" name=\"\($0.name)\" value=\"\(escaped($0.value))\">" }
      .joined()
    return document(
      "Sign in",
      """
      <h1>Sign in</h1>
      <p><strong>\(escaped(query.application))</strong> wants to act for you. Sign in to see what it asks for.</p>
      \(fault.map { "<p role=\"alert\">\(escaped($0))</p>" } ?? "")
      <form method="post" action="/oauth/authorize">\(hidden)
      <label>Key<input name="key" type="password" autocomplete="current-password" required autofocus></label>
      <label>Code of your authenticator, if you have one<input name="one_time_code" inputmode="numeric" autocomplete="one-time-code" pattern="[0-9]{6}" maxlength="6"></label>
      <button>Sign in</button></form>
      """)
  }

  static func consent(_ application: Application, _ query: AuthorizeQuery, ticket: String, person: UInt32) -> String {
    let scope = query.scope.map { $0.split(separator: " ").map(String.init) } ?? []
    let items =
      scope.isEmpty
      ? "<li>everything that your key allows</li>" : scope.map { "<li>\(escaped(meaning($0)))</li>" }.joined()
    return document(
      "Allow \(application.name)",
      """
      <h1>\(escaped(application.name))</h1>
      <p>It wants to act \(person == 0 ? "with your key" : "for you, person \(person),") and may then do, for 30 days or until you end it:</p>
      <ul>\(items)</ul>
      <p>You will be sent to <code>\(escaped(query.redirectURI))</code>.</p>
      <form method="post" action="/oauth/consent"><input type="hidden" name="ticket" value="\(ticket)">
      <button name="decision" value="allow">Allow</button> <button name="decision" value="deny" class="other">Deny</button></form>
      """)
  }

  static func failure(_ text: String) -> String {
    document("This cannot be done", "<h1>This cannot be done</h1><p role=\"alert\">\(escaped(text)).</p>")
  }

  private static func meaning(_ word: String) -> String {
    if word.hasPrefix("tenant:") { return "only in tenant \(word.dropFirst(7))" }
    if word.hasPrefix("amount:") { return "up to \(word.dropFirst(7)) paise in one operation" }
    return word == "reader" ? "read" : "act as \(word)"
  }

  private static func document(_ title: String, _ body: String) -> String {
    """
    <!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
    <title>\(escaped(title)) - Milepost</title><style>
    body{font:16px/1.5 system-ui,sans-serif;max-width:28rem;margin:0 auto;padding:1rem;color:#1c1c1c;background:#fff}
    label{display:block;margin:1rem 0}input{display:block;width:100%;box-sizing:border-box;font:inherit;padding:.5rem}
    button{font:inherit;padding:.5rem 1.5rem}[role=alert]{border-left:4px solid #b00;padding-left:.5rem}code{overflow-wrap:anywhere}
    @media(prefers-color-scheme:dark){body{color:#eee;background:#161616}input,button{background:#333;color:#eee;border:1px solid #888}}
    </style></head><body><main>\(body)</main></body></html>

    """
  }

  private static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;").replacing(
      "\"", with: "&quot;")
  }
}
