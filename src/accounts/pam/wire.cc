#include "accounts/pam/wire.h"

#include <cstring>

namespace restante::accounts::pam {
namespace {

constexpr std::size_t kReasonBytesMax = 1000;

// Numbers as they lie in memory: both sides are one program.
void put_number(std::uint64_t number, std::string& packet) {
  std::array<char, sizeof number> bytes{};
  std::memcpy(bytes.data(), &number, sizeof number);
  packet.append(bytes.data(), bytes.size());
}

void put_text(std::string_view text, std::string& packet) {
  put_number(text.size(), packet);
  packet += text;
}

/// Takes parts off a packet until one is not there.
class Parts {
 public:
  explicit Parts(std::string_view packet) : left_(packet) {}

  std::uint64_t number() {
    std::uint64_t number = 0;
    const std::string_view bytes = take(sizeof number);
    if (good_) std::memcpy(&number, bytes.data(), sizeof number);
    return number;
  }
  std::string text() { return std::string(take(number())); }
  /// Every part was there, and nothing behind the last.
  [[nodiscard]] bool whole() const { return good_ && left_.empty(); }

 private:
  std::string_view take(std::uint64_t bytes) {
    // Compared with what is left, so that no sum can overflow.
    good_ = good_ && bytes <= left_.size();
    if (!good_) return {};
    const std::string_view part = left_.substr(0, bytes);
    left_.remove_prefix(bytes);
    return part;
  }

  std::string_view left_;
  bool good_ = true;
};

}  // namespace

std::optional<std::string> pack(const Question& question) {
  std::string packet;
  packet.reserve(kPacketBytesMax);  // No copy of the password stays behind.
  const std::size_t bytes = question.user.size() + question.password.size() + question.peer.size();
  // A packet is sent whole or not at all.
  if (bytes + 4 * sizeof(std::uint64_t) > kPacketBytesMax) return std::nullopt;
  put_number(question.number, packet);
  put_text(question.user, packet);
  put_text(question.password, packet);
  put_text(question.peer, packet);
  return packet;
}

std::optional<Question> unpack_question(std::string_view packet) {
  Parts parts(packet);
  Question question;
  question.number = parts.number();
  question.user = parts.text();
  question.password = parts.text();
  question.peer = parts.text();
  if (!parts.whole()) return std::nullopt;
  return question;
}

std::string pack(const Answer& answer) {
  std::string packet;
  put_number(answer.number, packet);
  put_number(answer.status ? 1 : 0, packet);
  if (answer.status) return packet;
  put_number(answer.status.error().code == Errc::kAuth ? 1 : 0, packet);
  // A module's words may be long; the packet has to fit.
  put_text(std::string_view(answer.status.error().detail).substr(0, kReasonBytesMax), packet);
  return packet;
}

std::optional<Answer> unpack_answer(std::string_view packet) {
  Parts parts(packet);
  Answer answer;
  answer.number = parts.number();
  if (parts.number() == 0) {
    const Errc code = parts.number() == 1 ? Errc::kAuth : Errc::kIo;
    answer.status = Error(code, parts.text());
  }
  if (!parts.whole()) return std::nullopt;
  return answer;
}

}  // namespace restante::accounts::pam
