// SPDX-License-Identifier: Apache-2.0

import Contracts
import RPC
import ServiceRuntime

extension Page {
  /// Refuses a page token of another list: one of another measure or another filter would leave things out unseen.
  ///
  /// - Parameter name: What tells this list from others; the first part of its sort keys.
  func require(list name: String) throws(RPCError) {
    guard let after, after.first != name else { return }
    throw RPCError.invalidArgument(
      field: "page_token", "is of another list; next_page_token of the page before is accepted")
  }
}
