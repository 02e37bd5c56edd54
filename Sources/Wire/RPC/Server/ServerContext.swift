// SPDX-License-Identifier: Apache-2.0

import HTTP2
import NIOPosix
import Synchronization

/// What a handler knows of the call it serves, beside the messages.
public struct ServerContext: Sendable {
  private let call: CallRecord

  init(call: CallRecord) { self.call = call }

  /// A context outside any connection, for handlers that are called directly, such as in tests.
  public init(
    method: MethodDescriptor, metadata: Metadata = [:], deadline: Deadline? = nil, peer: String = "in-process"
  ) {
    call = CallRecord(method: RPCRouter.Method(method), source: .parsed(metadata), deadline: deadline, peer: peer)
  }

  /// The method that is called.
  public var method: MethodDescriptor { call.method.descriptor }

  /// What the caller sent beside its messages.
  ///
  /// Read from the header only when first asked for.
  public var metadata: Metadata { call.metadata }

  /// When the caller's time is up; the handler's task is cancelled then.
  ///
  /// `nil` if the caller set no limit.
  public var deadline: Deadline? { call.deadline }

  /// The address of the caller, such as `127.0.0.1:40412`.
  public var peer: String { call.peer }

  /// Who the caller is, by the certificate it showed; `nil` without TLS, and where callers need not show one.
  public var peerIdentity: PeerIdentity? { call.peerIdentity }

  /// The trace that the call is part of, which its report names: 32 hexadecimal digits.
  ///
  /// Set by what traces calls, such as ``ServerTracing``.
  public var traceID: String? {
    get { call.response.withLock { $0.traceID } }
    nonmutating set { call.response.withLock { $0.traceID = newValue } }
  }

  /// Adds metadata that goes out with the response header, before the first message.
  ///
  /// Has no effect once the header is on its way, which is when the first message was written.
  public func addInitialMetadata(_ metadata: Metadata) {
    call.response.withLock { $0.initial.add(contentsOf: metadata) }
  }

  /// Adds metadata that goes out with the status, behind the last message.
  public func addTrailingMetadata(_ metadata: Metadata) {
    call.response.withLock { $0.trailing.add(contentsOf: metadata) }
  }

  /// How the caller takes compressed responses, in its order; empty if it takes none.
  public var acceptedEncodings: [MessageEncoding] { call.acceptedEncodings }

  /// Has the responses of this call compressed, or with `identity` not, whatever the server's configuration says.
  ///
  /// The only response of a call is then compressed even if that does not make it smaller. Responses go uncompressed to
  /// a caller that does not take the encoding (``acceptedEncodings``). Has no effect once the first message was written.
  public func compressResponses(with encoding: MessageEncoding) {
    call.response.withLock { $0.encoding = encoding }
  }

  /// Whether the handler said how its responses are compressed.
  var choseEncoding: Bool { call.response.withLock { $0.encoding != nil } }

  /// Whether the request that was read last came compressed.
  public var isLastRequestCompressed: Bool { call.response.withLock { $0.isLastRequestCompressed } }

  /// Runs work that computes for more than about 100 µs, or blocks, on a thread pool, so that the event loop goes on
  /// serving other calls meanwhile.
  public func offload<R: Sendable>(_ work: @escaping @Sendable () throws -> R) async throws -> R {
    try await NIOThreadPool.singleton.runIfActive(work)
  }
}

/// The part of a call that its handler may look at from any task.
class CallRecord: @unchecked Sendable {  // What is not constant is behind a lock; so is what the subclass shares.
  /// Where the metadata comes from.
  enum Source: Sendable {
    case parsed(Metadata)
    case header(HeaderBlock)
  }

  struct Response {
    var initial: Metadata = [:]
    var trailing: Metadata = [:]
    /// What the handler chose.
    var encoding: MessageEncoding?
    /// What the response header said.
    var sentEncoding: MessageEncoding?
    var isLastRequestCompressed = false
    var traceID: String?
  }

  final let method: RPCRouter.Method
  final let deadline: Deadline?
  final let peer: String
  final let response = Mutex(Response())
  private let source: Mutex<Source>

  init(method: RPCRouter.Method, source: Source, deadline: Deadline?, peer: String) {
    self.method = method
    self.source = Mutex(source)
    self.deadline = deadline
    self.peer = peer
  }

  /// Who the caller is, by its certificate.
  var peerIdentity: PeerIdentity? { nil }

  /// How the caller takes compressed responses.
  var acceptedEncodings: [MessageEncoding] { [] }

  final var metadata: Metadata {
    source.withLock { source in
      switch source {
      case .parsed(let metadata): return metadata
      case .header(let block):
        let metadata = Metadata(block)
        source = .parsed(metadata)
        return metadata
      }
    }
  }
}
