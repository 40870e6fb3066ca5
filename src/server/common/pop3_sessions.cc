#include "server/common/pop3_sessions.h"

#include <algorithm>

#include "server/common/session_context.h"

namespace restante::server {

OpenSession::OpenSession(const Entrant& entrant, TimePoint now)
    : account_(entrant.account),
      context_(entrant.context),
      use_(entrant.use),
      // Most sessions have neither; an empty string each would be kept for every idle client.
      device_(entrant.device.empty() ? nullptr
                                     : std::make_unique<const std::string>(entrant.device)),
      view_(entrant.view.empty() ? nullptr : std::make_unique<const std::string>(entrant.view)),
      elsewhere_(entrant.elsewhere),
      has_tls_(entrant.context.has_tls()),
      since_(now) {
  work(now);
}

std::optional<OpenSession::TimePoint::duration> OpenSession::idle(TimePoint now) const {
  const std::int64_t state = state_.load(std::memory_order_relaxed);
  // The lowest bit says that it waits: time and state change in one step, without a lock.
  if ((state & 1) == 0) return std::nullopt;
  return now - TimePoint(TimePoint::duration(state & ~std::int64_t{1}));
}

Pop3Sessions::Seen Pop3Sessions::seen_of(const OpenSession& session, TimePoint now) {
  const SessionContext& context = session.context_;
  Seen seen;
  seen.id = context.id;
  seen.account = session.account_;
  seen.peer = context.connection.peer().to_string();
  seen.listener = context.listen.address.to_string();
  if (session.device_) seen.device = *session.device_;
  if (session.view_) seen.view = *session.view_;
  seen.since = session.since_;
  // Its worker's clock may be a second behind ours, and ahead of what was read before.
  if (const auto idle = session.idle(now))
    seen.idle =
        std::max(std::chrono::duration_cast<std::chrono::seconds>(*idle), std::chrono::seconds(0));
  seen.retrieved = session.use_.retrieved();
  seen.octets = session.use_.octets();
  seen.has_tls = session.has_tls_;
  seen.elsewhere = session.elsewhere_;
  seen.worker = &context.connection.worker();
  return seen;
}

void Pop3Sessions::Leave::operator()(OpenSession* session) const {
  session->context_.services.pop3_sessions.leave(*session);
}

Pop3Sessions::Place Pop3Sessions::enter(const Entrant& entrant, TimePoint now) {
  const std::lock_guard lock(mutex_);
  const auto place = sessions_.emplace(std::piecewise_construct, std::tuple(entrant.account),
                                       std::forward_as_tuple(entrant, now));
  return Place(&place->second);
}

void Pop3Sessions::leave(const OpenSession& session) {
  const std::lock_guard lock(mutex_);
  // By the place and not by a number: several sessions of one account are equal but for that.
  const auto [first, last] = sessions_.equal_range(session.account_);
  sessions_.erase(
      std::find_if(first, last, [&](const auto& each) { return &each.second == &session; }));
}

Pop3Sessions::Sessions::const_iterator Pop3Sessions::find_one(std::string_view account,
                                                              std::string_view id) const {
  const auto [first, last] = sessions_.equal_range(account);
  const auto found =
      std::find_if(first, last, [id](const auto& each) { return each.second.context_.id == id; });
  return found == last ? sessions_.end() : found;
}

std::optional<Pop3Sessions::Seen> Pop3Sessions::find(std::string_view account,
                                                     std::string_view view, TimePoint now) const {
  const std::lock_guard lock(mutex_);
  const auto [first, last] = sessions_.equal_range(account);
  // The newest: a session that is closing may still be there when the next one has begun.
  const OpenSession* newest = nullptr;
  for (auto each = first; each != last; ++each) {
    const OpenSession& session = each->second;
    const std::string_view its = session.view_ ? std::string_view(*session.view_) : "";
    if (its == view && (newest == nullptr || newest->since_ < session.since_)) newest = &session;
  }
  if (newest == nullptr) return std::nullopt;
  return seen_of(*newest, now);
}

// An operator has the number from the log alone; a look at all is dear, and rare.
std::optional<Pop3Sessions::Seen> Pop3Sessions::find_id(std::string_view id, TimePoint now) const {
  const std::lock_guard lock(mutex_);
  const auto found = std::find_if(sessions_.begin(), sessions_.end(),
                                  [id](const auto& each) { return each.second.context_.id == id; });
  if (found == sessions_.end()) return std::nullopt;
  return seen_of(found->second, now);
}

std::vector<Pop3Sessions::Seen> Pop3Sessions::list_of(std::string_view account,
                                                      TimePoint now) const {
  const std::lock_guard lock(mutex_);
  std::vector<Seen> out;
  const auto [first, last] = sessions_.equal_range(account);
  for (auto each = first; each != last; ++each) out.push_back(seen_of(each->second, now));
  return out;
}

std::vector<Pop3Sessions::Seen> Pop3Sessions::busiest(std::size_t most, TimePoint now) const {
  struct Ranked {
    const OpenSession* session;
    // They change while they are sorted, which an order must not.
    std::uint64_t octets;  // As it was when they were compared.
  };
  const std::lock_guard lock(mutex_);
  std::vector<Ranked> all;
  all.reserve(sessions_.size());
  for (const auto& [account, session] : sessions_) all.push_back({&session, session.use_.octets()});
  if (most < all.size()) {
    std::nth_element(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(most), all.end(),
                     [](const Ranked& a, const Ranked& b) { return a.octets > b.octets; });
    all.resize(most);
  }
  std::vector<Seen> out;
  out.reserve(all.size());
  for (const Ranked& each : all) out.push_back(seen_of(*each.session, now));
  return out;
}

std::size_t Pop3Sessions::count() const {
  const std::lock_guard lock(mutex_);
  return sessions_.size();
}

bool Pop3Sessions::end_if_idle(std::string_view account, std::string_view id,
                               std::chrono::seconds span, TimePoint now) {
  const std::lock_guard lock(mutex_);
  const auto place = find_one(account, id);
  if (place == sessions_.end()) return false;
  const auto idle = place->second.idle(now);
  // Under the mutex: a session takes itself out under it, so it cannot go while it is looked at.
  net::Connection& connection = place->second.context_.connection;
  // Octets that we have sent may still be on their way to a slow client: the kernel takes megabytes
  // at once. And a QUIT may have come that we have not read yet.
  if (!idle || *idle < span || connection.is_moving(span)) return false;
  connection.end(net::Connection::End::kTakeover);
  return true;
}

bool Pop3Sessions::end(std::string_view account, std::string_view id) {
  const std::lock_guard lock(mutex_);
  const auto place = find_one(account, id);
  if (place == sessions_.end()) return false;
  place->second.context_.connection.end(net::Connection::End::kOperator);
  return true;
}

}  // namespace restante::server
