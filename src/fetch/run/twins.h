// Messages of one size whose answers are under way together. LIST's size does not tell them apart:
// each is believed only when its header is the one that TOP shows. A TOP goes out behind
// the next RETR: answers of two kinds that change places are seen by their sizes. Private to the
// collector.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "archive/mailbox/incoming.h"
#include "fetch/hand_on/header_block.h"
#include "fetch/plan/plan.h"

namespace restante::fetch {

/// What tells a header from others.
struct HeaderMark {
  /// Of all fields but those that servers write into a maildrop's messages; empty: the header is
  /// not whole.
  std::string digest;
  std::string message_id;  ///< Empty: there is none.
};
HeaderMark mark_of(const HeaderBlock& header);

/// A message that came, before it is believed.
struct Came {
  const Fetch* message = nullptr;
  std::unique_ptr<archive::Incoming> incoming;
  archive::Received received;
  HeaderBlock header;
};

/// Of one session. Messages are named by the Fetch that stands for them, which outlives it.
class Twins {
 public:
  enum class Verdict : std::uint8_t {
    kItself,   ///< The message is the one that was asked for.
    kAnother,  ///< Its header is not the one that TOP shows.
    kUnclear,  ///< TOP did not answer with a header, or others have the same Message-ID.
  };

  /// Another message of its size is under way. Twice is as good as once.
  void add(const Fetch& message);
  [[nodiscard]] bool has(const Fetch& message) const { return known_.contains(&message); }

  /// The next message whose header must be asked for, never twice; null: there is none.
  const Fetch* next_to_ask();

  struct Earlier {
    const Fetch* message = nullptr;
    std::string sha256;  ///< Of what came for it.
  };
  /// The message came, and waits for judge(). Not so when an earlier one had the same header, which
  /// is returned then: nothing tells the two apart, and what came is dropped.
  std::optional<Earlier> hold(Came came);
  /// The first of those that wait, in the order of the array that they stand in; null: none waits.
  [[nodiscard]] const Fetch* first_waiting() const;
  /// No further header comes: what waits is dropped.
  void give_up() { waiting_.clear(); }
  struct Judged {
    Verdict verdict = Verdict::kItself;
    std::optional<Came> came;  ///< What waited.
  };
  /// TOP's answer, null where the server refused; ends the wait of hold(). The verdict is kItself
  /// for what does not wait.
  Judged judge(const Fetch& message, const HeaderBlock* header);

 private:
  struct Waiting {
    Came came;
    HeaderMark mark;
  };
  [[nodiscard]] Verdict compare(const HeaderMark& mine, const HeaderBlock* header) const;

  std::unordered_set<const Fetch*> known_;
  std::deque<const Fetch*> unasked_;
  std::unordered_map<const Fetch*, Waiting> waiting_;
  std::unordered_map<std::string, Earlier> by_digest_;
  std::unordered_map<std::string, std::size_t> message_ids_;  // How many have it.
};

}  // namespace restante::fetch
