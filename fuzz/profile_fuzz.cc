// Any text as the client's configuration: never a crash, and either a profile or mistakes, each one
// line; no mistake shows a password.

#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "profile/load.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const bool others_can_read : {false, true}) {
    const auto result =
        restante::profile::parse(text, "fuzz.toml", "/nonexistent", others_can_read);
    RESTANTE_CHECK(result.profile.has_value() == result.mistakes.empty());
    for (const std::string& mistake : result.mistakes) {
      RESTANTE_CHECK(mistake.starts_with("fuzz.toml:"));
      RESTANTE_CHECK(mistake.find('\n') == std::string::npos);
    }
    if (result.profile && others_can_read)
      for (const auto& account : result.profile->accounts)
        RESTANTE_CHECK(account.secret.text.empty());
  }
  return 0;
}
