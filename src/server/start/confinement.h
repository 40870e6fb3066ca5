// The rights of the server: its user, the owners of the files that it will use, and the sandbox
// that holds it. From the configuration to src/process; the order of a start is server.cc's.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "process/file_modes.h"
#include "process/sandbox.h"
#include "server/settings/config.h"

namespace restante::server {

/// The user that the server will run as: server.user, or the starting user. Errors: kSyntax: no
/// such user or group, another user is named and root does not start it, or root without
/// server.allow_root.
Result<process::Identity> server_identity(const settings::Config& config);

/// The same for a check: where the configuration does not say it (the unit of systemd says User=),
/// root takes it from the owner of data_dir.
process::Identity probable_identity(const settings::Config& config);

/// Checks that no other user can read or change data_dir, the accounts, the keys and the
/// configuration. Errors: kSyntax, with the command that mends it.
Status check_secrets(const settings::Config& config, const std::filesystem::path& config_path,
                     const process::Identity& user);

/// The files and calls that the server may use once it is confined.
process::SandboxPlan sandbox_plan(const settings::Config& config,
                                  const std::filesystem::path& config_path);

/// Becomes `user` and enters the sandbox that server.sandbox asks for; logs the parts that are in
/// force and the files that a reload will not be able to read. Before threads are started. Errors:
/// kAuth; kState (sandbox = "on", and a part of it is missing).
Result<process::Sandbox> confine(const settings::Config& config,
                                 const std::filesystem::path& config_path,
                                 const process::Identity& user);

/// The faults that a start here would meet, for --check-config: "key: sentence".
std::vector<std::string> confinement_warnings(const settings::Config& config,
                                              const std::filesystem::path& config_path);

}  // namespace restante::server
