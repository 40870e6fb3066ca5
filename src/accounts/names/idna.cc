#include "accounts/names/idna.h"

#include <idn2.h>
#include <punycode.h>
#include <unictype.h>
#include <unistr.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <optional>

#include "accounts/names/case_fold.h"
#include "base/ascii.h"
#include "base/limits.h"

namespace restante::accounts {
namespace {

constexpr std::string_view kPrefix = "xn--";
constexpr std::size_t kLabelBytesMax = 63;  // RFC 1035 s.2.3.4.

struct FreeIdn {
  void operator()(void* memory) const { std::free(memory); }
};
using Text = std::unique_ptr<char, FreeIdn>;

/// UTS #46 maps some characters to ASCII that no domain has ("＠" to "@"), and some to dots.
bool is_domain_text(std::string_view text) {
  const auto fits = [](char c) {
    return is_alpha(c) || is_digit(c) || c == '-' || c == '_' || c == '.';
  };
  return !text.empty() && text.front() != '.' && text.back() != '.' &&
         text.find("..") == std::string_view::npos && std::all_of(text.begin(), text.end(), fits);
}

std::optional<std::string> by_tables(const std::string& label) {
  char* made = nullptr;
  // As browsers and registries do it today: "ß" stays "ß".
  const int failure = idn2_to_ascii_8z(label.c_str(), &made, IDN2_NONTRANSITIONAL | IDN2_NFC_INPUT);
  const Text owner(made);
  if (failure != IDN2_OK || made == nullptr || !is_domain_text(made)) return std::nullopt;
  return std::string(made);
}

/// IDNA2008 knows no emoji; UTS #46 does, and such domains are in use.
std::optional<std::string> by_punycode(const std::string& label) {
  const std::string folded = fold_case(label);
  std::array<ucs4_t, kLabelBytesMax> characters{};
  std::size_t count = characters.size();
  const auto* const octets = reinterpret_cast<const std::uint8_t*>(folded.data());
  ucs4_t* const made = u8_to_u32(octets, folded.size(), characters.data(), &count);
  if (made != characters.data()) {
    std::free(made);  // Too long for a label, or no UTF-8.
    return std::nullopt;
  }
  // Invisible characters and blanks, which could drive a terminal or mislead a reader.
  constexpr std::uint32_t kUnseen = UC_CATEGORY_MASK_C | UC_CATEGORY_MASK_Z;
  for (std::size_t i = 0; i < count; ++i)
    if (uc_is_general_category_withtable(characters.at(i), kUnseen)) return std::nullopt;
  std::array<char, kLabelBytesMax> encoded{};
  std::size_t length = encoded.size() - kPrefix.size();
  if (punycode_encode(count, characters.data(), nullptr, &length, encoded.data()) !=
      PUNYCODE_SUCCESS)
    return std::nullopt;
  return std::string(kPrefix) + std::string(encoded.data(), length);
}

std::string to_a_label(std::string_view label) {
  // Most labels, and no library is asked for them.
  if (std::ranges::all_of(label, is_ascii)) return to_lower(label);
  const std::string text(label);
  if (auto made = by_tables(text)) return *std::move(made);
  if (auto made = by_punycode(text)) return *std::move(made);
  // Neither has a form in ASCII: compared by its letters.
  return fold_case(label);
}

/// `label` is in lower case.
std::string to_u_label(const std::string& label) {
  if (!label.starts_with(kPrefix)) return label;
  char* made = nullptr;
  const int failure = idn2_to_unicode_8z8z(label.c_str(), &made, 0);
  const Text owner(made);
  if (failure != IDN2_OK || made == nullptr) return label;
  const std::string decoded(made);
  // Genuine only when it leads back here; otherwise it decodes to anything, control characters too.
  if (std::ranges::all_of(decoded, is_ascii) || !is_utf8(decoded) || to_a_label(decoded) != label)
    // Shown as it is: a name that looks like another one's is how users are cheated.
    return label;
  return decoded;
}

template <typename Convert>
std::string each_label(std::string_view domain, Convert convert) {
  std::string out;
  for (;;) {
    const std::size_t dot = domain.find('.');
    out += convert(domain.substr(0, dot));
    if (dot == std::string_view::npos) return out;
    out += '.';
    domain.remove_prefix(dot + 1);
  }
}

}  // namespace

std::string to_a_labels(std::string_view domain) {
  if (std::ranges::all_of(domain, is_ascii)) return to_lower(domain);
  std::string made = each_label(domain, to_a_label);
  // No such domain can be in the DNS, so this spelling is its only one.
  if (made.size() > limits::kDomainBytesMax) return std::string(domain);
  return made;
}

std::string to_u_labels(std::string_view domain) {
  std::string made = each_label(
      to_a_labels(domain), [](std::string_view label) { return to_u_label(std::string(label)); });
  if (made.size() > limits::kDomainBytesMax) return std::string(domain);
  return made;
}

bool same_domain(std::string_view a, std::string_view b) {
  return to_a_labels(a) == to_a_labels(b);
}

}  // namespace restante::accounts
