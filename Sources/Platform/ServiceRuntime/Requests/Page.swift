// SPDX-License-Identifier: Apache-2.0

public import RPC
public import Storage

/// One page of a list (AIP-158): how many items, and after which.
///
/// A store is asked for one item more than the page holds; `cut` uses it to know whether there is a next page.
public struct Page: Sendable {
  /// Items on the page.
  public let size: Int
  /// Sort key of the last item of the page before; nil on the first page.
  public let after: [String]?
  /// Makes the tokens of the pages.
  private let tokens: PageTokens

  /// Reads `page_size` and `page_token`.
  ///
  /// - Parameters:
  ///   - default: what a `page_size` of 0 means.
  ///   - maximum: the largest `page_size` accepted.
  ///   - keyParts: how many parts the sort key has.
  ///   - tokens: those of the store that the list is in.
  /// - Throws: `INVALID_ARGUMENT` naming the field.
  public init(
    size: Int32, token: String, default: Int, maximum: Int, keyParts: Int = 2, of tokens: PageTokens
  ) throws(RPCError) {
    var checks = FieldChecks()
    if !(0...Int32(clamping: maximum)).contains(size) {
      checks.violation("page_size", "\(size) is out of range; 1 to \(maximum) is accepted, or 0 for \(`default`)")
    }
    var after: [String]?
    if !token.isEmpty {
      after = try? tokens.parts(of: token)
      if after?.count != keyParts {
        checks.violation(
          "page_token",
          "\"\(token.shortened)\" was not given by this list; next_page_token of the page before is accepted"
        )
      }
    }
    try checks.finish()
    self.size = size == 0 ? `default` : Int(size)
    self.after = after
    self.tokens = tokens
  }

  /// How many items to ask the store for.
  public var limit: Int { size + 1 }

  /// The items of this page, and the token of the next one; empty when there is none.
  public func cut<Item>(_ items: [Item], key: (Item) -> [String]) -> (items: [Item], nextToken: String) {
    guard items.count > size else { return (items, "") }
    let page = Array(items.prefix(size))
    return (page, page.last.map { token(key($0)) } ?? "")
  }

  /// The token of what follows the item with a sort key.
  public func token(_ key: [String]) -> String { tokens.token(key) }
}

extension Query {
  /// Orders by text `columns` and takes one page, and one item more.
  public mutating func page(_ page: Page, by columns: SQL...) {
    self.page(limit: page.limit, after: page.after?.map { .text($0) }, by: columns)
  }
}
