// SPDX-License-Identifier: Apache-2.0
// The floor: a gRPC-shaped echo with nothing but epoll and nghttp2, on one thread.
//   bare_echo [PORT]     prints `listening on 127.0.0.1:PORT`
// Every call of any path is answered with the bytes of its request, behind a response header and before trailers with
// grpc-status 0. It knows no messages, metadata, deadlines, limits or back-pressure.

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <nghttp2/nghttp2.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct call {
  uint8_t *bytes;
  size_t length, capacity, sent;
  struct call *next;
} call;

typedef struct {
  int socket;
  int wants_write;
  nghttp2_session *session;
  uint8_t *out;
  size_t out_length, out_sent, out_capacity;
} connection;

// Calls that are over, kept with their buffers for the next ones.
static call *spare;

#define FIELD(name, value)                                                                         \
  {                                                                                                \
    (uint8_t *)name, (uint8_t *)value, sizeof(name) - 1, sizeof(value) - 1,                        \
        NGHTTP2_NV_FLAG_NO_COPY_NAME | NGHTTP2_NV_FLAG_NO_COPY_VALUE                               \
  }
static const nghttp2_nv head[] = {FIELD(":status", "200"), FIELD("content-type", "application/grpc")};
static const nghttp2_nv trailers[] = {FIELD("grpc-status", "0")};

static void *grow(void *bytes, size_t size) {
  void *grown = realloc(bytes, size);
  if (grown == NULL) abort();
  return grown;
}

static void reserve(uint8_t **bytes, size_t *capacity, size_t wanted) {
  if (wanted <= *capacity) return;
  size_t size = *capacity == 0 ? 256 : *capacity;
  while (size < wanted) size *= 2;
  *bytes = grow(*bytes, size);
  *capacity = size;
}

static int on_begin_headers(nghttp2_session *session, const nghttp2_frame *frame, void *user) {
  (void)user;
  if (frame->hd.type != NGHTTP2_HEADERS || frame->headers.cat != NGHTTP2_HCAT_REQUEST) return 0;
  call *started = spare;
  if (started != NULL) {
    spare = started->next;
  } else {
    started = grow(NULL, sizeof *started);
    memset(started, 0, sizeof *started);
  }
  started->length = started->sent = 0;
  nghttp2_session_set_stream_user_data(session, frame->hd.stream_id, started);
  return 0;
}

static int on_data(nghttp2_session *session, uint8_t flags, int32_t stream, const uint8_t *data, size_t length,
                   void *user) {
  (void)flags, (void)user;
  call *of = nghttp2_session_get_stream_user_data(session, stream);
  if (of == NULL) return 0;
  reserve(&of->bytes, &of->capacity, of->length + length);
  memcpy(of->bytes + of->length, data, length);
  of->length += length;
  return 0;
}

static ssize_t read_answer(nghttp2_session *session, int32_t stream, uint8_t *to, size_t room, uint32_t *flags,
                           nghttp2_data_source *source, void *user) {
  (void)user;
  call *of = source->ptr;
  size_t left = of->length - of->sent;
  size_t length = left < room ? left : room;
  memcpy(to, of->bytes + of->sent, length);
  of->sent += length;
  if (of->sent == of->length) {
    *flags |= NGHTTP2_DATA_FLAG_EOF | NGHTTP2_DATA_FLAG_NO_END_STREAM;
    if (nghttp2_submit_trailer(session, stream, trailers, 1) != 0) return NGHTTP2_ERR_CALLBACK_FAILURE;
  }
  return (ssize_t)length;
}

static int on_frame(nghttp2_session *session, const nghttp2_frame *frame, void *user) {
  (void)user;
  if (!(frame->hd.flags & NGHTTP2_FLAG_END_STREAM)) return 0;
  if (frame->hd.type != NGHTTP2_DATA && frame->hd.type != NGHTTP2_HEADERS) return 0;
  call *of = nghttp2_session_get_stream_user_data(session, frame->hd.stream_id);
  if (of == NULL) return 0;
  nghttp2_data_provider provider = {.source.ptr = of, .read_callback = read_answer};
  return nghttp2_submit_response(session, frame->hd.stream_id, head, 2, &provider) == 0 ? 0
                                                                                     : NGHTTP2_ERR_CALLBACK_FAILURE;
}

static int on_close(nghttp2_session *session, int32_t stream, uint32_t code, void *user) {
  (void)code, (void)user;
  call *of = nghttp2_session_get_stream_user_data(session, stream);
  if (of == NULL) return 0;
  of->next = spare;
  spare = of;
  return 0;
}

