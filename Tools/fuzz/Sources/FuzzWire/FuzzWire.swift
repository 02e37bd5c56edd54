// SPDX-License-Identifier: Apache-2.0

import CFuzzer
import HTTP2
import NIOCore

/// Gives a server's session whatever bytes come, as the first byte says in which pieces, and reads header fields that
/// nobody wrote with care: nothing may crash, leak or take memory without bound.
@main
struct FuzzWire {
  static func main() {
    var count = CommandLine.argc
    var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
    _ = LLVMFuzzerRunDriver(&count, &arguments) { data, size in
      FuzzWire.run(UnsafeRawBufferPointer(start: data, count: size))
      return 0
    }
  }

  /// The first byte chooses what is fed and how, the others are the input.
  private static func run(_ input: UnsafeRawBufferPointer) {
    guard let choice = input.first else { return }
    let bytes = UnsafeRawBufferPointer(rebasing: input.dropFirst())
    if choice & 3 == 3 { readFields(bytes) } else { serve(bytes, choice) }
  }

  // MARK: The bytes of a connection

  private static let hello: [UInt8] = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + [0, 0, 0, 4, 0, 0, 0, 0, 0]
  private static let messageLimit = 64 << 10

  private static func serve(_ bytes: UnsafeRawBufferPointer, _ choice: UInt8) {
    guard let session = try? HTTP2Session(.server) else { fatalError("no session") }
    var readers: [Int32: InboundMessages] = [:]
    var output = ByteBuffer()
    // Most inputs begin behind the preface: few would ever get past it.
    if choice & 1 == 0, (try? hello.withUnsafeBytes { try session.receive($0) }) == nil { fatalError("no preface") }
    let size = choice & 2 == 0 ? max(1, bytes.count) : 1 + Int(choice >> 2)
    var start = 0
    while start < bytes.count {
      let piece = UnsafeRawBufferPointer(rebasing: bytes[start..<min(start + size, bytes.count)])
      start += size
      let isOver = (try? session.receive(piece)) == nil
      while let stream = session.nextChanged() { answer(stream, session, &readers, choice) }
      output.clear()
      guard (try? session.drain(into: &output, upTo: 1 << 20)) != nil, !isOver, !session.isFinished else { break }
    }
    session.closeAll(.cancel)
    while session.nextChanged() != nil {}
    if session.streamCount > 0 || session.unsentBytes != 0 { fatalError("streams are left") }
  }

  /// Does with a stream what a server does: reads its header and its messages, and sends each back.
  private static func answer(
    _ stream: HTTP2Stream, _ session: HTTP2Session, _ readers: inout [Int32: InboundMessages], _ choice: UInt8
  ) {
    guard stream.hasHead, stream.closeCode == nil else { return }
    if readers[stream.id] == nil {
      let head = CallHead(stream.head) { _ in }
      _ = Metadata(stream.head)
      readers[stream.id] = InboundMessages(limit: messageLimit, encoding: head.encoding ?? .gzip)
      session.respond(stream, .built(HeaderFields.head))
    }
    do {
      while case .message(let message)? = try readers[stream.id]?.next(of: stream, in: session) {
        if message.readableBytes > messageLimit { fatalError("a message is larger than the limit") }
        session.send(try MessageFrame.wrap(message, limit: messageLimit), on: stream)
      }
      if stream.isInboundEnded {
        if choice & 64 == 0 { session.end(stream) } else { session.reset(stream, .cancel) }
      }
    } catch {
      session.end(stream)
    }
  }

  // MARK: Fields

  private static func readFields(_ bytes: UnsafeRawBufferPointer) {
    let text = String(decoding: bytes, as: UTF8.self)
    if let decoded = Base64.decode(bytes) {
      guard Base64.decode(Base64.encode(decoded).utf8) == decoded else { fatalError("base64 does not survive") }
    }
    guard StatusMessage.decode(StatusMessage.encode(text)) == text else { fatalError("the status does not survive") }
    _ = StatusMessage.decode(text)
    if let time = TimeoutField.decode(bytes) {
      let field = TimeoutField.encode(time)
      let again = field.utf8.withContiguousStorageIfAvailable { TimeoutField.decode(UnsafeRawBufferPointer($0)) }
      guard let again = again ?? nil, again <= max(time, .nanoseconds(1)) else { fatalError("\(field) is not \(time)") }
    }
    _ = MessageEncoding(name: bytes)
    for encoding in [MessageEncoding.gzip, .deflate] {
      var message = ByteBuffer()
      message.writeBytes(bytes)
      if let inflated = try? encoding.decompress(message, limit: messageLimit), inflated.readableBytes > messageLimit {
        fatalError("more was inflated than the limit allows")
      }
      guard let packed = try? encoding.compress(message),
        (try? encoding.decompress(packed, limit: max(messageLimit, message.readableBytes))) == message
      else { fatalError("\(encoding) does not survive") }
    }
    var metadata = Metadata()
    metadata.add(text, for: "x-text")
    metadata.add(Array(bytes), for: "x-bytes-bin")
    var fields = HeaderFields()
    try? metadata.write(to: &fields)
  }
}

extension HeaderFields {
  /// The header of a response.
  fileprivate static let head: HeaderFields = {
    var fields = HeaderFields()
    fields.add(":status", "200")
    fields.add("content-type", "application/grpc")
    return fields
  }()
}
