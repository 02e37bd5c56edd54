// SPDX-License-Identifier: Apache-2.0

import CPostgres

extension PostgresPipeline {
  /// Bytes that are given to libpq at a time.
  private static let messageSize = 64 << 10

  /// Copies rows into their table; everything that was sent before is answered first.
  ///
  /// Waits for the server to take each part before it makes the next one.
  /// - Returns: whether no row was there already; if one was, the transaction must go back to a savepoint.
  func copy(_ range: Range<Int>, of bulk: PostgresBulk) throws(StorageError) -> Bool {
    try endIfOpen()
    try collectAll()
    try check()
    // libpq does not copy in pipeline mode.
    guard PQexitPipelineMode(link.handle) == 1, PQsendQuery(link.handle, bulk.copyStatement) == 1 else {
      throw abandon(.unavailable(problem: link.problem))
    }
    var problem: StorageError?
    do {
      switch try begun(bulk.copyStatement) {
      case nil: try send(range, of: bulk)
      case let refusal?: problem = refusal
      }
    } catch {
      // A value that cannot be sent: the server is told to leave the rows.
      if breakage == nil, PQputCopyEnd(link.handle, "given up") != 1 { abandon(.unavailable(problem: link.problem)) }
      problem = error
    }
    if let breakage { throw breakage }
    let refusal = try ended(bulk.copyStatement)
    guard PQenterPipelineMode(link.handle) == 1 else { throw abandon(.unavailable(problem: link.problem)) }
    switch problem ?? refusal {
    case nil: return true
    case .conflict: return false
    case let problem?:
      fail(problem)
      throw problem
    }
  }

  /// Waits until the server is ready for rows.
  ///
  /// - Returns: what it was refused with.
  private func begun(_ sql: String) throws(StorageError) -> StorageError? {
    guard let result = try result() else { throw abandon(Self.disorder) }
    defer { PQclear(result) }
    if PQresultStatus(result) == PGRES_COPY_IN { return nil }
    return try refusal(result, sql)
  }

  private func send(_ range: Range<Int>, of bulk: PostgresBulk) throws(StorageError) {
    let bytes = PostgresBytes(capacity: Self.messageSize + 4096)
    bulk.appendHeader(to: bytes)
    for row in range {
      try bulk.append(row: row, to: bytes)
      if bytes.count >= Self.messageSize { try put(bytes) }
    }
    bulk.appendTrailer(to: bytes)
    try put(bytes)
    guard PQputCopyEnd(link.handle, nil) == 1 else { throw abandon(.unavailable(problem: link.problem)) }
  }

  private func put(_ bytes: PostgresBytes) throws(StorageError) {
    let all = bytes.all
    guard PQputCopyData(link.handle, all.assumingMemoryBound(to: CChar.self).baseAddress, Int32(all.count)) == 1 else {
      throw abandon(.unavailable(problem: link.problem))
    }
    bytes.removeAll()
    do {
      try link.flush(within: patience)
    } catch {
      throw abandon(error)
    }
  }

  /// Waits for how the copy ended.
  ///
  /// - Returns: what it was refused with.
  private func ended(_ sql: String) throws(StorageError) -> StorageError? {
    link.push()
    var problem: StorageError?
    while let result = try result() {
      defer { PQclear(result) }
      // A server that only goes on to ask for rows would be asked for ever.
      if PQresultStatus(result) == PGRES_COPY_IN { throw abandon(Self.disorder) }
      if PQresultStatus(result) != PGRES_COMMAND_OK { problem = try refusal(result, sql) }
    }
    return problem
  }

  private func refusal(_ result: OpaquePointer, _ sql: String) throws(StorageError) -> StorageError {
    let refusal = PostgresRefusal(result)
    guard PQresultStatus(result) == PGRES_FATAL_ERROR, !refusal.message.isEmpty else { throw abandon(Self.disorder) }
    let error = refusal.error(of: sql)
    if refusal.isFatal || link.isBroken { throw abandon(error) }
    return error
  }
}
