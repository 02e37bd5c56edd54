// SPDX-License-Identifier: Apache-2.0

import Contracts
import Crypto
public import ProtobufC
import RPC
public import Storage

extension RequestKey {
  /// What a request is known by when it comes again; nil when its caller gave it no id.
  ///
  /// - Parameters:
  ///   - request: the request; only the same one may come again with the id.
  ///   - id: its `request_id`.
  ///   - organisation: id of the organisation it is about; empty when it makes one.
  ///   - method: name of the method, such as `CreateTeam`.
  public init?(_ request: some Message, id: String, organisation: String, method: String) throws {
    guard !id.isEmpty else { return nil }
    self.init(
      organisation: organisation, method: method, id: id,
      fingerprint: Array(SHA256.hash(data: try request.serialized())))
  }
}

extension Transaction {
  /// The answer that a request got before; nil when it is new.
  ///
  /// - Parameter recall: makes the answer anew from the id of the object that the request made: earlier versions
  ///   of this program did not keep answers.
  /// - Throws: `INVALID_ARGUMENT` when the id was used for another request within seven days.
  public func answer<Answer: Message>(
    to request: RequestKey?, recall: (String) throws -> Answer?
  ) throws -> Answer? {
    guard let request else { return nil }
    switch try earlier(request) {
    case nil: return nil
    case .answered(let bytes): return try Answer(serialized: bytes)
    case .made(let object): return try recall(object)
    case .different:
      throw RPCError.invalidArgument(
        field: "request_id",
        "\"\(request.id.shortened)\" was used for another request in the last seven days; an id of its own is accepted, "
          + "or the same request")
    }
  }
}

extension WriteTransaction {
  /// Carries out a request once: when it comes again, it gets the answer that it got first.
  ///
  /// - Parameters:
  ///   - recall: see ``Storage/Transaction/answer(to:recall:)``.
  ///   - make: carries the request out; returns the answer, and the id of the object it is about.
  public func once<Answer: Message>(
    _ request: RequestKey?, recall: (String) throws -> Answer?, _ make: () throws -> (Answer, object: String)
  ) throws -> Answer {
    if let answer = try answer(to: request, recall: recall) { return answer }
    let (answer, object) = try make()
    return try keeping(answer, for: request, object: object)
  }

  /// Keeps the answer to a request that was carried out, and returns it.
  public func keeping<Answer: Message>(_ answer: Answer, for request: RequestKey?, object: String) throws -> Answer {
    if let request { try keep(try answer.serialized(), for: request, object: object) }
    return answer
  }
}
