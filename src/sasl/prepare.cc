#include "sasl/prepare.h"

#include <stringprep.h>

#include <algorithm>

#include "base/ascii.h"
#include "base/limits.h"
#include "base/secret_string.h"

namespace restante::sasl {
namespace {

// The longest that NFKC makes of one character of Unicode 3.2 is 18 characters (U+FDFA), 33 octets
// from 3.
constexpr std::size_t kGrowthMax = 12;

bool is_printable_ascii(char c) { return is_ascii(c) && !is_control(c); }

/// `text` is UTF-8 without NUL.
Result<std::string> apply_saslprep(std::string_view text) {
  std::string buffer(text);
  // Its size has to be given beforehand, and a call that is repeated with more room would leave
  // copies of a password behind.
  buffer.resize(text.size() * kGrowthMax + 1, '\0');
  const int code =
      stringprep(buffer.data(), buffer.size(), Stringprep_profile_flags(0), stringprep_saslprep);
  std::string prepared(buffer.c_str());
  wipe(buffer);
  if (code != STRINGPREP_OK) {
    wipe(prepared);
    return Error(Errc::kSyntax,
                 std::string("SASLprep: ") + stringprep_strerror(static_cast<Stringprep_rc>(code)));
  }
  // A password of nothing but soft hyphens, for instance, is an empty one.
  if (prepared.empty()) return Error(Errc::kSyntax, "nothing left by SASLprep");
  return prepared;
}

}  // namespace

Result<std::string> prepare(std::string_view text) {
  if (text.empty()) return Error(Errc::kSyntax, "nothing to prepare");
  if (text.size() > limits::kSaslLineBytesMax) return Error(Errc::kLimit, "too long to prepare");
  // Nearly all names and passwords, which SASLprep leaves as they are.
  if (std::all_of(text.begin(), text.end(), is_printable_ascii)) return std::string(text);
  if (!is_utf8(text) || text.find('\0') != std::string_view::npos)
    return Error(Errc::kSyntax, "not UTF-8");
  RESTANTE_TRY(std::string prepared, apply_saslprep(text));
  // NFKC of Unicode 3.2 composes some characters across marks between them, which then stand in
  // the wrong order. No language writes that; with two forms it would be two names, or passwords.
  auto again = apply_saslprep(prepared);
  const bool settled = again && *again == prepared;
  if (again) wipe(*again);
  if (settled) return prepared;
  wipe(prepared);
  return Error(Errc::kSyntax, "SASLprep: characters without one normal form");
}

}  // namespace restante::sasl
