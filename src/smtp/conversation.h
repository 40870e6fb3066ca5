// The commands of a session, one line at a time: it keeps what the peer has said so far, writes
// replies, and names the one thing that has to happen next. It sees no octet of a message, and it
// does not know how bytes are cut into lines.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "smtp/command.h"
#include "smtp/line_reader.h"
#include "smtp/parameters.h"
#include "smtp/refusals.h"
#include "smtp/sequence.h"
#include "smtp/transaction.h"

namespace restante::smtp {

/// What a command asks for, beyond the reply that is written already.
struct Action {
  enum class Kind : std::uint8_t {
    kNothing,
    kClose,
    kStartTls,
    kNameClient,      ///< `client` is named and greeted; none: 550.
    kCheckRecipient,  ///< `recipient`; then recipient_checked().
    kTakeMessage,     ///< DATA: the message follows.
    kTakeChunk,       ///< BDAT: `chunk` follows and belongs to the message.
    kSkipChunk,       ///< BDAT refused: `chunk` follows, is thrown away, then chunk_skipped().
  };
  explicit Action(Kind k) : kind(k) {}

  Kind kind;
  std::string recipient;
  std::optional<XClient> client;
  ChunkArgument chunk;
  bool begins = true;  ///< The message begins here: false for every chunk but the first.
};

class Conversation {
 public:
  /// `settings` is not owned and outlives the conversation.
  Conversation(const ServerSettings& settings, Channel channel);

  Action handle(const LineReader::Line& line);

  /// False: that was one mistake too many, the session is over.
  [[nodiscard]] bool recipient_checked(Recipient verdict, std::size_t copies);
  void chunk_skipped(const ChunkArgument& chunk);
  /// A chunk that was not the last has come in whole.
  void chunk_taken(Failure failure);
  /// The message has come in whole and cannot be delivered; the transaction is over.
  void message_failed(Failure failure);
  /// Of the next recipients. True: of all by now, and the transaction is over.
  bool delivered(const std::vector<Outcome>& next);
  /// Everything from before TLS is forgotten (RFC 3207 s.4.2).
  void tls_started(Channel channel);
  void client_named(Channel channel) { channel_ = channel; }

  [[nodiscard]] Envelope envelope() const;
  [[nodiscard]] std::uint64_t declared_bytes() const { return transaction_.declared_bytes(); }
  [[nodiscard]] EnvelopeSize size() const { return transaction_.size(); }
  /// Between chunks of a message, too.
  [[nodiscard]] bool in_chunks() const { return chunks_ != Chunks::kNone; }
  /// Whether the answer to the last line is to come late; true once.
  bool take_delay() { return std::exchange(slow_, false); }
  [[nodiscard]] const ServerSettings& settings() const { return settings_; }
  std::string& output() { return output_; }
  std::vector<Refusal>& refusals() { return notes_.list(); }

 private:
  enum class Chunks : std::uint8_t { kNone, kBegun, kFailed };

  Action dispatch(const Command& command);
  Action hello(const Command& command);
  Action take_mail(std::string_view argument);
  Action take_rcpt(std::string_view argument);
  Action take_data();
  Action take_chunk(std::string_view argument);
  Action start_tls();
  Action take_forward(std::string_view argument);
  Action handle_command(std::string_view line);
  Action name_client(std::string_view argument);
  Action refuse_client();
  Action reply(Reply reply);
  Action close(Reply reply);
  /// A reply that refuses is noted, with the command that is being handled.
  void note(Reply reply, std::string_view line);
  bool one_more_mistake();
  bool one_more_empty();
  void reset();
  [[nodiscard]] Phase phase() const;

  const ServerSettings& settings_;
  Channel channel_;
  std::string helo_;
  bool greeted_ = false;   // By HELO, EHLO or LHLO, perhaps without a name.
  bool extended_ = false;  // By EHLO or LHLO.
  // Of the transaction that begins next, or is under way.
  std::optional<Forwarded> forwarded_;
  Transaction transaction_;
  Chunks chunks_ = Chunks::kNone;
  Reply chunk_refusal_ = Reply::kMailFirst;
  std::string candidate_;        // The recipient that is being checked.
  std::string candidate_uid_;    // What it came with.
  std::uint32_t mistakes_ = 0;   // Since the last delivery, as the next two.
  std::uint32_t empty_ = 0;      // Commands that brought no mail on.
  std::uint32_t postponed_ = 0;  // Recipients that are to come again.
  bool slow_ = false;
  std::string_view line_;  // The command while it is handled.
  RefusalNotes notes_;
  std::string output_;
};

}  // namespace restante::smtp
