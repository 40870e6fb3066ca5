#include "restantectl/selftest/dialogue.h"

namespace restante::ctl {
namespace {

// RFC 5321 s.4.2: three digits, and a hyphen where more lines follow.
constexpr std::size_t kCodeDigits = 3;

Error unexpected(std::string_view said) {
  return Error(Errc::kState, "it says: " + pop3::to_printable(said));
}

}  // namespace

Result<std::string> Dialogue::line() {
  for (;;) {
    std::string_view left = input_;
    RESTANTE_TRY(const auto found, reader_.next(left));
    if (found.complete) {
      std::string text(found.text);
      input_.erase(0, input_.size() - left.size());
      return text;
    }
    RESTANTE_TRY(const std::string_view more, stream_->read());
    input_ = more;
  }
}

Result<std::string> Dialogue::hear_pop3() {
  RESTANTE_TRY(std::string said, line());
  RESTANTE_TRY(const pop3::ClientReply reply, pop3::parse_reply(said));
  if (reply.kind != pop3::ClientReply::Kind::kOk) return unexpected(said);
  return said;
}

Result<std::string> Dialogue::ask_pop3(const std::string& line) {
  RESTANTE_CHECKED(send(line + "\r\n"));
  return hear_pop3();
}

Result<std::string> Dialogue::hear_smtp(std::string_view code) {
  for (;;) {
    RESTANTE_TRY(std::string said, line());
    if (said.size() > kCodeDigits && said[kCodeDigits] == '-') continue;
    if (!said.starts_with(code)) return unexpected(said);
    return said;
  }
}

Result<std::string> Dialogue::ask_smtp(const std::string& line, std::string_view code) {
  RESTANTE_CHECKED(send(line + "\r\n"));
  return hear_smtp(code);
}

Result<std::string> Dialogue::hear_body(std::size_t octets_max) {
  std::string body;
  for (;;) {
    RESTANTE_TRY(const std::string text, line());
    if (text == ".") return body;
    body.append(text, text.starts_with('.') ? 1 : 0);
    body += "\r\n";
    if (body.size() > octets_max) return Error(Errc::kLimit, "its answer does not end");
  }
}

}  // namespace restante::ctl
