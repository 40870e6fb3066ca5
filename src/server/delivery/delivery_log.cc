#include "server/delivery/delivery_log.h"

#include <algorithm>

#include "server/common/log.h"

namespace restante::server {
namespace {

std::string or_dash(std::string_view value) { return value.empty() ? "-" : for_log(value); }

/// A trusted MTA's id stands as it is. An id from a header, which any sender can write, stands in
/// quotes.
std::string queue_id(const MailNotes& notes) {
  const auto& forwarded = notes.envelope.forwarded;
  if (forwarded && !forwarded->ident.empty()) return for_log(forwarded->ident);
  if (notes.ids.received_id.empty()) return "-";
  std::string quoted = for_log(notes.ids.received_id);
  return quoted.front() == '"' ? quoted : '"' + quoted + '"';
}

std::string ids_text(const MailNotes& notes) {
  std::string text =
      fmt::format("message_id={} queue_id={}", or_dash(notes.ids.message_id), queue_id(notes));
  const auto& forwarded = notes.envelope.forwarded;
  if (forwarded && !forwarded->address.empty()) text += " client=" + for_log(forwarded->address);
  return text;
}

std::string copy_text(const MailNotes& notes, const std::string& recipient, const Copy& copy) {
  std::string text = fmt::format("recipient={} account={} uid={} octets={}", for_log(recipient),
                                 for_log(copy.account), or_dash(copy.uid), copy.octets);
  if (!notes.envelope.uid.empty()) text += copy.was_there ? " xuid=known" : " xuid=new";
  return text;
}

}  // namespace

std::vector<std::string> delivery_lines(const MailNotes& notes, const std::vector<Route>& routes,
                                        const std::vector<Copy>& copies) {
  const auto is_done = [](const Copy& copy) { return copy.verdict == smtp::Delivery::kDone; };
  const auto done = std::count_if(copies.begin(), copies.end(), is_done);
  std::size_t failures = 0;
  for (const Copy& copy : copies) failures += copy.failures.size();
  const std::string ids = ids_text(notes);
  std::vector<std::string> lines;
  lines.push_back(fmt::format("{} mail={} peer={} from={} recipients={} delivered={} failed={}",
                              notes.dialect, notes.id, notes.peer, for_log(notes.envelope.sender),
                              routes.size(), done, failures));
  const bool alone = routes.size() == 1 && copies.size() == 1 && done == 1;
  if (alone) lines.back() += " " + copy_text(notes, routes.front().recipient, copies.front());
  lines.back() += " " + ids;
  if (alone) return lines;
  for (const Copy& copy : copies) {
    if (!is_done(copy)) continue;
    for (const std::size_t route : copy.routes)
      lines.push_back(fmt::format("{} mail={} {} {}", notes.dialect, notes.id,
                                  copy_text(notes, routes[route].recipient, copy), ids));
  }
  return lines;
}

}  // namespace restante::server
