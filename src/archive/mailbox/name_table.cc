#include "archive/mailbox/name_table.h"

#include <algorithm>
#include <cstring>
#include <tuple>
#include <utility>

#include "archive/mailbox/file_name.h"
#include "archive/mailbox/sha256.h"
#include "base/ascii.h"

namespace restante::archive {
namespace {

constexpr std::string_view kFlagLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

std::uint64_t flag_bits(std::string_view flags) {
  std::uint64_t bits = 0;
  for (const char c : flags) bits |= std::uint64_t{1} << kFlagLetters.find(c);
  return bits;
}

std::string flag_letters(std::uint64_t bits) {
  std::string flags;
  for (std::size_t i = 0; i < kFlagLetters.size(); ++i) {
    // In the order of ASCII, as Maildir wants flags: other programs compare names.
    if ((bits >> i & 1U) != 0) flags += kFlagLetters[i];
  }
  return flags;
}

unsigned nibble(char c) {
  return is_digit(c) ? static_cast<unsigned>(c - '0') : static_cast<unsigned>(c - 'a') + 10U;
}

}  // namespace

Place named_place(std::string_view sha256, Place place) {
  place.flags = flag_letters(flag_bits(place.flags));
  const FileName name{place.seconds, std::string(sha256), place.file_bytes, place.flags};
  place.name = place.folder == Folder::kNew ? new_name(name) : cur_name(name);
  return place;
}

std::size_t NameTable::KeyHash::operator()(const Key& key) const {
  // Senders choose messages and not their sums, so no one can choose a bad table.
  std::size_t hash = 0;  // A part of a cryptographic hash needs no more mixing.
  std::memcpy(&hash, key.data(), sizeof hash);
  return hash;
}

std::optional<NameTable::Key> NameTable::to_key(std::string_view sha256) {
  if (!is_sha256(sha256)) return std::nullopt;
  Key key;
  for (std::size_t i = 0; i < key.size(); ++i)
    key[i] = static_cast<std::uint8_t>(nibble(sha256[2 * i]) * 16 + nibble(sha256[2 * i + 1]));
  return key;
}

std::string NameTable::to_text(const Key& key) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t byte : key) {
    text += kDigits[byte >> 4U];
    text += kDigits[byte & 0xFU];
  }
  return text;
}

Place NameTable::to_place(const Key& key, const Entry& entry) const {
  Place place = named_place(to_text(key), Place{entry.folder, "", flag_letters(entry.flags),
                                                entry.seconds, entry.file_bytes});
  if (const auto odd = odd_names_.find(key); odd != odd_names_.end()) place.name = odd->second;
  return place;
}

void NameTable::clear() {
  entries_.clear();
  odd_names_.clear();
  foreign_.clear();
}

void NameTable::add(Folder folder, const std::string& name) {
  const auto parsed = parse_file_name(name);
  if (parsed)
    put(parsed->sha256, Place{folder, name, parsed->flags, parsed->seconds, parsed->bytes});
  else
    foreign_.push_back(Place{folder, name, flags_of(name), 0, 0});
}

void NameTable::put(std::string_view sha256, const Place& place) {
  const Key key = *to_key(sha256);
  const Entry entry{place.seconds, place.file_bytes, flag_bits(place.flags), place.folder};
  odd_names_.erase(key);
  entries_[key] = entry;
  // The name is made from what is kept, and only one that differs costs room.
  if (to_place(key, entry).name != place.name) odd_names_[key] = place.name;
}

void NameTable::erase(std::string_view sha256) {
  const auto key = to_key(sha256);
  if (!key) return;
  entries_.erase(*key);
  odd_names_.erase(*key);
}

std::optional<Place> NameTable::find(std::string_view sha256) const {
  const auto key = to_key(sha256);
  const auto found = key ? entries_.find(*key) : entries_.end();
  if (found == entries_.end()) return std::nullopt;
  return to_place(found->first, found->second);
}

void NameTable::for_each(
    const std::function<void(std::string_view sha256, const Place&)>& visit) const {
  // Sorted on demand: the order is asked for once a look, and each entry is found by its key alone.
  std::vector<std::pair<std::int64_t, const Key*>> order;
  order.reserve(entries_.size());
  for (const auto& [key, entry] : entries_) order.emplace_back(entry.seconds, &key);
  std::sort(order.begin(), order.end(), [](const auto& a, const auto& b) {
    return std::tie(a.first, *a.second) < std::tie(b.first, *b.second);
  });
  for (const auto& [seconds, key] : order) visit(to_text(*key), to_place(*key, entries_.at(*key)));
}

}  // namespace restante::archive
