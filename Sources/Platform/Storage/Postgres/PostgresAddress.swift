// SPDX-License-Identifier: Apache-2.0

import CPostgres

/// Where a PostgreSQL database is, and how it is reached: a connection URL with all the parameters that libpq knows.
///
/// What the URL leaves out comes from where libpq looks for it: `PGPASSWORD`, `~/.pgpass`, `PGSSLROOTCERT` and so on.
/// - SeeAlso: https://www.postgresql.org/docs/15/libpq-connect.html
public struct PostgresAddress: Sendable, Hashable, CustomStringConvertible, CustomReflectable {
  /// What the URL says, by the names of libpq's parameters.
  let parameters: [String: String]

  /// Reads a URL that begins with `postgres://` or `postgresql://`.
  ///
  /// - Throws: ``StorageError/location(text:problem:)``, which never shows a password.
  public init(_ text: String) throws(StorageError) {
    guard let scheme = Self.schemes.first(where: { text.hasPrefix($0) }) else {
      throw .location(text: "…", problem: "is not the URL of a PostgreSQL database")
    }
    guard !text.utf8.contains(0) else { throw .location(text: "\(scheme)…", problem: "has the character U+0000") }
    var message: UnsafeMutablePointer<CChar>?
    guard let options = PQconninfoParse(text, &message) else {
      defer { PQfreemem(message) }
      throw .location(text: "\(scheme)…", problem: Self.problem(message.map { String(cString: $0) } ?? ""))
    }
    defer { PQconninfoFree(options) }
    var parameters: [String: String] = [:]
    var option = options
    while let keyword = option.pointee.keyword {
      if let value = option.pointee.val { parameters[String(cString: keyword)] = String(cString: value) }
      option += 1
    }
    self.parameters = parameters
  }

  private static let schemes = ["postgres://", "postgresql://"]

  /// What libpq says of a URL, without the part of the URL that it quotes: a password may be in there.
  private static func problem(_ message: String) -> String {
    let line = message.firstLine
    guard let quoted = line.firstRange(of: ": \"") else { return "is written wrongly (\(line))" }
    let problem = line[..<quoted.lowerBound]
    guard problem == "invalid URI query parameter" else { return "is written wrongly (\(problem))" }
    return "has the parameter “\(line[quoted.upperBound...].prefix { $0 != "\"" })”, which is not known"
  }

  /// The servers that may have the database, in the order in which they are tried.
  ///
  /// Empty names are kept: then libpq chooses.
  var hosts: [PostgresHost] {
    let names = Self.list(parameters["host"])
    let addresses = Self.list(parameters["hostaddr"])
    let ports = Self.list(parameters["port"])
    return (0..<max(names.count, addresses.count, 1)).map { index in
      PostgresHost(
        name: index < names.count ? names[index] : "", address: index < addresses.count ? addresses[index] : "",
        port: ports.count == 1 ? ports[0] : index < ports.count ? ports[index] : "")
    }
  }

  private static func list(_ text: String?) -> [String] {
    text.map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) } ?? []
  }

  /// The URL without password and parameters.
  public var description: String {
    let user = parameters["user"].map { "\($0)@" } ?? ""
    return "postgres://\(user)\(hosts.map(\.description).joined(separator: ","))/\(parameters["dbname"] ?? "")"
  }
}

extension PostgresAddress {
  /// Nothing, so that no dump of a value shows the password.
  public var customMirror: Mirror { Mirror(self, children: []) }
}

/// One of the servers that a URL names.
struct PostgresHost: Sendable, Hashable, CustomStringConvertible {
  /// Its name, or the folder of its socket; empty when the URL does not say.
  var name: String
  /// Its numeric address; empty when it is to be looked up.
  var address: String
  /// Empty for libpq's choice.
  var port: String

  /// Whether the name is that of a folder, or of a socket in Linux' abstract namespace.
  var isSocket: Bool { name.hasPrefix("/") || name.hasPrefix("@") }

  var description: String {
    let name = name.isEmpty ? address : name
    return (name.contains(":") ? "[\(name)]" : name) + (port.isEmpty || name.isEmpty ? "" : ":\(port)")
  }
}

extension String {
  /// Everything before the first line break.
  var firstLine: Substring { prefix { !$0.isNewline } }
}
