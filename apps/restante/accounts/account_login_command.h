// restante account login NAME: a login at the issuer of an account's tokens, and keeping them.
#pragma once

#include "restante/frame/command.h"

namespace restante::cli {

void add_account_login_command(CLI::App& account, Chosen& chosen);

}  // namespace restante::cli
