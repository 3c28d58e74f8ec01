import Access
import Engine
import NIOCore
import NIOPosix
import Wire

extension Connection {
  /// A command about keys, quotas or the audit trail. It waits for the disk, so it is done elsewhere.
  func manage(_ header: FrameHeader, _ body: ByteBuffer) throws(FrameError) {
    guard unanswered < Int(limits.requestWindow) else {
      throw FrameError(.requestOutOfWindow, place: 48, value: header.request)
    }
    unanswered += 1
    worker.readBegins()
    guard !isManaging else {
      return managed(header, AccessAnswer(AccessError(.limit, "one command at a time on a connection")).json)
    }
    isManaging = true
    let access = worker.access
    let held = grant.holder
    let steppedUpUntil = steppedUpUntil
    let text = Array(body.readableBytesView)
    worker.accessPool.threads.submit { [address] state in
      let answer: AccessAnswer
      var isMalformed = false
      do throws(AccessError) {
        guard state == .active else { throw AccessError(.limit, "the server stops") }
        guard let held else {
          throw AccessError(.noKeys, "the store has no keys: make the first two with `milepost key init`")
        }
        // As the key is now, not as it was at hello.
        guard var holder = access.holder(of: held.proof) else {
          throw AccessError(.notAllowed, "the key is no longer accepted")
        }
        holder.shown(until: steppedUpUntil)
        isMalformed = true
        let command = try AccessCommand(json: text)
        isMalformed = false
        answer = try access.perform(command, by: .holder(holder), address: address)
      } catch {
        answer = AccessAnswer(error)
      }
      self.worker.door.execute { [isMalformed] in
        self.isManaging = false
        if isMalformed { self.note(.commandRefused, "malformed command") }
        if case .steppedUp(let until) = answer { self.steppedUpUntil = until }
        self.managed(header, answer.json)
      }
    }
  }

  private func managed(_ header: FrameHeader, _ text: [UInt8]) {
    send(
      FrameHeader(.managed, session: sessionID, trace: header.trace, request: header.request),
      bodyByteCount: text.count
    ) { body in
      for (offset, byte) in text.enumerated() { body.storeBytes(of: byte, toByteOffset: offset, as: UInt8.self) }
    }
    // The keys of this very connection may have changed.
    checkGrant()
    answered()
  }

  /// Whether a tenant of a submit has used up its quota. Requests that come again were paid for.
  func overQuota(_ header: FrameHeader, _ request: Request) -> (tenant: UInt32, retryMilliseconds: UInt32)? {
    let quotas = worker.access.quotas
    guard quotas.isActive, header.request > lastTaken else { return nil }
    // Others' quotas are neither used up nor told of by operations that are refused anyway.
    let counts = SubmitBody.operationsByTenant(request.body).filter { grant.authority.scope.contains($0.key) }
    return quotas.take(counts, now: worker.now.uptimeNanoseconds)
  }
}
