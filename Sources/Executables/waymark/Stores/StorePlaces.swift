// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import ServiceRuntime
import Storage

/// Which stores a command is about: those that the services would open with the same flags and environment.
struct StorePlaces: ParsableArguments {
  @OptionGroup var options: StoreOptions

  @Option(
    help: ArgumentHelp(
      "Only the store of this service: people, projects or measurement. May be repeated.", valueName: "name"))
  var service: [String] = []

  /// A service's store.
  struct Store: Sendable {
    let service: String
    let migrations: [Migration]
    let location: StoreLocation
  }

  func validate() throws {
    for name in service where !KnownStores.services.contains(name) {
      throw ValidationError(KnownStores.refusal(of: name))
    }
    if let store = options.store, service.count != 1, !store.hasPrefix("postgres") {
      throw ValidationError("--store names one file: say with --service whose store it is.")
    }
  }

  /// The stores, each after those that it refers to.
  func stores() async throws -> [Store] {
    var stores: [Store] = []
    for (name, migrations) in KnownStores.schemas where service.isEmpty || service.contains(name) {
      let settings = try await Settings(service: name, file: nil)
      do {
        stores.append(
          Store(service: name, migrations: migrations, location: try settings.storeLocation(options)))
      } catch let error as StorageError {
        throw CommandFailure(.usage, error.description)
      }
    }
    return stores
  }
}

extension CommandFailure {
  /// Runs a command on stores, and says in its exit code what kind of failure it was.
  static func ofStores(_ body: () async throws -> Void) async throws {
    do {
      try await body()
    } catch let error as StorageError {
      throw CommandFailure(kind(of: error), error.description)
    } catch let error as StoreMoveError {
      throw CommandFailure(kind(of: error), error.description)
    } catch let error as SettingsError {
      throw CommandFailure(.usage, "\(error)")
    } catch is CancellationError {
      throw CommandFailure(.temporary, "Stopped before it was done; the same command again goes on from there.")
    }
  }

  private static func kind(of error: StorageError) -> Kind {
    switch error {
    case .unwritable, .occupied, .full: .cannotCreate
    case .inUse, .unavailable, .outcomeUnknown, .repeatable: .temporary
    case .location: .usage
    default: .data
    }
  }

  private static func kind(of error: StoreMoveError) -> Kind {
    switch error {
    case .noStore: .noInput
    case .outdated, .schema, .nullCharacter, .differs, .trail: .data
    }
  }
}
