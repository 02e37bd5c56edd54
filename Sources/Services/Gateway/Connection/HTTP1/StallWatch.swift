// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// Ends a connection whose client takes nothing of its answer for as long as a connection may do nothing.
///
/// A client that reads slowly is served; one that reads nothing would keep its answer in memory for ever.
struct StallWatch {
  /// How long nothing may be taken.
  let limit: TimeAmount
  private var check: Scheduled<Void>?

  init(limit: TimeAmount) { self.limit = limit }

  /// Begins to watch a channel that takes no more for now.
  mutating func start(_ context: ChannelHandlerContext) {
    check?.cancel()
    check = Self.schedule(context.channel, limit, waiting: Self.waiting(context.channel))
  }

  /// Ends the watch: the client takes its answer.
  mutating func stop() {
    check?.cancel()
    check = nil
  }

  private static func schedule(_ channel: any Channel, _ limit: TimeAmount, waiting: Int?) -> Scheduled<Void> {
    channel.eventLoop.scheduleTask(in: limit) {
      guard channel.isActive, !channel.isWritable else { return }
      let now = Self.waiting(channel)
      if now == nil || now == waiting { return channel.close(promise: nil) }
      _ = Self.schedule(channel, limit, waiting: now)
    }
  }

  /// How many bytes wait to be taken.
  private static func waiting(_ channel: any Channel) -> Int? {
    try? channel.syncOptions?.getOption(ChannelOptions.bufferedWritableBytes)
  }
}
