// SPDX-License-Identifier: Apache-2.0

/// What opening a store would do to its schema.
public struct SchemaReport: Sendable, Hashable {
  /// A step of a schema.
  public struct Step: Sendable, Hashable {
    /// Its number: those of the tables that every store has are numbered by themselves.
    public let number: Int
    /// What it does, in a few words.
    public let name: String
    /// Whether it is of the tables that every store has.
    public let isCommon: Bool
  }

  /// Where the store is, without any password.
  public let place: String
  /// Whether there is a store; if not, one would be made.
  public private(set) var isThere = false
  /// The steps that the store has been through.
  public private(set) var applied: [Step] = []
  /// The steps that this program would make it go through.
  public private(set) var pending: [Step] = []
  /// Why the store would be refused, or cannot be looked at; nil when it would be opened.
  public private(set) var refusal: StorageError?

  /// Looks at the store of a service, and changes nothing; a service may have it open.
  ///
  /// - Parameter migrations: every step of the service's schema that this program knows.
  public init(of location: StoreLocation, migrations: [Migration], service: String) {
    place = location.description
    do {
      guard let view = try StoreView(location, service: service) else {
        pending = Self.missing(SchemaHistory(), migrations)
        return
      }
      defer { view.close() }
      isThere = true
      let history = try view.look { try SchemaHistory($0, engine: view.engine) }
      applied =
        history.common.map { Step(number: $0.number, name: $0.name, isCommon: true) }
        + history.service.map { Step(number: $0.number, name: $0.name, isCommon: false) }
      try SchemaUpdate(engine: view.engine, location: location, migrations: migrations, service: service)
        .check(history)
      pending = Self.missing(history, migrations)
    } catch {
      refusal = StorageError.opening(path: place, error)
    }
  }

  /// The steps that a store lacks, in the order in which they are made.
  static func missing(_ history: SchemaHistory, _ migrations: [Migration]) -> [Step] {
    CommonSchema.migrations.dropFirst(history.common.count).map {
      Step(number: $0.number, name: $0.name, isCommon: true)
    }
      + migrations.dropFirst(history.service.count).map {
        Step(number: $0.number, name: $0.name, isCommon: false)
      }
  }
}
