import ArgumentParser
import Client
import Documents
import Formats
import Foundation
import Kernel
import NIOCore
import NIOPosix
import Templates
import Wire

/// `milepost template instantiate`: a contract of a form, in a file of operations or on a server.
struct TemplateInstantiateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "instantiate",
    abstract: "Make a contract of a template and a form: one chain, applied whole or not at all.",
    discussion: """
      A chain that is sent again changes nothing: when the contract is there as it would be made, that is said.
      Bringing a contract further than "offered" speaks for the payee, too, so a server with keys wants one of an operator.

      EXAMPLES
        milepost template instantiate manufacturing/tooling-and-mould --sample pune-bracket --tenant 7 --contract 1001 --payer 10 \\
          --payee 20 --stage funded --deposit-reference 8812 --connect 127.0.0.1:7411
        milepost template instantiate technology/fixed-price-software --form form.yaml --tenant 7 --contract 1002 --payer 10 \\
          --payee 20 --approver 11:1 --output contract.ndjson
      """)

  @OptionGroup var library: LibraryOptions
  @OptionGroup var form: FormOptions
  @OptionGroup var order: OrderOptions
  @Option(help: ArgumentHelp("Write the operations to this file instead; - for standard output.", valueName: "file"))
  var output: String?
  @Option(help: ArgumentHelp("The server that is to have the contract.", valueName: "host:port")) var connect: Endpoint?
  @OptionGroup var connection: ConnectOptions

  func validate() throws {
    guard (output == nil) != (connect == nil) else { throw ValidationError("give --output or --connect") }
  }

  func run() async throws {
    let package = try library.package(form.template)
    let (parameters, schedule) = try form.schedule(of: package, library)
    let order = try order.order()
    let now = Int64(Date().timeIntervalSince1970 * 1_000)
    let findings = order.findings(for: schedule, now: now)
    try library.folder().refuse(findings, in: "order")
    for warning in schedule.findings.kept {
      writeStandardError(LibraryFolder.line(warning, "schedule", library.language) + "\n")
    }
    let chain = OperationChain(schedule, order, template: package.template.digest, form: parameters.json)
    if let output { try write(chain, to: output) }
    if let connect { try await send(chain, to: connect, order, schedule) }
  }

  private func write(_ chain: OperationChain, to path: String) throws {
    let writer = try OperationWriter(path: path, format: path == "-" ? .ndjson : nil)
    let slots = chain.slots
    // The bytes live as long as the closure.
    try unsafe slots.withUnsafeBytes { try unsafe writer.write(slots: $0) }
    try writer.close()
  }

  private func send(
    _ chain: OperationChain, to endpoint: Endpoint, _ order: ContractOrder, _ schedule: Schedule
  ) async throws {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let client = try await MilepostClient.connect(
      host: endpoint.host, port: endpoint.port, configuration: try connection.configuration(), group: group)
    var batch = SubmitBatch(slotCapacity: chain.members.count * 2)
    let slots = chain.slots
    // Copied inside the closures.
    unsafe slots.withUnsafeBytes { source in
      unsafe batch.appendSlots(slotCountMax: source.count / Kernel.Operation.byteCount) { target in
        unsafe target.copyMemory(from: source)
        return (source.count / Kernel.Operation.byteCount, chain.members.count)
      }
    }
    let results = try await client.submit(batch)
    let found = try await client.contract(tenant: order.tenant, contract: order.contract)
    await client.close()
    try await group.shutdownGracefully()
    if results.allSatisfy({ $0.isAccepted }) {
      print(
        "contract \(order.contract) of tenant \(order.tenant): \(results.count) operations, \(order.stage.rawValue)")
    } else if let found, found.value == schedule.value, found.payer == order.payer, found.payee == order.payee,
      Int(found.milestoneCount) == schedule.milestones.count
    {
      print(
        "contract \(order.contract) of tenant \(order.tenant): was there, \(ContractState(rawValue: found.state).map { "\($0)" } ?? "?")"
      )
    } else {
      for (member, result) in zip(chain.members, results)
      where result.code != ResultCode.linkedEventFailed.rawValue && !result.isAccepted {
        let name = OperationCode(rawValue: member.operation.code).map { "\($0.name)" } ?? "?"
        let code = ResultCode(rawValue: result.code).map { "\($0.name)" } ?? "\(result.code)"
        let milestone = member.operation.ordinal == 0 ? "" : " of milestone \(member.operation.ordinal)"
        writeStandardError("\(name)\(milestone): \(code)\n")
      }
      throw ExitCode.failure
    }
  }
}

/// Who a contract is for.
struct OrderOptions: ParsableArguments {
  @Option(help: "The tenant's number.") var tenant: UInt32
  @Option(help: "The contract's id, decimal or a UUID.") var contract: String
  @Option(help: "Number of the payer.") var payer: UInt32
  @Option(help: "Number of the payee.") var payee: UInt32
  @Option(help: "Number of the arbiter; 0 for none.") var arbiter: UInt32 = 0
  @Option(help: ArgumentHelp("An approver besides the payer; may be repeated.", valueName: "person:step[:level]"))
  var approver: [String] = []
  @Option(help: "draft, offered, active or funded.") var stage = ContractOrder.Stage.offered
  @Option(help: "Digest of the bank's reference of the deposit, for funded.") var depositReference: UInt64 = 0

  func order() throws -> ContractOrder {
    let text = Array(contract.utf8)
    let id = try OperationDraft.identifier(text.span, "--contract").unsigned("--contract", UInt128.self)
    var order = ContractOrder(tenant: tenant, contract: id, payer: payer, payee: payee)
    order.arbiter = arbiter
    order.stage = stage
    order.depositReference = depositReference
    order.approvers = try approver.map { text in
      let parts = text.split(separator: ":", omittingEmptySubsequences: false).map { UInt32($0) }
      guard (2...3).contains(parts.count), let person = parts[0], let step = parts[1].flatMap(UInt8.init(exactly:)),
        let level = parts.count == 3 ? parts[2].flatMap(UInt8.init(exactly:)) : 0
      else {
        throw ValidationError("--approver \(text): a person's number and a step, 11:1, and perhaps a level, 11:1:2")
      }
      return ContractOrder.Approver(person: person, step: step, level: level)
    }
    return order
  }
}
