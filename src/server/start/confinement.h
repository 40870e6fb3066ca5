// The rights of the server: who it runs as, whose files it will use, and the sandbox that holds it.
// From the configuration to src/process; the order of a start is server.cc's.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "process/file_modes.h"
#include "process/sandbox.h"
#include "server/settings/config.h"

namespace restante::server {

/// Who the server will run as: server.user, or whoever starts it. Errors: kSyntax: no such user or
/// group, not root and somebody else, or root without server.allow_root.
Result<process::Identity> server_identity(const settings::Config& config);

/// The same for whoever only checks: where the configuration does not say it (the unit of systemd
/// says User=), root takes it from who owns data_dir.
process::Identity probable_identity(const settings::Config& config);

/// That data_dir, the accounts, the keys and the configuration are nobody else's.
/// Errors: kSyntax, with the command that mends it.
Status check_secrets(const settings::Config& config, const std::filesystem::path& config_path,
                     const process::Identity& user);

/// What the server may reach once it is confined.
process::SandboxPlan sandbox_plan(const settings::Config& config,
                                  const std::filesystem::path& config_path);

/// Becomes `user` and enters the sandbox that server.sandbox asks for; says in the log what is in
/// force and what a reload will not be able to read. Before threads are started.
/// Errors: kAuth; kState (sandbox = "on", and a part of it is missing).
Result<process::Sandbox> confine(const settings::Config& config,
                                 const std::filesystem::path& config_path,
                                 const process::Identity& user);

/// What a start here would meet, for --check-config: "key: sentence".
std::vector<std::string> confinement_warnings(const settings::Config& config,
                                              const std::filesystem::path& config_path);

}  // namespace restante::server
