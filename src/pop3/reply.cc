#include "pop3/reply.h"

#include <array>
#include <charconv>

#include "pop3/server_session.h"

namespace restante::pop3 {

std::string_view to_string(ResponseCode code) {
  switch (code) {
    case ResponseCode::kNone: return "";
    case ResponseCode::kAuth: return "AUTH";
    case ResponseCode::kInUse: return "IN-USE";
    case ResponseCode::kLoginDelay: return "LOGIN-DELAY";
    case ResponseCode::kSysTemp: return "SYS/TEMP";
    case ResponseCode::kSysPerm: return "SYS/PERM";
    case ResponseCode::kUtf8: return "UTF8";
  }
  return "";
}

void Replies::ok(Text id) { begin_ok().add(id).end_line(); }

void Replies::error(ResponseCode code, Text id) {
  output_.append("-ERR ");
  if (code != ResponseCode::kNone) output_.append("[").append(to_string(code)).append("] ");
  add(id).end_line();
}

void Replies::login_failed(LoginFailure failure) {
  switch (failure) {
    case LoginFailure::kWrong: return error(ResponseCode::kAuth, Text::kWrongCredentials);
    // IN-USE and LOGIN-DELAY tell the client to come again without asking for another password (RFC
    // 2449 s.8).
    case LoginFailure::kInUse: return error(ResponseCode::kInUse, Text::kInUse);
    case LoginFailure::kTooSoon: return error(ResponseCode::kLoginDelay, Text::kTooSoon);
    case LoginFailure::kTemporary: return error(ResponseCode::kSysTemp, Text::kTryLater);
    case LoginFailure::kTooManyViews: return error(ResponseCode::kSysPerm, Text::kTooManyViews);
    // A move ends by itself, so it is TEMP: clients try again and do not alarm their user.
    case LoginFailure::kBeingMoved: return error(ResponseCode::kSysTemp, Text::kBeingMoved);
    case LoginFailure::kPermanent: return error(ResponseCode::kSysPerm, Text::kAskAdministrator);
  }
}

void Replies::message_failed(Errc code) {
  // Damage does not pass: a client that tried again with each look would do so for ever.
  if (code == Errc::kCorrupt) return error(ResponseCode::kSysPerm, Text::kMessageDamaged);
  error(ResponseCode::kSysTemp, Text::kMessageUnavailable);
}

Replies& Replies::begin_ok() { return add("+OK "); }

Replies& Replies::add(Text id) { return add(text(id, language_)); }

Replies& Replies::add(std::string_view words) {
  output_.append(words);
  return *this;
}

Replies& Replies::add(std::uint64_t number) {
  std::array<char, 20> digits{};  // 2^64 - 1 has 20.
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  return add(std::string_view(digits.data(), static_cast<std::size_t>(end - digits.data())));
}

void Replies::end_line() { output_.append("\r\n"); }

void Replies::end_list() { output_.append(".\r\n"); }

}  // namespace restante::pop3
