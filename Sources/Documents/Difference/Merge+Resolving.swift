extension Merge.Conflict {
  /// What puts what `theirs` has into the merged value, which has what `mine` has.
  ///
  /// Of several such patches those that remove elements come last, the later elements first: then the places of the others stay right.
  /// - Parameter merged: the value of the merge that the conflict is of.
  /// - Returns: nil for an order, and where the value has no such place.
  package func patchForTheirs(in merged: JSONValue) -> JSONPatch? {
    guard kind == .value else { return nil }
    let place = path.pointer(in: merged)
    switch (place, theirs) {
    case (let place?, let theirs?): return JSONPatch([.replace(place, theirs)])
    case (let place?, nil): return JSONPatch([.remove(place)])
    case (nil, let theirs?): return parentPlace(in: merged).map { JSONPatch([.add($0, theirs)]) }
    case (nil, nil): return nil
    }
  }

  /// Where a value is to be put that the merged one has not: an element comes behind the others.
  private func parentPlace(in merged: JSONValue) -> JSONPointer? {
    guard let last = path.steps.last, let parent = StablePath(path.steps.dropLast()).pointer(in: merged) else {
      return nil
    }
    switch last {
    case .member(let name): return parent.appending(name)
    case .element: return parent.appending("-")
    case .position: return nil
    }
  }
}
