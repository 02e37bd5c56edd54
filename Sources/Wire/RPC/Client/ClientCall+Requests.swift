// SPDX-License-Identifier: Apache-2.0

import HTTP2
import NIOCore

/// The requests of a call.
extension ClientCall {
  /// The largest request in bytes.
  var sendLimit: Int { plan.sendLimit }

  /// How a request is compressed.
  func encoding(compressed: Bool?) -> MessageEncoding { compressed == false ? .identity : plan.encoding }

  /// How much may wait to be sent before a writer has to wait.
  private static let unsentLimit = 64 << 10
  /// How much is kept for another attempt at the most.
  private static let replayLimit = 256 << 10

  /// Begins the call with its only request.
  func begin(only frame: ByteBuffer) {
    onLoop {
      self.hasAllRequests = true
      self.add(frame)
      self.start()
    }
  }

  /// Sends a request once there is room for it.
  func send(_ frame: ByteBuffer) async throws {
    if eventLoop.inEventLoop, try accept(frame) { return }
    try await withTaskCancellationHandler {
      try await withUnsafeThrowingContinuation { continuation in
        onLoop { self.park(Writer(frame: frame, continuation: continuation)) }
        // The handler below may have run before there was anything to give up.
        if Task.isCancelled { stopWriting() }
      }
    } onCancel: {
      stopWriting()
    }
  }

  private func stopWriting() {
    onLoop {
      self.writer.take()?.continuation.resume(
        throwing: RPCError(code: .cancelled, message: "the writing task was cancelled"))
    }
  }

  private func park(_ writer: Writer) {
    guard self.writer == nil else {
      return writer.continuation.resume(
        throwing: RPCError(code: .internalError, message: "two tasks write requests of one call at once"))
    }
    do {
      if try accept(writer.frame) { writer.continuation.resume() } else { self.writer = writer }
    } catch {
      writer.continuation.resume(throwing: error)
    }
  }

  /// Takes a request if there is room.
  private func accept(_ frame: ByteBuffer) throws(RPCError) -> Bool {
    start()
    if let outcome { throw writeError(outcome) }
    guard !hasAllRequests else {
      throw RPCError(code: .internalError, message: "a request was written after the last one")
    }
    guard hasRoom else { return false }
    add(frame)
    handOver()
    return true
  }

  private var hasRoom: Bool {
    guard let stream else { return keptBytes <= Self.unsentLimit }
    stream.wantsRoom = stream.unsentBytes > Self.unsentLimit
    return !stream.wantsRoom
  }

  /// Lets the task go on that waits for room, if there is some.
  func admitWriter() {
    guard writer != nil, hasRoom, let writer = writer.take() else { return }
    add(writer.frame)
    handOver()
    writer.continuation.resume()
  }

  /// Puts a request behind the others.
  func add(_ frame: ByteBuffer) {
    requests.append(frame)
    keptBytes += frame.readableBytes
    traffic.sentMessages += 1
    traffic.sentBytes += frame.readableBytes - MessageFrame.prefixSize
    if keptBytes > Self.replayLimit { commit() }
  }

  /// Makes this attempt the last, whatever comes of it.
  func commit() {
    guard !isCommitted else { return }
    isCommitted = true
    dropHandedOver()
  }

  private func dropHandedOver() {
    for frame in requests[..<handedOver] { keptBytes -= frame.readableBytes }
    requests.removeFirst(handedOver)
    handedOver = 0
  }

  /// Gives the stream what it does not have yet.
  func handOver() {
    guard outcome == nil, let stream, let http2 = connection?.http2 else { return }
    while handedOver < requests.count {
      let frame = requests[handedOver]
      http2.session.send(frame, on: stream)
      handedOver += 1
      attemptMessages += 1
      attemptBytes += frame.readableBytes - MessageFrame.prefixSize
      connection?.traffic.messagesSent &+= 1
      connection?.traffic.messageBytesSent &+= frame.readableBytes - MessageFrame.prefixSize
    }
    if isCommitted { dropHandedOver() }
    if hasAllRequests, !hasEndedStream {
      hasEndedStream = true
      http2.session.end(stream)
    }
    http2.setNeedsFlush()
  }

  /// Says that no more requests follow.
  func finishSending() {
    onLoop {
      self.start()
      self.hasAllRequests = true
      self.handOver()
    }
  }
}
