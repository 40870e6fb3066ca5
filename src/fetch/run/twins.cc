#include "fetch/run/twins.h"

#include <algorithm>
#include <array>
#include <functional>
#include <utility>

#include "archive/mailbox/sha256.h"
#include "base/ascii.h"
#include "mail/header_fields.h"

namespace restante::fetch {
namespace {

// Servers that keep mail in an mbox write these when a message is read, between TOP and RETR.
constexpr std::array<std::string_view, 8> kOfServers = {
    "status", "x-status", "x-uid", "x-uidl", "x-keywords", "x-imapbase", "content-length", "lines"};

bool is_of_servers(std::string_view line) {
  return std::any_of(kOfServers.begin(), kOfServers.end(), [&](std::string_view name) {
    return line.size() > name.size() && line[name.size()] == ':' &&
           equals_ignore_case(line.substr(0, name.size()), name);
  });
}

std::string digest_of(std::string_view header) {
  archive::Sha256 sum;
  bool left_out = false;
  while (!header.empty()) {
    const std::size_t end = std::min(header.find('\n'), header.size() - 1) + 1;
    const std::string_view line = header.substr(0, end);
    const bool goes_on = line.front() == ' ' || line.front() == '\t';
    // A field's further lines go with its first.
    left_out = goes_on ? left_out : is_of_servers(line);
    if (!left_out) sum.update(line);
    header.remove_prefix(end);
  }
  return sum.finish();
}

}  // namespace

HeaderMark mark_of(const HeaderBlock& header) {
  // A header that was cut has the same beginning as many others.
  if (!header.whole()) return {};
  return {digest_of(header.text()), mail::header_field(header.text(), "Message-ID")};
}

void Twins::add(const Fetch& message) {
  if (known_.insert(&message).second) unasked_.push_back(&message);
}

const Fetch* Twins::next_to_ask() {
  if (unasked_.empty()) return nullptr;
  const Fetch* next = unasked_.front();
  unasked_.pop_front();
  return next;
}

std::optional<Twins::Earlier> Twins::hold(Came came) {
  const Fetch* message = came.message;
  HeaderMark mark = mark_of(came.header);
  // An id that several have tells none of them apart.
  if (!mark.message_id.empty()) ++message_ids_[mark.message_id];
  const auto [first, is_first] =
      by_digest_.try_emplace(mark.digest, Earlier{message, came.received.sha256});
  if (!is_first && !mark.digest.empty()) return first->second;
  waiting_.insert_or_assign(message, Waiting{std::move(came), std::move(mark)});
  return std::nullopt;
}

const Fetch* Twins::first_waiting() const {
  const Fetch* first = nullptr;
  for (const auto& [message, waiting] : waiting_)
    if (first == nullptr || std::less()(message, first)) first = message;
  return first;
}

Twins::Judged Twins::judge(const Fetch& message, const HeaderBlock* header) {
  auto found = waiting_.extract(&message);
  if (found.empty()) return {};
  Waiting& waited = found.mapped();
  const Verdict verdict = compare(waited.mark, header);
  return {verdict, std::move(waited.came)};
}

Twins::Verdict Twins::compare(const HeaderMark& mine, const HeaderBlock* header) const {
  if (header == nullptr || mine.digest.empty()) return Verdict::kUnclear;
  const HeaderMark shown = mark_of(*header);
  if (shown.digest.empty()) return Verdict::kUnclear;
  if (shown.digest == mine.digest) return Verdict::kItself;
  // Another id is another message; the same id with another header may be a copy through a list.
  if (mine.message_id.empty() || shown.message_id != mine.message_id) return Verdict::kAnother;
  // Of all that came it is the only one with this id, though the server has changed its header.
  return message_ids_.at(mine.message_id) == 1 ? Verdict::kItself : Verdict::kUnclear;
}

}  // namespace restante::fetch
