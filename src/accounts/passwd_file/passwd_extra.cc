#include "accounts/passwd_file/passwd_extra.h"

#include <array>
#include <charconv>
#include <limits>

#include "base/ascii.h"

namespace restante::accounts {
namespace {

// Dovecot's passwd-file has these before the extra fields.
constexpr std::array<std::string_view, 5> kFieldsBefore = {"uid", "gid", "gecos", "home", "shell"};

Error wrong(std::string_view field, std::string_view what) {
  return Error(Errc::kSyntax, std::string(field) + ": " + std::string(what));
}

/// "100", "500M", "1GiB": powers of 1024, as Dovecot counts.
Result<std::uint64_t> parse_amount(std::string_view field, std::string_view text) {
  std::uint64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, failure] = std::from_chars(text.data(), end, number);
  if (failure != std::errc{}) return wrong(field, "not a size");
  const std::string unit = to_upper(std::string_view(stop, static_cast<std::size_t>(end - stop)));
  constexpr std::string_view kUnits = "BKMGT";
  const std::size_t power = unit.empty() ? 0 : kUnits.find(unit.front());
  const bool known = unit.size() <= 1 || unit.substr(1) == "B" || unit.substr(1) == "IB";
  if (power == std::string_view::npos || !known) return wrong(field, "not a size");
  const unsigned shift = static_cast<unsigned>(power) * 10;
  // Two bits are left for the kilobytes of Dovecot's "storage".
  if (number > (std::numeric_limits<std::uint64_t>::max() >> 2U >> shift))
    return wrong(field, "too large");
  return number << shift;
}

/// "*:storage=1G:messages=100"; rules for single folders are not ours.
Status read_rule(std::string_view field, std::string_view rule, Allowance& allowance) {
  // A rule for one folder has no meaning for a maildrop.
  if (!rule.starts_with("*:")) return ok();
  rule.remove_prefix(2);
  while (!rule.empty()) {
    const std::size_t end = std::min(rule.find(':'), rule.size());
    const std::string_view part = rule.substr(0, end);
    rule.remove_prefix(std::min(end + 1, rule.size()));
    const std::size_t equals = std::min(part.find('='), part.size());
    const std::string_view key = part.substr(0, equals);
    if (key != "storage" && key != "bytes" && key != "messages") continue;
    std::string_view value = part.substr(std::min(equals + 1, part.size()));
    RESTANTE_TRY(std::uint64_t amount, parse_amount(field, value));
    // Dovecot's "storage" without a unit counts kilobytes.
    if (key == "storage" && !value.empty() && is_digit(value.back())) amount <<= 10U;
    (key == "messages" ? allowance.quota_messages : allowance.quota_octets) = amount;
  }
  return ok();
}

Status read_networks(std::string_view value, PasswdExtra& extra) {
  // Which of the two would hold is not to be guessed: it keeps people out.
  if (extra.networks) return wrong("allow_nets", "is there twice");
  auto networks = Networks::parse(value);
  if (!networks) return wrong("allow_nets", networks.error().detail);
  extra.networks = std::make_shared<const Networks>(*std::move(networks));
  return ok();
}

/// "18000:": the fields of a line of shadow(5) in that place.
bool is_end_of_account(std::string_view fields) {
  const std::size_t digits = std::min(fields.find_first_not_of("0123456789"), fields.size());
  // What only looks like a day may be the first extra field.
  return digits > 0 && (digits == fields.size() || fields[digits] == ':');
}

void note(std::string_view field, IgnoredFields* ignored) {
  if (ignored != nullptr && !field.empty() && !ignored->contains(field)) ignored->emplace(field);
}

/// Fields for Dovecot's user database have "userdb_" before their name.
std::string_view without_userdb(std::string_view key) {
  constexpr std::string_view kUserdb = "userdb_";
  if (key.starts_with(kUserdb)) key.remove_prefix(kUserdb.size());
  return key;
}

Status read_quota(std::string_view key, std::string_view value, Allowance& allowance) {
  if (without_userdb(key) == "quota_rule") return read_rule(key, value, allowance);
  RESTANTE_TRY(const std::uint64_t amount, parse_amount(key, value));
  (key.ends_with("quota_storage_size") ? allowance.quota_octets : allowance.quota_messages) =
      amount;
  return ok();
}

Status read_word(std::string_view word, PasswdExtra& extra, IgnoredFields* ignored) {
  const std::size_t equals = std::min(word.find('='), word.size());
  const std::string_view key = word.substr(0, equals);
  const std::string_view value = word.substr(std::min(equals + 1, word.size()));
  if (key == "allow_nets") return read_networks(value, extra);
  for (const std::string_view barrier : {"allow_real_nets", "deny", "proxy"})
    if (key == barrier)
      return wrong(key, "is not known here: who it keeps out would be let in; remove the line");
  const std::string_view plain = without_userdb(key);
  const bool folder_rule = plain == "quota_rule" && !value.starts_with("*:");
  if (key == "nologin") {
    // As Dovecot: the word alone bars.
    extra.no_login = value != "no" && value != "n";
  } else if (plain == "several_addresses") {
    if (value != "one" && value != "each") return wrong(key, "is one or each");
    extra.allowance.several_addresses =
        value == "each" ? SeveralAddresses::kEach : SeveralAddresses::kOne;
  } else if (!folder_rule && (plain == "quota_rule" || plain == "quota_storage_size" ||
                              plain == "quota_message_count")) {
    return read_quota(key, value, extra.allowance);
  } else {
    note(key, ignored);
  }
  return ok();
}

}  // namespace

Result<PasswdExtra> parse_passwd_extra(std::string_view fields, IgnoredFields* ignored) {
  PasswdExtra extra;
  for (const std::string_view name : kFieldsBefore) {
    const std::size_t colon = fields.find(':');
    if (colon != 0 && !fields.empty()) note(name, ignored);
    if (colon == std::string_view::npos) return extra;
    fields.remove_prefix(colon + 1);
  }
  if (is_end_of_account(fields))
    return Error(Errc::kSyntax,
                 // An account that should have ended would go on for ever.
                 "the account ends on a day (shadow(5)), which is not known here; remove the day");
  while (!fields.empty()) {
    const std::size_t end = std::min(fields.find(' '), fields.size());
    RESTANTE_CHECKED(read_word(fields.substr(0, end), extra, ignored));
    fields.remove_prefix(std::min(end + 1, fields.size()));
  }
  return extra;
}

}  // namespace restante::accounts
