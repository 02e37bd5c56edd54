// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Chunks on their way from the one who reads them off the network to the one who writes them.
///
/// It holds a few at most: the reader waits, and with it the sender, while the writer is behind. One reader, one writer.
final class ChunkQueue: Sendable {
  /// So many observations wait at most, besides one chunk.
  static let room = 8192

  private struct State {
    var waiting: [ObservationChunk] = []
    var observations = 0
    var end: Result<Void, any Error>?
    var isAbandoned = false
    var reader: CheckedContinuation<Void, Never>?
    var writer: CheckedContinuation<Void, Never>?
  }

  private let state = Mutex(State())

  /// Adds a chunk when there is room for it.
  ///
  /// - Returns: false when nobody writes any more.
  func add(_ chunk: ObservationChunk) async -> Bool {
    while true {
      enum Turn { case added(CheckedContinuation<Void, Never>?), full, over }
      let turn = state.withLock { state -> Turn in
        if state.isAbandoned { return .over }
        guard state.observations < Self.room else { return .full }
        state.waiting.append(chunk)
        state.observations += chunk.observations.count
        defer { state.writer = nil }
        return .added(state.writer)
      }
      switch turn {
      case .over: return false
      case .added(let writer):
        writer?.resume()
        return true
      case .full:
        await withCheckedContinuation { continuation in
          let isFree = state.withLock { state in
            guard state.observations >= Self.room, !state.isAbandoned else { return true }
            state.reader = continuation
            return false
          }
          if isFree { continuation.resume() }
        }
      }
    }
  }

  /// Says that no more chunks come, and why when that is an error.
  func finish(_ end: Result<Void, any Error>) {
    let writer = state.withLock { state in
      state.end = end
      defer { state.writer = nil }
      return state.writer
    }
    writer?.resume()
  }

  /// All chunks that wait, as soon as there are any; none at the end.
  ///
  /// - Throws: what the reading ended with, after the last chunk.
  func next() async throws -> [ObservationChunk] {
    while true {
      enum Turn { case take([ObservationChunk], CheckedContinuation<Void, Never>?), wait, end(Result<Void, any Error>) }
      let turn = state.withLock { state -> Turn in
        guard state.waiting.isEmpty else {
          defer {
            state.waiting = []
            state.observations = 0
            state.reader = nil
          }
          return .take(state.waiting, state.reader)
        }
        return state.end.map { .end($0) } ?? .wait
      }
      switch turn {
      case .take(let chunks, let reader):
        reader?.resume()
        return chunks
      case .end(let end):
        try end.get()
        return []
      case .wait:
        await withCheckedContinuation { continuation in
          let isReady = state.withLock { state in
            guard state.waiting.isEmpty, state.end == nil else { return true }
            state.writer = continuation
            return false
          }
          if isReady { continuation.resume() }
        }
      }
    }
  }

  /// Says that nothing is written any more.
  func abandon() {
    let reader = state.withLock { state in
      state.isAbandoned = true
      defer { state.reader = nil }
      return state.reader
    }
    reader?.resume()
  }
}
