// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization
import Testing

@testable import Storage

@Suite("Hearing other processes through PostgreSQL", .enabled(if: PostgresScratch.isThere))
struct PostgresListenerTests {
  private final class Heard: Sendable {
    let news = Mutex<[PostgresListener.News]>([])

    var all: [PostgresListener.News] { news.withLock { $0 } }
  }

  private let scratch: PostgresScratch
  private let heard = Heard()

  init() throws { scratch = try PostgresScratch() }

  private func listener(_ engine: PostgresEngine? = nil) throws -> PostgresListener {
    try PostgresListener(engine: engine ?? scratch.engine) { [heard] news in heard.news.withLock { $0.append(news) } }
  }

  @Test("what is told in a transaction is heard after its commit, in order, and nothing of one that is undone")
  func told() throws {
    let listener = try listener()
    defer { listener.stop() }
    #expect(eventually { heard.all == [.connected] })
    let session = try scratch.session()
    defer { session.close() }
    let connection = session.connection
    try connection.begin(.write)
    try connection.notify(scratch.engine.channel, "undone")
    connection.rollback()
    for number in 1...3 { try connection.change { try connection.notify(scratch.engine.channel, "\(number) é") } }
    #expect(eventually { heard.all.count == 4 })
    #expect(heard.all == [.connected, .notified("1 é"), .notified("2 é"), .notified("3 é")])
  }

  @Test("stores do not hear each other")
  func others() throws {
    let listener = try listener()
    defer { listener.stop() }
    let other = try PostgresScratch()
    let session = try other.session()
    defer { session.close() }
    #expect(eventually { heard.all == [.connected] })
    try session.connection.change { try session.connection.notify(other.engine.channel, "other") }
    try session.connection.change { try session.connection.notify(scratch.engine.channel, "mine") }
    #expect(eventually { heard.all.count == 2 })
    #expect(heard.all == [.connected, .notified("mine")])
  }

  @Test("after its connection broke it says that it is there again")
  func again() throws {
    let port = try #require(URLComponents(string: PostgresScratch.url)?.port)
    let interceptor = try Interceptor(to: UInt16(port), .none)
    let listener = try listener(scratch.engine(url: PostgresScratch.url(port: interceptor.listener.port)))
    defer { listener.stop() }
    for round in 1...3 {
      #expect(eventually { heard.all.count == round })
      interceptor.listener.breakConnections()
    }
    #expect(eventually { heard.all.count == 4 })
    #expect(heard.all.allSatisfy { $0 == .connected })
  }

  @Test("after it was stopped nothing is told, also when there is no server")
  func stopped() throws {
    let listener = try listener()
    #expect(eventually { heard.all == [.connected] })
    listener.stop()
    let session = try scratch.session()
    defer { session.close() }
    try session.connection.change { try session.connection.notify(scratch.engine.channel, "late") }
    let nowhere = try PostgresEngine(address: PostgresAddress("postgres://u@127.0.0.1:1/d"), schema: "test")
    try self.listener(nowhere).stop()
    #expect(heard.all == [.connected])
  }
}
