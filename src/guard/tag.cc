#include "guard/tag.h"

#include <sodium.h>

#include <algorithm>

#include "base/check.h"

namespace restante::guard {
namespace {

// Two keys, so that the tag of a text is never that of a pair.
constexpr std::uint8_t kText = 0;
constexpr std::uint8_t kTags = 1;
constexpr std::size_t kTagsMax = 4;

static_assert(crypto_shorthash_siphashx24_BYTES == sizeof(Tag));
static_assert(crypto_shorthash_siphashx24_KEYBYTES == 16);

}  // namespace

Tagger::Tagger() {
  // Before any of its functions: libsodium picks its implementation for the processor there.
  RESTANTE_CHECK(sodium_init() >= 0);
  // New at each start: no attacker can choose two addresses that share an entry.
  for (auto& key : keys_) randombytes_buf(key.data(), key.size());
}

Tagger::~Tagger() {
  // With them a guess of a password could be tested against the table of the wrong ones.
  for (auto& key : keys_) sodium_memzero(key.data(), key.size());
}

Tag Tagger::hash(std::span<const unsigned char> bytes, std::uint8_t use) const {
  Tag tag{};
  crypto_shorthash_siphashx24(tag.data(), bytes.data(), bytes.size(), keys_[use].data());
  return tag;
}

Tag Tagger::of(std::string_view text) const {
  return hash({reinterpret_cast<const unsigned char*>(text.data()), text.size()}, kText);
}

Tag Tagger::of(std::initializer_list<Tag> tags) const {
  RESTANTE_CHECK(tags.size() <= kTagsMax);
  std::array<unsigned char, kTagsMax * sizeof(Tag)> bytes{};
  auto place = bytes.begin();
  for (const Tag& tag : tags) place = std::copy(tag.begin(), tag.end(), place);
  return hash({bytes.data(), tags.size() * sizeof(Tag)}, kTags);
}

}  // namespace restante::guard
