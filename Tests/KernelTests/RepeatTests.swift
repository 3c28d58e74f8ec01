import Kernel
import Testing

/// Repeats and chains: a retry never moves money twice, and all or nothing is meant. Source: DOMAIN 6.
@Suite struct RepeatTests {
  private func story(_ scene: Scene) -> Story {
    var story = Story()
    #expect(story.mustTell(scene.road()) == nil)
    return story
  }

  private func fund(_ sum: Int64, id: UInt128) -> Request {
    var request = op(.fund, m: 1, by: payer, sum)
    request.operation.id = id
    return request
  }

  @Test func sameIdWithOtherBodyIsItsOwnCode() {
    var story = story(.deposited)
    #expect(story.tell(fund(10, id: 5)).resultCode == .ok)
    #expect(story.tell(fund(10, id: 5)).resultCode == .exists)
    #expect(story.tell(fund(11, id: 5)).resultCode == .existsWithDifferentFields)
    // Repeats come before authority: what the actor may do now is no matter.
    var other = fund(10, id: 5)
    other.operation.actor = payee
    #expect(story.tell(other).resultCode == .existsWithDifferentFields)
    #expect(story.difference == nil)
  }

  @Test func fourAcceptedOperationsAreRemembered() {
    var story = story(.deposited)
    for id: UInt128 in 5...8 { #expect(story.tell(fund(10, id: id)).isAccepted) }
    #expect(story.tell(fund(10, id: 5)).resultCode == .exists)
    // Refused operations leave no trace, so they push nothing out.
    #expect(story.tell(fund(5000, id: 9)).resultCode == .overAllocation)
    #expect(story.tell(fund(10, id: 5)).resultCode == .exists)
    #expect(story.tell(fund(10, id: 9)).resultCode == .ok)
    #expect(story.tell(fund(10, id: 5)).resultCode == .ok)
    #expect(story.difference == nil)
  }

  @Test func recordsRememberApart() {
    var story = story(.deposited)
    #expect(story.tell(fund(10, id: 5)).isAccepted)
    var onContract = op(.deposit, by: payer, 7, arg: 99)
    onContract.operation.id = 5
    #expect(story.tell(onContract).isAccepted)
    #expect(story.tell(onContract).resultCode == .exists)
    #expect(story.tell(fund(10, id: 5)).resultCode == .exists)
    #expect(story.difference == nil)
  }

  @Test func creationIsRepeatedByTheRecordItMade() {
    var story = story(.nothing)
    var road = Scene.draft.road()
    for index in road.indices { road[index].operation.id = UInt128(index + 1) }
    #expect(story.mustTell(road) == nil)
    #expect(story.tell(road[0]).resultCode == .exists)
    #expect(story.tell(road[1]).resultCode == .exists)
    #expect(story.tell(road[2]).resultCode == .exists)
    road[0].slot![8] = 77
    #expect(story.tell(road[0]).resultCode == .existsWithDifferentFields)
    road[0].operation.id = 50
    #expect(story.tell(road[0]).resultCode == .contractExists)
    #expect(story.difference == nil)
  }

  @Test func firstFailureCarriesItsCode() {
    var story = story(.deposited)
    let digest = story.comparison.machine.shard.digest()
    let chain = [
      op(.deposit, by: payer, 100, arg: 77).linked, op(.consent, 1, m: 1, by: payee, 5, arg: at(day(9))).linked,
      op(.fund, m: 1, by: payer, 5000).linked, op(.fund, m: 2, by: payer, 5000),
    ]
    let results = story.tell(chain)
    #expect(results.map(\.resultCode) == [.linkedEventFailed, .linkedEventFailed, .overAllocation, .linkedEventFailed])
    // Buckets, versions, consents, references, ids: nothing is left of it.
    #expect(story.comparison.machine.shard.digest() == digest)
    #expect(story.tell(chain[0].unlinked).resultCode == .ok)
    #expect(story.difference == nil)
  }

  @Test func laterMembersSeeEarlierOnes() {
    var story = story(.started)
    let due = at(day(20))
    let results = story.tell([
      op(.consent, 1, m: 1, by: payee, 1400, arg: due).linked, op(.amend, m: 1, by: payer, 1400, arg: due).linked,
      op(.fund, m: 1, by: payer, 400),
    ])
    #expect(results.allSatisfy { $0.isAccepted })
    #expect(story.milestone(1).held == 1400)
    #expect(story.difference == nil)
  }

  @Test func chainOfRepeatsExistsThroughout() {
    var story = story(.deposited)
    var chain = [fund(10, id: 5).linked, fund(20, id: 6).linked, fund(30, id: 7)]
    #expect(story.tell(chain).allSatisfy { $0.isAccepted })
    #expect(story.tell(chain).allSatisfy { $0.resultCode == .exists })
    chain[2].operation.id = 8
    #expect(story.tell(chain).map(\.resultCode) == [.exists, .linkedEventFailed, .linkedEventFailed])
    let newFirst = [fund(40, id: 9).linked, fund(30, id: 7)]
    #expect(story.tell(newFirst).map(\.resultCode) == [.linkedEventFailed, .exists])
    #expect(story.milestone(1).held == 60)
    // An id used twice in one chain is a repeat of its own first use.
    #expect(story.tell([fund(1, id: 20).linked, fund(1, id: 20)]).map(\.resultCode) == [.linkedEventFailed, .exists])
    #expect(story.difference == nil)
  }

  @Test func openAndSpanningChainsAreNotTried() {
    var story = story(.deposited)
    #expect(
      story.tell([fund(10, id: 5).linked, fund(10, id: 6).linked]).map(\.resultCode)
        == [.linkedEventFailed, .linkedEventChainOpen])
    #expect(story.tell([fund(10, id: 5).linked]).map(\.resultCode) == [.linkedEventChainOpen])
    var foreign = fund(10, id: 6)
    foreign.operation.tenant = 2
    #expect(
      story.tell([fund(10, id: 5).linked, foreign.linked, fund(10, id: 7)]).map(\.resultCode)
        == [.linkedEventFailed, .chainSpansTenants, .linkedEventFailed])
    #expect(
      story.tell([fund(10, id: 5).linked, foreign.linked]).map(\.resultCode)
        == [.linkedEventFailed, .linkedEventChainOpen])
    #expect(story.milestone(1).held == 0)
    #expect(story.difference == nil)
  }

  @Test func earlierStampIsRefusedWhole() {
    var story = story(.deposited)
    story.now = day(5)
    #expect(story.tell(fund(5000, id: 5)).resultCode == .overAllocation)
    // The stamp of a batch counts although all of it failed.
    story.now = day(5, plus: -1)
    #expect(story.tell([fund(10, id: 6), fund(10, id: 7)]).allSatisfy { $0.resultCode == .timestampRegression })
    story.now = day(5)
    #expect(story.tell(fund(10, id: 6)).isAccepted)
    #expect(story.difference == nil)
  }

  @Test func contractIdsBelongToATenant() {
    var story = story(.deposited)
    var foreign = fund(10, id: 6)
    foreign.operation.tenant = 2
    #expect(story.tell(foreign).resultCode == .notFound)
    // References are unique inside the tenant that used them, not beyond.
    var road = Scene.deposited.road()
    for index in road.indices { road[index].operation.tenant = 2 }
    #expect(story.mustTell(road) == nil)
    #expect(story.difference == nil)
  }

  /// `total_overflow`: what was funded would be more than can be read back.
  @Test func fundedSumCannotOverflow() {
    var machine = Machine()
    var id: UInt128 = 100
    for var request in Scene.active.road() {
      id += 1
      request.operation.id = id
      #expect(machine.apply([request], stamp: dayZero)[0].isAccepted)
    }
    func deposit(_ sum: Int64) -> Request {
      id += 1
      var request = op(.deposit, by: payer, sum, arg: UInt64(id))
      request.operation.id = id
      return request
    }
    let largest = Int64.max - 1_024 * Model.amountMax
    let most = largest / Model.amountMax
    let results = machine.apply((0..<most).map { _ in deposit(Model.amountMax) }, stamp: dayZero)
    #expect(results.allSatisfy { $0.isAccepted })
    let room = largest % Model.amountMax
    #expect(machine.apply([deposit(room + 1)], stamp: dayZero)[0].resultCode == .totalOverflow)
    #expect(machine.apply([deposit(room)], stamp: dayZero)[0].isAccepted)
    #expect(machine.shard.contract(tenant: 1, contract: 1)?.buckets.funded == largest)
    #expect(machine.shard.audit().isEmpty)
  }

  /// What both parties agree on ends there, too: a value past it could not be read back.
  @Test func valueCannotPassWhatIsReadBack() {
    var machine = Machine()
    var id: UInt128 = 100
    func tell(_ request: Request) -> ResultCode? {
      id += 1
      var request = request
      request.operation.id = id
      return machine.apply([request], stamp: dayZero)[0].resultCode
    }
    for request in Scene.active.road() { #expect(tell(request) == .ok) }
    let due = at(day(10))
    var code: ResultCode? = .ok
    var m: UInt16 = 2
    while code == .ok, m < 9_000 {
      m += 1
      #expect(tell(op(.consent, 0, m: m, by: payee, Model.amountMax, arg: due)) == .ok)
      code = tell(op(.addMilestone, m: m, by: payer, Model.amountMax, arg: due))
    }
    let value = machine.shard.contract(tenant: 1, contract: 1)!.value
    #expect(code == .totalOverflow && value <= Int64.max - 1_024 * Model.amountMax)
    #expect(value > Int64.max - 1_026 * Model.amountMax && machine.shard.audit().isEmpty)
  }
}

extension Request {
  var unlinked: Request {
    var copy = self
    copy.operation.flags &= ~1
    return copy
  }
}
