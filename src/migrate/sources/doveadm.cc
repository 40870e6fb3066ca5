#include "migrate/sources/doveadm.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <limits>

#include "base/clock.h"
#include "files/errors.h"
#include "migrate/formats/uid_rule.h"
#include "migrate/sources/stored_mail.h"

namespace restante::migrate {
namespace {

constexpr std::size_t kAskedMax = 1000;  // Messages of one doveadm.
constexpr std::size_t kPieceBytes = 256U << 10;
constexpr std::uint64_t kAnswerBytesMax = 1ULL << 30;
constexpr int kSilenceMs = 300'000;
constexpr int kNoUser = 67;  // sysexits.h, whose codes doveadm uses.
constexpr int kNotStarted = 127;

/// Appends the next output; false: nothing more comes. Errors: kIo, kTimeout.
Result<bool> hear(int output, std::string& text) {
  pollfd ready{output, POLLIN, 0};
  int found = 0;
  do found = ::poll(&ready, 1, kSilenceMs);
  while (found < 0 && errno == EINTR);
  if (found == 0) return Error(Errc::kTimeout, "doveadm has said nothing for five minutes");
  const std::size_t before = text.size();
  text.resize(before + kPieceBytes);
  ssize_t count = 0;
  do count = ::read(output, text.data() + before, kPieceBytes);
  while (count < 0 && errno == EINTR);
  text.resize(before + static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
  if (count < 0) return Error(Errc::kIo, "doveadm: " + files::reason_of(errno));
  return count > 0;
}

Status check_exit(const programs::Started& started, const std::string& user) {
  RESTANTE_TRY(const int code, programs::exit_code_of(started));
  if (code == 0) return ok();
  if (code == kNoUser) return Error(Errc::kNotFound, "Dovecot has no user " + user);
  if (code == kNotStarted) return Error(Errc::kIo, "doveadm cannot be started");
  return Error(Errc::kIo, "doveadm has failed for " + user + ": exit code " + std::to_string(code));
}

std::string uid_set(std::span<const std::uint64_t> uids) {
  std::string text;
  for (const std::uint64_t uid : uids) text += (text.empty() ? "" : ",") + std::to_string(uid);
  return text;
}

}  // namespace

Result<std::string> Doveadm::ask(const std::vector<std::string>& words) const {
  RESTANTE_TRY(const programs::Started started, options_.starter->start(words));
  std::string text;
  for (;;) {
    RESTANTE_TRY(const bool more, hear(started.output.number(), text));
    if (!more) break;
    // A listing of the most messages is far below it; this bounds the memory for a program gone
    // wrong.
    if (text.size() > kAnswerBytesMax) return Error(Errc::kLimit, "doveadm says too much");
  }
  RESTANTE_CHECKED(check_exit(started, options_.user));
  return text;
}

Status Doveadm::find_folders(Listing& listing, std::uint32_t& uid_validity) const {
  RESTANTE_TRY(const std::string text, ask({"-f", "tab", "mailbox", "status", "-u", options_.user,
                                            std::string(kDoveadmStatus), options_.mailbox, "*"}));
  RESTANTE_TRY(const auto mailboxes, parse_doveadm_mailboxes(text));
  for (const DoveadmMailbox& mailbox : mailboxes) {
    if (mailbox.name == options_.mailbox) {
      uid_validity = mailbox.uid_validity;
    } else if (mailbox.messages > 0) {
      listing.folders.push_back({mailbox.name, mailbox.messages});
    }
  }
  return ok();
}

Result<Listing> Doveadm::list() {
  const UidlFormat& format = options_.format;
  // doveadm would take it as a pattern, and give one user the mail of all that it fits.
  for (const std::string& name : {options_.user, options_.mailbox})
    if (name.find_first_of("*?%") != std::string::npos)
      return Error(Errc::kSyntax, "doveadm takes " + name + " for a pattern");
  if (format.names('m'))
    return Error(Errc::kSyntax, "pop3_uidl_format " + format.text() +
                                    ": doveadm does not say %m; take the mail by POP3");
  Listing listing;
  listing.ids = "doveadm, " + format.text();
  std::uint32_t uid_validity = 0;
  RESTANTE_CHECKED(find_folders(listing, uid_validity));
  RESTANTE_TRY(const std::string text,
               ask({"-f", "tab", "fetch", "-u", options_.user, std::string(kDoveadmFields),
                    "mailbox", options_.mailbox}));
  RESTANTE_TRY(auto messages, parse_doveadm_messages(text));
  // Messages with a place from an earlier move come first, as in Dovecot's POP3 server.
  constexpr std::uint64_t kLast = std::numeric_limits<std::uint64_t>::max();
  std::ranges::stable_sort(messages, {}, [&](const DoveadmMessage& message) {
    return std::pair(message.pop3_order ? std::uint64_t{*message.pop3_order} : kLast, message.uid);
  });
  for (DoveadmMessage& message : messages) {
    Item item;
    item.place = "number " + std::to_string(message.uid);
    item.own_uid = storable_uid(message.guid);
    item.arrived = WallTime(std::chrono::seconds(message.received_unix));
    item.key = message.uid;
    item.octets = message.octets;
    // Without it the id would be made of an empty name, and the same for all such messages.
    if (format.names('f') && message.storage_id.empty() && message.pop3_uidl.empty()) {
      listing.skipped.push_back({item.place, "has no file of its own, which %f would name"});
      continue;
    }
    // Dovecot serves the id of an earlier move instead of its format's; so it goes on here.
    item.uid = message.pop3_uidl;
    if (item.uid.empty())
      item.uid = format.expand(
          {message.uid, uid_validity, std::move(message.storage_id), std::move(message.guid), {}});
    listing.items.push_back(std::move(item));
  }
  return listing;
}

Result<std::unique_ptr<Source>> Doveadm::source_of(const OtherFolder& folder) {
  DoveadmOptions options = options_;
  options.mailbox = folder.name;
  return std::make_unique<Doveadm>(std::move(options));
}

void Doveadm::expect(const std::vector<const Item*>& items) {
  expected_.clear();
  for (const Item* const item : items) expected_.push_back(item->key);
  asked_to_ = 0;
  telling_.reset();
}

/// doveadm gives messages by ascending numbers, so one question asks for all that are expected in
/// that order. A message out of it is asked for alone.
Status Doveadm::ask_for_texts(std::uint64_t first) {
  std::vector<std::uint64_t> asked{first};
  if (asked_to_ < expected_.size() && expected_[asked_to_] == first)
    // Bounded: the numbers are one word of a command line.
    while (++asked_to_ < expected_.size() && expected_[asked_to_] > asked.back() &&
           asked.size() < kAskedMax)
      asked.push_back(expected_[asked_to_]);
  RESTANTE_TRY(auto started, options_.starter->start({"-f", "pager", "fetch", "-u", options_.user,
                                                      std::string(kDoveadmText), "mailbox",
                                                      options_.mailbox, "uid", uid_set(asked)}));
  telling_.emplace(std::move(started));
  said_all_ = false;
  is_first_ = true;
  heard_.clear();
  at_ = 0;
  head_.reset();
  return ok();
}

Result<bool> Doveadm::hear_more() {
  if (said_all_) return false;
  heard_.erase(0, at_);
  at_ = 0;
  RESTANTE_TRY(const bool more, hear(telling_->output.number(), heard_));
  said_all_ = !more;
  return more;
}

/// nullopt: doveadm has sent all.
Result<std::optional<DoveadmHead>> Doveadm::next_head() {
  for (bool is_behind = !is_first_;;) {
    std::string_view rest = std::string_view(heard_).substr(at_);
    const std::size_t before = rest.size();
    if (is_behind) {
      RESTANTE_TRY(const bool taken, take_doveadm_separator(rest, said_all_));
      is_behind = !taken;
    }
    if (!is_behind && !(said_all_ && rest.empty())) {
      RESTANTE_TRY(const auto head, take_doveadm_head(rest));
      at_ += before - rest.size();
      if (head) return head;
      if (said_all_) return Error(Errc::kIo, "doveadm broke off");
    } else if (said_all_) {
      return std::optional<DoveadmHead>();
    }
    RESTANTE_CHECKED(hear_more());
  }
}

Result<std::string> Doveadm::take_text(std::uint64_t octets) {
  while (heard_.size() - at_ < octets) {
    RESTANTE_TRY(const bool more, hear_more());
    if (!more) return Error(Errc::kIo, "doveadm broke off in a message");
  }
  std::string text = heard_.substr(at_, static_cast<std::size_t>(octets));
  at_ += static_cast<std::size_t>(octets);
  is_first_ = false;
  return text;
}

Status Doveadm::check_ending() {
  Status ended = check_exit(*telling_, options_.user);
  telling_.reset();
  return ended;
}

Status Doveadm::read(Item& item, std::string& wire) {
  while (!head_) {
    if (!telling_) RESTANTE_CHECKED(ask_for_texts(item.key));
    RESTANTE_TRY(const auto head, next_head());
    head_ = head;
    if (head_) break;
    RESTANTE_CHECKED(check_ending());
    const bool comes_next = asked_to_ < expected_.size() && expected_[asked_to_] == item.key;
    if (!comes_next) return Error(Errc::kNotFound, "it is gone");
  }
  // The answer goes on behind a message that was deleted meanwhile; its head stays for its own
  // turn.
  if (head_->uid != item.key) return Error(Errc::kNotFound, "it is gone");
  if (head_->octets > kMessageBytesMax) return Error(Errc::kIo, item.place + ": over 1 GiB");
  RESTANTE_TRY(const std::string text, take_text(head_->octets));
  head_.reset();
  to_wire(text, wire);
  return ok();
}

}  // namespace restante::migrate
