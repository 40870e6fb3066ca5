#include "server/login/takeover.h"

#include <atomic>

#include "server/common/log.h"

namespace restante::server {
namespace {

using Opened = Result<std::unique_ptr<maildrop::Session>>;

// Closing a session waits for no disk and no peer, so that it is over long before this.
constexpr auto kPatience = std::chrono::seconds(3);
constexpr auto kLook = std::chrono::milliseconds(5);

enum class Answer : std::uint8_t { kNone, kEnds, kStays };

bool may_end(const SessionContext& context, const accounts::Account& account,
             const Pop3Sessions::Seen& holder) {
  const auto span = context.settings->config.pop3.takeover;
  // A session that is doing something is never ended: its client may be in the middle of a message.
  if (span.count() == 0 || !holder.idle || *holder.idle < span) return false;
  // A password of a device ends only a session of the same device.
  return account.device.empty() || account.device == holder.device;
}

/// Asks the thread that the session lives on, which alone knows what it is doing now.
std::shared_ptr<std::atomic<Answer>> ask_to_end(const SessionContext& context,
                                                const std::string& account,
                                                const Pop3Sessions::Seen& holder) {
  auto answer = std::make_shared<std::atomic<Answer>>(Answer::kNone);
  // By the session's number: the holder may have gone meanwhile, and a newer session must not be
  // ended in its place.
  holder.worker->post([answer, account, id = holder.id, &services = context.services,
                       span = context.settings->config.pop3.takeover, worker = holder.worker] {
    const bool ends = services.pop3_sessions.end_if_idle(account, id, span, worker->now());
    *answer = ends ? Answer::kEnds : Answer::kStays;
  });
  return answer;
}

void report(SessionContext& context, const accounts::Account& account,
            const Pop3Sessions::Seen& holder) {
  context.services.metrics.pop3_takeovers.add();
  spdlog::info("pop3 takeover session={} peer={} user={}{}", context.id,
               context.connection.peer().to_string(), for_log(account.name),
               text_of(holder, context.services.clock.now()));
}

}  // namespace

net::Task<Opened> take_over(SessionContext& context, const accounts::Account& account,
                            const WantedView& wanted,
                            const std::optional<Pop3Sessions::Seen>& holder, Error busy) {
  if (!holder || !may_end(context, account, *holder)) co_return std::move(busy);
  const auto answer = ask_to_end(context, account.name, *holder);
  const auto give_up = std::chrono::steady_clock::now() + kPatience;
  // It may say no: between our look and its thread's the holder may have begun a command.
  while (*answer != Answer::kStays && std::chrono::steady_clock::now() < give_up) {
    const Status paused = co_await context.connection.pause(kLook);
    // The client that waits for us is gone.
    if (!paused) break;
    if (*answer == Answer::kNone) continue;
    Services& services = context.services;
    auto work = [&] { return open_view(context, account.name, wanted); };
    const std::uint64_t source = SessionContext::maildrop_source(account.name);
    // Tried again and again, since the session's end is not told: its lock is free when it is.
    Opened opened = co_await services.disk_pool.run_for(net::Errand::kOwner, source, work);
    if (opened) report(context, account, *holder);
    // Any other trouble is the answer now, and not the lock.
    if (opened || opened.error().code != Errc::kBusy) co_return std::move(opened);
  }
  co_return std::move(busy);
}

std::string text_of(const Pop3Sessions::Seen& holder, WallTime now) {
  const auto open_for = std::chrono::steady_clock::now() - holder.since;
  const auto since = now - std::chrono::round<std::chrono::seconds>(open_for);
  std::string out =
      fmt::format(" holder={} holder_peer={} since={}", holder.id, holder.peer, to_rfc3339(since));
  if (!holder.device.empty()) out += " holder_device=" + for_log(holder.device);
  out += holder.idle ? fmt::format(" idle={}s", holder.idle->count()) : " busy=yes";
  return out;
}

}  // namespace restante::server
