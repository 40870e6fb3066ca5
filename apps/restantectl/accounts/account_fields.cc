#include "restantectl/accounts/account_fields.h"

#include <algorithm>
#include <array>

#include "accounts/passwd_file/passwd_line.h"
#include "accounts/passwords/password.h"
#include "base/ascii.h"
#include "restantectl/accounts/allowance_words.h"

namespace restante::ctl {
namespace {

using accounts::AccountChange;

using Set = Status (*)(const FileField&, AccountRow&);

Result<bool> flag_of(const FileField& field) {
  const std::string word = to_lower(trim(field.text));
  for (const std::string_view yes : {"yes", "y", "true", "1", "on"})
    if (word == yes) return true;
  for (const std::string_view no : {"no", "n", "false", "0", "off"})
    if (word == no) return false;
  return Error(Errc::kSyntax, "is yes or no");
}

Status set_hash(const FileField& field, AccountRow& row) {
  row.change.secret = std::string(trim(field.text));
  return ok();
}

/// A hash in this column would be hashed again, and no login would succeed.
Status set_password(const FileField& field, AccountRow& row) {
  const bool looks_like_hash = field.text.starts_with('{') || field.text.starts_with('$');
  if (looks_like_hash && accounts::is_known_scheme(field.text))
    return Error(Errc::kSyntax, "looks like a hash: call the column hash");
  row.password = SecretString(field.text);
  return ok();
}

Status set_enabled(const FileField& field, AccountRow& row) {
  RESTANTE_TRY(const bool yes, flag_of(field));
  row.change.enabled = yes;
  return ok();
}

Status set_no_login(const FileField& field, AccountRow& row) {
  RESTANTE_TRY(const bool yes, flag_of(field));
  row.change.no_login = yes;
  return ok();
}

Status set_operator(const FileField& field, AccountRow& row) {
  RESTANTE_TRY(const bool yes, flag_of(field));
  row.change.is_operator = yes;
  return ok();
}

/// "any", or null: from everywhere.
Status set_networks(const FileField& field, AccountRow& row) {
  row.change.networks.emplace();
  const std::vector<std::string> words = field.words();
  if (field.is_null || (words.size() == 1 && to_lower(words.front()) == "any")) return ok();
  std::string text;
  for (const std::string& word : words) text += word + ",";
  RESTANTE_TRY(auto networks, accounts::Networks::parse(text));
  row.change.networks = std::make_shared<const accounts::Networks>(std::move(networks));
  return ok();
}

/// As an operator types it; null is the default, 0 what `account list` prints for no limit.
std::string allowance_word(const FileField& field, std::string_view nothing) {
  if (field.is_null) return "default";
  const std::string word(trim(field.text));
  return word == "0" ? std::string(nothing) : word;
}

Status set_quota_octets(const FileField& field, AccountRow& row) {
  RESTANTE_TRY(auto octets, octets_of("", allowance_word(field, "none")));
  row.change.allowance.quota_octets = octets;
  return ok();
}

Status set_quota_messages(const FileField& field, AccountRow& row) {
  RESTANTE_TRY(auto messages, messages_of("", allowance_word(field, "none")));
  row.change.allowance.quota_messages = messages;
  return ok();
}

Status set_retention_days(const FileField& field, AccountRow& row) {
  RESTANTE_TRY(auto days, days_of("", allowance_word(field, "never")));
  row.change.allowance.retention_days = days;
  return ok();
}

Status set_retention_from(const FileField& field, AccountRow& row) {
  RESTANTE_TRY(auto from, from_of("", allowance_word(field, "")));
  row.change.allowance.retention_from = from;
  return ok();
}

Status set_several(const FileField& field, AccountRow& row) {
  RESTANTE_TRY(auto several, several_of("", allowance_word(field, "")));
  row.change.allowance.several_addresses = several;
  return ok();
}

Status add_devices(const FileField& field, AccountRow& row) {
  row.change.new_devices = field.labels();
  return ok();
}

Status remove_devices(const FileField& field, AccountRow& row) {
  row.change.lost_devices = field.labels();
  return ok();
}

struct KnownField {
  std::string_view name;
  Set set;                   ///< Null: known, and of no meaning here.
  bool null_counts = false;  ///< JSON's null has a meaning.
};

constexpr bool kNullCounts = true;
constexpr std::array kFields = {
    KnownField{"hash", set_hash},
    KnownField{"secret", set_hash},
    KnownField{"password", set_password},
    KnownField{"enabled", set_enabled},
    KnownField{"nologin", set_no_login},
    KnownField{"operator", set_operator},
    KnownField{"networks", set_networks, kNullCounts},
    KnownField{"allow_nets", set_networks},
    KnownField{"quota_octets", set_quota_octets, kNullCounts},
    KnownField{"quota_messages", set_quota_messages, kNullCounts},
    KnownField{"retention_days", set_retention_days, kNullCounts},
    KnownField{"retention_from", set_retention_from, kNullCounts},
    KnownField{"several_addresses", set_several, kNullCounts},
    KnownField{"add_devices", add_devices},
    KnownField{"remove_devices", remove_devices},
    // Fields that `account list` and `show` print besides.
    KnownField{"scheme", nullptr},
    KnownField{"created", nullptr},
    KnownField{"secret_changed", nullptr},
    KnownField{"fault", nullptr},
    KnownField{"aliases", nullptr},
    KnownField{"maildrop", nullptr},
    KnownField{"copies", nullptr},
};

constexpr std::array<std::string_view, 4> kNameColumns = {"name", "user", "username", "login"};

bool is_name(std::string_view field) {
  return std::find(kNameColumns.begin(), kNameColumns.end(), field) != kNameColumns.end();
}

/// Sets the field in the row, or notes that it is unknown or has no meaning here.
Status take_field(const FileField& field, AccountRow& row, RowNotes& notes) {
  const auto* const known =
      std::find_if(kFields.begin(), kFields.end(),
                   [&](const KnownField& one) { return one.name == field.name; });
  if (known == kFields.end()) {
    notes.unknown.insert(field.name);
    return ok();
  }
  if (known->set == nullptr) {
    notes.ignored.insert(field.name);
    return ok();
  }
  if (field.is_null && !known->null_counts) return ok();
  return known->set(field, row);
}

ReadAccount refused(std::string what, bool is_unknown = false) {
  ReadAccount out;
  out.refusal.emplace();
  out.refusal->what = std::move(what);
  out.refusal->is_unknown = is_unknown;
  return out;
}

ReadAccount refused(const std::string& name, std::string_view field, const Error& error) {
  const std::string_view what = trim(error.detail);
  return refused(name + ": " + std::string(field) + ": " + std::string(what));
}

}  // namespace

std::vector<std::string_view> account_name_columns() {
  return {kNameColumns.begin(), kNameColumns.end()};
}

ReadAccount read_account_fields(const FileRow& row, const accounts::NameRules& rules,
                                RowNotes& notes) {
  if (!row.mistake.empty()) return refused(row.mistake);
  const auto named = std::find_if(row.fields.begin(), row.fields.end(),
                                  [](const FileField& field) { return is_name(field.name); });
  if (named == row.fields.end()) return refused("has no name");
  const auto name = accounts::canonical_name(trim(named->text), rules);
  if (!name) return refused(name.error().detail);
  ReadAccount out;
  out.row.emplace(*name);
  for (const FileField& field : row.fields) {
    if (is_name(field.name)) continue;
    if (const Status taken = take_field(field, *out.row, notes); !taken)
      return refused(*name, field.name, taken.error());
  }
  const auto& secret = out.row->change.secret;
  if (secret && !out.row->password.empty())
    return refused(*name + ": has both a hash and a password");
  if (!secret) return out;
  if (const Status known = accounts::check_secret(*secret); !known)
    return refused(*name + ": " + known.error().detail, true);
  return out;
}

ReadAccount read_account_line(std::string_view line, const accounts::NameRules& rules,
                              RowNotes& notes) {
  auto parsed = accounts::parse_passwd_line(line, rules, &notes.ignored);
  if (!parsed) return refused(parsed.error().detail);
  ReadAccount out;
  if (!*parsed) return out;
  accounts::PasswdLine& taken = **parsed;
  if (!taken.fault.empty())
    return refused(taken.name + ": " + taken.fault, taken.is_secret_unknown);
  // Without a password, the account would be open to all or to none.
  if (taken.is_locked) return refused(taken.name + ": it has no password, or a locked one");
  out.row.emplace(taken.name);
  AccountChange& change = out.row->change;
  change.secret = std::move(taken.secret);
  // A line without `nologin` changes nothing: Dovecot writes the field only for accounts that may
  // not log in.
  if (taken.extra.no_login) change.no_login = true;
  if (taken.extra.networks) change.networks = taken.extra.networks;
  const accounts::Allowance& said = taken.extra.allowance;
  if (said.quota_octets) change.allowance.quota_octets = said.quota_octets;
  if (said.quota_messages) change.allowance.quota_messages = said.quota_messages;
  if (said.several_addresses) change.allowance.several_addresses = said.several_addresses;
  return out;
}

}  // namespace restante::ctl
