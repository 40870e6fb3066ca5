// A new account, from an address to lines of the configuration: it asks for each value that was not
// given, asks again after a failure, and keeps the answers. Without a terminal the first failure is
// the end.
#pragma once

#include <string>

#include "restante/accounts/account_block.h"
#include "restante/accounts/server_search.h"
#include "restante/frame/context.h"
#include "restante/frame/dialogue.h"

namespace restante::cli {

struct SetupWish {
  std::string address;
  ServerWish server;
  NewAccount account;
  bool print = false;        ///< The lines go to stdout, and nowhere else.
  bool no_test = false;      ///< No login is tried.
  bool from_now_on = false;  ///< Mail that is on the server now stays unfetched.
};

/// Used once. Blocks; the configuration has the whole account afterwards, or is as before.
class AccountSetup {
 public:
  /// Both outlive this; the wish is filled with what is typed.
  AccountSetup(const Context& context, SetupWish& wish) : context_(context), wish_(wish) {}
  Exit run();

 private:
  enum class Keep : std::uint8_t { kNowhere, kKeyring, kFile };

  Exit ask_address();
  Exit ask_name();
  void ask_secret();
  Exit find();
  bool is_trusted(const fetch::Probe& seen);
  bool ask_server();
  Exit log_in();
  bool ask_login_again();
  Result<SecretString> secret();
  Exit finish();
  Status keep_secret();
  Exit give_up(Exit code) const;

  const Context& context_;
  SetupWish& wish_;
  Dialogue dialogue_;
  profile::Account account_;
  Keep keep_ = Keep::kNowhere;
  SecretString typed_;  // The password, where a person typed it.
  bool logged_in_ = false;
};

/// A name that no account has: "work", or by the domain of the address. Pure.
std::string free_name(const profile::Profile& profile, const std::string& domain);
/// The command line that goes on with this, as a shell reads it; without secrets. Pure.
std::string command_line(const SetupWish& wish);

}  // namespace restante::cli
