// Replies as bytes: status indicator, response code, text, in one place. Appends to one buffer; a
// reply line is at most 512 octets with CRLF (RFC 1939 s.3).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "pop3/language.h"

namespace restante::pop3 {

enum class LoginFailure : std::uint8_t;

/// What a program may read in an -ERR reply (RFC 2449 s.8, RFC 3206 s.4-5, RFC 6856 s.5).
enum class ResponseCode : std::uint8_t {
  kNone,
  kAuth,
  kInUse,
  kLoginDelay,
  kSysTemp,
  kSysPerm,
  kUtf8,
};

/// "SYS/TEMP"; empty for kNone.
std::string_view to_string(ResponseCode code);

inline constexpr std::size_t kReplyLineBytesMax = 512;

/// The output buffer of a session and the language it speaks.
class Replies {
 public:
  [[nodiscard]] std::string& output() { return output_; }
  [[nodiscard]] Language language() const { return language_; }
  void set_language(Language language) { language_ = language; }

  void ok(Text id);
  void error(Text id) { error(ResponseCode::kNone, id); }
  void error(ResponseCode code, Text id);
  /// What a refused login is told (RFC 3206 s.3).
  void login_failed(LoginFailure failure);
  /// What RETR and TOP are told when the message cannot be had.
  void message_failed(Errc code);

  // For replies made of several parts: begin_ok() or nothing, parts, end_line().
  Replies& begin_ok();
  Replies& add(Text id);
  Replies& add(std::string_view words);
  Replies& add(std::uint64_t number);
  void end_line();
  /// The last line of a multi-line reply.
  void end_list();

 private:
  std::string output_;
  Language language_ = Language::kEnglish;
};

}  // namespace restante::pop3
