// The file that says how far the scrub has come, and values as they stand in the log: what is taken
// is written back as it was, and no value can end its line, its quotes or its key.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/ascii.h"
#include "base/check.h"
#include "server/common/log.h"
#include "server/upkeep/scrub_progress.h"

namespace {

using namespace restante;  // NOLINT(google-build-using-namespace): a program of its own

void check_progress(std::string_view text) {
  const auto progress = server::parse_scrub_progress(text);
  if (progress) RESTANTE_CHECK(server::to_text(*progress) == text);
}

void check_log_value(std::string_view value) {
  const std::string logged = server::for_log(value);
  RESTANTE_CHECK(!logged.empty() && logged.size() <= 4 * 200 + 5);
  for (const char c : logged) RESTANTE_CHECK(is_ascii(c) && !is_control(c));
  const bool quoted = logged.front() == '"';
  RESTANTE_CHECK(quoted || (logged == value && logged.find_first_of(" \"=\\") == logged.npos));
  if (quoted) RESTANTE_CHECK(logged.size() >= 2 && logged.find('"', 1) == logged.size() - 1);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_progress(text);
  check_log_value(text);
  return 0;
}
