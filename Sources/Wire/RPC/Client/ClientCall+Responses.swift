// SPDX-License-Identifier: Apache-2.0

import HTTP2
import NIOCore

/// The responses of a call.
extension ClientCall {
  /// How much is taken at a time for a reader of a stream.
  private static let batchBytes = 32 << 10
  private static let batchMessages = 256

  // MARK: For tasks

  /// Sends the only request and waits for the only response.
  func response(to frame: ByteBuffer) async throws -> Answer {
    try await withTaskCancellationHandler {
      try await withUnsafeThrowingContinuation { continuation in
        onLoop {
          self.reader = .only(continuation)
          self.hasAllRequests = true
          self.add(frame)
          self.start()
          self.serveReader()
        }
      }
    } onCancel: {
      cancel()
    }
  }

  /// Ends the stream of requests and waits for the only response.
  func response() async throws -> Answer {
    try await withTaskCancellationHandler {
      try await withUnsafeThrowingContinuation { continuation in
        onLoop {
          self.start()
          self.hasAllRequests = true
          self.handOver()
          self.reader = .only(continuation)
          self.serveReader()
        }
      }
    } onCancel: {
      cancel()
    }
  }

  /// The next responses, waiting until there is at least one; none at the end.
  func nextMessages() async throws -> Batch {
    if eventLoop.inEventLoop, reader == nil {
      start()
      if let batch = try nextBatch() { return batch }
    }
    return try await withTaskCancellationHandler {
      try await withUnsafeThrowingContinuation { continuation in
        onLoop {
          guard self.reader == nil else {
            return continuation.resume(
              throwing: RPCError(code: .internalError, message: "two tasks read responses of one call at once"))
          }
          self.start()
          self.reader = .batch(continuation)
          self.serveReader()
        }
        // The handler below may have run before there was anything to give up.
        if Task.isCancelled { stopReading() }
      }
    } onCancel: {
      stopReading()
    }
  }

  private func stopReading() {
    onLoop {
      guard case .batch(let continuation)? = self.reader else { return }
      self.reader = nil
      continuation.resume(throwing: RPCError(code: .cancelled, message: "the reading task was cancelled"))
    }
  }

  /// What came before the first response.
  func initialMetadata() async throws -> Metadata {
    try await withTaskCancellationHandler {
      try await withUnsafeThrowingContinuation { continuation in
        onLoop {
          self.start()
          switch (self.head, self.outcome) {
          case (let head?, _): continuation.resume(returning: Metadata(head))
          case (nil, .success?): continuation.resume(returning: [:])
          case (nil, .failure(let error)?): continuation.resume(throwing: error)
          case (nil, nil): self.headReaders.append(continuation)
          }
        }
        if Task.isCancelled { stopReadingHead() }
      }
    } onCancel: {
      stopReadingHead()
    }
  }

  private func stopReadingHead() {
    onLoop {
      let readers = self.headReaders
      self.headReaders = []
      for reader in readers {
        reader.resume(throwing: RPCError(code: .cancelled, message: "a task that read the metadata was cancelled"))
      }
    }
  }

  /// What came with the status; empty before.
  func trailingMetadata() async -> Metadata {
    await withUnsafeContinuation { continuation in
      onLoop { continuation.resume(returning: (try? self.outcome?.get()).map { Metadata($0) } ?? [:]) }
    }
  }

  /// How the call ended, if it is over already.
  func outcomeSoFar() async -> Result<HeaderBlock, RPCError>? {
    await withUnsafeContinuation { continuation in
      onLoop { continuation.resume(returning: self.outcome) }
    }
  }

  // MARK: On the loop

  /// Looks at what came for a call that is not over.
  func receive(_ stream: HTTP2Stream) {
    if stream.hasHead, !hasReadHead {
      hasReadHead = true
      if let error = ResponseStatus.problem(with: stream.head) { return endAttempt(error, trailers: stream.head) }
      if stream.isInboundEnded, stream.trailers.isEmpty, stream.unreadBytes == 0 { return conclude(stream) }
      connection?.hasServed = true
      isConcluded = true
      commit()
      do throws(RPCError) {
        inbound.encoding = try ResponseStatus.encoding(in: stream.head)
      } catch {
        return finish(.failure(error))
      }
      head = stream.head
      for reader in headReaders { reader.resume(returning: Metadata(stream.head)) }
      headReaders = []
    }
    guard hasReadHead else {
      if let code = stream.closeCode { endWithoutHead(code, stream) }
      return
    }
    if plan.hasOneResponse {
      receiveOnlyResponse(stream)
    } else if stream.isInboundEnded {
      conclude(stream)
    } else if let code = stream.closeCode {
      finish(.failure(failure(of: code)), isReadableToTheEnd: true)
    } else if reader != nil {
      serveReader()
    }
  }

  private func receiveOnlyResponse(_ stream: HTTP2Stream) {
    guard let http2 = connection?.http2 else { return finish(.failure(failure(of: .cancel))) }
    do throws(RPCError) {
      while true {
        switch try inbound.next(of: stream, in: http2.session) {
        case .message(let message):
          guard onlyResponse == nil else {
            throw RPCError(code: .unimplemented, message: "the method gives one response, more came")
          }
          countReceived(message)
          onlyResponse = message
        case .incomplete:
          if let code = stream.closeCode { throw failure(of: code) }
          http2.setNeedsFlush()
          return
        case .end: return conclude(stream)
        }
      }
    } catch {
      finish(.failure(error))
    }
  }

