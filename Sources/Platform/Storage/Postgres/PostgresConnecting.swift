// SPDX-License-Identifier: Apache-2.0

import CPostgres

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// How a conversation with a server begins.
///
/// The servers that the URL names are tried one after another, each at all of its addresses and each for its own time:
/// libpq would stay with one that accepts and says nothing. Who is refused does not go on to the next, which would ask for
/// the same password.
struct PostgresConnecting {
  let address: PostgresAddress
  /// What the server shows in its list of connections.
  let program: String
  let limit: Duration

  /// - Throws: ``StorageError/unavailable(problem:)`` when no server answers at present, or
  ///   ``StorageError/refused(store:problem:)``.
  func link() throws(StorageError) -> PostgresLink {
    var problems: [String] = []
    for host in address.hosts {
      do {
        for place in try places(of: host) {
          do {
            return try link(to: place)
          } catch .unavailable(let problem) {
            problems.append(place.description.isEmpty ? problem : "\(place): \(problem)")
          }
        }
      } catch .unavailable(let problem) {
        problems.append(problem)
      }
    }
    throw .unavailable(problem: problems.joined(separator: "; "))
  }

  private func places(of host: PostgresHost) throws(StorageError) -> [PostgresHost] {
    guard host.address.isEmpty, !host.name.isEmpty, !host.isSocket else { return [host] }
    return try NetworkNames.addresses(of: host.name, within: limit).map { address in
      var place = host
      place.address = address
      return place
    }
  }

  private func link(to host: PostgresHost) throws(StorageError) -> PostgresLink {
    let seconds = address.parameters["connect_timeout"].flatMap { Int64($0) } ?? 0
    let limit = seconds > 0 ? Duration.seconds(seconds) : limit
    let deadline = ContinuousClock.now + limit
    guard let handle = start(host) else { throw .unavailable(problem: "there is no memory for a connection") }
    // The code of a refusal can be had in its text alone.
    PQsetErrorVerbosity(handle, PQERRORS_VERBOSE)
    PQsetNoticeProcessor(handle, { _, _ in }, nil)
    var state = PQstatus(handle) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING
    while state != PGRES_POLLING_OK {
      guard state != PGRES_POLLING_FAILED else {
        defer { PQfinish(handle) }
        throw refusal(handle)
      }
      let events = state == PGRES_POLLING_READING ? POLLIN : POLLOUT
      guard
        case .ready = PostgresLink.wait(for: Int16(events), on: PQsocket(handle), until: deadline, atMost: nil)
      else {
        PQfinish(handle)
        throw .unavailable(problem: "the server has not answered within \(limit)")
      }
      state = PQconnectPoll(handle)
    }
    let encoding = PQparameterStatus(handle, "server_encoding").map { String(cString: $0) } ?? ""
    guard encoding == "UTF8" else {
      PQfinish(handle)
      throw refused("its encoding is “\(encoding)”, and UTF8 is needed")
    }
    return PostgresLink(handle)
  }

  private func start(_ host: PostgresHost) -> OpaquePointer? {
    var parameters = Self.defaults
    parameters["application_name"] = program
    parameters.merge(address.parameters) { $1 }
    parameters["client_encoding"] = "UTF8"
    parameters["host"] = host.name
    parameters["hostaddr"] = host.address
    parameters["port"] = host.port
    let keywords = parameters.keys.map { strdup($0) }
    let values = parameters.values.map { strdup($0) }
    defer { for text in keywords + values { free(text) } }
    let end: [UnsafePointer<CChar>?] = [nil]
    return PQconnectStartParams(keywords.map { UnsafePointer($0) } + end, values.map { UnsafePointer($0) } + end, 0)
  }

  /// A peer that is gone without a word is noticed within half a minute or so.
  ///
  /// No Kerberos unless it is asked for: it looks for tickets, with waits of its own.
  private static let defaults = [
    "keepalives": "1", "keepalives_idle": "20", "keepalives_interval": "5", "keepalives_count": "3",
    "tcp_user_timeout": "30000", "gssencmode": "disable",
  ]

  // MARK: Refusals

  /// What libpq says of a connection that could not be made.
  private func refusal(_ handle: OpaquePointer) -> StorageError {
    if PQconnectionNeedsPassword(handle) != 0 {
      return refused("a password is needed: in the URL, in PGPASSWORD or in ~/.pgpass")
    }
    let line = PostgresLink.problem(of: handle)
    let (code, problem) = Self.coded(line)
    switch code {
    case "28000", "28P01", "3D000", "42501": return refused(problem)
    case "":
      // Settings of the URL, and certificates, do not get better by themselves.
      let lasting = ["certificate", "invalid ", "does not support SSL", "SSL error", "private key"]
      return lasting.contains { problem.contains($0) } ? refused(problem) : .unavailable(problem: problem)
    default: return .unavailable(problem: problem)
    }
  }

  private func refused(_ problem: String) -> StorageError { .refused(store: address.description, problem: problem) }

  /// Takes “connection to server at … failed: FATAL:  28P01: password …” apart.
  private static func coded(_ line: String) -> (code: String, problem: String) {
    let reason = line.firstRange(of: " failed: ").map { line[$0.upperBound...] } ?? line[...]
    let parts = reason.split(separator: ":", maxSplits: 2).map { $0.drop { $0 == " " } }
    guard parts.count == 3, parts[1].utf8.count == 5,
      parts[1].allSatisfy({ ("0"..."9").contains($0) || ("A"..."Z").contains($0) })
    else { return ("", String(reason)) }
    return (String(parts[1]), String(parts[2]))
  }
}
