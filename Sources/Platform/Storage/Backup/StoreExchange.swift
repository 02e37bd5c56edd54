// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Exchanges the stores of a folder for those of a set, all or none.
///
/// Under the name of a store there is at any time either the old store with all that belongs to it, or an
/// ``UnfinishedStore``, or the new store with nothing beside it: an old write-ahead log beside a new store would be
/// taken for its own.
///
/// The claims on all stores are held by whoever uses this.
struct StoreExchange {
  /// What is under the name of a store.
  private enum Found: Hashable {
    case nothing
    /// The store of the set: an earlier run has put it there.
    case restored
    case unfinished(UnfinishedStore)
    /// Another store, or at least files of one.
    case other
  }

  private static let asidePrefix = "replaced-"

  let folder: String
  private let services: [String]
  private let manifest: BackupManifest
  private let found: [String: Found]
  var observe: @Sendable (RestoreStep) throws -> Void = { _ in }

  /// The services that have stores which are not those of the set.
  let others: [String]

  /// Looks at what is in the folder.
  init(folder: String, services: [String], manifest: BackupManifest, _ interruption: Interruption) throws {
    self.folder = folder
    self.services = services
    self.manifest = manifest
    var found: [String: Found] = [:]
    for service in services {
      let stored = manifest.stores.first { $0.service == service }
      found[service] = try Self.look("\(folder)/\(StoreFiles.name(of: service))", for: stored, interruption)
    }
    self.found = found
    others = services.filter { found[$0] == .other }
  }

  private static func look(
    _ path: String, for store: BackupManifest.Store?, _ interruption: Interruption
  ) throws -> Found {
    if let unfinished = UnfinishedStore(path: path) { return .unfinished(unfinished) }
    let beside = StoreFiles.companions.contains { DurableFiles.exists(path + $0) }
    guard DurableFiles.exists(path) else { return beside ? .other : .nothing }
    guard !beside, let store, DurableFiles.length(path) == store.bytes,
      try DurableFiles.digest(of: path, interruption).sha256 == store.sha256
    else { return .other }
    return .restored
  }

  private func path(_ service: String) -> String { "\(folder)/\(StoreFiles.name(of: service))" }
  private func copyPath(_ service: String) -> String { path(service) + ".restoring" }

  /// The stores that are not in place yet.
  private var missing: [BackupManifest.Store] { manifest.stores.filter { found[$0.service] != .restored } }

  // MARK: Before anything is touched

  func makeSureOfRoom() throws(BackupError) {
    let needed = missing.reduce(0) { $0 + $1.bytes }
    if let room = DurableFiles.room(at: folder), room < needed { throw .full(path: folder, needed: needed) }
  }

  /// Copies the set beside the stores.
  ///
  /// - Throws: ``BackupError/mixed(path:problem:)`` when a file is not as it was when the set was verified.
  func copy(from set: BackupSet, _ interruption: Interruption) throws {
    for store in missing {
      let copy = copyPath(store.service)
      try DurableFiles.remove(copy)
      let digest = try DurableFiles.copy(set.path(of: store), to: copy, interruption)
      try BackupSet.compare(digest, with: store, path: set.path(of: store))
      try observe(.copied(store.service))
    }
    try DurableFiles.sync(folder)
  }

  func removeCopies() {
    for service in services { try? DurableFiles.remove(copyPath(service)) }
  }

  // MARK: The exchange

  /// Puts the copies in place.
  ///
  /// - Returns: the folders with what was there.
  /// - Throws: what went wrong, with all as it was before; ``BackupError/halfway(folder:aside:problem:)`` when that could
  ///   not be had.
  func swap(at time: Date) throws -> [String] {
    let aside = try makeFolderAside(at: time)
    var touched: [String] = []
    do {
      for service in services where found[service] != .restored {
        touched.append(service)
        try block(service, aside: aside)
      }
      for store in missing {
        try DurableFiles.rename(copyPath(store.service), to: path(store.service))
        try DurableFiles.sync(folder)
        try observe(.placed(store.service))
      }
      // Of these the set has none, as there was none when it was made.
      for service in services where !manifest.stores.contains(where: { $0.service == service }) {
        try DurableFiles.remove(path(service))
      }
      try DurableFiles.sync(folder)
    } catch {
      try takeBack(touched, aside: aside, after: error)
      throw error
    }
    let earlier = found.values.compactMap { found in
      if case .unfinished(let unfinished) = found, !unfinished.aside.isEmpty { unfinished.aside } else { nil }
    }
    return Set(earlier + [aside].compactMap { $0 }).sorted()
  }

