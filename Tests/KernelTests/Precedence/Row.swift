import Kernel
import Testing

/// A state, an operation in it, and the one code that answers it.
struct Row: CustomStringConvertible, Sendable {
  var scene: Scene
  /// What happens after the scene, all accepted, on day 0.
  var after: [Request] = []
  var now = dayZero
  var request: Request
  var code: ResultCode
  var terms = Scene.terms
  var policy: Policy?
  /// SET_APPROVER operations while the contract is a draft.
  var seats: [Request]

  init(
    _ scene: Scene, _ request: Request, _ code: ResultCode, after: [Request] = [], at now: Instant = dayZero,
    terms: Terms = Scene.terms, policy: Policy? = nil, seats: [Request] = []
  ) {
    (self.scene, self.request, self.code, self.after, self.now) = (scene, request, code, after, now)
    (self.terms, self.policy, self.seats) = (terms, policy, seats)
  }

  var description: String { "\(scene) + \(after.count): \(request) -> \(code)" }

  func check(sourceLocation: SourceLocation = #_sourceLocation) {
    var story = Story()
    let failure = story.mustTell(scene.road(terms, policy, seats) + after)
    #expect(failure == nil, "\(self)", sourceLocation: sourceLocation)
    story.now = now
    let result = story.tell(request)
    #expect(result.resultCode == code, "\(self)", sourceLocation: sourceLocation)
    #expect(story.difference == nil, "\(self)", sourceLocation: sourceLocation)
  }
}

func changed(_ change: (inout Terms) -> Void) -> Terms {
  var terms = Scene.terms
  change(&terms)
  return terms
}

func policy(_ change: (inout Policy) -> Void) -> Policy {
  var policy = Policy()
  change(&policy)
  return policy
}
