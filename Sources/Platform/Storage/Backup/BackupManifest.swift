// SPDX-License-Identifier: Apache-2.0

import Crypto
public import Foundation

/// What a backup holds: written last, so that a folder without it is no backup.
///
/// In the folder it is `manifest.json`, with a hash over itself.
public struct BackupManifest: Sendable, Hashable {
  /// The form of the sets that this program writes, and the newest that it reads.
  public static let currentFormat = 1

  static let fileName = "manifest.json"
  private static let largest = 1 << 20

  /// One store of a set.
  public struct Store: Sendable, Hashable, Codable {
    /// Name of the service whose store it is, such as `people`.
    public var service: String
    /// Name of the file in the folder of the set.
    public var file: String
    /// Length of the file.
    public var bytes: Int64
    /// SHA-256 of the file, in 64 lower-case hexadecimal digits.
    public var sha256: String
    /// The last step of its schema; 0 when it has none yet.
    public var schema: Int
    /// The last event that it holds; 0 when there is none.
    public var lastEvent: Int64
  }

  /// The form of the set.
  public var format = currentFormat
  /// A random name for the set as a whole.
  public var id: String
  /// The moment at which the stores were as they are in the set, in whole seconds.
  public var time: Date
  /// Name and version of the program that wrote it.
  public var program: String
  /// Which of a schedule's backups it is, from 1; nil when it was made by hand.
  ///
  /// It only goes up, whatever the clock does, and so tells which of two sets is the older.
  public var ordinal: Int?
  /// The stores, in the order of their dependencies.
  public var stores: [Store]

  /// The bytes of all its stores.
  public var bytes: Int64 { stores.reduce(0) { $0 + $1.bytes } }
}

extension BackupManifest: Codable {
  /// The content of the file.
  func encoded() throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.dateEncodingStrategy = .iso8601
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    return Array(try encoder.encode(Sealed(manifest: self, checksum: checksum))) + [UInt8(ascii: "\n")]
  }

  /// The hash over all members, whichever way a JSON encoder writes them: SHA-256 of their texts, a line each, in the
  /// order in which they are declared.
  private var checksum: String {
    var lines = ["\(format)", id, "\(Int64(time.timeIntervalSince1970))", program, ordinal.map { "\($0)" } ?? ""]
    for store in stores {
      lines += [
        store.service, store.file, "\(store.bytes)", store.sha256, "\(store.schema)", "\(store.lastEvent)",
      ]
    }
    return SHA256.hash(data: Data(lines.map { $0 + "\n" }.joined().utf8)).hexadecimal
  }

  /// Reads the manifest of a set.
  ///
  /// - Throws: ``BackupError/noSet(folder:problem:)`` or ``BackupError/newerFormat(folder:found:known:)``.
  init(folder: String) throws(BackupError) {
    let path = "\(folder)/\(Self.fileName)"
    guard DurableFiles.exists(folder) else { throw .noSet(folder: folder, problem: "there is no such folder") }
    guard DurableFiles.exists(path) else {
      throw .noSet(folder: folder, problem: "it has no \(Self.fileName), which is written when all else is there")
    }
    let content = Data(try DurableFiles.content(of: path, limit: Self.largest))
    let decoder = JSONDecoder()
    decoder.dateDecodingStrategy = .iso8601
    guard let form = try? decoder.decode(Form.self, from: content), form.format > 0 else {
      throw .noSet(folder: folder, problem: "its \(Self.fileName) is not one of Waymark's, or damaged")
    }
    guard form.format <= Self.currentFormat else {
      throw .newerFormat(folder: folder, found: form.format, known: Self.currentFormat)
    }
    let damaged = BackupError.noSet(folder: folder, problem: "its \(Self.fileName) is damaged")
    guard let sealed = try? decoder.decode(Sealed.self, from: content),
      sealed.manifest.isSensible, sealed.manifest.checksum == sealed.checksum
    else { throw damaged }
    self = sealed.manifest
  }

  /// Whether files are named as they must be, and each once: nothing that is read here leads out of a folder.
  ///
  /// Also that its time is one: what is read here may be anything.
  private var isSensible: Bool {
    time.timeIntervalSince1970.magnitude < 1e12 && !stores.isEmpty && Set(stores.map(\.service)).count == stores.count
      && stores.allSatisfy { store in
        (1...64).contains(store.service.utf8.count)
          && store.service.utf8.allSatisfy { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) }
          && store.file == StoreFiles.name(of: store.service) && store.bytes >= 0 && store.schema >= 0
      }
  }

  /// What every format has.
  private struct Form: Decodable {
    let format: Int
  }

  /// The manifest with the hash over itself beside its other members.
  private struct Sealed: Codable {
    let manifest: BackupManifest
    let checksum: String

    private enum Key: CodingKey { case checksum }

    init(manifest: BackupManifest, checksum: String) {
      self.manifest = manifest
      self.checksum = checksum
    }

    init(from decoder: any Decoder) throws {
      manifest = try BackupManifest(from: decoder)
      checksum = try decoder.container(keyedBy: Key.self).decode(String.self, forKey: .checksum)
    }

    func encode(to encoder: any Encoder) throws {
      try manifest.encode(to: encoder)
      var container = encoder.container(keyedBy: Key.self)
      try container.encode(checksum, forKey: .checksum)
    }
  }
}

/// What the files of a store are called.
enum StoreFiles {
  static func name(of service: String) -> String { "\(service).sqlite" }

  /// What SQLite may keep beside a store, and what belongs to it.
  static let companions = ["-wal", "-shm", "-journal"]
}