static void end(int poll, connection *ended) {
  epoll_ctl(poll, EPOLL_CTL_DEL, ended->socket, NULL);
  close(ended->socket);
  nghttp2_session_del(ended->session);
  free(ended->out);
  free(ended);
}

// Sends all there is; 0, or -1 when the connection is over.
static int flush(int poll, connection *to) {
  for (;;) {
    while (to->out_length < 1 << 18) {
      const uint8_t *bytes;
      ssize_t length = nghttp2_session_mem_send(to->session, &bytes);
      if (length < 0) return -1;
      if (length == 0) break;
      reserve(&to->out, &to->out_capacity, to->out_length + (size_t)length);
      memcpy(to->out + to->out_length, bytes, (size_t)length);
      to->out_length += (size_t)length;
    }
    if (to->out_length == 0) break;
    ssize_t sent = send(to->socket, to->out + to->out_sent, to->out_length - to->out_sent, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0 && errno != EAGAIN) return -1;
    if (sent > 0) to->out_sent += (size_t)sent;
    if (to->out_sent < to->out_length) {
      if (!to->wants_write) {
        struct epoll_event event = {.events = EPOLLIN | EPOLLOUT, .data.ptr = to};
        epoll_ctl(poll, EPOLL_CTL_MOD, to->socket, &event);
        to->wants_write = 1;
      }
      return 0;
    }
    to->out_length = to->out_sent = 0;
  }
  if (to->wants_write) {
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = to};
    epoll_ctl(poll, EPOLL_CTL_MOD, to->socket, &event);
    to->wants_write = 0;
  }
  return nghttp2_session_want_read(to->session) || nghttp2_session_want_write(to->session) ? 0 : -1;
}

static void accept_all(int poll, int listener, nghttp2_session_callbacks *callbacks, nghttp2_option *option) {
  for (;;) {
    int accepted = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (accepted < 0) return;
    int on = 1;
    setsockopt(accepted, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    connection *made = grow(NULL, sizeof *made);
    memset(made, 0, sizeof *made);
    made->socket = accepted;
    if (nghttp2_session_server_new2(&made->session, callbacks, made, option) != 0) abort();
    const nghttp2_settings_entry settings[] = {{NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, 1024},
                                               {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, 1 << 18}};
    nghttp2_submit_settings(made->session, NGHTTP2_FLAG_NONE, settings, 2);
    nghttp2_session_set_local_window_size(made->session, NGHTTP2_FLAG_NONE, 0, 1 << 20);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = made};
    epoll_ctl(poll, EPOLL_CTL_ADD, accepted, &event);
    if (flush(poll, made) != 0) end(poll, made);
  }
}

int main(int argc, char **argv) {
  struct sockaddr_in address = {.sin_family = AF_INET,
                                .sin_port = htons((uint16_t)(argc > 1 ? atoi(argv[1]) : 0)),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof address;
  int on = 1, listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (listener < 0 || bind(listener, (struct sockaddr *)&address, size) != 0 || listen(listener, 1024) != 0 ||
      getsockname(listener, (struct sockaddr *)&address, &size) != 0) {
    perror("bare_echo: cannot listen");
    return 1;
  }
  printf("listening on 127.0.0.1:%d\n", ntohs(address.sin_port));
  fflush(stdout);

  nghttp2_session_callbacks *callbacks;
  nghttp2_option *option;
  if (nghttp2_session_callbacks_new(&callbacks) != 0 || nghttp2_option_new(&option) != 0) return 1;
  nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, on_begin_headers);
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data);
  nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame);
  nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_close);
  nghttp2_option_set_no_closed_streams(option, 1);

  static uint8_t in[1 << 16];
  struct epoll_event events[64];
  int poll = epoll_create1(EPOLL_CLOEXEC);
  struct epoll_event listens = {.events = EPOLLIN, .data.ptr = NULL};
  epoll_ctl(poll, EPOLL_CTL_ADD, listener, &listens);
  for (;;) {
    int ready = epoll_wait(poll, events, 64, -1);
    for (int i = 0; i < ready; i++) {
      connection *from = events[i].data.ptr;
      if (from == NULL) {
        accept_all(poll, listener, callbacks, option);
        continue;
      }
      int over = 0;
      if (events[i].events & (EPOLLIN | EPOLLERR | EPOLLHUP)) {
        ssize_t length = recv(from->socket, in, sizeof in, 0);
        over = length == 0 || (length < 0 && errno != EAGAIN && errno != EINTR);
        if (length > 0) over = nghttp2_session_mem_recv(from->session, in, (size_t)length) != length;
      }
      if (over || flush(poll, from) != 0) end(poll, from);
    }
  }
}
