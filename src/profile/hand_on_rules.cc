#include "profile/hand_on_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace restante::profile {
namespace {

using config::find;
using config::Mistakes;
using config::Node;
using Way = HandOn::Kind;

bool begins_with(std::string_view text, std::initializer_list<std::string_view> beginnings) {
  return std::any_of(beginnings.begin(), beginnings.end(),
                     [text](std::string_view each) { return text.starts_with(each); });
}

/// One target, and where it stands.
struct Target {
  const HandOn& hand_on;
  const Node& node;
  Mistakes& mistakes;

  [[nodiscard]] bool has(std::string_view key) const { return find(node, key) != nullptr; }
  void wrong(std::string_view key, std::string_view text) const {
    const Node* const entry = find(node, key);
    mistakes.add(entry == nullptr ? node.line : entry->line, fmt::format("account.hand_on.{}", key),
                 text);
  }
  void only_with(std::string_view key, Way kind, std::string_view text) const {
    if (has(key) && hand_on.kind != kind) wrong(key, text);
  }
};

void check_address(const Target& at) {
  const std::string_view target = at.hand_on.target;
  const Way kind = at.hand_on.kind;
  const bool by_command = kind == Way::kCommand;
  if (by_command && !at.has("command")) at.wrong("command", "is missing");
  if (by_command && at.has("target")) at.wrong("target", "is not for commands");
  if (!by_command && at.has("command")) at.wrong("command", "only with kind = \"command\"");
  if (!by_command && kind != Way::kGmail && !at.has("target"))
    return at.wrong("target", "is missing");
  if (kind == Way::kSmtp && !begins_with(target, {"smtp://", "smtps://"}))
    at.wrong("target", "must begin with smtp:// or smtps://");
  if (kind == Way::kImap && !begins_with(target, {"imap://", "imaps://"}))
    at.wrong("target", "must begin with imap:// or imaps://");
  if (kind == Way::kMbox && !target.starts_with('/'))
    at.wrong("target", "must be an absolute path");
  const bool is_api =
      begins_with(target, {"https://", "http://127.0.0.1:", "http://[::1]:", "http://localhost:"});
  if (kind == Way::kGmail && !target.empty() && !is_api)
    at.wrong("target", "must begin with https://, or be left out");
}

void check_login(const Target& at, const std::vector<Issuer>& issuers) {
  const Way kind = at.hand_on.kind;
  const SecretSource& secret = at.hand_on.secret;
  if (kind == Way::kImap && at.hand_on.user.empty()) at.wrong("user", "is missing");
  if (kind == Way::kGmail && !secret.is_token())
    at.wrong("oauth", "is missing: Gmail takes a token, by oauth or token_command");
  const bool takes_token = kind == Way::kImap || kind == Way::kSmtp || kind == Way::kGmail;
  if (secret.is_token() && !takes_token)
    at.wrong(secret.kind == SecretSource::Kind::kOauth ? "oauth" : "token_command",
             "only for smtp, imap and gmail");
  if (secret.kind != SecretSource::Kind::kOauth) return;
  if (at.hand_on.name.empty())
    at.wrong("oauth", "needs a name for this target: restante account login ACCOUNT:NAME");
  if (std::none_of(issuers.begin(), issuers.end(),
                   [&](const Issuer& issuer) { return issuer.name == secret.value; }))
    at.wrong("oauth", fmt::format("there is no [[issuer]] with name = \"{}\"", secret.value));
}

void check_target(const Target& at, const Account& account, const std::vector<Issuer>& issuers) {
  check_address(at);
  check_login(at, issuers);
  const bool by_smtp = at.hand_on.kind == Way::kSmtp || at.hand_on.kind == Way::kLmtp;
  if (by_smtp && at.hand_on.recipient.empty()) at.wrong("recipient", "is missing");
  at.only_with("seen", Way::kImap, "only with kind = \"imap\"");
  at.only_with("labels", Way::kGmail, "only with kind = \"gmail\"");
  if (at.has("addresses") && account.envelope.empty())
    at.wrong("addresses", "needs envelope = \"…\", the header field that has whom a mail is for");
}

}  // namespace

void check_hand_ons(const Node& tables, const Account& account, const std::vector<Issuer>& issuers,
                    Mistakes& mistakes) {
  std::map<std::string, int> lines;
  for (std::size_t i = 0; i < account.hand_on.size() && i < tables.items.size(); ++i) {
    const Target target{account.hand_on[i], tables.items[i], mistakes};
    check_target(target, account, issuers);
    if (target.hand_on.name.empty()) continue;
    const auto [other, fresh] = lines.try_emplace(target.hand_on.name, target.node.line);
    if (!fresh) target.wrong("name", fmt::format("is taken by the one of line {}", other->second));
  }
}

void check_sorting(const Account& account, Mistakes& mistakes) {
  const auto wrong = [&](std::string_view key, std::string_view text) {
    mistakes.add(account.line, fmt::format("account.{}", key), text);
  };
  if (account.envelope.empty()) {
    if (!account.envelope_host.empty()) wrong("envelope_host", "only with envelope");
    if (!account.unsorted.empty()) wrong("unsorted", "only with envelope");
    return;
  }
  if (account.envelope_host.empty())
    wrong("envelope_host", "is missing: the host whose Received is below that field");
  const bool is_target =
      std::any_of(account.hand_on.begin(), account.hand_on.end(), [&](const HandOn& target) {
        return !target.name.empty() && target.name == account.unsorted;
      });
  if (!is_target)
    wrong("unsorted", "must be the name of a target: where mail goes that fits no other");
}

}  // namespace restante::profile
