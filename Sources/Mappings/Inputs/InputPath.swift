import Documents

/// A way to values of the input.
///
/// ```
/// VOUCHER/AMOUNT     from the row on, names of elements, members, cells or fields
/// VOUCHER/@ID        an attribute
/// lines/0/amount     a list's element by its position; without one all of them
/// /ENVELOPE/HEADER   from the root on
/// ^/NUMBER           from the row around
/// .                  the row itself
/// /                  the root
/// ```
///
/// In a name `~1` is a slash and `~0` a tilde. In XML a name without a colon is that of elements with any prefix.
struct InputPath: Sendable, Hashable {
  let text: String
  /// Rows to step out of.
  let outer: Int
  let isAbsolute: Bool
  let steps: [String]

  private static let stepCountMax = 32

  /// - Returns: nil for what is no path.
  init?(_ text: String) {
    guard (1...MappingLimits.nameByteCountMax).contains(text.utf8.count) else { return nil }
    self.text = text
    if text == "." || text == "/" {
      (outer, isAbsolute, steps) = (0, text == "/", [])
      return
    }
    var parts = text.split(separator: "/", omittingEmptySubsequences: false)[...]
    isAbsolute = parts.first?.isEmpty ?? false
    if isAbsolute { parts.removeFirst() }
    var outer = 0
    while !isAbsolute, parts.first == "^" {
      outer += 1
      parts.removeFirst()
    }
    self.outer = outer
    var steps: [String] = []
    for part in parts {
      // The pointer's rules for what stands between slashes are those of a path.
      guard !part.isEmpty, part != "^", part != ".", let step = JSONPointer("/\(part)")?.tokens.first else {
        return nil
      }
      steps.append(step)
    }
    guard steps.count <= Self.stepCountMax, !steps.isEmpty || outer > 0 || isAbsolute else { return nil }
    self.steps = steps
  }
}

extension InputTree {
  /// What a path leads to from a node on, in the order of the text.
  ///
  /// - Parameter work: steps that are left; below zero there are none, and the answer is not whole.
  func nodes(at path: InputPath, from start: Int, _ work: inout Int) -> [Int] {
    var current = [path.isAbsolute ? 0 : start]
    if path.isAbsolute, let root = path.steps.first, !nodes[0].name.isEmpty {
      // In XML the first step names the root itself.
      guard matches(0, root) else { return [] }
      return follow(path.steps.dropFirst(), &current, &work)
    }
    return follow(path.steps[...], &current, &work)
  }

  private func follow(_ steps: ArraySlice<String>, _ current: inout [Int], _ work: inout Int) -> [Int] {
    for step in steps {
      var found: [Int] = []
      for node in current {
        if nodes[node].kind == .list, let position = Self.position(step) {
          if let element = element(position, of: node, &work) { found.append(element) }
          continue
        }
        for inner in elements(of: node, &work) {
          var child = nodes[inner].firstChild
          while child >= 0, work >= 0 {
            work -= 1
            if matches(Int(child), step) { found.append(Int(child)) }
            child = nodes[Int(child)].next
          }
        }
      }
      current = found
    }
    return current.flatMap { elements(of: $0, &work) }
  }

  /// The elements of a list; of anything else the node itself.
  private func elements(of node: Int, _ work: inout Int) -> [Int] {
    guard nodes[node].kind == .list else { return [node] }
    var elements: [Int] = []
    var child = nodes[node].firstChild
    while child >= 0, work >= 0 {
      work -= 1
      elements.append(Int(child))
      child = nodes[Int(child)].next
    }
    return elements
  }

  private func element(_ position: Int, of list: Int, _ work: inout Int) -> Int? {
    var child = nodes[list].firstChild
    for _ in 0..<position where child >= 0 {
      work -= 1
      child = nodes[Int(child)].next
    }
    return child >= 0 ? Int(child) : nil
  }

  private func matches(_ node: Int, _ step: String) -> Bool {
    let (name, step) = (nodes[node].name.utf8, step.utf8)
    if name.elementsEqual(step) { return true }
    // A prefix of the input that the step leaves open: only elements and attributes of XML have one.
    guard isXML, name.count > step.count, !step.contains(0x3A) else { return false }
    let isAttribute = step.first == 0x40
    guard isAttribute == (name.first == 0x40) else { return false }
    let own = isAttribute ? step.dropFirst() : step[...]
    let rest = name.suffix(own.count)
    return rest.elementsEqual(own) && name.dropLast(own.count).last == 0x3A
  }

  private var isXML: Bool { !nodes[0].name.isEmpty }

  private static func position(_ step: String) -> Int? {
    guard (1...6).contains(step.utf8.count), step.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return Int(step)
  }
}
