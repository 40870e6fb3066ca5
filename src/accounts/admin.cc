#include "accounts/admin.h"

#include "accounts/names/idna.h"
#include "accounts/names/names.h"

namespace restante::accounts {
namespace {

/// `name_of` gives the name that the entries are sorted by.
template <typename Entry, typename NameOf, typename Take>
void give_range(const std::vector<Entry>& entries, const ListRange& range, NameOf name_of,
                Take take) {
  std::size_t given = 0;
  for (const Entry& entry : entries) {
    // Back ends that list by themselves do it in a query; this is for those that have all in memory
    // anyway.
    const std::string& name = name_of(entry);
    if (range.limit && given == *range.limit) return;
    if (!range.after.empty() && name <= range.after) continue;
    if (!range.domain.empty() && !same_domain(domain_of(name), range.domain)) continue;
    ++given;
    if (!take(entry)) return;
  }
}

Error no_settings() {
  return Error(Errc::kState, "nothing is set here for the accounts of this back end");
}

}  // namespace

Status AccountAdmin::set_operator(std::string_view /*name*/, bool /*is_operator*/) {
  return no_settings();
}

Status AccountAdmin::add_copy(std::string_view /*name*/, const Copy& /*copy*/) {
  return no_settings();
}

Status AccountAdmin::set_copy_paused(std::string_view /*name*/, std::string_view /*label*/,
                                     bool /*paused*/) {
  return no_settings();
}

Status AccountAdmin::remove_copy(std::string_view /*name*/, std::string_view /*label*/) {
  return no_settings();
}

Result<std::vector<Copy>> AccountAdmin::list_copies(std::string_view /*name*/) {
  return no_settings();
}

Status AccountAdmin::set_route(std::string_view /*name*/,
                               const std::shared_ptr<const Route>& /*route*/) {
  return no_settings();
}

Result<std::string> AccountAdmin::add_newcomer(const Newcomer& /*newcomer*/) {
  return Error(Errc::kState, "no account can be made in this back end");
}

Result<bool> AccountAdmin::was_here(std::string_view /*name*/) {
  return Error(Errc::kState, "this back end does not know who was here");
}

Status AccountAdmin::remember(std::string_view /*name*/) { return ok(); }

Status AccountAdmin::list_orphans(const ListRange& /*range*/,
                                  const std::function<bool(const std::string&)>& /*take*/) {
  return no_settings();
}

Status AccountAdmin::forget_settings(std::string_view /*name*/) { return no_settings(); }

Status AccountAdmin::list_each(const ListRange& range,
                               const std::function<bool(const AccountEntry&)>& take) {
  RESTANTE_TRY(const auto entries, list());
  const auto name_of = [](const AccountEntry& entry) -> const std::string& { return entry.name; };
  give_range(entries, range, name_of, take);
  return ok();
}

Status AccountAdmin::list_each_alias(const ListRange& range,
                                     const std::function<bool(const AliasEntry&)>& take) {
  RESTANTE_TRY(const auto entries, list_aliases());
  const auto name_of = [](const AliasEntry& entry) -> const std::string& { return entry.address; };
  give_range(entries, range, name_of, take);
  return ok();
}

}  // namespace restante::accounts
