// SPDX-License-Identifier: Apache-2.0

/// An answer that is fetched in parts, of which one or two are held at a time.
///
/// A cursor of the server rather than libpq's row-by-row mode: other statements may be run while the answer is gone
/// through, who is slow holds the server up no longer than a part takes, and whoever has seen enough only closes it.
final class PostgresCursor {
  private let name: String
  private let pipeline: PostgresPipeline
  /// Rows that the next part may have.
  private var rows = 128
  /// The part that is on its way; nil at the end.
  private var ticket: Int?
  private var requested = 0

  /// Bytes that a part should take; the number of rows follows from those before.
  private static let partSize = 256 << 10
  /// Numbers of rows are powers of two up to this, so that few statements have to be prepared.
  private static let mostRows = 8192

  /// - Parameter number: tells it from other cursors of the connection.
  init(number: Int, pipeline: PostgresPipeline) {
    name = "waymark_\(number)"
    self.pipeline = pipeline
  }

  /// Begins, and asks for the first part.
  func open(_ sql: String, _ values: [SQLValue]) throws(StorageError) {
    try pipeline.send("DECLARE \(name) NO SCROLL CURSOR FOR \(sql)", values, isAwaited: false)
    try fetch()
  }

  /// The next part, while the one after it is fetched; nil at the end.
  func next() throws(StorageError) -> PostgresAnswer? {
    guard let due = ticket else { return nil }
    let answer = try pipeline.answer(to: due)
    if answer.count < requested {
      ticket = nil
      try pipeline.send("CLOSE \(name)", [], isAwaited: false)
    } else {
      let size = max(1, answer.size / max(1, answer.count))
      while rows < Self.mostRows, rows * size * 2 <= Self.partSize { rows *= 2 }
      while rows > 1, rows * size > Self.partSize { rows /= 2 }
      try fetch()
    }
    return answer.count == 0 ? nil : answer
  }

  /// Ends before the end.
  func close() {
    guard let due = ticket else { return }
    ticket = nil
    // When this fails, the next statement of the transaction says so.
    _ = try? pipeline.answer(to: due)
    _ = try? pipeline.send("CLOSE \(name)", [], isAwaited: false)
  }

  private func fetch() throws(StorageError) {
    requested = rows
    ticket = try pipeline.send("FETCH \(rows) FROM \(name)", [], isAwaited: true)
    try pipeline.end()
  }
}
