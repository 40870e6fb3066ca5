// The TRANSACTION state: the messages of the open maildrop, which of them are marked as deleted,
// and how far a long listing has come. Numbers never shift; nothing is deleted here, only marked.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "pop3/command.h"
#include "pop3/shared_state.h"

namespace restante::pop3 {

class Transaction {
 public:
  /// `listing` is not owned and outlives the transaction.
  Transaction(SharedState& context, const Listing& listing)
      : context_(context), listing_(listing) {}

  /// `command` is one of STAT LIST RETR DELE NOOP RSET TOP UIDL LAST (see allowed()).
  Outcome handle(const Command& command);
  /// The driver's answer to SendMessage.
  void message_opened(const Status& status);

  /// LIST or UIDL has more to say: call continue_listing() before anything else.
  [[nodiscard]] bool is_listing() const { return next_listed_ != 0; }
  /// Appends lines until the output is full or the listing is done.
  void continue_listing();

  /// The messages marked, ascending.
  [[nodiscard]] std::vector<MessageNumber> deleted() const;

 private:
  enum class ListingKind : std::uint8_t { kSizes, kUids };

  Outcome stat();
  Outcome list(const Command& command, ListingKind kind);
  Outcome retr(const Command& command);
  Outcome top(const Command& command);
  Outcome dele(const Command& command);
  Outcome rset();
  Outcome last();
  Outcome send(MessageNumber number, std::optional<std::uint64_t> body_lines);

  /// The message that the argument names when it is there and not deleted; otherwise it has been
  /// answered.
  std::optional<MessageNumber> find_message(const Result<MessageNumber>& number);
  [[nodiscard]] bool is_deleted(MessageNumber number) const;
  [[nodiscard]] std::uint64_t count_left() const { return listing_.count() - deleted_count_; }
  [[nodiscard]] std::uint64_t octets_left() const;
  void add_listing_line(MessageNumber number);

  SharedState& context_;
  const Listing& listing_;
  std::vector<bool> deleted_;  ///< Empty until the first DELE.
  std::uint32_t deleted_count_ = 0;
  std::uint64_t deleted_octets_ = 0;
  std::uint32_t highest_accessed_ = 0;  ///< LAST (RFC 1460).
  std::optional<MessageNumber> opening_;
  std::uint32_t next_listed_ = 0;  ///< 0: no listing under way.
  ListingKind listing_kind_ = ListingKind::kSizes;
};

}  // namespace restante::pop3
