// The parts that the server is made of, each opened as the configuration says. In which order, and
// which before the sandbox, server.cc says.
#pragma once

#include <memory>
#include <string>

#include "accounts/directory.h"
#include "accounts/token_verifier.h"
#include "disk/disk.h"
#include "journal/journal.h"
#include "maildrop/store.h"
#include "process/privileges.h"
#include "server/common/back_ends.h"
#include "server/measures/measures.h"
#include "server/outgoing/outgoing.h"
#include "server/settings/config.h"
#include "server/start/lock_patience.h"
#include "server/start/place_watch.h"
#include "server/upkeep/clock_guard.h"

namespace restante::server {

/// Outages are counted in `measures`, and logged.
Result<std::unique_ptr<accounts::Directory>> open_accounts(
    const settings::Config& config, const std::shared_ptr<Measures>& measures);

/// Null: no issuer is configured.
Result<std::unique_ptr<accounts::TokenVerifier>> open_tokens(const settings::Config& config);

/// `place` and `disk` are not owned and outlive it.
Result<std::unique_ptr<maildrop::Store>> open_store(
    const settings::Config& config, const std::shared_ptr<const LockPatience>& patience,
    PlaceWatch& place, disk::Disk& disk);

/// Null: no other machine is named. Started before the sandbox, which would forbid its connections,
/// and while there is nothing yet that another process should not have.
Result<std::unique_ptr<Outgoing>> start_outgoing(const settings::Config& config,
                                                 const process::Identity& user);

/// Puts the marks on data_dir, as `found` by find_installation(), and warns of what they cannot
/// tell.
Result<std::unique_ptr<PlaceWatch>> begin_place(const settings::Config& config,
                                                const std::string& found);

/// Null when it is off, or cannot be had: mail goes on without it.
std::unique_ptr<journal::Journal> open_journal(const settings::Config& config);

ClockGuard make_clock_guard(const std::filesystem::path& data_dir, maildrop::Store& store);

}  // namespace restante::server
