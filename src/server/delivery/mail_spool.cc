#include "server/delivery/mail_spool.h"

#include <utility>

#include "server/common/disk_room.h"
#include "server/common/log.h"

namespace restante::server {

net::Task<Status> MailSpool::store(smtp::StorePiece piece) {
  if (piece.first) drop();
  Status stored = take(piece.bytes);
  if (stored && spool_->needs_flush()) {
    auto work = [this] {
      const settings::Config& config = context_.settings->config;
      const Status room = check_room(config.data_dir, config.maildrop.reserve, spool_->size());
      return room ? spool_->flush() : room;
    };
    const std::uint64_t source = context_.fair_source(context_.id);
    stored = co_await context_.services.disk_pool.run_for(net::Errand::kMail, source, work);
    if (!stored)
      spdlog::error("spool session={} reason={}", context_.id, for_log(stored.error().message()));
  }
  if (!stored) drop();  // The rest of the mail is read, and kept nowhere.
  co_return stored;
}

Status MailSpool::take(std::string_view bytes) {
  guard::Gate& gate = context_.services.gate;
  // Given back later to the address that it was counted for, even if a proxy has named another
  // client by then.
  if (counted_ == 0) counted_for_ = context_.peer;
  if (gate.may_spool(counted_for_, bytes.size(), context_.settings->rules)) {
    counted_ += bytes.size();
    whole().append(bytes);
    return ok();
  }
  context_.services.metrics.spool_refused.add();
  const auto now = std::chrono::steady_clock::now();
  if (const auto unlogged = gate.may_log(context_.peer, now, guard::Told::kMail))
    spdlog::warn("{} mail refused session={} peer={} reason=limits.spool_per_address unlogged={}",
                 protocol_, context_.id, context_.connection.peer().to_string(), *unlogged);
  return Error(Errc::kFull, "limits.spool_per_address");
}

Spool& MailSpool::whole() {
  if (!spool_) spool_ = std::make_unique<Spool>(context_.settings->config.data_dir);
  return *spool_;
}

void MailSpool::drop() {
  spool_.reset();
  context_.services.gate.spool_gone(counted_for_, std::exchange(counted_, 0));
}

}  // namespace restante::server
