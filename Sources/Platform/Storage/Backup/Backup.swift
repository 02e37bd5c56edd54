// SPDX-License-Identifier: Apache-2.0

public import Foundation

/// Copies the stores of a data folder, all as they were at one moment, whether their services run or not.
///
/// What is guaranteed of a set:
/// - No store in it has a write that another, at the same moment, did not have yet: what one service had acknowledged
///   before another wrote because of it, is there when the other's write is. References between stores lead somewhere.
/// - What was acknowledged before ``write(to:at:ordinal:)`` was called is in it.
/// - It is whole: its manifest is written when all else is on the disk and was checked.
///
/// The services go on. For the moment itself their writes wait: milliseconds, told in the ``Report``.
public struct Backup: Sendable {
  /// The folder of the data.
  public var folder: String
  /// The services whose stores are copied, in the order in which they are locked: each after those it refers to.
  public var services: [String]
  /// Name and version of the program, for the manifest.
  public var program: String
  /// How long to wait for a moment in which nobody is writing.
  public var patience: Duration

  public init(of folder: String, services: [String], program: String, patience: Duration = .seconds(60)) {
    self.folder = folder
    self.services = services
    self.program = program
    self.patience = patience
  }

  /// What was made, and at what cost.
  public struct Report: Sendable, Hashable {
    public var manifest: BackupManifest
    /// How long writes to any of the stores could not begin.
    public var writesHeld: Duration
    /// How long it took as a whole.
    public var duration: Duration
  }

  /// Makes a set.
  ///
  /// - Parameters:
  ///   - destination: folder of the set; made when it is not there, and empty when it is.
  ///   - time: what the clock says.
  ///   - ordinal: which of a schedule's backups it is.
  /// - Throws: a ``BackupError``, or `CancellationError` when the task was cancelled. Then nothing is left in the
  ///   folder.
  public func write(to destination: String, at time: Date, ordinal: Int? = nil) async throws -> Report {
    try await Interruption.offload { interruption in
      try write(to: destination, at: time, ordinal: ordinal, interruption)
    }
  }

  func write(to destination: String, at time: Date, ordinal: Int?, _ interruption: Interruption) throws -> Report {
    let began = ContinuousClock.now
    let present = services.filter { DurableFiles.exists(path(of: $0)) }
    guard !present.isEmpty else {
      throw BackupError.noStores(folder: folder, files: services.map(StoreFiles.name(of:)))
    }
    let set = try NewSet(folder: destination)
    do {
      let snapshots = try StoreSnapshots(present.map { ($0, path(of: $0)) })
      defer { snapshots.close() }
      let held = try snapshots.hold(within: patience, interruption)
      try set.makeSure(ofRoomFor: snapshots.length())
      let stores = try snapshots.each { snapshot in try set.add(snapshot, interruption) }
      let manifest = BackupManifest(
        id: UUID().uuidString.lowercased(), time: time, program: program, ordinal: ordinal, stores: stores)
      try set.finish(manifest)
      return Report(manifest: manifest, writesHeld: held, duration: .now - began)
    } catch {
      set.discard()
      throw error
    }
  }

  private func path(of service: String) -> String { "\(folder)/\(StoreFiles.name(of: service))" }
}
