// What comes at the control socket: a line does not depend on its pieces, what is taken is written
// back as the same, and all else is an error with words; and what a tool is answered by a program
// that is no server.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/ascii.h"
#include "base/check.h"
#include "server/control/answer.h"
#include "server/control/request.h"

namespace {

using namespace restante;  // NOLINT(google-build-using-namespace): a program of its own

/// The line that these pieces make; nullopt: none, or an error.
std::optional<std::string> gathered(std::string_view bytes, std::size_t piece) {
  control::RequestReader reader;
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    const auto whole = reader.put(bytes.substr(at, piece));
    if (!whole) return std::nullopt;
    // What follows came too late to be looked at.
    if (*whole) return at + piece < bytes.size() ? std::nullopt : std::optional(reader.line());
  }
  return std::nullopt;
}

void check_request(std::string_view line) {
  const auto request = control::parse_request(line);
  if (!request) {
    RESTANTE_CHECK(!request.error().detail.empty());
    return;
  }
  for (const std::string* const text : {&request->account, &request->id, &request->as})
    for (const char c : *text) RESTANTE_CHECK(!is_control(c));
  RESTANTE_CHECK(request->limit >= 1 && request->limit <= control::kSessionsMax);
  const std::string written = control::to_line(*request);
  RESTANTE_CHECK(written.find('\n') == written.size() - 1);
  const auto again =
      control::parse_request(std::string_view(written).substr(0, written.size() - 1));
  RESTANTE_CHECK(again && *again == *request);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  RESTANTE_CHECK(gathered(bytes, 1) == gathered(bytes, 7));
  RESTANTE_CHECK(gathered(bytes, 1) == gathered(bytes, bytes.size() + 1));
  check_request(bytes);
  const auto answer = control::parse_answer(bytes);
  if (!answer) RESTANTE_CHECK(!answer.error().message().empty());
  return 0;
}
