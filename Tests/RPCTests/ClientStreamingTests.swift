// SPDX-License-Identifier: Apache-2.0

import Contracts
import NIOCore
import NIOPosix
import ProtobufC
import RPC
import Synchronization
import Testing

/// Calls of our client with streams, to our server.
@Suite("A streaming call")
struct ClientStreamingTests {
  @Test("gives every response in order")
  func responses() async throws {
    try await withServer { _, target in
      try await withClient(target) { client in
        for count in [0, 1, 10_000] as [Int32] {
          let codes = try await client.serverStreaming(Note(code: count, message: "m"), method: EchoService.split) {
            (responses: ResponseStream<Note>) in
            try await responses.reduce(into: [Int32]()) { $0.append($1.code) }
          }
          #expect(codes == Array(0..<count))
        }
      }
    }
  }

  @Test("gives what came before a status that is not OK, and then the status")
  func failure() async throws {
    try await withServer { _, target in
      try await withClient(target) { client in
        let received = Mutex(0)
        let error = await #expect(throws: RPCError.self) {
          try await client.serverStreaming(Note(code: 7, message: "fail"), method: EchoService.split) {
            (responses: ResponseStream<Note>) in
            for try await _ in responses { received.withLock { $0 += 1 } }
          }
        }
        #expect(error == RPCError(code: .dataLoss, message: "failed half-way"))
        #expect(received.withLock { $0 } == 7)
      }
    }
  }

  @Test("of both directions answers each request before the next is sent, and all at once")
  func bidirectional() async throws {
    try await withServer { _, target in
      try await withClient(target) { client in
        try await client.bidirectional(method: EchoService.chat) {
          (requests: RequestWriter<Note>, responses: ResponseStream<Note>) in
          var iterator = responses.makeAsyncIterator()
          for turn in 0..<100 as Range<Int32> {
            try await requests.write(Note(code: turn))
            #expect(try await iterator.next()?.code == turn)
          }
          requests.finish()
          #expect(try await iterator.next() == nil)
        }
        // Sizes below and above the half and the whole of the server's window, in every order that makes it full.
        try await client.bidirectional(method: EchoService.chat) {
          (requests: RequestWriter<Note>, responses: ResponseStream<Note>) in
          var iterator = responses.makeAsyncIterator()
          for size in [27_182, 45_904, 30_000, 32_760, 32_768, 60_000, 8, 65_530, 33_000, 200_000, 31_000, 40_000] {
            let note = Note(message: String(repeating: "x", count: size))
            try await requests.write(note)
            #expect(try await iterator.next() == note)
          }
          requests.finish()
          #expect(try await iterator.next() == nil)
        }
        let count = try await client.bidirectional(method: EchoService.chat) {
          (requests: RequestWriter<Note>, responses: ResponseStream<Note>) in
          try await withThrowingTaskGroup(of: Int.self) { group in
            group.addTask {
              for code in 0..<5000 as Range<Int32> {
                try await requests.write(Note(code: code, message: String(repeating: "x", count: 500)))
              }
              requests.finish()
              return 0
            }
            group.addTask {
              var expected: Int32 = 0
              for try await response in responses {
                #expect(response.code == expected)
                expected += 1
              }
              return Int(expected)
            }
            return try await group.reduce(0, +)
          }
        }
        #expect(count == 5000)
      }
    }
  }

  @Test("that is left before its end is cancelled, and the connection stays of use")
  func early() async throws {
    let (cancelled, continuation) = AsyncStream<Void>.makeStream()
    var router = RPCRouter()
    router.register(EchoService())
    let endless = MethodDescriptor(service: "waymark.test.v1.Endless", method: "Count", kind: .serverStreaming)
    router.register(serverStreaming: endless) { (_: Note, responses: ResponseWriter<Note>, _: ServerContext) in
      do {
        while true { try await responses.write(Note(message: String(repeating: "x", count: 1000))) }
      } catch {
        continuation.yield()
        throw error
      }
    }
    let server = RPCServer(router: router, configuration: .init(eventLoops: 1))
    let port = try #require(try await server.bind(host: "127.0.0.1", port: 0).port)
    try await withClient("127.0.0.1:\(port)") { client in
      let first = try await client.serverStreaming(Note(), method: endless) {
        (responses: ResponseStream<Note>) in
        var iterator = responses.makeAsyncIterator()
        return try await iterator.next()
      }
      #expect(first?.message.count == 1000)
      var iterator = cancelled.makeAsyncIterator()
      await iterator.next()
      // A task that is cancelled says the same to its call.
      let task = Task {
        try await client.serverStreaming(Note(), method: endless) { (responses: ResponseStream<Note>) in
          for try await _ in responses {}
        }
      }
      task.cancel()
      let result = await task.result
      #expect(throws: RPCError.self) { try result.get() }
      let answer: Note = try await client.unary(Note(code: 5), method: EchoService.echo)
      #expect(answer.code == 5)
    }
    await server.shutdownGracefully()
  }

  @Test("stops a server whose responses nobody reads, with bounded memory")
  func backPressure() async throws {
    let written = Atomic(0)
    var router = RPCRouter()
    let endless = MethodDescriptor(service: "waymark.test.v1.Endless", method: "Count", kind: .serverStreaming)
    router.register(serverStreaming: endless) { (_: Note, responses: ResponseWriter<Note>, _: ServerContext) in
      while true {
        try await responses.write(Note(message: String(repeating: "x", count: 10_000)))
        written.add(10_000, ordering: .relaxed)
      }
    }
    let server = RPCServer(router: router, configuration: .init(eventLoops: 1))
    let port = try #require(try await server.bind(host: "127.0.0.1", port: 0).port)
    try await withClient("127.0.0.1:\(port)") { client in
      try await client.serverStreaming(Note(), method: endless) { (responses: ResponseStream<Note>) in
        var iterator = responses.makeAsyncIterator()
        _ = try await iterator.next()
        // It stands still once windows and buffers are full; then the count does not change any more.
        var last = -1
        while last != written.load(ordering: .relaxed) {
          last = written.load(ordering: .relaxed)
          try await Task.sleep(for: .milliseconds(100))
        }
        #expect(last < 2 << 20)
        for _ in 0..<1000 { _ = try await iterator.next() }
        #expect(written.load(ordering: .relaxed) > last)
      }
    }
    await server.shutdownGracefully()
  }

  @Test("passes bytes of any kind of method")
  func bytes() async throws {
    try await withServer { _, target in
      try await withClient(target) { client in
        let codes = try await client.streamBytes(path: EchoService.split.path) { requests, responses in
          try await requests.write(ByteBuffer(bytes: Note(code: 3, message: "m").serialized()))
          requests.finish()
          var codes: [Int32] = []
          for try await response in responses {
            try codes.append(Note(serialized: Array(response.readableBytesView)).code)
          }
          return codes
        }
        #expect(codes == [0, 1, 2])
      }
    }
  }

  @Test("lets a task of its own that reads or writes be cancelled, and goes on without it")
  func childTasks() async throws {
    try await withServer { _, target in
      try await withClient(target) { client in
        try await client.bidirectional(method: EchoService.chat) {
          (requests: RequestWriter<Note>, responses: ResponseStream<Note>) in
          let errors = await withTaskGroup(of: (any Error)?.self) { group in
            // Nothing was written, so that nothing comes.
            group.addTask { await self.failure { _ = try await responses.initialMetadata } }
            group.addTask {
              await self.failure {
                var iterator = responses.makeAsyncIterator()
                _ = try await iterator.next()
              }
            }
            group.cancelAll()
            return await group.reduce(into: []) { $0.append($1) }
          }
          #expect(errors.map { ($0 as? RPCError)?.code } == [.cancelled, .cancelled])
          try await requests.write(Note(code: 7))
          requests.finish()
          #expect(try await responses.reduce(into: []) { $0.append($1.code) } == [7])
        }
      }
    }
  }

  private func failure(_ body: () async throws -> Void) async -> (any Error)? {
    do {
      try await body()
      return nil
    } catch {
      return error
    }
  }

  @Test("gives the responses before one that is no message, and then says what is wrong")
  func garbage() async throws {
    try await withServer { _, target in
      try await withClient(target) { client in
        let received = Mutex(0)
        var options = CallOptions.default
        options.maximumReceiveSize = 20
        let requests = [Note(code: 1), Note(code: 2), Note(message: String(repeating: "x", count: 100)), Note(code: 4)]
        let error = await #expect(throws: RPCError.self) {
          try await client.bidirectional(method: EchoService.chat, options: options) {
            (writer: RequestWriter<Note>, responses: ResponseStream<Note>) in
            for request in requests { try await writer.write(request) }
            writer.finish()
            for try await _ in responses { received.withLock { $0 += 1 } }
          }
        }
        #expect(error?.code == .resourceExhausted)
        #expect(received.withLock { $0 } == 2)
        let answer: Note = try await client.unary(Note(code: 5), method: EchoService.echo)
        #expect(answer.code == 5)
      }
    }
  }

  @Test("that loses its connection ends with UNAVAILABLE and the reason, and the next is made on a new one")
  func loss() async throws {
    let channels = Mutex<[any Channel]>([])
    var router = RPCRouter()
    router.register(EchoService())
    let server = RPCServer(router: router, configuration: .init(eventLoops: 1))
    let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .childChannelInitializer { channel in
        channels.withLock { $0.append(channel) }
        return server.attach(to: channel)
      }
      .bind(host: "127.0.0.1", port: 0).get()
    let port = try #require(listener.localAddress?.port)
    try await withClient("127.0.0.1:\(port)") { client in
      let error = await #expect(throws: RPCError.self) {
        try await client.bidirectional(method: EchoService.chat) {
          (requests: RequestWriter<Note>, responses: ResponseStream<Note>) in
          try await requests.write(Note(code: 1))
          var iterator = responses.makeAsyncIterator()
          #expect(try await iterator.next()?.code == 1)
          for channel in channels.withLock({ $0 }) { channel.close(promise: nil) }
          #expect(try await iterator.next() == nil)
        }
      }
      #expect(error?.code == .unavailable)
      #expect(error?.message.contains("was lost") == true, "\(String(describing: error))")
      let answer: Note = try await client.unary(Note(code: 5), method: EchoService.echo)
      #expect(answer.code == 5)
    }
    try await listener.close()
    await server.shutdownGracefully()
  }
}
