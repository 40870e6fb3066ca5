// The data directory: locked, so that two servers never share one.
#pragma once

#include <filesystem>

#include "base/result.h"
#include "files/descriptor.h"
#include "process/privileges.h"
#include "server/settings/config.h"

namespace restante::server {

/// In an existing directory. The lock, held until closed; the kernel frees it when the process
/// dies, however it dies. Errors: kBusy (another server runs on it), kIo.
Result<files::Descriptor> lock_data_directory(const std::filesystem::path& directory);

/// Makes it, `user`'s alone, and durably: the folder of the maildrops in it, so that the store
/// needs nothing outside; and the folder of its witness, where that can be made. Nothing is made
/// of a data_dir that has an `installation` already (installation.h): it is complete, or lost.
/// Before the sandbox. Errors: kIo.
Status make_data_directory(const settings::Config& config, const std::string& installation,
                           const process::Identity& user);

/// Errors: kBusy: a restore into it was begun and not finished.
Status check_restored(const std::filesystem::path& directory);

}  // namespace restante::server
