import Client
import Documents
import Formats
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Kernel
import NIOCore
import Repository
import Templates

/// Contracts of templates.
enum InstanceRoutes {
  static let all = [create, get]

  private static let create = Route(
    method: .post, path: PathParts.tenant + [.literal("instances")], name: "create_instance",
    summary: "A contract of a template and a form: one chain of operations, applied whole or not at all",
    section: TemplateRoutes.section, body: .document(TemplateForms.order, isRequired: true),
    answers: [
      Route.Answer(.created, "Applied and durable", .named("NewInstance")),
      Route.Answer(.ok, "The contract is there already, made of the same template and form", .named("NewInstance")),
    ]
  ) { call in
    let body = try await call.body()
    let session = try await call.session()
    let shelf = try call.shelf()
    let intent = try call.intent(session.caller)
    let root = try call.formDocument(body).root
    guard let path = root.member("template")?.string else {
      throw Problem(MemberFaults("template", "is missing or no string"))
    }
    let tenant = try call.tenant()
    if let tenants = session.caller.tenants, !tenants.contains(tenant) { throw Problem.otherTenant }
    let offer: TemplateShelf.Offer
    do throws(Problem) { offer = try await shelf.offer(path, to: tenant) } catch {
      throw error.status == .notFound ? Problem(MemberFaults("template", "there is no such template")) : error
    }
    let package = offer.package
    let (form, schedule) = try TemplateForms.schedule(root, package, shelf.library.data, passing: OrderReader.names)
    var reader = OrderReader(root)
    let order = try reader.order(tenant: tenant, contract: intent.contract)
    let findings = order.findings(for: schedule, now: call.services.now())
    guard !findings.hasErrors else { throw Problem(findings) }
    let instance = ContractInstance(path, offer, form)
    let chain = OperationChain(schedule, order, template: package.template.digest, form: form.json)
    call.keepTrace(of: chain.operations)
    let isNew = try await apply(chain, instance, offer.version, order, session, shelf, at: call.services.now())
    var response = RouteCall.json(
      [
        "tenant": .string(String(order.tenant)), "contract": .string(Identifier.text(order.contract)),
        "stage": .string(order.stage.rawValue), "instance": instance.document, "schedule": schedule.answer,
      ], isNew ? .created : .ok)
    response.headers[.location] = "/v1/tenants/\(order.tenant)/contracts/\(Identifier.text(order.contract))"
    return response
  }

  /// What is remembered is written first: a contract of a template never lacks it, whenever the process ends.
  ///
  /// - Returns: whether the contract is new.
  /// - Throws: `Problem` when the kernel refuses the chain; then nothing is remembered that was not before.
  private static func apply(
    _ chain: OperationChain, _ instance: ContractInstance, _ version: VersionID?, _ order: ContractOrder,
    _ session: KernelSession, _ shelf: TemplateShelf, at time: Int64
  ) async throws -> Bool {
    // Two requests at once would each take the other's row for its own.
    guard shelf.begin(order.tenant, order.contract) else {
      throw Problem(.conflict, "contract_exists", "another request makes this contract at the moment")
    }
    defer { shelf.end(order.tenant, order.contract) }
    let known = try shelf.instance(order.tenant, order.contract)
    if let known, known != instance {
      throw Problem(.conflict, "contract_exists", "the contract was made of another template or form")
    }
    if known == nil {
      // What is there already was made otherwise, and a caller without rights learns nothing here.
      let (tenant, id) = (order.tenant, order.contract)
      guard try await session.reading({ try await $0.contract(tenant: tenant, contract: id) }) == nil else {
        throw Problem(.conflict, "contract_exists", "there is a contract with this id")
      }
      try await shelf.keep(instance, version, order.tenant, order.contract, at: time)
    }
    let results = try await session.submit(chain.operations)
    if results.allSatisfy(\.isAccepted) { return true }
    if known != nil,
      results[0].code == ResultCode.contractExists.rawValue || results[0].code == ResultCode.exists.rawValue
    {
      return false
    }
    if known == nil { try await shelf.forget(order.tenant, order.contract) }
    for (member, result) in zip(chain.members, results)
    where !result.isAccepted && result.code != ResultCode.linkedEventFailed.rawValue {
      guard let form = OperationForm.form(of: member.operation.code) else { continue }
      throw Problem(OperationAnswer(form: form, operation: member.operation, result: result))
    }
    throw Problem(.conflict, "refused", "the kernel refused the chain")
  }

