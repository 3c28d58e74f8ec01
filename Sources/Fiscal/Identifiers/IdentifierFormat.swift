/// Identifiers as formats of texts in documents, by name.
public enum IdentifierFormat: String, Sendable, CaseIterable {
  case gstin, pan, tan, udyam, ifsc, vpa, utr, hsn, sac, irn
  case pinCode = "pin-code"
  case documentNumber = "document-number"
  case stateCode = "gst-state"
  case fiscalYear = "fiscal-year"

  /// What is wrong with a text, or nil. Documents keep the canonical form: `notCanonical` names it.
  public func fault(in text: String) -> IdentifierFault? {
    do throws(IdentifierFault) {
      let canonical = try canonical(text)
      return canonical == text ? nil : .notCanonical(canonical)
    } catch {
      return error
    }
  }

  /// The canonical form. - Throws: what is wrong.
  public func canonical(_ text: String) throws(IdentifierFault) -> String {
    switch self {
    case .gstin: return try GSTIN(text).text
    case .pan: return try PAN(text).text
    case .tan: return try TAN(text).text
    case .udyam: return try Udyam(text).text
    case .ifsc: return try IFSC(text).text
    case .vpa: return try VPA(text).text
    case .utr: return try UTR(text).text
    case .irn: return try InvoiceReference(text).text
    case .pinCode: return try PINCode(text).text
    case .documentNumber: return try DocumentNumber(text).text
    case .hsn, .sac:
      let code = try CommodityCode(text)
      guard code.isService == (self == .sac) else { throw .part(.chapter) }
      return code.text
    case .stateCode:
      guard let code = StateCode(text) else { throw .part(.state) }
      return code.description
    case .fiscalYear:
      guard let year = FiscalYear(text) else { throw .part(.year) }
      return year.description
    }
  }
}
