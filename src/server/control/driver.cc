#include "server/control/driver.h"

#include "server/control/answer.h"

namespace restante::control {
namespace {

using Answer = Result<boost::json::object>;

net::Task<Result<Request>> read_request(net::Connection& connection) {
  RequestReader reader;
  for (;;) {
    const Status filled = co_await connection.fill();
    if (!filled) co_return filled.error();
    const auto whole = reader.put(connection.input());
    connection.discard_input();
    if (!whole) co_return whole.error();
    if (*whole) co_return parse_request(reader.line());
  }
}

bool is_gone(const Error& error) {
  return error.code == Errc::kClosed || error.code == Errc::kIo || error.code == Errc::kState;
}

}  // namespace

net::Task<void> serve(net::Connection& connection, Peer peer, Desk& desk,
                      net::BlockingPool& waiting) {
  connection.bound_total(kRequestTime);
  auto request = co_await read_request(connection);
  if (!request && is_gone(request.error())) co_return;
  Answer answer = Error(Errc::kState);
  if (!request) {
    answer = request.error();
  } else if (Desk::waits(*request)) {
    auto work = [&desk, &request, &peer] { return desk.answer(*request, peer); };
    answer = co_await waiting.run(work);
  } else {
    answer = desk.answer(*request, peer);
  }
  std::string line = to_line(answer);
  connection.bound_total(kAnswerTime);
  Status open = co_await connection.send(line);
  connection.end_output();
  // What is unread when a Unix socket closes takes the answer away.
  connection.bound_total(kGoodbyeTime);
  while (open) {
    open = co_await connection.fill();
    connection.discard_input();
  }
}

}  // namespace restante::control
