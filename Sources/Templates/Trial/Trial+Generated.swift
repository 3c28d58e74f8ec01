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
    var scheduler = Scheduler(template, from: data, accepting: .unconfirmed)
    var trial = Trial(template)
    for _ in 0..<forms {
      guard let form = generator.next() else { return "no form is allowed" }
      do {
        try trial.run(try scheduler.schedule(form), form: form)
      } catch { return "\(error) with \(form.json.canonicalText)" }
    }
    return nil
  }
}
