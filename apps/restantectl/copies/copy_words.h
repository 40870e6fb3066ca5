// Copies of accounts' mail as operators write and read them: where one may go, what it is called,
// and what waits for it.
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <vector>

#include "accounts/admin.h"
#include "copies/target.h"
#include "maildrop/store.h"
#include "restantectl/office.h"

namespace restante::ctl {

/// The target that was typed, for a copy of the account called `owner`. Errors: kSyntax; kNotFound
/// (copies.targets does not name it; no such account); kState (the account itself, or one that is
/// at another server); kTimeout.
Result<copies::Target> wanted_target(Office& office, const std::string& typed,
                                     const std::string& owner);

/// Whether the account's mail is at another server, by its own route or its domain's.
bool is_elsewhere(const settings::Config& config, const accounts::Route* route,
                  const std::string& name);

/// A copy and its account.
struct KnownCopy {
  std::string account;   ///< As it is called today.
  std::string maildrop;  ///< Account::name.
  accounts::Copy copy;
  bool is_left = false;  ///< There is no such account any more: nothing is sent.
};

/// Of all accounts, sorted by maildrop and label. Errors: kIo.
Result<std::vector<KnownCopy>> all_copies(Office& office);
/// Of one. Errors: kNotFound, kTimeout.
Result<std::vector<KnownCopy>> copies_of(Office& office, const std::string& typed);

/// ok(), unless another account's copy goes to the account called `name`. Errors: kState, kIo.
Status refuse_while_copied_to(Office& office, const std::string& name);

/// The view of a copy; null: there is none.
const maildrop::ViewInfo* view_of_copy(const std::vector<maildrop::ViewInfo>& views,
                                       std::string_view label);

/// "on", "paused", or why nothing can go out: "no account", "no target" (copies.targets does not
/// name it), "no view".
std::string state_word(const settings::Config& config, const KnownCopy& copy, bool has_view);

/// "instead, keeps ids", or "-".
std::string options_text(const accounts::Copy& copy);
boost::json::object to_json(const accounts::Copy& copy);

/// In one line: "copy: lmtp:127.0.0.1:2424 as a@example.com, instead, paused".
std::string to_line(const accounts::Copy& copy);

/// Drops what is noted in the queue about the copies of an account, or about one of them. The views
/// go by themselves. Errors: as copies::Queue.
Status forget_queue(const Office& office, const std::string& account, std::string_view label = "");

}  // namespace restante::ctl
