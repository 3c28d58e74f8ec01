import Kernel

// The approver list, and votes.
extension PrecedenceTests {
  static let approvers: [Row] = [
    Row(.draft, op(.setApprover, by: 9, arg: person(2, step: 9)), .selfApproval),
    Row(.draft, op(.setApprover, 1, by: payer, arg: person(2)), .selfApproval),
    Row(.draft, op(.setApprover, by: payee, arg: person(4, step: 9)), .notAuthorised),
    Row(.draft, op(.setApprover, by: payer, arg: person(1, step: 9)), .badTerms),
    Row(.draft, op(.setApprover, by: payer, arg: person(0, step: 1)), .badTerms),
    Row(.draft, op(.setApprover, by: payer, arg: person(3, step: 1)), .badTerms),
    Row(.draft, op(.setApprover, by: payer, arg: person(1, step: 1)), .approverExists),
    Row(
      .draft, op(.setApprover, by: payer, arg: person(4, step: 1)), .approverExists,
      after: [op(.setApprover, by: payer, arg: person(4, step: 2)), op(.setApprover, 1, by: payer, arg: person(4))]),
    Row(
      .draft, op(.setApprover, by: payer, arg: person(4, step: 2)), .ok,
      after: [op(.setApprover, by: payer, arg: person(4, step: 2)), op(.setApprover, 1, by: payer, arg: person(4))]),
    Row(
      .draft, op(.setApprover, by: payer, arg: person(99, step: 1)), .approverLimit,
      after: (20..<35).map { op(.setApprover, by: payer, arg: person($0, step: 1)) }),
    Row(
      .draft, op(.setApprover, by: payer, arg: person(34, step: 1)), .approverExists,
      after: (20..<35).map { op(.setApprover, by: payer, arg: person($0, step: 1)) }),
    Row(
      .draft, op(.setApprover, 2, by: payer, day(9), arg: person(99, step: 0)), .approverLimit,
      after: (20..<35).map { op(.setApprover, by: payer, arg: person($0, step: 1)) }),
    Row(.draft, op(.setApprover, 1, by: payer, arg: person(4)), .badTerms),
    Row(.draft, op(.setApprover, 1, by: payer, arg: person(1)), .quorumUnreachable),
    Row(.draft, op(.setApprover, 1, by: payer, arg: person(1)), .ok, after: [seats[1]]),
    Row(.draft, op(.setApprover, 2, by: 5, day(1), arg: person(6, step: 0)), .notAuthorised, after: [seats[1]]),
    Row(.draft, op(.setApprover, 2, by: 5, day(0), arg: person(6, step: 1)), .badTerms, after: [seats[1]]),
    Row(.draft, op(.setApprover, 2, by: 5, day(1), arg: person(6, step: 1)), .ok, after: [seats[1]]),
    Row(.draft, op(.setApprover, 2, by: payer, day(0), arg: person(5, step: 1)), .badTerms, after: [seats[1]]),
    Row(.draft, op(.setApprover, 2, by: payer, day(1), arg: person(5, step: 1)), .approverExists, after: [seats[1]]),
    Row(
      .draft, op(.setApprover, 2, by: payer, day(1), arg: person(6, step: 0)), .approverExists,
      after: [seats[1], op(.setApprover, 2, by: payer, day(1), arg: person(6, step: 1))]),
    Row(
      .draft, op(.setApprover, 2, by: payer, day(9), arg: person(6, step: 0)), .ok,
      after: [seats[1], op(.setApprover, 2, by: payer, day(1), arg: person(6, step: 1))], at: day(1)),
    Row(.draft, op(.setApprover, 3, by: payer, arg: person(5)), .badTerms, after: [seats[1]]),
    Row(
      .draft, op(.setApprover, 3, by: 5, arg: person(6)), .ok,
      after: [seats[1], op(.setApprover, 2, by: payer, day(1), arg: person(6, step: 1))]),
    Row(
      .draft, op(.setApprover, by: payer, arg: person(6, step: 1)), .approverExists,
      after: [
        seats[1], op(.setApprover, 2, by: payer, day(1), arg: person(6, step: 1)),
        op(.setApprover, 3, by: payer, arg: person(6)),
      ]),
  ]

