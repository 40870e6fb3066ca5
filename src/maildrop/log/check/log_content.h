// The messages of an account's log at one moment, for Store::content().
#pragma once

#include <memory>
#include <string>

#include "disk/disk.h"
#include "maildrop/store.h"

namespace restante::maildrop::log {

/// Reads the log below `root` up to the end that it has while no process writes it. Errors: as
/// Store::content().
Result<std::unique_ptr<Content>> open_content(disk::Disk& disk, const std::string& root,
                                              const std::string& account, const Pace& pace);

}  // namespace restante::maildrop::log
