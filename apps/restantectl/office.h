// The start of every command: the configuration, and the accounts and the store behind it, opened
// when they are first asked for. As root it becomes the owner of data_dir first, so that the server
// can use every file that it makes. Safe beside a running server: back ends lock.
#pragma once

#include <boost/json/object.hpp>
#include <filesystem>
#include <memory>

#include "accounts/admin.h"
#include "accounts/directory.h"
#include "accounts/names/names.h"
#include "accounts/router.h"
#include "maildrop/store.h"
#include "process/privileges.h"
#include "restantectl/exit_code.h"
#include "restantectl/output.h"
#include "server/settings/config.h"
#include "server/start/place_watch.h"

namespace restante::ctl {

class Office {
 public:
  /// `config_path`: the file that `config` was read from. `store`: instead of the one that the
  /// configuration names, for tests.
  Office(settings::Config config, Output output, std::string config_path,
         std::unique_ptr<maildrop::Store> store = nullptr)
      : config_(std::move(config)),
        output_(output),
        config_path_(std::move(config_path)),
        store_(std::move(store)) {}

  [[nodiscard]] const settings::Config& config() const { return config_; }
  [[nodiscard]] const Output& out() const { return output_; }
  [[nodiscard]] const std::string& config_path() const { return config_path_; }
  [[nodiscard]] accounts::NameRules names() const;
  [[nodiscard]] accounts::RouterSettings router_settings() const;

  /// Makes data_dir when it is missing, becomes its owner, and checks that it may be used, and that
  /// it is the one that was in use, unless its content `is_to_come` (a restore). Called once, after
  /// the files that need the caller's rights were opened, unless root keeps them. Each result but
  /// kOk has been told.
  Exit enter(bool is_to_come = false, process::Keeps keeps = process::Keeps::kNothing);

  /// Root makes a missing folder for the owner of the data, before it becomes that user. Trouble
  /// shows when the folder is used.
  void make_folder_for_owner(const std::string& folder) const;
  /// Whether enter() said kOk.
  [[nodiscard]] bool entered() const { return entered_; }
  /// Details of this act for its line in acts.log (acts.h).
  boost::json::object& details() { return details_; }

  /// Each opened at the first call. Errors: as accounts/chain/open.h and the store say.
  Result<accounts::AccountAdmin*> admin();
  Result<accounts::Directory*> directory();
  Result<maildrop::Store*> store();

  /// The maildrop that `typed` names: the one of this spelling where there is one, else that of the
  /// account that it is another spelling of; else as typed. Errors: kSyntax, kLimit.
  Result<std::string> maildrop_name(std::string_view typed);
  /// How the account is spelt that `typed` names; where there is none, as typed. Errors: the same.
  Result<std::string> account_name(std::string_view typed);
  /// How to write the name of a new account: tidily, unless a maildrop waits for it under the
  /// spelling that was typed.
  [[nodiscard]] std::string new_name(const std::string& typed);

  /// How the maildrop of an account is kept. Errors: as the store says.
  Result<maildrop::StoredMaildrop> stored(const std::string& account);

 private:
  bool has_maildrop(const std::string& account);
  Status check_place(const std::string& installation);

  const settings::Config config_;
  const Output output_;
  const std::string config_path_;
  bool entered_ = false;
  boost::json::object details_;
  std::unique_ptr<server::PlaceWatch> place_;  // Null: data_dir has no mark yet.
  std::unique_ptr<accounts::AccountAdmin> admin_;
  std::unique_ptr<accounts::Directory> directory_;
  std::unique_ptr<maildrop::Store> store_;
};

}  // namespace restante::ctl
