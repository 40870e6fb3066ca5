// The undeleted messages of one view, ascending, in memory: 64 bytes each.
//
// Append-only, and entries never move: a snapshot is this list and a count, so opening a session
// copies nothing. One writer at a time; a reader touches only entries below a count that the writer
// gave out under a lock (the maildrop's) once they were there, which makes the sharing safe.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <list>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/page_array.h"
#include "maildrop/log/format/record_body.h"
#include "maildrop/log/format/uid.h"
#include "maildrop/store.h"

namespace restante::maildrop::log {

/// Every uid that a message of this maildrop ever brought along, since none may be used again:
/// those of the messages in the log, deleted or not, and the hashes of those that are gone. Strings
/// never move. Used under Maildrop's append mutex.
class UidPool {
 public:
  /// Where it is kept, now or already.
  const std::string* add(const std::string& uid) {
    if (const std::string* const known = find(uid)) return known;
    const std::string& kept = uids_.emplace_back(uid);
    places_.emplace(kept, &kept);
    text_bytes_ += kept.size();
    return &kept;
  }
  /// nullptr: not there.
  [[nodiscard]] const std::string* find(const std::string& uid) const {
    const auto at = places_.find(uid);
    return at == places_.end() ? nullptr : at->second;
  }
  [[nodiscard]] const std::list<std::string>& all() const { return uids_; }

  /// Their messages are gone.
  void forget(const std::vector<UidHash>& hashes) {
    if (hashes.empty()) return;
    forgotten_.insert(forgotten_.end(), hashes.begin(), hashes.end());
    std::ranges::sort(forgotten_);
    forgotten_.erase(std::ranges::unique(forgotten_).begin(), forgotten_.end());
  }
  /// The same, of all that were gone already: they are ascending.
  void forget(std::vector<UidHash>&& hashes) {
    if (!forgotten_.empty() || !std::ranges::is_sorted(hashes))
      return forget(std::as_const(hashes));
    forgotten_ = std::move(hashes);
  }
  [[nodiscard]] const std::vector<UidHash>& forgotten() const { return forgotten_; }
  /// About how much memory it takes.
  [[nodiscard]] std::uint64_t memory_bytes() const {
    return uids_.size() * kEntryBytes + text_bytes_ + forgotten_.size() * sizeof(UidHash);
  }
  /// Whether a message has it, or had it.
  [[nodiscard]] bool is_taken(const std::string& uid) const {
    return find(uid) != nullptr || std::ranges::binary_search(forgotten_, hash_uid(uid));
  }

 private:
  // A node of each container with the heap's own words, and a bucket.
  static constexpr std::uint64_t kEntryBytes = 128;

  std::list<std::string> uids_;  // Empty, as in most maildrops, it holds nothing; a deque does.
  std::unordered_map<std::string_view, const std::string*> places_;
  std::vector<UidHash> forgotten_;  // Ascending.
  std::uint64_t text_bytes_ = 0;
};

struct MessageEntry {
  MessageInfo info;
  std::uint64_t body_offset = 0;     ///< In the log.
  const std::string* uid = nullptr;  ///< Owned by the pool; nullptr: derived.
};
static_assert(sizeof(MessageEntry) <= 64);

/// Appends the message's uid; `prefix` is what the log's derived ones start with.
inline void append_uid(std::string_view prefix, const MessageEntry& entry, std::string& out) {
  if (entry.uid) {
    out += *entry.uid;
  } else {
    append_derived_uid(prefix, entry.info, out);
  }
}

class MessageList {
 public:
  explicit MessageList(std::shared_ptr<UidPool> uids) : uids_(std::move(uids)) {}
  MessageList(const MessageList&) = delete;
  MessageList& operator=(const MessageList&) = delete;
  ~MessageList() {
    for (std::size_t block = 0; block < kBlocks && blocks_[block] != nullptr; ++block)
      release_array(blocks_[block], kFirstBlock << block);
  }

  /// Writer only.
  void append(const MessageEntry& entry) {
    const auto [block, place] = locate(count_);
    if (place == 0) blocks_[block] = allocate_array<MessageEntry>(kFirstBlock << block);
    blocks_[block][place] = entry;
    ++count_;
    octets_ += entry.info.octets;
    log_bytes_ += record_bytes(entry);
  }
  /// Of an entry's record in the log, with padding.
  static std::uint64_t record_bytes(const MessageEntry& entry) {
    const std::uint64_t uid_bytes = entry.uid ? align(entry.uid->size()) : 0;
    return align(kRecordHeaderBytes + uid_bytes + entry.info.wire_bytes);
  }
  /// Writer only; a reader has its own count.
  [[nodiscard]] std::uint32_t count() const { return count_; }
  [[nodiscard]] std::uint64_t octets() const { return octets_; }
  /// Of their records in the log, with padding.
  [[nodiscard]] std::uint64_t log_bytes() const { return log_bytes_; }

  [[nodiscard]] const MessageEntry& operator[](std::uint32_t index) const {
    const auto [block, place] = locate(index);
    return blocks_[block][place];
  }

 private:
  struct Place {
    std::size_t block;
    std::uint32_t place;
  };
  static constexpr std::uint32_t kFirstBlock = 4;  // Block b has kFirstBlock << b entries.
  static constexpr std::size_t kBlocks = 29;       // Together more than 2^31 - 1.

  static Place locate(std::uint32_t index) {
    const std::uint32_t ordinal = index / kFirstBlock + 1;
    const auto block = static_cast<std::size_t>(std::bit_width(ordinal)) - 1;
    RESTANTE_DCHECK(block < kBlocks);
    return {block, index - kFirstBlock * ((1U << block) - 1)};
  }

  const std::shared_ptr<UidPool> uids_;          // Keeps the entries' uids alive.
  std::array<MessageEntry*, kBlocks> blocks_{};  // Owned. The large ones are pages of their own.
  std::uint32_t count_ = 0;
  std::uint64_t octets_ = 0;
  std::uint64_t log_bytes_ = 0;
};

}  // namespace restante::maildrop::log
