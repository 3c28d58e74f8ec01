import Access
import HTTPTypes
import HummingbirdCore

/// Programs of others that holders of keys may let act.
enum ApplicationRoutes {
  static let all: [Route] = [list, register, remove]
  private static let applications = KeyRoutes.access + [.literal("applications")]

  private static let list = Route(
    method: .get, path: applications, name: "list_applications", summary: "All applications; for administrators",
    section: KeyRoutes.section, answers: [Route.Answer(.ok, "The applications", .named("Applications"))]
  ) { call in
    guard case .applications(let applications) = try await call.ask(.listApplications(limit: 500)) else {
      throw Problem.unreadable
    }
    return call.page(applications, next: nil) { $0.write($1) }
  }

  private static let register = Route(
    method: .post, path: applications, name: "register_application",
    summary: "Asks for an application, or for other content of one; another administrator approves it",
    section: KeyRoutes.section,
    body: .document(KeyForm.applicationSchema, isRequired: true),
    answers: [Route.Answer(.accepted, "It waits for another administrator", .named("Waiting"))]
  ) { call in
    var reader = try await call.keyDocument()
    let application = KeyForm.application(&reader)
    try reader.finish()
    return try await KeyRoutes.answer(call, .registerApplication(application: application))
  }

  private static let remove = Route(
    method: .delete, path: applications + [.parameter(.application)], name: "remove_application",
    summary: "Removes an application; what it was allowed ends", section: KeyRoutes.section,
    answers: [Route.Answer(.noContent, "Gone", nil)]
  ) { call in try await KeyRoutes.answer(call, .removeApplication(id: call.text(.application))) }
}
