// SPDX-License-Identifier: Apache-2.0

public import RPC
public import Storage

/// One page of a list (AIP-158): how many items, and after which.
///
/// A store is asked for one item more than the page holds; `cut` uses it to know whether there is a next page.
public struct Page: Sendable {
  /// Items on the page.
  public let size: Int
  /// Sort key of the last item of the page before; nil on the first page, and on the way back.
  public let after: [String]?
  /// Sort key of the first item of the page behind, on the way back.
  public let before: [String]?
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
    var before: [String]?
    if !token.isEmpty {
      after = try? tokens.parts(of: token)
      if let parts = after, parts.count == keyParts + 1, parts[0] == Self.wayBack {
        (after, before) = (nil, Array(parts.dropFirst()))
      } else if after?.count != keyParts {
        checks.violation(
          "page_token",
          "\"\(token.shortened)\" was not given by this list; next_page_token of the page before is accepted"
        )
      }
    }
    try checks.finish()
    self.size = size == 0 ? `default` : Int(size)
    self.after = after
    self.before = before
    self.tokens = tokens
  }

  /// How many items to ask the store for.
  public var limit: Int { size + 1 }

  /// The items of this page, and the token of the next one; empty when there is none.
  public func cut<Item>(_ items: [Item], key: (Item) -> [String]) -> (items: [Item], nextToken: String) {
    let cut = cutBothWays(items, key: key)
    return (cut.items, cut.nextToken)
  }

  /// The items of this page, and the tokens of the pages behind and before it; empty when there is none.
  public func cutBothWays<Item>(
    _ items: [Item], key: (Item) -> [String]
  ) -> (items: [Item], nextToken: String, previousToken: String) {
    let hasMore = items.count > size
    let kept = items.prefix(size)
    // On the way back the nearest come first.
    let page = before == nil ? Array(kept) : kept.reversed()
    let hasNext = before != nil || hasMore
    let hasPrevious = before == nil ? after != nil : hasMore
    return (
      page, hasNext ? page.last.map { token(key($0)) } ?? "" : "",
      hasPrevious ? page.first.map { token([Self.wayBack] + key($0)) } ?? "" : ""
    )
  }

  /// Begins the parts of a token that leads back.
  private static let wayBack = "before"

  /// The token of what follows the item with a sort key.
  public func token(_ key: [String]) -> String { tokens.token(key) }
}

extension Query {
  /// Orders by text `columns` and takes one page, and one item more.
  public mutating func page(_ page: Page, by columns: SQL...) {
    if let before = page.before {
      self.page(limit: page.limit, before: before.map { .text($0) }, by: columns)
    } else {
      self.page(limit: page.limit, after: page.after?.map { .text($0) }, by: columns)
    }
  }
}
