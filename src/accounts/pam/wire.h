// What the server and a process that asks PAM tell each other, a packet each (SOCK_SEQPACKET).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace restante::accounts::pam {

inline constexpr std::size_t kPacketBytesMax = 8192;

/// A question. It holds a password: the owner wipes it.
struct Question {
  std::uint64_t number = 0;  ///< Its answer has the same one.
  std::string user;
  std::string password;
  std::string peer;
};

/// nullopt: too long for a packet.
std::optional<std::string> pack(const Question& question);
/// nullopt: not one of ours.
std::optional<Question> unpack_question(std::string_view packet);

struct Answer {
  std::uint64_t number = 0;
  Status status = ok();
};

/// The reason is cut where it is too long.
std::string pack(const Answer& answer);
std::optional<Answer> unpack_answer(std::string_view packet);

}  // namespace restante::accounts::pam
