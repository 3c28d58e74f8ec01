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
    ConsoleAsset("main.js", PackageResources.main_js),
    ConsoleAsset("api.js", PackageResources.api_js),
    ConsoleAsset("dom.js", PackageResources.dom_js),
    ConsoleAsset("format.js", PackageResources.format_js),
    ConsoleAsset("rights.js", PackageResources.rights_js),
    ConsoleAsset("unsaved.js", PackageResources.unsaved_js),
    ConsoleAsset("access.js", PackageResources.access_js),
    ConsoleAsset("charts.js", PackageResources.charts_js),
    ConsoleAsset("conflicts.js", PackageResources.conflicts_js),
    ConsoleAsset("contract.js", PackageResources.contract_js),
    ConsoleAsset("contracts.js", PackageResources.contracts_js),
    ConsoleAsset("differences.js", PackageResources.differences_js),
    ConsoleAsset("document.js", PackageResources.document_js),
    ConsoleAsset("documents.js", PackageResources.documents_js),
    ConsoleAsset("edit.js", PackageResources.edit_js),
    ConsoleAsset("editor.js", PackageResources.editor_js),
    ConsoleAsset("fields.js", PackageResources.fields_js),
    ConsoleAsset("install.js", PackageResources.install_js),
    ConsoleAsset("lifecycle.js", PackageResources.lifecycle_js),
    ConsoleAsset("listing.js", PackageResources.listing_js),
    ConsoleAsset("log.js", PackageResources.log_js),
    ConsoleAsset("market.js", PackageResources.market_js),
    ConsoleAsset("moderation.js", PackageResources.moderation_js),
    ConsoleAsset("offer.js", PackageResources.offer_js),
    ConsoleAsset("opinions.js", PackageResources.opinions_js),
    ConsoleAsset("overview.js", PackageResources.overview_js),
    ConsoleAsset("schedule.js", PackageResources.schedule_js),
    ConsoleAsset("signin.js", PackageResources.signin_js),
    ConsoleAsset("statement.js", PackageResources.statement_js),
    ConsoleAsset("template.js", PackageResources.template_js),
    ConsoleAsset("templates.js", PackageResources.templates_js),
    ConsoleAsset("version.js", PackageResources.version_js),
    ConsoleAsset("webhook.js", PackageResources.webhook_js),
    ConsoleAsset("webhooks.js", PackageResources.webhooks_js),
  ]
}
