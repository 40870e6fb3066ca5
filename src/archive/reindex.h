// Makes the database anew from the Maildirs: all but the fetch state, which only the database has
// and which is kept. A damaged database is put aside, and what can be read of its fetch state is
// taken over. What is in the quarantine stays there; where its verdict is lost, it waits for
// another virus scan. It holds the locks of all accounts meanwhile.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

#include "archive/database.h"
#include "archive/files.h"
#include "archive/indexer.h"
#include "base/result.h"

namespace restante::archive {

struct Reindexed {
  Indexed indexed;
  std::uint64_t messages = 0;     ///< In the archive now.
  std::uint64_t uids_kept = 0;    ///< Rows of the fetch state.
  std::string put_aside;          ///< The damaged database's new name; empty: it was sound.
  bool fetch_state_whole = true;  ///< False: some of it could not be read: mail may be fetched
                                  ///< again (and is recognised by its checksum).
};

/// Only a database that is corrupt is put aside. Errors: kBusy (an account is being fetched, or
/// another process has the database), kState (made by a newer version), kIo, kFull, kAuth.
Result<Reindexed> reindex(const Path& archive, const IndexProgress& progress,
                          std::chrono::milliseconds patience = kDatabasePatience);

}  // namespace restante::archive
