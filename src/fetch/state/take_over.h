// Moving in: what another program has fetched is known of an account before its first fetch.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "fetch/state/local_mail.h"

namespace restante::fetch {

struct TakenOver {
  std::uint64_t added = 0;
  std::uint64_t known = 0;  ///< Were known already, be it that we have fetched them.
};

/// The messages of these ids are another program's: not fetched, and never deleted. Messages that
/// we have, or have ever had, stay as they are. Durable when it returns. Errors: kBusy, kFull, kIo.
Result<TakenOver> take_over(LocalMail& local, std::span<const std::string> uids,
                            const std::string& program);

/// Takes that back: what is still on the server is fetched by the next run. How many there were.
/// Errors: kBusy, kFull, kIo.
Result<std::uint64_t> forget_taken_over(LocalMail& local);

}  // namespace restante::fetch
