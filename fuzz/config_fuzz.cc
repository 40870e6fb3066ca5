// Any text as a configuration: never a crash, and either a configuration or mistakes, each one
// line.

#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "server/settings/parse.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto result = restante::settings::parse(text, "fuzz.toml", "/nonexistent");
  RESTANTE_CHECK(result.config.has_value() == result.mistakes.empty());
  for (const std::string& mistake : result.mistakes) {
    RESTANTE_CHECK(mistake.starts_with("fuzz.toml:"));
    RESTANTE_CHECK(mistake.find('\n') == std::string::npos);
  }
  return 0;
}
