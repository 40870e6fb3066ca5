#include "fetch/outside/clamd.h"

#include <optional>

#include "base/ascii.h"
#include "fetch/outside/socket_target.h"

namespace restante::fetch {
namespace {

using Kind = ScanVerdict::Kind;

constexpr std::size_t kPieceBytes = 64U << 10;
constexpr std::size_t kAnswerMax = 4096;
constexpr std::string_view kStart("zINSTREAM\0", 10);
constexpr std::string_view kEnd("\0\0\0\0", 4);
constexpr std::string_view kTooLarge = "INSTREAM size limit exceeded";

std::string big_endian(std::size_t number) {
  std::string octets;
  for (const unsigned shift : {24U, 16U, 8U, 0U})
    octets += static_cast<char>(static_cast<unsigned char>(number >> shift & 0xFFU));
  return octets;
}

Status send_piece(net::ClientStream& stream, std::string_view octets) {
  while (!octets.empty()) {
    const std::string_view piece = octets.substr(0, kPieceBytes);
    octets.remove_prefix(piece.size());
    RESTANTE_CHECKED(stream.write(big_endian(piece.size())));
    RESTANTE_CHECKED(stream.write(piece));
  }
  return ok();
}

Result<std::string> read_answer(net::ClientStream& stream) {
  std::string answer;
  for (;;) {
    RESTANTE_TRY(const std::string_view more, stream.read());
    answer += more;
    const std::size_t end = answer.find('\0');
    if (end != std::string::npos) return answer.substr(0, end);
    if (answer.size() > kAnswerMax) return Error(Errc::kLimit, "an answer that does not end");
  }
}

std::string in_one_line(std::string_view text) {
  std::string line(text.substr(0, 300));
  for (char& c : line)
    if (is_control(c)) c = ' ';
  return line;
}

ScanVerdict judge(std::string_view answer) {
  constexpr std::string_view kBefore = "stream: ";
  constexpr std::string_view kFound = " FOUND";
  if (answer == "stream: OK") return {Kind::kClean, ""};
  if (answer.starts_with(kBefore) && answer.ends_with(kFound)) {
    answer.remove_prefix(kBefore.size());
    answer.remove_suffix(std::min(kFound.size(), answer.size()));
    return {Kind::kInfected, in_one_line(answer)};
  }
  if (answer.starts_with(kTooLarge))
    return {Kind::kUnknown, "it is larger than clamd takes (StreamMaxLength in clamd.conf)"};
  return {Kind::kUnknown, "clamd says: " + in_one_line(answer)};
}

/// The message may be what clamd broke off at: that is no reason to hold up the others.
ScanVerdict broken_off(const Error& error) {
  return {Kind::kUnknown, "clamd gave no answer: " + error.detail};
}

}  // namespace

Result<ScanVerdict> Clamd::scan(const OctetSource& source) const {
  auto stream = connect_to(target_, timeout_, stop_);
  if (!stream) return Error(stream.error().code, "clamd: " + stream.error().detail);
  // An error of the network and one of the message's file mean different things.
  std::optional<Error> broken;
  const auto write = [&](const auto& send) -> Status {
    Status sent = send(**stream);
    if (!sent) broken = sent.error();
    return sent;
  };
  Status sent = write([](auto& to) { return to.write(kStart); });
  if (sent) {
    sent = source([&](std::string_view octets) {
      return write([&](auto& to) { return send_piece(to, octets); });
    });
  }
  // The message's own file cannot be read: its owner hears of that, and not of clamd.
  if (!sent && !broken) return std::move(sent).error();
  if (sent) sent = write([](auto& to) { return to.write(kEnd); });
  if (broken && broken->code == Errc::kState) return *broken;
  // A clamd that reads no further may have said why.
  (*stream)->set_timeout(broken ? timeout_ : scan_timeout_);
  const Result<std::string> answer = read_answer(**stream);
  if (answer) {
    ScanVerdict verdict = judge(*answer);
    // It has not seen all of it.
    if (broken && verdict.kind == Kind::kClean) return broken_off(*broken);
    return verdict;
  }
  if (answer.error().code == Errc::kState) return answer.error();
  return broken_off(broken ? *broken : answer.error());
}

}  // namespace restante::fetch
