// SPDX-License-Identifier: Apache-2.0

/// What a store knows of itself.
struct StoreProperties: Sendable {
  /// Its own id, made with it.
  let id: String
  /// Signs the tokens of its pages.
  let pageTokenKey: [UInt8]
  /// Number of its last event.
  let lastEvent: Int64
  /// When that was, in microseconds since 1970; 0 when there is none.
  let lastTime: Int64
  /// Why the store cannot be written at present; nil when it can.
  let problem: StorageError?

  /// The properties of a new store.
  static func new(service: String) -> [(name: String, value: [UInt8])] {
    var random = SystemRandomNumberGenerator()
    return [
      ("service", Array(service.utf8)),
      ("id", Array(UUIDv7.next().utf8)),
      ("page_token_key", (0..<32).map { _ in UInt8.random(in: 0...255, using: &random) }),
    ]
  }

  init(
    _ connection: any EngineConnection, location: StoreLocation, service: String, problem: StorageError? = nil
  ) throws {
    self.problem = problem
    var values: [String: [UInt8]] = [:]
    for row in try connection.rows("SELECT name, value FROM store_properties", [], atMost: 100) {
      values[try row.text("name")] = try row.blob("value")
    }
    guard let id = values["id"], let key = values["page_token_key"], key.count == 32 else {
      throw StorageError.foreign(path: location.description, problem: "it lacks its properties")
    }
    self.id = String(decoding: id, as: UTF8.self)
    pageTokenKey = key
    let head = try connection.rows("SELECT sequence, happened_at FROM event_head WHERE id = 1", [], atMost: 1).first
    guard let head else { throw StorageError.foreign(path: location.description, problem: "its events have no end") }
    lastEvent = try head.integer("sequence")
    lastTime = try head.integer("happened_at")
  }
}