  private static let get = Route(
    method: .get, path: PathParts.contract + [.literal("instance")], name: "get_instance",
    summary: "Of which template, version and form a contract was made", section: TemplateRoutes.section,
    answers: [Route.Answer(.ok, "As it was made", .named("Instance"))]
  ) { call in
    let (tenant, contract) = (try call.tenant(), try call.contract())
    let session = try await call.session()
    let shelf = try call.shelf()
    guard try await session.reading({ try await $0.contract(tenant: tenant, contract: contract) }) != nil else {
      throw Problem.notFound("contract")
    }
    guard let instance = try shelf.instance(tenant, contract) else { throw Problem.notFound("instance") }
    return RouteCall.json(instance.document)
  }
}

extension OperationChain {
  fileprivate var operations: [SlottedOperation] {
    members.map { SlottedOperation(operation: $0.operation, slot: $0.slot.words) }
  }
}

/// Reads who a contract is for.
struct OrderReader {
  static let names: Set<String> = [
    "template", "contract", "payer", "payee", "arbiter", "approvers", "stage", "deposit_reference",
  ]

  private let root: DocumentNode
  private var faults = MemberFaults()

  init(_ root: DocumentNode) { self.root = root }

  /// - Parameter contract: the contract's id where the document names none.
  /// - Throws: `Problem` with every fault.
  mutating func order(tenant: UInt32, contract: UInt128) throws(Problem) -> ContractOrder {
    var order = ContractOrder(tenant: tenant, contract: contract, payer: 0, payee: 0)
    if let node = root.member("contract") {
      if let id = node.string.flatMap({ Identifier.id($0) }) {
        order.contract = id
      } else {
        faults.add("contract", "is no id")
      }
    }
    order.payer = person("payer", isRequired: true)
    order.payee = person("payee", isRequired: true)
    order.arbiter = person("arbiter", isRequired: false)
    if let node = root.member("stage") {
      if let stage = node.string.flatMap(ContractOrder.Stage.init(rawValue:)) {
        order.stage = stage
      } else {
        faults.add("stage", "is no stage")
      }
    }
    if let node = root.member("deposit_reference") {
      if let number = node.string.flatMap({ Digest.number(of: $0) }) {
        order.depositReference = number
      } else {
        faults.add(
          "deposit_reference", "is no text of 1 to \(Digest.byteCountMax) bytes, nor # and a number below 2^64")
      }
    }
    readApprovers(&order)
    guard faults.isEmpty else { throw Problem(faults) }
    return order
  }

  private mutating func person(_ name: String, isRequired: Bool) -> UInt32 {
    guard let node = root.member(name) else {
      if isRequired { faults.add(name, "is missing") }
      return 0
    }
    guard let number = node.string.flatMap({ Identifier.decimal($0, UInt32.self) }) else {
      faults.add(name, "is no number of a person, as \"17\"")
      return 0
    }
    return number
  }

  private mutating func readApprovers(_ order: inout ContractOrder) {
    guard let node = root.member("approvers") else { return }
    guard node.kind == .array, node.count <= ContractOrder.approverCountMax else {
      faults.add("approvers", "is no array of at most \(ContractOrder.approverCountMax)")
      return
    }
    for (index, element) in node.elements.enumerated() {
      let names = Set(element.members.compactMap(\.name.string))
      guard names.isSubset(of: ["person", "step", "level"]),
        let person = element.member("person")?.string.flatMap({ Identifier.decimal($0, UInt32.self) }),
        let step = element.member("step")?.integer, (1...4).contains(step)
      else {
        faults.add(
          ["approvers", String(index)], "is no approver: a person, a step from 1 to 4, perhaps a level from 0 to 3")
        continue
      }
      let level = element.member("level").map { $0.integer ?? -1 } ?? 0
      guard (0...3).contains(level) else {
        faults.add(["approvers", String(index), "level"], "is no integer from 0 to 3")
        continue
      }
      order.approvers.append(.init(person: person, step: UInt8(step), level: UInt8(level)))
    }
  }
}
