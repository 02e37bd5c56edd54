// SPDX-License-Identifier: Apache-2.0

public import Logging
public import RPC
public import Storage

/// What a service is given to build itself from.
public struct ServiceEnvironment: Sendable {
  /// Name of the service.
  public let name: String
  /// Its settings.
  public let settings: Settings
  /// Its log.
  public let logger: Logger
  /// The address to listen on.
  public let host: String
  /// The port to listen on; 0 for any.
  public let port: Int

  /// Opens the service's store, `<data-dir>/<service>.sqlite`.
  ///
  /// - Throws: ``StorageError``.
  public func database(_ options: StoreOptions, migrations: [Migration]) throws -> Database {
    let folder = settings.dataDirectory(flag: options.dataDirectory)
    let database = try Database.open(
      path: "\(folder)/\(name).sqlite", migrations: migrations, service: name)
    logger.info("store open", metadata: ["path": "\(folder)/\(name).sqlite"])
    return database
  }

  /// A client of another service. It connects when it is first used.
  ///
  /// - Throws: ``SettingsError`` when its address is none.
  public func client(of peer: String, address flag: String?) throws -> RPCClient {
    RPCClient(target: try settings.address(of: peer, flag: flag))
  }
}
