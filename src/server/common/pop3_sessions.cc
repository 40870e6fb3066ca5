#include "server/common/pop3_sessions.h"

#include "server/common/session_context.h"

namespace restante::server {

OpenSession::OpenSession(std::string_view account, SessionContext& context,
                         const std::string& device, TimePoint now)
    : account_(account),
      context_(context),
      device_(device.empty() ? nullptr : std::make_unique<const std::string>(device)),
      since_(now) {
  work(now);
}

std::optional<OpenSession::TimePoint::duration> OpenSession::idle(TimePoint now) const {
  const std::int64_t state = state_.load(std::memory_order_relaxed);
  if ((state & 1) == 0) return std::nullopt;
  return now - TimePoint(TimePoint::duration(state & ~std::int64_t{1}));
}

void Pop3Sessions::Leave::operator()(OpenSession* session) const {
  session->context_.services.pop3_sessions.leave(*session);
}

Pop3Sessions::Place Pop3Sessions::enter(std::string_view account, SessionContext& context,
                                        const std::string& device, TimePoint now) {
  const std::lock_guard lock(mutex_);
  const auto [place, is_new] = sessions_.try_emplace(account, account, context, device, now);
  return Place(is_new ? &place->second : nullptr);
}

void Pop3Sessions::leave(const OpenSession& session) {
  const std::lock_guard lock(mutex_);
  sessions_.erase(sessions_.find(session.account_));
}

std::optional<Pop3Sessions::Seen> Pop3Sessions::find(std::string_view account,
                                                     TimePoint now) const {
  const std::lock_guard lock(mutex_);
  const auto place = sessions_.find(account);
  if (place == sessions_.end()) return std::nullopt;
  const OpenSession& session = place->second;
  Seen seen;
  seen.id = session.context_.id;
  seen.peer = session.context_.connection.peer().to_string();
  if (session.device_) seen.device = *session.device_;
  seen.since = session.since_;
  if (const auto idle = session.idle(now))
    seen.idle = std::chrono::duration_cast<std::chrono::seconds>(*idle);
  seen.worker = &session.context_.connection.worker();
  return seen;
}

bool Pop3Sessions::end_if_idle(std::string_view account, std::string_view id,
                               std::chrono::seconds span, TimePoint now) {
  const std::lock_guard lock(mutex_);
  const auto place = sessions_.find(account);
  if (place == sessions_.end() || place->second.context_.id != id) return false;
  const auto idle = place->second.idle(now);
  net::Connection& connection = place->second.context_.connection;
  // Octets that we have sent may still be on their way to a slow client: the kernel takes megabytes
  // at once. And a QUIT may have come that we have not read yet.
  if (!idle || *idle < span || connection.is_moving(span)) return false;
  connection.end(net::Connection::End::kTakeover);
  return true;
}

}  // namespace restante::server