  /// The folder for what is there now; nil when there is nothing to move.
  private func makeFolderAside(at time: Date) throws(BackupError) -> String? {
    guard !others.isEmpty else { return nil }
    try forgetSecondNames()
    let name = Self.asidePrefix + time.formatted(CompactTime.style)
    var candidate = name
    var number = 1
    while DurableFiles.exists("\(folder)/\(candidate)") {
      number += 1
      candidate = "\(name)-\(number)"
    }
    try DurableFiles.makeFolder("\(folder)/\(candidate)")
    return candidate
  }

  /// Removes second names of stores that are still in their place: a run that was killed had not come further.
  private func forgetSecondNames() throws(BackupError) {
    for name in try DurableFiles.names(in: folder) ?? [] where name.hasPrefix(Self.asidePrefix) {
      for service in others {
        let second = "\(folder)/\(name)/\(StoreFiles.name(of: service))"
        if DurableFiles.isSame(second, path(service)) { try DurableFiles.remove(second) }
      }
      DurableFiles.removeFolder("\(folder)/\(name)")
    }
  }

  /// Moves a store aside with all that belongs to it, and leaves an ``UnfinishedStore`` in its place.
  private func block(_ service: String, aside: String?) throws {
    let path = path(service)
    guard let found = found[service], let aside = folderAside(for: found, aside) else {
      // There is nothing to move; if the place is free, it is taken.
      if found[service] == .nothing { try UnfinishedStore(aside: "").write(to: path) }
      try observe(.blocked(service))
      return
    }
    let old = "\(folder)/\(aside)/\(StoreFiles.name(of: service))"
    if found == .other {
      if DurableFiles.exists(path) {
        // Where a file cannot have two names, there is for a moment none, which only a service that is started in it
        // would notice.
        if try !DurableFiles.link(path, as: old) { try DurableFiles.rename(path, to: old) }
        try DurableFiles.sync("\(folder)/\(aside)")
      }
      try observe(.linked(service))
      try UnfinishedStore(aside: aside).write(to: path)
    }
    try observe(.blocked(service))
    for end in StoreFiles.companions where DurableFiles.exists(path + end) {
      try DurableFiles.rename(path + end, to: old + end)
    }
    try DurableFiles.sync("\(folder)/\(aside)")
    try DurableFiles.sync(folder)
    try observe(.setAside(service))
  }

  /// Where the files of a store go: to those that an earlier run moved, or else to where this one moves them.
  private func folderAside(for found: Found, _ aside: String?) -> String? {
    switch found {
    case .unfinished(let unfinished): unfinished.aside.isEmpty ? nil : unfinished.aside
    case .other: aside
    case .nothing, .restored: nil
    }
  }

  /// Puts what was moved back to its place.
  private func takeBack(_ touched: [String], aside: String?, after error: any Error) throws {
    do {
      for service in touched.reversed() {
        let path = path(service)
        switch found[service] {
        case .other:
          guard let aside else { continue }
          try takeBack(service, from: aside)
        case .nothing: try DurableFiles.remove(path)
        // As an earlier run left it: without a store, but not free.
        case .unfinished(let unfinished): try unfinished.write(to: path)
        case .restored, nil: continue
        }
      }
      try DurableFiles.sync(folder)
    } catch let second {
      throw BackupError.halfway(
        folder: folder, aside: "\(folder)/\(aside ?? "")", problem: "\(error), then \(second)")
    }
    removeCopies()
    if let aside { DurableFiles.removeFolder("\(folder)/\(aside)") }
  }

  private func takeBack(_ service: String, from aside: String) throws(BackupError) {
    let path = path(service)
    let old = "\(folder)/\(aside)/\(StoreFiles.name(of: service))"
    // Nothing can open what is in the store's place until the store itself is back, and that comes last.
    let isMoved = DurableFiles.exists(old)
    if isMoved { try UnfinishedStore(aside: aside).write(to: path) }
    for end in StoreFiles.companions where DurableFiles.exists(old + end) {
      try DurableFiles.rename(old + end, to: path + end)
    }
    try DurableFiles.sync(folder)
    if isMoved {
      try DurableFiles.rename(old, to: path)
    } else if UnfinishedStore(path: path) != nil {
      try DurableFiles.remove(path)
    }
    try DurableFiles.sync("\(folder)/\(aside)")
  }
}
