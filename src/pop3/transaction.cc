#include "pop3/transaction.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace restante::pop3 {

Outcome Transaction::handle(const Command& command) {
  // An argument where none belongs is refused: "RSET 1" is from a client that means something else.
  const auto without_argument = [&](auto answer) -> Outcome {
    if (parse_nothing(command)) return answer();
    context_.refuse(Text::kBadArguments);
    return std::nullopt;
  };
  switch (command.verb) {
    case Verb::kStat: return without_argument([this] { return stat(); });
    case Verb::kRset: return without_argument([this] { return rset(); });
    case Verb::kLast: return without_argument([this] { return last(); });
    case Verb::kNoop:
      return without_argument([this]() -> Outcome {
        context_.replies.ok(Text::kNothingDone);
        return std::nullopt;
      });
    case Verb::kList: return list(command, ListingKind::kSizes);
    case Verb::kUidl: return list(command, ListingKind::kUids);
    case Verb::kRetr: return retr(command);
    case Verb::kTop: return top(command);
    case Verb::kDele: return dele(command);
    // The session has looked at the state already: these are here so that a new word cannot be
    // forgotten.
    case Verb::kApop:
    case Verb::kAuth:
    case Verb::kCapa:
    case Verb::kLang:
    case Verb::kPass:
    case Verb::kQuit:
    case Verb::kStls:
    case Verb::kUser:
    case Verb::kUtf8:
    case Verb::kXclient: break;
  }
  context_.refuse(Text::kLoggedInAlready);
  return std::nullopt;
}

Outcome Transaction::stat() {
  context_.replies.begin_ok().add(count_left()).add(" ").add(octets_left()).end_line();
  return std::nullopt;
}

Outcome Transaction::list(const Command& command, ListingKind kind) {
  listing_kind_ = kind;
  Replies& replies = context_.replies;
  if (command.argument) {
    // A message that is marked as deleted is as if it were not there (RFC 1939 s.5).
    const auto number = find_message(parse_message_number(*command.argument));
    if (!number) return std::nullopt;
    replies.begin_ok();
    add_listing_line(*number);
    return std::nullopt;
  }
  if (kind == ListingKind::kUids) {
    replies.ok(Text::kUniqueIds);
  } else {
    replies.begin_ok().add(count_left()).add(" ").add(Text::kMessages);
    replies.add(" (").add(octets_left()).add(" ").add(Text::kOctets).add(")").end_line();
  }
  next_listed_ = 1;
  continue_listing();
  return std::nullopt;
}

void Transaction::continue_listing() {
  const std::uint32_t count = listing_.count();
  // A position in the maildrop and not in a text: nothing of the listing is kept while the client
  // reads. Counted up to count + 1, which must not wrap to "no listing".
  std::uint64_t next = next_listed_;
  for (; next <= count; ++next) {
    // A listing of a large maildrop comes in pieces, each when the one before is sent.
    if (context_.replies.output().size() >= limits::kOutputBytesMax) break;
    const MessageNumber number{static_cast<std::uint32_t>(next)};
    if (!is_deleted(number)) add_listing_line(number);
  }
  next_listed_ = next <= count ? static_cast<std::uint32_t>(next) : 0;
  if (!is_listing()) context_.replies.end_list();
}

void Transaction::add_listing_line(MessageNumber number) {
  Replies& replies = context_.replies;
  replies.add(std::uint64_t{static_cast<std::uint32_t>(number)}).add(" ");
  if (listing_kind_ == ListingKind::kUids)
    listing_.append_uid(number, replies.output());
  else
    replies.add(listing_.octets(number));
  replies.end_line();
}

Outcome Transaction::retr(const Command& command) {
  const auto number = find_message(parse_message_number(command.argument.value_or("")));
  if (!number) return std::nullopt;
  return send(*number, std::nullopt);
}

Outcome Transaction::top(const Command& command) {
  const auto arguments = parse_top_arguments(command);
  if (!arguments) {
    // A wrong message number has an answer of its own.
    find_message(arguments.error());
    return std::nullopt;
  }
  if (!find_message(arguments->number)) return std::nullopt;
  return send(arguments->number, arguments->body_lines);
}

Outcome Transaction::send(MessageNumber number, std::optional<std::uint64_t> body_lines) {
  // Known from the delivery: the message is not opened for it.
  if (!context_.utf8 && context_.settings.utf8_policy == Utf8Policy::kRefuse &&
      listing_.needs_utf8(number)) {
    context_.replies.error(ResponseCode::kUtf8, Text::kNeedsUtf8);
    return std::nullopt;
  }
  // The +OK waits for the file: a message that cannot be read is refused in words.
  opening_ = number;
  return SendMessage{number, body_lines};
}

void Transaction::message_opened(const Status& status) {
  RESTANTE_CHECK(opening_.has_value());
  const auto number = std::exchange(opening_, std::nullopt);
  if (!status) return context_.replies.message_failed(status.error().code);
  // Only a message that could be read was accessed, for LAST.
  highest_accessed_ = std::max(highest_accessed_, static_cast<std::uint32_t>(*number));
  // RFC 1939 leaves the text free, but some clients take the number for the size of what follows.
  context_.replies.begin_ok().add(listing_.octets(*number)).add(" ").add(Text::kOctets).end_line();
}

Outcome Transaction::dele(const Command& command) {
  const auto number = find_message(parse_message_number(command.argument.value_or("")));
  if (!number) return std::nullopt;
  // Most sessions delete nothing, and then keep no marks.
  if (deleted_.empty()) deleted_.resize(listing_.count());
  deleted_[to_index(*number)] = true;
  ++deleted_count_;
  deleted_octets_ += listing_.octets(*number);
  context_.replies.ok(Text::kMarkedDeleted);
  return std::nullopt;
}

Outcome Transaction::rset() {
  deleted_.clear();
  deleted_count_ = 0;
  deleted_octets_ = 0;
  // LAST goes back with RSET, by the older RFC that has it.
  highest_accessed_ = 0;
  context_.replies.ok(Text::kMarksRemoved);
  return std::nullopt;
}

Outcome Transaction::last() {
  context_.replies.begin_ok().add(std::uint64_t{highest_accessed_}).end_line();
  return std::nullopt;
}

std::vector<MessageNumber> Transaction::deleted() const {
  std::vector<MessageNumber> numbers;
  numbers.reserve(deleted_count_);
  for (std::size_t i = 0; i < deleted_.size(); ++i)
    if (deleted_[i]) numbers.push_back(MessageNumber{static_cast<std::uint32_t>(i + 1)});
  return numbers;
}

std::optional<MessageNumber> Transaction::find_message(const Result<MessageNumber>& number) {
  // The order decides which of two faults is told.
  if (!number && number.error().code == Errc::kSyntax) {
    context_.refuse(Text::kBadArguments);
  } else if (!number || static_cast<std::uint32_t>(*number) > listing_.count()) {
    context_.replies.error(Text::kNoSuchMessage);
  } else if (is_deleted(*number)) {
    context_.replies.error(Text::kAlreadyDeleted);
  } else {
    return *number;
  }
  return std::nullopt;
}

bool Transaction::is_deleted(MessageNumber number) const {
  return !deleted_.empty() && deleted_[to_index(number)];
}

std::uint64_t Transaction::octets_left() const { return listing_.total_octets() - deleted_octets_; }

}  // namespace restante::pop3
