#include "accounts/passwords/device_password.h"

#include <sodium.h>

#include <algorithm>

#include "accounts/passwords/hash_part.h"
#include "base/ascii.h"
#include "base/check.h"
#include "base/leftovers.h"
#include "base/limits.h"

namespace restante::accounts {
namespace {

// No i, l, o or u: they are read as 1, 0 or v, and fewer words come about by chance.
constexpr std::string_view kLetters = "abcdefghjkmnpqrstvwxyz";
// 20 letters of 22 are 89 bits: no guess, and no slow hash is needed.
constexpr std::size_t kGroups = 4;
constexpr std::size_t kGroupLetters = 5;
constexpr std::size_t kPasswordLetters = kGroups * kGroupLetters;
// Keeps these hashes apart from all others.
constexpr std::string_view kPurpose = "restante device password 1";

using Letters = std::array<char, kPasswordLetters>;

std::optional<Letters> letters_of(std::string_view password) {
  Letters letters{};
  std::size_t count = 0;
  for (const char c : password) {
    // Blanks and dashes as a person copies them.
    if (c == '-' || c == ' ') continue;
    const char letter = to_lower(c);
    if (count == letters.size() || kLetters.find(letter) == std::string_view::npos)
      return std::nullopt;
    letters[count++] = letter;
  }
  if (count != letters.size()) return std::nullopt;
  return letters;
}

}  // namespace

std::string make_device_password() {
  RESTANTE_CHECK(sodium_init() >= 0);
  std::string out;
  out.reserve(kPasswordLetters + kGroups - 1);
  for (std::size_t i = 0; i < kPasswordLetters; ++i) {
    if (i != 0 && i % kGroupLetters == 0) out += '-';
    out += kLetters[randombytes_uniform(static_cast<std::uint32_t>(kLetters.size()))];
  }
  return out;
}

std::optional<DeviceTag> device_tag(std::string_view account, std::string_view password) {
  auto letters = letters_of(password);
  if (!letters) return std::nullopt;
  DeviceTag tag{};
  crypto_generichash_state state;
  // Without a key, so that a tool and the server come to the same tag.
  crypto_generichash_init(&state, nullptr, 0, tag.size());
  add_part(state, kPurpose);
  // The account is a part of it: two devices with the same password have different tags.
  add_part(state, account);
  add_part(state, std::string_view(letters->data(), letters->size()));
  crypto_generichash_final(&state, tag.data(), tag.size());
  sodium_memzero(&state, sizeof(state));
  sodium_memzero(letters->data(), letters->size());
  wipe_stack();
  return tag;
}

bool same_tag(const DeviceTag& a, const DeviceTag& b) {
  return sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

bool is_device_label(std::string_view label) {
  return !label.empty() && label.size() <= limits::kDeviceLabelBytesMax && is_utf8(label) &&
         // Told apart by eye alone, in lists and log lines.
         label.front() != ' ' && label.back() != ' ' &&
         std::none_of(label.begin(), label.end(), is_control);
}

}  // namespace restante::accounts
