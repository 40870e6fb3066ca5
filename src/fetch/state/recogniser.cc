#include "fetch/state/recogniser.h"

#include <algorithm>
#include <unordered_set>

#include "archive/mailbox/message_key.h"
#include "archive/mailbox/sha256.h"
#include "fetch/hand_on/header_block.h"
#include "mail/header_fields.h"

namespace restante::fetch {

Recogniser::Recogniser(LocalMail& local, OneForOne one_for_one)
    : local_(local), one_for_one_(one_for_one) {
  std::unordered_set<std::string> seen;
  for (const auto& [uid, entry] : local.known()) {
    if (!entry.has_content() || !entry.octets) continue;
    const bool listed = is_server_uid(uid) && entry.expected();
    // What is listed under its id is looked at by that id, and must not be taken for another one.
    if (one_for_one == OneForOne::kYes && listed) continue;
    // One file serves all that have its octets.
    if (!seen.insert(archive::message_key(entry.sha256, entry.copy)).second) continue;
    by_octets_[*entry.octets].messages.push_back({entry.sha256, entry.copy});
  }
}

bool Recogniser::has_candidates(std::optional<std::uint64_t> octets) const {
  return octets && by_octets_.contains(*octets);
}

std::string Recogniser::name_of(std::uint64_t octets, std::string_view header) {
  return std::to_string(octets) + " " + archive::sha256_of(header);
}

/// All of one size at once, since as many will be asked for.
void Recogniser::read_headers(std::uint64_t octets, Group& group) {
  group.read = true;
  for (const Recognised& message : group.messages) {
    const std::optional<archive::Place> place = local_.mailbox().find(message.sha256);
    if (!place) continue;
    const HeaderBlock own = read_header(local_.mailbox().path_of(*place));
    if (own.whole()) by_header_[name_of(octets, own.text())].push_back(message);
  }
}

std::optional<Recognised> Recogniser::find(std::uint64_t octets, std::string_view header) {
  // Reports of one kind have the same header each day, and often the same size.
  if (mail::header_field(header, "Message-ID").empty() &&
      mail::header_field(header, "Received").empty())
    return std::nullopt;
  const auto group = by_octets_.find(octets);
  if (group == by_octets_.end()) return std::nullopt;
  if (!group->second.read) read_headers(octets, group->second);
  const auto found = by_header_.find(name_of(octets, header));
  if (found == by_header_.end() || found->second.empty()) return std::nullopt;
  const Recognised message = found->second.back();
  // Each is taken once: two messages with one header need two here.
  if (one_for_one_ == OneForOne::kYes) found->second.pop_back();
  return message;
}

}  // namespace restante::fetch
