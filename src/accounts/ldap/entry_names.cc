#include "accounts/ldap/entry_names.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "accounts/ldap/filter.h"
#include "accounts/names/idna.h"
#include "accounts/names/spelling.h"
#include "base/ascii.h"

namespace restante::accounts::ldap {
namespace {

constexpr std::size_t kOtherSpelling = 1000;
// A GUID has this number of octets.
constexpr std::size_t kGuidBytes = 16;
constexpr std::size_t kGuidDigits = 2 * kGuidBytes;

constexpr std::array<std::string_view, 4> kUniqueByNature = {"entryUUID", "objectGUID",
                                                             "nsUniqueId", "ipaUniqueID"};

// Active Directory allows no "@" in the first; the second is a number.
constexpr std::array<std::string_view, 2> kShortNames = {"sAMAccountName", "uidNumber"};

bool is_guid(std::string_view attribute) { return equals_ignore_case(attribute, "objectGUID"); }

std::string hex(std::string_view octets) {
  std::string out;
  for (const char c : octets)
    fmt::format_to(std::back_inserter(out), "{:02x}", static_cast<unsigned char>(c));
  return out;
}

std::vector<std::string> canonical_values(const Entry& entry, const std::string& attribute,
                                          const NameRules& rules) {
  std::vector<std::string> out;
  for (const std::string& value : entry.values_of(attribute))
    if (auto name = canonical_name(value, rules)) out.push_back(*std::move(name));
  return out;
}

/// "uid=alice,…" or "uid=alice+…" has the value "alice" of uid.
// An attribute that names the entry has one value in its DN; that is the one meant.
bool is_in_dn(const Entry& entry, std::string_view attribute, std::string_view value) {
  std::string begin(attribute);
  begin += '=';
  begin += value;
  if (!starts_with_ignore_case(entry.dn, begin)) return false;
  const std::string_view rest = std::string_view(entry.dn).substr(begin.size());
  return rest.empty() || rest.front() == ',' || rest.front() == '+';
}

std::string same_value_filter(std::string_view value, const Settings& settings) {
  return "(" + settings.maildrop_attribute + "=" + escape_filter_value(value) + ")";
}

/// For the operator's entry that no filter finds.
std::string why_none(const std::vector<Entry>& entries, const Settings& settings) {
  std::string out = "no such account";
  if (entries.empty()) return out;
  out += ": " + entries.front().dn +
         " is found, but has this name in none of accounts.name_attribute:";
  for (const std::string& attribute : settings.name_attributes) out += " " + attribute;
  return out;
}

Error useless(const Entry& entry, const Settings& settings, std::string_view what) {
  return Error(Errc::kIo, entry.dn + ": " + settings.maildrop_attribute + " " + std::string(what));
}

}  // namespace

std::optional<NameMatch> match_name(const Entry& entry, std::string_view name,
                                    const Settings& settings) {
  std::optional<NameMatch> best;
  for (std::size_t i = 0; i < settings.name_attributes.size(); ++i) {
    const auto names = canonical_values(entry, settings.name_attributes[i], settings.names);
    // One entry may have spellings of a name that are the same to us; the exact one is taken.
    const auto* const chosen = choose_spelling(names, name, settings.names.fold_local_part);
    if (chosen == nullptr) continue;
    // An exact match of a late attribute goes before an inexact one of the first.
    const std::size_t rank = i + (*chosen == name ? 0 : kOtherSpelling);
    if (!best || rank < best->rank) best = NameMatch{rank, *chosen};
  }
  return best;
}

Result<std::pair<Entry, NameMatch>> choose_entry(std::vector<Entry> entries, std::string_view name,
                                                 const Settings& settings) {
  std::optional<std::pair<Entry, NameMatch>> best;
  std::string twin;
  for (Entry& entry : entries) {
    auto match = match_name(entry, name, settings);
    if (!match || (best && best->second.rank < match->rank)) continue;
    // Only among the best: a user's second address may well be another's user name.
    twin = best && best->second.rank == match->rank ? entry.dn : std::string();
    if (twin.empty()) best.emplace(std::move(entry), *std::move(match));
  }
  if (!best) return Error(Errc::kNotFound, why_none(entries, settings));
  if (twin.empty()) return *std::move(best);
  return Error(Errc::kIo, "two entries for " + std::string(name) + " (" + best->first.dn + " and " +
                              twin + "): make accounts.filter tighter");
}

std::vector<std::string> names_of(const Entry& entry, const Settings& settings) {
  std::vector<std::string> out;
  for (const std::string& attribute : settings.name_attributes)
    for (std::string& name : canonical_values(entry, attribute, settings.names))
      if (std::find(out.begin(), out.end(), name) == out.end()) out.push_back(std::move(name));
  return out;
}

Result<std::string> maildrop_value(const Entry& entry, const Settings& settings) {
  const Values& values = entry.values_of(settings.maildrop_attribute);
  if (values.empty())
    return useless(
        entry, settings,
        "(accounts.maildrop_attribute) has no value, or accounts.bind_dn may not read it");
  if (values.size() == 1) return values.front();
  for (const std::string& value : values)
    if (is_in_dn(entry, settings.maildrop_attribute, value)) return value;
  return useless(entry, settings,
                 "(accounts.maildrop_attribute) has several values, and none stands in the DN: "
                 "which one names the maildrop?");
}

Result<std::string> maildrop_name(const Entry& entry, const std::string& value,
                                  const Settings& settings) {
  const bool binary = is_guid(settings.maildrop_attribute);
  auto name = canonical_name(binary ? hex(value) : value, settings.names);
  if (name) return name;
  return useless(entry, settings,
                 "(accounts.maildrop_attribute) can name no maildrop: " + name.error().detail);
}

std::string maildrop_filter(std::string_view name, const Settings& settings) {
  const std::string local(local_part_of(name));
  // A name of another domain was never completed by ours.
  if (!same_domain(domain_of(name), settings.names.default_domain))
    return same_value_filter(name, settings);
  if (!is_guid(settings.maildrop_attribute))
    // It may be stored with its domain or without.
    return "(|" + same_value_filter(local, settings) + same_value_filter(name, settings) + ")";
  const bool fits = local.size() == kGuidDigits &&
                    local.find_first_not_of("0123456789abcdef") == std::string::npos;
  std::string octets;
  for (std::size_t i = 0; fits && i < local.size(); i += 2) octets += "\\" + local.substr(i, 2);
  // What is no GUID fits no entry; an empty filter would fit all.
  return "(" + settings.maildrop_attribute + "=" + (fits ? octets : "\\00") + ")";
}

bool is_unique_by_nature(std::string_view attribute) {
  return std::any_of(kUniqueByNature.begin(), kUniqueByNature.end(),
                     [attribute](auto known) { return equals_ignore_case(known, attribute); });
}

bool never_has_domain(std::string_view attribute) {
  return is_unique_by_nature(attribute) ||
         std::ranges::any_of(
             kShortNames, [attribute](auto known) { return equals_ignore_case(known, attribute); });
}

std::string without_windows_domain(std::string_view name, const Settings& settings) {
  const std::string begin = settings.windows_domain + "\\";
  const bool has_one = !settings.windows_domain.empty() && starts_with_ignore_case(name, begin) &&
                       same_domain(domain_of(name), settings.names.default_domain);
  return std::string(has_one ? name.substr(begin.size()) : name);
}

}  // namespace restante::accounts::ldap
