// What lies in a Maildir's new/ and cur/, by the names of its files: our messages by their
// checksum, in as few bytes as a million of them deserve, and other programs' files as they are.
// It knows no disk: it is told the names.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace restante::archive {

enum class Folder : std::uint8_t { kNew, kCur };

/// Where a message is, now.
struct Place {
  Folder folder = Folder::kNew;
  std::string name;  ///< The file's, in that folder.
  std::string flags;
  std::int64_t seconds = 0;  ///< When it was received.
  std::uint64_t file_bytes = 0;
};

/// The place with the flags in order and the name that a message of ours has there.
Place named_place(std::string_view sha256, Place place);

class NameTable {
 public:
  void clear();
  /// A file that was seen. One message seen in two places is in the later one.
  void add(Folder folder, const std::string& name);
  /// A message that is in this place now. `sha256` is one.
  void put(std::string_view sha256, const Place& place);
  /// Fine when it is not there.
  void erase(std::string_view sha256);

  [[nodiscard]] std::optional<Place> find(std::string_view sha256) const;
  /// As they arrived.
  void for_each(const std::function<void(std::string_view sha256, const Place&)>& visit) const;
  /// Files whose names are not ours. `Place::seconds` and `file_bytes` are 0.
  [[nodiscard]] const std::vector<Place>& foreign() const { return foreign_; }
  [[nodiscard]] std::size_t size() const { return entries_.size(); }

 private:
  using Key = std::array<std::uint8_t, 32>;
  struct KeyHash {
    std::size_t operator()(const Key& key) const;
  };
  /// The name is made from it.
  struct Entry {
    std::int64_t seconds = 0;
    std::uint64_t file_bytes = 0;
    std::uint64_t flags = 0;  // A bit for each letter.
    Folder folder = Folder::kNew;
  };

  static std::optional<Key> to_key(std::string_view sha256);
  static std::string to_text(const Key& key);
  [[nodiscard]] Place to_place(const Key& key, const Entry& entry) const;

  std::unordered_map<Key, Entry, KeyHash> entries_;
  // Ours, but with flags in another program's order: the name cannot be made from the Entry.
  std::unordered_map<Key, std::string, KeyHash> odd_names_;
  std::vector<Place> foreign_;
};

}  // namespace restante::archive
