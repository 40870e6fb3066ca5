#include "accounts/names/spelling.h"

#include <algorithm>

#include "accounts/names/case_fold.h"
#include "accounts/names/idna.h"
#include "accounts/names/names.h"
#include "base/ascii.h"
#include "base/limits.h"

namespace restante::accounts {
namespace {

/// The part before the last @, which may be empty.
std::string_view local_of(std::string_view name) {
  const std::size_t at = name.rfind('@');
  return at == std::string_view::npos ? name : name.substr(0, at);
}

std::string local_key(std::string_view local, bool fold) {
  // The operator says that letters' case counts, and then nothing else is made equal.
  if (!fold) return std::string(local);
  if (std::ranges::all_of(local, is_ascii)) return to_lower(local);
  std::string folded = fold_case(local);
  // Some characters grow; a key that is longer than any name would match none.
  const std::size_t bytes_max = std::max(local.size(), limits::kLocalPartBytesMax);
  return folded.size() <= bytes_max ? std::move(folded) : std::string(local);
}

std::string joined(std::string local, std::string_view domain) {
  local += '@';
  local += domain;
  return local;
}

}  // namespace

std::string spelling_key(std::string_view name, bool fold_local_part) {
  return joined(local_key(local_of(name), fold_local_part), to_a_labels(domain_of(name)));
}

std::string tidy_spelling(std::string_view name, bool fold_local_part) {
  const std::string_view domain = domain_of(name);
  return joined(local_key(local_of(name), fold_local_part),
                std::ranges::all_of(domain, is_ascii) ? to_lower(domain) : to_u_labels(domain));
}

std::vector<std::string> other_spellings(std::string_view name, bool fold_local_part) {
  const std::string_view domain = domain_of(name);
  // Nearly all names: there is one spelling, and so no second question.
  if (std::ranges::all_of(name, is_ascii) && domain.find("xn--") == std::string_view::npos)
    return {};
  const std::string local = local_key(local_of(name), fold_local_part);
  std::vector<std::string> out;
  const auto add = [&](const std::string& form) {
    std::string other = joined(local, form);
    if (other != name && std::find(out.begin(), out.end(), other) == out.end())
      out.push_back(std::move(other));
  };
  add(to_u_labels(domain));
  add(to_a_labels(domain));
  return out;
}

std::vector<std::string> domain_spellings(std::string_view domain) {
  std::vector<std::string> out{std::string(domain)};
  for (const std::string& form : {to_u_labels(domain), to_a_labels(domain)})
    if (std::find(out.begin(), out.end(), form) == out.end()) out.push_back(form);
  return out;
}

const std::string* choose_spelling(const std::vector<std::string>& candidates,
                                   std::string_view name, bool fold_local_part) {
  for (const std::string& candidate : candidates)
    // The exact one, before any that is only alike.
    if (candidate == name) return &candidate;
  const std::string key = spelling_key(name, fold_local_part);
  const std::string tidy = tidy_spelling(name, fold_local_part);
  const std::string* tidy_one = nullptr;
  const std::string* last = nullptr;
  std::size_t count = 0;
  for (const std::string& candidate : candidates) {
    if (spelling_key(candidate, fold_local_part) != key) continue;
    if (candidate == tidy) tidy_one = &candidate;
    last = &candidate;
    ++count;
  }
  if (tidy_one != nullptr) return tidy_one;
  // Several that are alike: none of them can be the one that was meant.
  return count == 1 ? last : nullptr;
}

}  // namespace restante::accounts
