import Client
import HTTPTypes
import HummingbirdCore
import Kernel

extension RouteCall {
  /// The book of a subject that the caller may read, and its movements through what is durable now.
  func book(
    of subject: LedgerSubject, _ session: KernelSession
  ) async throws(Problem) -> (book: LedgerBook, list: MovementList, commit: UInt64) {
    let place = try services.searches.place()
    defer { withExtendedLifetime(place) {} }
    let books = services.books
    do throws(Problem) {
      let book = books.book(of: subject)
      let (list, commit) = try await book.read(session.client)
      books.note(subject, movementCount: list.movements.count)
      return (book, list, commit)
    } catch {
      if error.code == Problem.disagreeingStatement.code { books.remove(subject) }
      throw error
    }
  }

  /// - Parameter totals: what the ledger said before the log was read.
  /// - Throws: `Problem` when that was never there: then the ledger or what was made of the log is wrong.
  func check(_ list: MovementList, of subject: LedgerSubject, has totals: Totals) throws(Problem) {
    guard !list.has(totals) else { return }
    services.books.remove(subject)
    throw .disagreeingStatement
  }
}
