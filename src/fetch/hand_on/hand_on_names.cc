#include "fetch/hand_on/hand_on_names.h"

#include <fmt/format.h>

#include <algorithm>

namespace restante::fetch {
namespace {

std::string_view to_string(profile::HandOn::Kind kind) {
  switch (kind) {
    case profile::HandOn::Kind::kLmtp: return "lmtp";
    case profile::HandOn::Kind::kSmtp: return "smtp";
    case profile::HandOn::Kind::kImap: return "imap";
    case profile::HandOn::Kind::kCommand: return "command";
    case profile::HandOn::Kind::kMbox: return "mbox";
    case profile::HandOn::Kind::kGmail: return "gmail";
  }
  return "command";
}

}  // namespace

std::string destination_of(const profile::HandOn& target) {
  return target.name.empty() ? text_of(target) : target.name;
}

std::string text_of(const profile::HandOn& target) {
  std::string name = fmt::format("{} {}", to_string(target.kind), target.target);
  for (const std::string& word : target.command) name += " " + word;
  if (!target.user.empty()) name += " as " + target.user;
  if (!target.recipient.empty()) name += " to " + target.recipient;
  return name;
}

std::vector<std::string> destinations_of(const profile::Account& account) {
  std::vector<std::string> all;
  for (const profile::HandOn& target : account.hand_on) all.push_back(destination_of(target));
  return all;
}

profile::Account login_of(const profile::Account& account, const profile::HandOn& target) {
  profile::Account login;
  login.name = account.name + ":" + destination_of(target);
  login.host = target.target;
  login.user = target.user;
  login.secret = target.secret;
  return login;
}

Result<std::vector<std::string>> settle_names(HandOnQueue& queue, const profile::Account& account) {
  std::vector<std::string> notes;
  std::vector<std::string> known = destinations_of(account);
  for (const profile::HandOn& target : account.hand_on) {
    const std::string text = text_of(target);
    const bool is_name = std::find(known.begin(), known.end(), text) != known.end();
    if (target.name.empty() || is_name) continue;
    RESTANTE_TRY(const bool was_known, queue.knows(text));
    if (was_known) RESTANTE_CHECKED(queue.take_over(text, target.name));
  }
  std::vector<std::string> fresh;
  for (const std::string& name : known) {
    RESTANTE_TRY(const bool is_known, queue.knows(name));
    if (!is_known) fresh.push_back(name);
  }
  known.emplace_back(kHookName);
  RESTANTE_TRY(const std::vector<std::string> gone, queue.strangers(known));
  // One gone and one new is a target that was corrected. Of several no one can tell which became
  // which.
  if (fresh.size() != 1 || gone.size() != 1) return notes;
  RESTANTE_CHECKED(queue.take_over(gone.front(), fresh.front()));
  notes.push_back(fmt::format("what waited for {} goes to {}", gone.front(), fresh.front()));
  return notes;
}

}  // namespace restante::fetch