  static let votes: [Row] = [
    // Persons: 4 sits in step 2, 5 in step 1, 6 in step 2 at level 1, 7 is the delegate of 5 (seat 2).
    Row(.submitted, op(.approve, m: 1, by: 5, 0), .zeroAmount, after: [fifthVote], policy: twoSteps, seats: seats),
    Row(
      .submitted, op(.approve, m: 1, by: 5, 601), .alreadyVoted, after: [fifthVote], policy: threeVotes,
      seats: moreSeats),
    Row(
      .submitted, op(.approve, m: 1, by: 7, 601), .alreadyVoted, after: [fifthVote], policy: threeVotes,
      seats: moreSeats),
    Row(
      .submitted, op(.approve, m: 1, by: 5, 1), .alreadyVoted, after: [op(.approve, m: 1, by: 7, 600)],
      policy: threeVotes, seats: moreSeats),
    Row(.submitted, op(.approve, m: 1, by: 7, 600), .notAuthorised, at: day(1), policy: threeVotes, seats: moreSeats),
    Row(.submitted, op(.approve, m: 1, by: 4, 601), .stepOrder, policy: twoSteps, seats: seats),
    Row(
      .submitted, op(.approve, m: 1, by: 4, 601), .certifiedExceeds, after: [fifthVote], policy: twoSteps, seats: seats),
    Row(.submitted, op(.approve, m: 1, by: 4, 600), .ok, after: [fifthVote], policy: twoSteps, seats: seats),
    Row(.submitted, op(.approve, m: 1, by: 6, 600), .notAuthorised, policy: threeVotes, seats: moreSeats),
    Row(.submitted, op(.reject, m: 1, by: 4), .stepOrder, policy: twoSteps, seats: seats),
    Row(.submitted, op(.reject, m: 1, by: 5), .alreadyVoted, after: [fifthVote], policy: twoSteps, seats: seats),
    Row(.submitted, op(.reject, m: 1, by: 4), .reasonRequired, after: [fifthVote], policy: twoSteps, seats: seats),
    Row(
      .submitted, op(.reject, m: 1, by: 4, arg: 1), .reworkLimit,
      after: [
        op(.reject, m: 1, by: 5, arg: 1), op(.submit, m: 1, by: payee, 600, arg: 9), fifthVote,
      ], policy: twoSteps, seats: seats),
    Row(
      .submitted, op(.withdrawSubmission, m: 1, by: payee), .votesCast, after: [fifthVote], at: day(2, plus: -1),
      policy: twoSteps, seats: seats),
    Row(
      .submitted, op(.withdrawSubmission, m: 1, by: payee), .ok, after: [fifthVote], at: day(2), policy: twoSteps,
      seats: seats),
    // A step that does not count still waits for the lower ones, and completes nothing.
    Row(.submitted, op(.approve, m: 1, by: 4, 600), .stepOrder, policy: banded, seats: seats),
    Row(.approved, op(.approve, m: 1, by: 4, 600), .invalidTransition, policy: banded, seats: seats),
    Row(
      .submitted, op(.setApprover, 1, by: payer, arg: person(5)), .ok, after: [fifthVote], policy: twoSteps,
      seats: seats),
    Row(
      .submitted, op(.approve, m: 1, by: 5, 600), .notAuthorised,
      after: [op(.setApprover, 1, by: payer, arg: person(5))], policy: twoSteps, seats: seats),
    // The vote of a seat that is removed afterwards stands.
    Row(
      .submitted, op(.approve, m: 1, by: 4, 600), .ok,
      after: [fifthVote, op(.setApprover, 1, by: payer, arg: person(5))], policy: twoSteps, seats: seats),
  ]

  static let fifthVote = op(.approve, m: 1, by: 5, 600)

  static let threeVotes = policy {
    $0.votes = [2, 1, 0, 0]
    $0.ordered = 1
  }

  static let banded = policy {
    $0.votes = [1, 1, 0, 0]
    $0.band = [0, 601, 0, 0]
    $0.ordered = 1
  }

  static let moreSeats =
    seats + [
      op(.setApprover, by: payer, arg: person(6, step: 2, level: 1)),
      op(.setApprover, 2, by: payer, day(1), arg: person(7, step: 2)),
    ]
}
