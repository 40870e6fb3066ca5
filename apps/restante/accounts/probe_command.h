// restante probe HOST: what a server is, without a login.
#pragma once

#include "fetch/session/probe.h"
#include "restante/frame/command.h"

namespace restante::cli {

void add_probe_command(CLI::App& app, Chosen& chosen);

boost::json::object to_json(const profile::Account& account, const fetch::Probe& probe);
void print(const Output& out, const profile::Account& account, const fetch::Probe& probe);

}  // namespace restante::cli
