// SPDX-License-Identifier: Apache-2.0

import Contracts
import RPC
import ServiceRuntime
import Storage

extension Page {
  /// Refuses a page token of another list: one of another measure or another filter would leave things out unseen.
  ///
  /// - Parameter name: What tells this list from others; the first part of its sort keys.
  func require(list name: String) throws(RPCError) {
    guard let after, after.first != name else { return }
    throw RPCError.invalidArgument(
      field: "page_token", "is of another list; next_page_token of the page before is accepted")
  }

  /// The first `count` items, at most a page, and the token of what follows; empty when nothing does.
  func cut<Item>(_ items: [Item], count: Int, key: (Item) -> [String]) -> (items: [Item], nextToken: String) {
    guard count < min(items.count, size) else { return cut(items, key: key) }
    let first = Array(items.prefix(count))
    return (first, first.last.map { token(key($0)) } ?? "")
  }
}
