// SASLprep on any bytes: what comes out is UTF-8 without invisible or control characters, no longer
// than SASLprep can make it, and the same again when it is prepared again. ASCII stays as it is.

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "accounts/login/login_name.h"
#include "base/ascii.h"
#include "base/check.h"
#include "base/limits.h"
#include "sasl/prepare.h"

namespace {

using namespace restante;  // NOLINT(google-build-using-namespace): a program of its own

// U+FDFA: 3 octets become 33.
constexpr std::size_t kGrowthMax = 11;

void check_prepared(std::string_view text) {
  const auto prepared = sasl::prepare(text);
  const bool plain =
      std::all_of(text.begin(), text.end(), [](char c) { return is_ascii(c) && !is_control(c); });
  if (plain && !text.empty() && text.size() <= limits::kSaslLineBytesMax)
    RESTANTE_CHECK(prepared && *prepared == text);
  if (!prepared) return;
  RESTANTE_CHECK(!prepared->empty() && prepared->size() <= kGrowthMax * text.size());
  RESTANTE_CHECK(is_utf8(*prepared));
  RESTANTE_CHECK(std::none_of(prepared->begin(), prepared->end(), is_control));
  for (const std::string_view gone : {"\xc2\xad", "\xe2\x80\x8b", "\xc2\xa0", "\xef\xbb\xbf"})
    RESTANTE_CHECK(prepared->find(gone) == std::string::npos);
  if (prepared->size() > limits::kSaslLineBytesMax) return;
  const auto again = sasl::prepare(*prepared);
  RESTANTE_CHECK(again && *again == *prepared);
}

void check_login_names(std::string_view text) {
  const accounts::NameRules rules("x.test", true);
  const auto names = accounts::login_names(text, rules);
  RESTANTE_CHECK(names.size() <= 2);
  for (const std::string& name : names) {
    RESTANTE_CHECK(accounts::canonical_name(name, rules).value() == name);
    RESTANTE_CHECK(name != names.front() || &name == &names.front());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_prepared(text);
  check_login_names(text);
  return 0;
}
