// SPDX-License-Identifier: Apache-2.0

import Contracts
import HTTPTypes
import RPC

/// Why a service did not take what a form sent, put to the form's fields.
struct FormRefusal {
  private(set) var problems = FormProblems()
  let status: HTTPResponse.Status

  /// - Parameters:
  ///   - fields: Which field of the form each field of the request comes from: `project.aim.what` to `what`.
  init(_ error: RPCError, by backend: Backend, fields: [String: String]) {
    switch error.code {
    case .invalidArgument, .alreadyExists:
      status = error.code == .alreadyExists ? .conflict : .unprocessableContent
      for violation in error.fieldViolations {
        problems.add(
          Words.sentence(Words.capitalised(violation.description)), field: fields[violation.field] ?? violation.field)
      }
      if problems.isEmpty { problems.add(Words.sentence(Words.capitalised(error.message))) }
    case .unavailable:
      status = .serviceUnavailable
      problems.add(
        "The \(backend.name) service can’t be reached right now. Nothing was saved; send the form again in a moment.")
    case .deadlineExceeded:
      status = .gatewayTimeout
      problems.add(
        "The \(backend.name) service did not answer in time. Send the form again: it is saved only once.")
    default:
      status = .internalServerError
      problems.add("The \(backend.name) service failed: \(Words.sentence(error.message))")
    }
  }

  /// Problems that were found before anything was sent.
  init(_ problems: FormProblems) {
    self.problems = problems
    self.status = .unprocessableContent
  }
}

/// A request id for a form that is shown for the first time: 128 random bits.
enum RequestID {
  static func fresh() -> String {
    (0..<2).map { _ in
      let half = String(UInt64.random(in: .min ... .max), radix: 16)
      return String(repeating: "0", count: 16 - half.count) + half
    }.joined()
  }

  /// The id that came with a form, or a new one when it is not one that a service takes.
  static func of(_ form: Form) -> String {
    let id = form["request_id"]
    let isFit = (1...128).contains(id.utf8.count) && id.utf8.allSatisfy { (0x21...0x7e).contains($0) }
    return isFit ? id : fresh()
  }
}

extension RPCError: BackendFailureConvertible {
  /// What a reader is told when a whole page could not be made.
  var webFailure: WebFailure {
    switch code {
    case .notFound:
      WebFailure(.notFound, "This can’t be found", Words.sentence(Words.capitalised(message)))
    case .invalidArgument:
      // A page asks with nothing of its own but the id in its address.
      WebFailure(.notFound, "There is nothing at this address", "Check the link.")
    case .unavailable:
      WebFailure(
        .serviceUnavailable, "A part of Waymark can’t be reached right now",
        "Nothing is lost. Load the page again in a moment.")
    case .deadlineExceeded:
      WebFailure(.gatewayTimeout, "This took too long", "Nothing is lost. Load the page again in a moment.")
    case .permissionDenied, .unauthenticated:
      WebFailure(.forbidden, "You may not see this", Words.sentence(message))
    default:
      WebFailure(
        .internalServerError, "Something went wrong here", "This is not your fault, and nothing was half saved.")
    }
  }
}
