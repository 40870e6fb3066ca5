// Looks a maildrop over, beside a running server: every header and every body of its log, its
// index, and what was set aside. Only reads; repairing is the store's.
//
// The end of the log is read under the append lock, and the lock given back at once: what lies
// before the end does not change. When the log is replaced or cut meanwhile, the look starts anew.
#pragma once

#include "disk/disk.h"
#include "maildrop/log/format/file_names.h"
#include "maildrop/store.h"

namespace restante::maildrop::log {

/// Errors: kNotFound (there is no such log), kIo, kClosed (`pace` said stop), kBusy (it was
/// replaced again and again meanwhile), kCorrupt (a newer version wrote it). Damage is no error but
/// a finding, a log without a readable header too.
Result<CheckReport> check_log(disk::Disk& disk, const LogPaths& paths, CheckDepth depth,
                              const Pace& pace);

/// The same for the maildrop of an account below `root`; a log of another account is a finding.
Result<CheckReport> check_maildrop(disk::Disk& disk, const std::string& root,
                                   const std::string& account, const Pace& pace);

}  // namespace restante::maildrop::log
