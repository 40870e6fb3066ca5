// Any bytes as lines of a passwd-file or an aliases file: never a crash; what is taken is canonical
// and can be verified, or says why not, so that it comes back the same.

#include <cstdint>
#include <string_view>

#include "accounts/passwd_file/passwd_line.h"
#include "accounts/passwords/password.h"
#include "base/check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace restante::accounts;
  const std::string_view line(reinterpret_cast<const char*>(data), size);
  const NameRules rules("example.test", true);
  if (const auto parsed = parse_passwd_line(line, rules); parsed && *parsed) {
    RESTANTE_CHECK(canonical_name((*parsed)->name, rules) == (*parsed)->name);
    const bool usable = (*parsed)->fault.empty() && !(*parsed)->is_locked;
    RESTANTE_CHECK(!usable || is_known_scheme((*parsed)->secret));
  }
  if (const auto parsed = parse_alias_line(line, rules); parsed && *parsed) {
    RESTANTE_CHECK(canonical_alias((*parsed)->address, rules) == (*parsed)->address);
    RESTANTE_CHECK(!(*parsed)->targets.empty());
    for (const std::string& target : (*parsed)->targets)
      RESTANTE_CHECK(canonical_name(target, rules) == target);
  }
  return 0;
}
