// Makes the index anew from the Maildirs; the fetch state, which only the database has, and the
// messages' numbers stay. In the place of a damaged or lost database comes a new one (rebuild.h)
// with all that can be saved. Mail in the quarantine stays there; where its verdict is lost, it
// waits for another virus scan. It holds the locks of all accounts meanwhile.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

#include "archive/database/database.h"
#include "archive/index/indexer.h"
#include "archive/mailbox/files.h"
#include "base/result.h"

namespace restante::archive {

struct Reindexed {
  Indexed indexed;
  std::uint64_t messages = 0;     ///< In the archive now.
  std::uint64_t uids_kept = 0;    ///< Rows of the fetch state.
  std::string put_aside;          ///< The damaged database's new name; empty: it was sound.
  bool fetch_state_whole = true;  ///< False: some of it could not be read: mail may be fetched
                                  ///< again (and is recognised by its checksum).
  bool marks_whole = true;        ///< False: which messages were removed is not known of all.
};

/// Only a database that is corrupt is put aside; any other failure leaves it, with its state.
/// Errors: kBusy (an account is being fetched, or another process has the database), kState (made
/// by a newer version), kIo, kFull, kAuth.
Result<Reindexed> reindex(const Path& archive, const IndexProgress& progress,
                          std::chrono::milliseconds patience = kDatabasePatience);

}  // namespace restante::archive
