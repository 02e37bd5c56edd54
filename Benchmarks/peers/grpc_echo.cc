// SPDX-License-Identifier: Apache-2.0
// The echo service on gRPC C++, by its callback API: what Waymark's server is compared with.
//   grpc_echo [PORT]     prints `listening on 127.0.0.1:PORT`

#include <grpcpp/grpcpp.h>

#include <cstdio>
#include <memory>
#include <string>

#include "waymark/bench/v1/echo.grpc.pb.h"

class EchoService final : public waymark::bench::v1::EchoService::CallbackService {
  grpc::ServerUnaryReactor *Echo(grpc::CallbackServerContext *context,
                                 const waymark::bench::v1::EchoMessage *request,
                                 waymark::bench::v1::EchoMessage *response) override {
    *response = *request;
    grpc::ServerUnaryReactor *reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }
};

int main(int argc, char **argv) {
  const std::string address = std::string("127.0.0.1:") + (argc > 1 ? argv[1] : "0");
  int port = 0;
  EchoService service;
  grpc::ServerBuilder builder;
  builder.AddListeningPort(address, grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&service);
  std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr || port == 0) {
    std::fprintf(stderr, "cannot listen on %s\n", address.c_str());
    return 1;
  }
  std::printf("listening on 127.0.0.1:%d\n", port);
  std::fflush(stdout);
  server->Wait();
}
