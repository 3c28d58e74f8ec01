import Client
import Formats
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Kernel
import NIOCore
import Wire

extension RouteCall {
  /// Submits an operation; once, however often the request comes, when it has an `Idempotency-Key`.
  func submitOnce(
    _ operation: SlottedOperation, of form: OperationForm, intent: Intent, fingerprint: String,
    session: KernelSession, _ respond: (OperationAnswer) throws(Problem) -> Response
  ) async throws -> Response {
    func submit() async throws(Problem) -> OperationAnswer {
      keepTrace(of: [operation])
      return OperationAnswer(
        form: form, operation: operation.operation, result: try await session.submit([operation])[0])
    }
    guard let name = intent.name else { return try respond(try await submit()) }
    let repetitions = services.repetitions
    let answer: OperationAnswer
    switch try await repetitions.begin(name, fingerprint: fingerprint, commit: try await session.newestCommit()) {
    case .again(let kept): return Self.response(kept)
    case .first: answer = try await first(name, fingerprint, submit)
    case .unfinished(let commit):
      let found: OperationAnswer?
      do throws(Problem) {
        found = try await find(operation.operation, of: form, after: commit)
      } catch {
        repetitions.abandon(name)
        throw error
      }
      if let found {
        answer = found
      } else {
        do throws(Problem) {
          answer = try await submit()
        } catch {
          // The first try may still be on its way to the kernel: its row stays.
          repetitions.abandon(name)
          throw error
        }
      }
    }
    let response: Response
    var kept: KeptAnswer
    do throws(Problem) {
      response = try respond(answer)
      kept = KeptAnswer(status: response.status.code, body: Self.document(answer))
      kept.location = response.headers[.location]
    } catch {
      // A refusal is an answer, too; but who shows more, or asks with another key, is to be heard.
      response = Self.response(error, at: request.uri.path)
      guard !Self.ofRights.contains(error.code) else {
        await repetitions.end(name, fingerprint: fingerprint, nil)
        return response
      }
      kept = KeptAnswer(status: error.status.code, body: Self.document(error, at: request.uri.path))
    }
    await repetitions.end(name, fingerprint: fingerprint, kept)
    return response
  }

  private static let ofRights: Set = ["mfa_required", "not_authorised", "tenant_mismatch"]

  func first<Answer>(
    _ name: [UInt8], _ fingerprint: String, _ submit: () async throws(Problem) -> Answer
  ) async throws(Problem) -> Answer {
    do throws(Problem) {
      return try await submit()
    } catch {
      if error.code == Problem.outcomeUnknown {
        services.repetitions.abandon(name)
      } else {
        await services.repetitions.end(name, fingerprint: fingerprint, nil)
      }
      throw error
    }
  }

  /// What the log says of an operation that may have been applied behind `commit`; nil when it was not.
  private func find(
    _ operation: Operation, of form: OperationForm, after commit: UInt64
  ) async throws(Problem) -> OperationAnswer? {
    let follower = try await services.sessions.follower(secret: secret)
    let client = follower.client
    let result: Result<OperationAnswer?, ClientError>
    do throws(ClientError) {
      let subscription = try await client.subscribe(
        from: EventPosition(commit: commit + 1), scope: .one(operation.tenant), reportsProgress: true)
      var found: OperationAnswer?
      var reached = EventPosition(commit: 0)
      search: while reached.commit <= client.welcome.commit {
        switch try await subscription.next(countMax: 1_024, within: 30_000) {
        case nil, .timedOut: throw ClientError.closed
        case .progress(let place): reached = place
        case .events(let events):
          for event in events {
            reached = event.position
            guard event.record.operation.id == operation.id, event.record.operation.contract == operation.contract
            else { continue }
            found = OperationAnswer(form: form, operation: event.record.operation, result: event.record.result)
            if event.record.result.isAccepted { break search }
          }
        }
      }
      subscription.cancel()
      result = .success(found)
    } catch { result = .failure(error) }
    withExtendedLifetime(follower) {}
    switch result {
    case .success(let found): return found
    case .failure(.subscriptionEnded(let end)) where end.reason == .positionTooOld:
      throw Problem(
        .conflict, Problem.outcomeUnknown,
        "what became of the first request with this Idempotency-Key is not in the log any more: look at the record")
    case .failure(let error): throw Problem(error)
    }
  }

  static func response(_ kept: KeptAnswer) -> Response {
    var response = Response(
      status: .init(code: kept.status),
      headers: [.contentType: kept.status < 400 ? MediaType.json : MediaType.problem, .idempotencyReplayed: "true"],
      body: ResponseBody(byteBuffer: ByteBuffer(string: kept.body)))
    if let location = kept.location { response.headers[.location] = location }
    return response
  }

  private static func document(_ answer: OperationAnswer) -> String {
    var writer = JSONWriter()
    answer.write(to: &writer)
    return writer.text
  }

  private static func document(_ problem: Problem, at path: String) -> String {
    var writer = JSONWriter()
    problem.write(instance: path, to: &writer)
    return writer.text
  }
}

extension HTTPField.Name {
  static let idempotencyReplayed = HTTPField.Name("Idempotency-Replayed")!
}
