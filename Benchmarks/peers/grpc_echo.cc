// SPDX-License-Identifier: Apache-2.0
// The echo service on gRPC C++, by its callback API: what Waymark's server and client are compared with.
//   grpc_echo server [CERTIFICATE KEY]                 prints `listening on 127.0.0.1:PORT`
//   grpc_echo client TARGET WARM_UP CALLS CONCURRENCY  prints what unary calls cost, as JSON, in nanoseconds

#include <grpcpp/grpcpp.h>
#include <time.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <future>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "waymark/bench/v1/echo.grpc.pb.h"

using waymark::bench::v1::Data;
using waymark::bench::v1::EchoMessage;
using waymark::bench::v1::RepeatRequest;

namespace {

template <typename Message>
grpc::ServerUnaryReactor *echo(grpc::CallbackServerContext *context, const Message *request, Message *response) {
  *response = *request;
  grpc::ServerUnaryReactor *reactor = context->DefaultReactor();
  reactor->Finish(grpc::Status::OK);
  return reactor;
}

class Repeater final : public grpc::ServerWriteReactor<EchoMessage> {
 public:
  explicit Repeater(const RepeatRequest *request) : message_(request->message()), left_(request->count()) { next(); }
  void OnWriteDone(bool ok) override {
    if (ok) {
      next();
    } else {
      Finish(grpc::Status(grpc::StatusCode::CANCELLED, "the reader has gone"));
    }
  }
  void OnDone() override { delete this; }

 private:
  void next() {
    if (left_ == 0) {
      Finish(grpc::Status::OK);
    } else {
      left_--;
      StartWrite(&message_);
    }
  }
  const EchoMessage message_;
  uint32_t left_;
};

class EchoService final : public waymark::bench::v1::EchoService::CallbackService {
  grpc::ServerUnaryReactor *Echo(grpc::CallbackServerContext *context, const EchoMessage *request,
                                 EchoMessage *response) override {
    return echo(context, request, response);
  }
  grpc::ServerUnaryReactor *EchoData(grpc::CallbackServerContext *context, const Data *request,
                                     Data *response) override {
    return echo(context, request, response);
  }
  grpc::ServerWriteReactor<EchoMessage> *Repeat(grpc::CallbackServerContext *, const RepeatRequest *request) override {
    return new Repeater(request);
  }
};

std::string contents(const char *path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

int serve(const char *certificate, const char *key) {
  std::shared_ptr<grpc::ServerCredentials> credentials = grpc::InsecureServerCredentials();
  if (certificate != nullptr) {
    grpc::SslServerCredentialsOptions options;
    options.pem_key_cert_pairs.push_back({contents(key), contents(certificate)});
    credentials = grpc::SslServerCredentials(options);
  }
  int port = 0;
  EchoService service;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", credentials, &port);
  builder.RegisterService(&service);
  std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr || port == 0) {
    std::fprintf(stderr, "cannot listen\n");
    return 1;
  }
  std::printf("listening on 127.0.0.1:%d\n", port);
  std::fflush(stdout);
  server->Wait();
  return 0;
}

int64_t now(clockid_t clock) {
  timespec time;
  clock_gettime(clock, &time);
  return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

class Caller {
 public:
  explicit Caller(const char *target)
      : stub_(waymark::bench::v1::EchoService::NewStub(
            grpc::CreateChannel(target, grpc::InsecureChannelCredentials()))) {
    message_.set_text(std::string(64, 'a'));
    message_.set_number(42);
  }

  // So many calls, so many at a time, and what each took. One at a time goes by the blocking API, which is quicker.
  std::vector<int64_t> call(size_t calls, size_t concurrency) {
    times_.assign(calls, 0);
    if (concurrency == 1) {
      for (int64_t &time : times_) {
        Call call;
        int64_t begin = now(CLOCK_MONOTONIC);
        check(stub_->Echo(&call.context, message_, &call.answer), call.answer);
        time = now(CLOCK_MONOTONIC) - begin;
      }
      return times_;
    }
    started_ = 0;
    running_ = concurrency;
    done_ = std::promise<void>();
    for (size_t i = 0; i < concurrency; i++) next();
    done_.get_future().wait();
    return times_;
  }

 private:
  struct Call {
    grpc::ClientContext context;
    EchoMessage answer;
  };

  void check(const grpc::Status &status, const EchoMessage &answer) {
    if (status.ok() && answer.text() == message_.text() && answer.number() == message_.number()) return;
    std::fprintf(stderr, "a wrong answer: %s\n", status.error_message().c_str());
    std::exit(1);
  }

  void next() {
    size_t index = started_++;
    if (index >= times_.size()) {
      if (--running_ == 0) done_.set_value();
      return;
    }
    auto *call = new Call;
    int64_t begin = now(CLOCK_MONOTONIC);
    stub_->async()->Echo(&call->context, &message_, &call->answer, [this, call, begin, index](grpc::Status status) {
      check(status, call->answer);
      times_[index] = now(CLOCK_MONOTONIC) - begin;
      delete call;
      next();
    });
  }

  std::unique_ptr<waymark::bench::v1::EchoService::Stub> stub_;
  EchoMessage message_;
  std::vector<int64_t> times_;
  std::atomic<size_t> started_{0}, running_{0};
  std::promise<void> done_;
};

int call(const char *target, size_t warm_up, size_t calls, size_t concurrency) {
  Caller caller(target);
  caller.call(warm_up, concurrency);
  int64_t cpu = now(CLOCK_PROCESS_CPUTIME_ID), wall = now(CLOCK_MONOTONIC);
  std::vector<int64_t> times = caller.call(calls, concurrency);
  cpu = now(CLOCK_PROCESS_CPUTIME_ID) - cpu;
  wall = now(CLOCK_MONOTONIC) - wall;
  std::sort(times.begin(), times.end());
  std::printf("{\"calls\": %zu, \"cpu_ns\": %lld, \"wall_ns\": %lld, \"p50_ns\": %lld, \"p99_ns\": %lld}\n", calls,
              static_cast<long long>(cpu), static_cast<long long>(wall), static_cast<long long>(times[calls / 2]),
              static_cast<long long>(times[calls * 99 / 100]));
  return 0;
}

}  // namespace

int main(int argc, char **argv) {
  const std::string mode = argc > 1 ? argv[1] : "";
  if (mode == "server" && argc == 2) return serve(nullptr, nullptr);
  if (mode == "server" && argc == 4) return serve(argv[2], argv[3]);
  if (mode == "client" && argc == 6) {
    const size_t warm_up = std::strtoul(argv[3], nullptr, 10), calls = std::strtoul(argv[4], nullptr, 10);
    const size_t concurrency = std::strtoul(argv[5], nullptr, 10);
    if (calls > 0 && concurrency > 0) return call(argv[2], warm_up, calls, concurrency);
  }
  std::fprintf(stderr, "usage: grpc_echo server [CERTIFICATE KEY] | client TARGET WARM_UP CALLS CONCURRENCY\n");
  return 2;
}
