// Where the accounts are asked: here and now when they are at hand, on the pool for lookups when
// asking may wait for a network, or for a file that has changed to be read. Nothing on an event
// loop asks a directory in any other way, save by find_now().
#pragma once

#include <string>
#include <type_traits>
#include <utility>

#include "net/asio.h"
#include "server/common/session_context.h"

namespace restante::server {

/// work()'s Result, for a session that asks about `name`. `work` may point to the awaiting
/// coroutine's locals. Errors: the work's; kLimit (too many lookups wait).
template <typename Work>
net::Task<std::invoke_result_t<Work&>> ask_accounts(SessionContext& context, net::Errand errand,
                                                    std::string name, Work work) {
  accounts::Directory& directory = context.services.directory;
  if (!directory.is_slow() && !directory.is_behind()) {
    const accounts::FromMemory here;
    co_return work();
  }
  const std::uint64_t source = context.fair_source(name);
  net::BlockingPool& pool = context.services.account_pools.lookups(errand);
  auto answer = co_await pool.run_fair(source, work);
  if (!answer) co_return Error(Errc::kLimit, "too many lookups of accounts wait for their turn");
  co_return std::move(*answer);
}

}  // namespace restante::server
