import HTTPTypes

/// All routes, and the way from a path to one of them.
struct RouteTable: Sendable {
  let routes: [Route]
  private let root: Node

  private final class Node: Sendable {
    let literals: [String: Node]
    let parameter: (name: Route.PathParameter, node: Node)?
    /// By method.
    let routes: [String: Route]

    init(_ routes: [Route], depth: Int) {
      var literals: [String: [Route]] = [:]
      var parameters: [Route] = []
      var ends: [String: Route] = [:]
      var name: Route.PathParameter?
      for route in routes {
        guard depth < route.path.count else {
          precondition(ends[route.method.rawValue] == nil, "two routes for \(route.method) \(route.template)")
          ends[route.method.rawValue] = route
          continue
        }
        switch route.path[depth] {
        case .literal(let text): literals[text, default: []].append(route)
        case .parameter(let parameter):
          precondition(name == nil || name == parameter, "one place, two parameters: \(route.template)")
          name = parameter
          parameters.append(route)
        }
      }
      self.literals = literals.mapValues { Node($0, depth: depth + 1) }
      parameter = name.map { ($0, Node(parameters, depth: depth + 1)) }
      self.routes = ends
    }
  }

  init(_ routes: [Route]) {
    self.routes = routes
    root = Node(routes, depth: 0)
  }

  enum Match: Sendable {
    case found(Route, [Route.PathParameter: Substring])
    /// The path exists, with these methods.
    case wrongMethod([String])
    case none

    var route: Route? { if case .found(let route, _) = self { route } else { nil } }
  }

  /// The route of a path without its query.
  func match(_ method: HTTPRequest.Method, _ path: Substring) -> Match {
    var node = root
    var parameters: [Route.PathParameter: Substring] = [:]
    for part in path.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
      if let next = node.literals[String(part)] {
        node = next
      } else if let (name, next) = node.parameter, !part.isEmpty {
        parameters[name] = part
        node = next
      } else {
        return .none
      }
    }
    guard !node.routes.isEmpty else { return .none }
    if let route = node.routes[method.rawValue] { return .found(route, parameters) }
    if method == .head, let route = node.routes["GET"] { return .found(route, parameters) }
    return .wrongMethod(node.routes.keys.sorted() + (node.routes["GET"] == nil ? [] : ["HEAD"]))
  }
}
