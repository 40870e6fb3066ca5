#include "restantectl/copies/copy_words.h"

#include <algorithm>

#include "accounts/login/login_name.h"
#include "accounts/names/names.h"
#include "copies/queue.h"
#include "server/elsewhere/homes.h"

namespace restante::ctl {
namespace {

using copies::Target;

bool is_configured(const settings::Config& config, const Target& target) {
  const std::vector<Target>& known = config.copies.targets;
  return target.kind == Target::Kind::kAccount || std::ranges::find(known, target) != known.end();
}

Result<Target> named_account(Office& office, const std::string& typed, const std::string& owner) {
  RESTANTE_TRY(const std::string name, accounts::canonical_name(typed, office.names()));
  RESTANTE_TRY(auto* const directory, office.directory());
  const auto account = accounts::find_any_spelling(*directory, name);
  if (!account && account.error().code == Errc::kNotFound)
    return Error(Errc::kNotFound, "no such account to copy to: " + name);
  if (!account) return account.error();
  const std::string& shown = account->shown_name();
  if (shown == owner) return Error(Errc::kState, "an account cannot be copied to itself: " + shown);
  if (is_elsewhere(office.config(), account->route.get(), shown))
    return Error(Errc::kState, shown + " is at another server: give that server as the target");
  Target target;
  target.kind = Target::Kind::kAccount;
  target.account = shown;
  return target;
}

}  // namespace

Result<Target> wanted_target(Office& office, const std::string& typed, const std::string& owner) {
  auto target = copies::parse_target(typed);
  if (!target) return Error(target.error().code, "--to: " + target.error().detail);
  if (target->kind == Target::Kind::kAccount) return named_account(office, target->account, owner);
  if (is_configured(office.config(), *target)) return target;
  return Error(Errc::kNotFound, "copies.targets of the configuration does not name \"" +
                                    copies::to_string(*target) +
                                    "\": the server connects to no other place; add it there, and "
                                    "restart the server");
}

bool is_elsewhere(const settings::Config& config, const accounts::Route* route,
                  const std::string& name) {
  if (route != nullptr) return route->pop3 != server::kHere;
  const std::string_view domain = accounts::domain_of(name);
  return std::ranges::any_of(config.route, [domain](const settings::FarServer& server) {
    return std::ranges::find(server.domains, domain) != server.domains.end();
  });
}

Result<std::vector<KnownCopy>> all_copies(Office& office) {
  RESTANTE_TRY(auto* const directory, office.directory());
  RESTANTE_TRY(auto copies, directory->copies());
  std::vector<KnownCopy> known;
  for (accounts::AccountCopy& one : copies) {
    const auto owner = directory->find_owner(one.account);
    // Of a name that has no account any more nothing is sent; what is set for it can be seen.
    std::string shown = owner ? owner->shown_name() : one.account;
    const bool is_left = !owner && owner.error().code == Errc::kNotFound;
    known.push_back({std::move(shown), std::move(one.account), std::move(one.copy), is_left});
  }
  return known;
}

Result<std::vector<KnownCopy>> copies_of(Office& office, const std::string& typed) {
  RESTANTE_TRY(auto* const admin, office.admin());
  RESTANTE_TRY(const auto entry, admin->show(typed));
  RESTANTE_TRY(auto copies, admin->list_copies(entry.name));
  std::vector<KnownCopy> known;
  for (accounts::Copy& copy : copies)
    known.push_back({entry.name, entry.maildrop, std::move(copy)});
  return known;
}

Status refuse_while_copied_to(Office& office, const std::string& name) {
  Target target;
  target.kind = Target::Kind::kAccount;
  target.account = name;
  const std::string text = copies::to_string(target);
  RESTANTE_TRY(const auto all, all_copies(office));
  for (const KnownCopy& copy : all)
    if (copy.copy.target == text)
      return Error(Errc::kState, "the copy " + copy.copy.label + " of " + copy.account +
                                     " goes to " + name +
                                     "; remove it first (restantectl account copy remove)");
  return ok();
}

const maildrop::ViewInfo* view_of_copy(const std::vector<maildrop::ViewInfo>& views,
                                       std::string_view label) {
  const auto found = std::ranges::find_if(views, [label](const maildrop::ViewInfo& view) {
    return view.of_copy && view.name == label;
  });
  return found == views.end() ? nullptr : &*found;
}

std::string state_word(const settings::Config& config, const KnownCopy& copy, bool has_view) {
  if (copy.is_left) return "no account";
  const auto target = copies::parse_target(copy.copy.target);
  if (!target || !is_configured(config, *target)) return "no target";
  if (!has_view) return "no view";
  return copy.copy.paused ? "paused" : "on";
}

std::string to_line(const accounts::Copy& copy) {
  std::string out = copy.label + ": " + copy.target;
  if (!copy.as.empty()) out += " as " + copy.as;
  if (copy.instead || copy.keep_ids) out += ", " + options_text(copy);
  return copy.paused ? out + ", paused" : out;
}

std::string options_text(const accounts::Copy& copy) {
  std::string out = copy.instead ? "instead" : "";
  if (copy.keep_ids) out += out.empty() ? "keeps ids" : ", keeps ids";
  return out.empty() ? "-" : out;
}

boost::json::object to_json(const accounts::Copy& copy) {
  return {{"label", copy.label},
          {"target", copy.target},
          {"as", copy.as},
          {"instead", copy.instead},
          {"keep_ids", copy.keep_ids},
          {"paused", copy.paused},
          {"created", to_rfc3339(copy.created)}};
}

Status forget_queue(const Office& office, const std::string& account, std::string_view label) {
  const std::filesystem::path file = office.config().data_dir / copies::kFileName;
  std::error_code ignored;
  if (!std::filesystem::exists(file, ignored)) return ok();
  RESTANTE_TRY(auto queue, copies::Queue::open(file));
  if (!label.empty()) return queue.forget(account, label);
  RESTANTE_TRY(const auto all, queue.all());
  for (const copies::Setback& setback : all)
    if (setback.account == account) RESTANTE_CHECKED(queue.forget(account, setback.label));
  return ok();
}

}  // namespace restante::ctl
