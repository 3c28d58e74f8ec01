internal import Documents
package import Fiscal

extension Trial {
  /// Runs contracts of generated forms to closing: the same seed gives the same forms.
  ///
  /// - Returns: what went wrong, with the form; nil when nothing did.
  package static func fault(
    of template: Template, _ data: ReferenceData, forms: Int, seed: UInt64 = 1
  ) -> String? {
    var generator = ParameterGenerator(template, seed: seed)
    var trial = Trial(template)
    for _ in 0..<forms {
      guard let form = generator.next() else { return "no form is allowed" }
      do {
        let rates = try AppliedRates(of: template, for: form, from: data, accepting: .unconfirmed)
        try trial.run(try template.schedule(form, rates: rates), form: form)
      } catch { return "\(error) with \(form.json.canonicalText)" }
    }
    return nil
  }
}
