extension JSONPatch {
  /// The value with all operations done, or none: a fault leaves nothing behind.
  /// - Parameter limits: of the result's depth, and of the work: values written, moved and compared are at most as many
  ///   as a document may have, so a short patch that copies copies of copies is refused.
  public func apply(to value: JSONValue, limits: DocumentLimits = .standard) throws(JSONPatchFault) -> JSONValue {
    guard operations.count <= Self.operationCountMax else {
      throw JSONPatchFault(.tooManyOperations, Self.operationCountMax)
    }
    var application = PatchApplication(value, limits)
    for (index, operation) in operations.enumerated() {
      do {
        try application.perform(operation)
      } catch {
        throw JSONPatchFault(error.code, index, operation.name, at: error.pointer)
      }
    }
    return application.value
  }
}
