#include "accounts/names/case_fold.h"

#include <unicase.h>
#include <uninorm.h>
#include <unistr.h>

#include <array>
#include <cstdlib>
#include <memory>

namespace restante::accounts {
namespace {

struct Free {
  void operator()(void* memory) const { std::free(memory); }
};

const std::uint8_t* octets(std::string_view text) {
  return reinterpret_cast<const std::uint8_t*>(text.data());
}

/// Up and down again brings all forms of a letter (Σ, σ, ς) to one of them, as CaseFolding.txt's
/// simple folding does. These two it leaves as they are: only Turkish pairs them.
ucs4_t fold_character(ucs4_t c) {
  constexpr ucs4_t kCapitalDottedI = 0x130;
  constexpr ucs4_t kSmallDotlessI = 0x131;
  if (c == kCapitalDottedI || c == kSmallDotlessI) return c;
  return uc_tolower(uc_toupper(c));
}

std::string fold_characters(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    ucs4_t c = 0;
    const int length = u8_mbtouc(&c, octets(text), text.size());
    std::array<std::uint8_t, 6> folded{};
    const int written = u8_uctomb(folded.data(), fold_character(c), folded.size());
    // What is no character stays as it is, with all behind it.
    if (length <= 0 || written <= 0) return out.append(text);
    out.append(reinterpret_cast<const char*>(folded.data()), static_cast<std::size_t>(written));
    text.remove_prefix(static_cast<std::size_t>(length));
  }
  return out;
}

bool is_valid(std::string_view text) { return u8_check(octets(text), text.size()) == nullptr; }

}  // namespace

std::string to_nfc(std::string_view text) {
  if (text.empty() || !is_valid(text)) return std::string(text);
  std::size_t length = 0;
  const std::unique_ptr<std::uint8_t, Free> made(
      u8_normalize(UNINORM_NFC, octets(text), text.size(), nullptr, &length));
  if (!made) return std::string(text);
  return {reinterpret_cast<const char*>(made.get()), length};
}

std::string fold_case(std::string_view text) {
  if (!is_valid(text)) return std::string(text);
  // Before and behind: folding takes composed letters, and makes some that have to be composed.
  return to_nfc(fold_characters(to_nfc(text)));
}

}  // namespace restante::accounts
