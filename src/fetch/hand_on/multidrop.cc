#include "fetch/hand_on/multidrop.h"

#include <algorithm>

#include "base/ascii.h"
#include "fetch/hand_on/hand_on_names.h"
#include "mail/header_fields.h"

namespace restante::fetch {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/// "… by HOST …". Comments and quotes are looked into like all else, since a sender's greeting may
/// open one: no greeting can take these words out of our host's line, and who adds them to another
/// one above it only makes us stop there, where all is our provider's own.
bool is_by(std::string_view body, std::string_view host) {
  bool after_by = false;
  while (!body.empty()) {
    const std::size_t start = static_cast<std::size_t>(
        std::find_if_not(body.begin(), body.end(), is_blank) - body.begin());
    body.remove_prefix(start);
    const auto end =
        std::find_if(body.begin(), body.end(), [](char c) { return is_blank(c) || c == ';'; });
    const auto length = static_cast<std::size_t>(end - body.begin());
    const std::string_view word = body.substr(0, length);
    if (after_by && equals_ignore_case(word, host)) return true;
    after_by = equals_ignore_case(word, "by");
    body.remove_prefix(std::max<std::size_t>(length, body.empty() ? 0 : 1));
  }
  return false;
}

void add_addresses(std::string_view body, std::vector<std::string>& addresses) {
  while (!body.empty()) {
    const std::size_t comma = std::min(body.find(','), body.size());
    std::string_view text = trim(body.substr(0, comma));
    body.remove_prefix(std::min(comma + 1, body.size()));
    while (!text.empty() && (is_blank(text.front()) || text.front() == '<')) text.remove_prefix(1);
    while (!text.empty() && (is_blank(text.back()) || text.back() == '>')) text.remove_suffix(1);
    if (!text.empty()) addresses.push_back(to_lower(text));
  }
}

/// A rule is an address, or "@domain" for all of a domain.
bool fits(const std::string& rule, const std::string& address) {
  const std::string wanted = to_lower(rule);
  return wanted.starts_with('@')
             ? address.substr(std::min(address.rfind('@'), address.size())) == wanted
             : address == wanted;
}

bool is_for(const profile::HandOn& target, const std::vector<std::string>& addresses) {
  return std::any_of(target.addresses.begin(), target.addresses.end(), [&](const auto& rule) {
    return std::any_of(addresses.begin(), addresses.end(),
                       [&](const auto& address) { return fits(rule, address); });
  });
}

}  // namespace

std::vector<std::string> envelope_addresses(std::string_view header, std::string_view field,
                                            std::string_view host) {
  std::vector<std::string> addresses;
  while (const auto line = mail::take_field(header)) {
    if (const auto received = mail::value_of(*line, "Received")) {
      if (is_by(*received, host)) return addresses;
    } else if (const auto body = mail::value_of(*line, field)) {
      add_addresses(*body, addresses);
    }
  }
  return {};
}

std::vector<std::string> sorted_targets(const profile::Account& account, std::string_view header) {
  const std::vector<std::string> addresses =
      envelope_addresses(header, account.envelope, account.envelope_host);
  std::vector<std::string> names;
  for (const profile::HandOn& target : account.hand_on)
    if (is_for(target, addresses)) names.push_back(destination_of(target));
  if (names.empty()) names.push_back(account.unsorted);
  return names;
}

}  // namespace restante::fetch
