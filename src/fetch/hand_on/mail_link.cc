#include "fetch/hand_on/mail_link.h"

#include <fmt/format.h>

#include "base/ascii.h"
#include "fetch/outside/socket_target.h"

namespace restante::fetch {
namespace {

constexpr std::size_t kLineMax = 64U << 10;

class StreamLink : public MailLink {
 public:
  explicit StreamLink(std::unique_ptr<net::ClientStream> stream) : stream_(std::move(stream)) {}
  Status write(std::string_view octets) override { return stream_->write(octets); }
  void set_timeout(std::chrono::seconds timeout) override { stream_->set_timeout(timeout); }
  Result<std::string_view> read() override { return stream_->read(); }

 private:
  std::unique_ptr<net::ClientStream> stream_;
};

}  // namespace

Result<std::string> MailLink::read_line() {
  for (;;) {
    const std::size_t end = unread_.find('\n');
    if (end != std::string::npos) {
      std::string line = unread_.substr(0, end);
      unread_.erase(0, end + 1);
      if (line.ends_with('\r')) line.pop_back();
      for (char& c : line)
        if (is_control(c)) c = ' ';
      return line;
    }
    if (unread_.size() > kLineMax) return Error(Errc::kLimit, "a line that does not end");
    RESTANTE_TRY(const std::string_view more, read());
    unread_ += more;
  }
}

LinkResult link_by_stream(const HandOnTask& task) {
  constexpr std::chrono::seconds kConnecting{60};
  const bool configured = task.target.timeout.count() > 0;
  auto stream =
      connect_to(task.target.target, configured ? task.target.timeout : kConnecting, task.stop);
  if (stream) return {std::make_unique<StreamLink>(std::move(*stream)), {}};
  if (stream.error().code == Errc::kState) return {nullptr, verdict_of(stream.error())};
  return {nullptr, down(reason_of(stream.error(), "the connection"))};
}

std::string reason_of(const Error& error, std::string_view step) {
  if (error.code == Errc::kTimeout && error.detail.empty())
    return fmt::format("no answer to {} in time", step);
  if (error.code == Errc::kClosed) return fmt::format("the connection was closed at {}", step);
  return error.detail.empty() ? fmt::format("{} at {}", to_string(error.code), step) : error.detail;
}

}  // namespace restante::fetch
