import HTTPTypes
import NIOCore

/// A file of the console, as it lies in `Assets` and in the program.
struct ConsoleAsset: Sendable {
  let name: String
  let type: String
  let bytes: ByteBuffer
  let tag: String

  private init(_ name: String, _ bytes: [UInt8]) {
    self.name = name
    type =
      switch name.split(separator: ".").last {
      case "html": MediaType.html
      case "css": MediaType.css
      case "svg": MediaType.svg
      default: MediaType.script
      }
    self.bytes = ByteBuffer(bytes: bytes)
    tag = "\"\(Digest.hexadecimal(of: bytes))\""
  }

  /// The page that loads the others.
  static let page = ConsoleAsset("index.html", PackageResources.index_html)

  static let all = [
    ConsoleAsset("style.css", PackageResources.style_css), ConsoleAsset("icon.svg", PackageResources.icon_svg),
    ConsoleAsset("main.js", PackageResources.main_js), ConsoleAsset("api.js", PackageResources.api_js),
    ConsoleAsset("dom.js", PackageResources.dom_js), ConsoleAsset("format.js", PackageResources.format_js),
    ConsoleAsset("charts.js", PackageResources.charts_js), ConsoleAsset("signin.js", PackageResources.signin_js),
    ConsoleAsset("overview.js", PackageResources.overview_js),
    ConsoleAsset("contracts.js", PackageResources.contracts_js),
    ConsoleAsset("contract.js", PackageResources.contract_js),
    ConsoleAsset("templates.js", PackageResources.templates_js),
    ConsoleAsset("template.js", PackageResources.template_js),
    ConsoleAsset("webhooks.js", PackageResources.webhooks_js),
    ConsoleAsset("webhook.js", PackageResources.webhook_js),
    ConsoleAsset("access.js", PackageResources.access_js),
  ]
}