  /// Ends the call, or its attempt, with the status that came.
  private func conclude(_ stream: HTTP2Stream) {
    let isOnlyTrailers = stream.trailers.isEmpty
    let trailers = isOnlyTrailers ? stream.head : stream.trailers
    connection?.hasServed = true
    isConcluded = true
    if let error = ResponseStatus.error(in: trailers) {
      return isCommitted ? finish(.failure(error), isReadableToTheEnd: true) : endAttempt(error, trailers: trailers)
    }
    if plan.hasOneResponse, onlyResponse == nil {
      return finish(.failure(RPCError(code: .unimplemented, message: "the method gives one response, none came")))
    }
    finish(.success(trailers), isReadableToTheEnd: true)
  }

  /// The stream is over before an answer began.
  private func endWithoutHead(_ code: HTTP2ErrorCode, _ stream: HTTP2Stream) {
    let error = failure(of: code)
    if !stream.hasLeft, code == .frameSizeError {
      finish(.failure(.headerTooLarge))
    } else if !stream.hasLeft {
      repeatUnprocessed(error, wasSent: false)
    } else if code == .refusedStream {
      repeatUnprocessed(error, wasSent: true)
    } else {
      endAttempt(error, trailers: nil)
    }
  }

  /// Gives the task that waits what it waits for, if it is there.
  func serveReader() {
    switch reader {
    case nil: break
    case .only(let continuation):
      guard let outcome else { return }
      reader = nil
      switch (outcome, onlyResponse) {
      case (.failure(let error), _): continuation.resume(throwing: error)
      case (.success(let trailing), let message?):
        continuation.resume(
          returning: Answer(
            message: message, head: head ?? HeaderBlock(), trailers: trailing, wasCompressed: inbound.wasCompressed))
      case (.success, nil):
        continuation.resume(
          throwing: RPCError(code: .unimplemented, message: "the method gives one response, none came"))
      }
    case .batch(let continuation):
      // Taken away first: the end of the call, which bytes that are no message bring about, comes here too.
      reader = nil
      do {
        if let batch = try nextBatch() {
          continuation.resume(returning: batch)
        } else {
          reader = .batch(continuation)
        }
      } catch {
        continuation.resume(throwing: error)
      }
    }
  }

  /// Takes responses that are there; `nil` if there are none yet, none at the end.
  private func nextBatch() throws(RPCError) -> Batch? {
    defer { if outcome != nil { reportIfRead() } }
    if let outcome, !isReadableToTheEnd {
      if case .failure(let error) = outcome { throw error }
      return Batch()
    }
    guard let stream, hasReadHead, let connection else {
      if case .failure(let error)? = outcome { throw error }
      return outcome == nil ? nil : Batch()
    }
    var batch = Batch()
    var bytes = 0
    taking: while bytes < Self.batchBytes, batch.messages.count < Self.batchMessages {
      let step: InboundMessages.Step
      do throws(RPCError) { step = try inbound.next(of: stream, in: connection.session) } catch {
        endUnreadable(error)
        // What came before is given out first; the error comes next.
        if batch.messages.isEmpty { throw error }
        break taking
      }
      switch step {
      case .message(let message):
        bytes += message.readableBytes + MessageFrame.prefixSize
        countReceived(message)
        if inbound.wasCompressed { batch.compressed.append(batch.messages.count) }
        batch.messages.append(message)
      case .incomplete:
        if batch.messages.isEmpty, case .failure(let error)? = outcome { throw error }
        if batch.messages.isEmpty, outcome == nil {
          connection.http2?.setNeedsFlush()
          return nil
        }
        break taking
      case .end:
        if !batch.messages.isEmpty { break taking }
        if case .failure(let error)? = outcome { throw error }
        return outcome == nil ? nil : Batch()
      }
    }
    connection.http2?.setNeedsFlush()
    return batch
  }

  /// Bytes came that are no messages: the server is told, and whatever status it sent does not count.
  private func endUnreadable(_ error: RPCError) {
    finish(.failure(error))
    outcome = .failure(error)
    isReadableToTheEnd = false
  }

  /// What a stream that was reset stands for; the gRPC specification of HTTP/2 has the table.
  private func failure(of code: HTTP2ErrorCode) -> RPCError {
    if let connection, let reason = connection.lossReason {
      return RPCError(code: .unavailable, message: "the connection to \(connection.peer) was lost: \(reason)")
    }
    let message = "the server ended the call: \(code)"
    return switch code {
    case .refusedStream: RPCError(code: .unavailable, message: message)
    case .cancel: RPCError(code: .cancelled, message: message)
    case .enhanceYourCalm: RPCError(code: .resourceExhausted, message: message)
    case .inadequateSecurity: RPCError(code: .permissionDenied, message: message)
    default: RPCError(code: .internalError, message: message)
    }
  }
}
