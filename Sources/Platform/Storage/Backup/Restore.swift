// SPDX-License-Identifier: Apache-2.0

public import Foundation

/// Puts a set in the place of the stores of a data folder.
///
/// What is guaranteed:
/// - Nothing is touched before every byte of the set was looked at.
/// - No service has a store of the folder open meanwhile, nor can open one.
/// - All stores are those of the set afterwards, or all are as they were before.
/// - What was there is moved aside, never removed.
///
/// A restore that is killed, or that a power cut ends, leaves the folder in one of two states. Up to the last copy all
/// is as it was. After that, stores that are not in place yet have an ``UnfinishedStore`` in their place, which no
/// service opens; the same restore again completes it.
public struct Restore: Sendable {
  /// The folder of the set.
  public var source: String
  /// The folder of the data; made when it is not there.
  public var folder: String
  /// The stores that the program knows.
  public var known: [BackupSet.KnownStore]
  /// Whether stores that are there are moved aside.
  public var replacing: Bool
  /// Called when the claims on the stores are held and before anything is touched; when it throws, nothing is.
  public var claimMore: @Sendable () throws -> Void = {}
  /// Looks on, or fails, at each step: how tests see every state that a kill could leave.
  var observe: @Sendable (RestoreStep) throws -> Void = { _ in }

  public init(from source: String, to folder: String, known: [BackupSet.KnownStore], replacing: Bool) {
    self.source = source
    self.folder = folder
    self.known = known
    self.replacing = replacing
  }

  /// What was put in place.
  public struct Report: Sendable, Hashable {
    public var manifest: BackupManifest
    /// The folders with the files that were there before, in the folder of the data.
    public var setAside: [String]
  }

  /// Restores the set.
  ///
  /// - Parameter time: what the clock says; the folder for what was there is named after it.
  /// - Throws: a ``BackupError``; `CancellationError` when the task was cancelled before the first store was touched.
  public func run(at time: Date) async throws -> Report {
    try await Interruption.offload { interruption in try run(at: time, interruption) }
  }

  func run(at time: Date, _ interruption: Interruption) throws -> Report {
    let set = try BackupSet(folder: source)
    try set.verify(known: known, interruption)
    let claims = try known.map { store in try claim(store.service) }
    defer { for claim in claims { claim.release() } }
    try claimMore()

    var exchange = try StoreExchange(
      folder: folder, services: known.map(\.service), manifest: set.manifest, interruption)
    if !replacing, !exchange.others.isEmpty {
      throw BackupError.occupied(folder: folder, files: exchange.others.map(StoreFiles.name(of:)))
    }
    exchange.observe = observe
    do {
      try exchange.makeSureOfRoom()
      try exchange.copy(from: set, interruption)
      try interruption.check()
    } catch {
      exchange.removeCopies()
      throw error
    }
    return Report(manifest: set.manifest, setAside: try exchange.swap(at: time))
  }

  private func claim(_ service: String) throws -> FileClaim {
    let path = "\(folder)/\(StoreFiles.name(of: service))"
    do {
      return try FileClaim(databasePath: path)
    } catch StorageError.inUse(let path) {
      throw BackupError.inUse(path: path)
    } catch StorageError.unwritable(let path, let problem) {
      throw BackupError.unwritable(path: path, problem: problem)
    }
  }
}

/// What a restore has just done.
enum RestoreStep: Sendable, Hashable {
  case copied(String)
  case linked(String)
  case blocked(String)
  case setAside(String)
  case placed(String)
}
