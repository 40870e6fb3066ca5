#include "server/session/smtp_stranger.h"

#include <algorithm>
#include <utility>

#include "server/common/log.h"

namespace restante::server {
namespace {

/// Whether the answer tells that a name does not exist: a spammer collects names by such answers.
bool tells_a_name(smtp::Recipient verdict) {
  return verdict == smtp::Recipient::kUnknown || verdict == smtp::Recipient::kNotLocal ||
         verdict == smtp::Recipient::kDisabled;
}

}  // namespace

SmtpStranger::SmtpStranger(SessionContext& context)
    : context_(context),
      patience_(context.settings->config.limits.smtp_timeout,
                context.settings->config.limits.smtp_rate) {}

Status SmtpStranger::begin_wait(bool receiving) {
  net::Connection& connection = context_.connection;
  if (context_.peer.trusted) {
    connection.expire_after(context_.settings->config.limits.smtp_timeout);
    return ok();
  }
  const guard::Span left = patience_.begin_wait(receiving, connection.worker().now());
  // A wait of nothing would never end by a timeout.
  if (left == guard::Span::zero()) return Error(Errc::kTimeout, "too slow");
  connection.expire_after(std::chrono::ceil<std::chrono::milliseconds>(left));
  return ok();
}

void SmtpStranger::end_wait() {
  if (context_.peer.trusted) return;
  net::Connection& connection = context_.connection;
  patience_.end_wait(connection.input().size(), connection.worker().now());
}

std::optional<std::string> SmtpStranger::recipient_refused(smtp::Recipient verdict) {
  // A trusted MTA cannot collect names from us that it has not been given.
  if (context_.peer.trusted) return std::string();
  guard::Gate& gate = context_.services.gate;
  const auto now = std::chrono::steady_clock::now();
  // Answers that tell of no name, such as "full", cost the client nothing.
  if (tells_a_name(verdict))
    due_ = gate.recipient_refused(context_.peer, context_.settings->rules, now);
  const auto unlogged = gate.may_log(context_.peer, now, guard::Told::kRecipient);
  if (!unlogged) return std::nullopt;
  return fmt::format(" unlogged={}", *unlogged);
}

net::Task<Status> SmtpStranger::pay() {
  context_.services.metrics.smtp_slowed.add();
  const auto span = std::chrono::ceil<std::chrono::milliseconds>(std::exchange(due_, {}));
  // The pause is ours, and must not count against the client's time.
  // Paid before the next command is read, so that a client that sends without waiting gains
  // nothing.
  context_.connection.expire_after(span + context_.settings->config.limits.smtp_timeout);
  const Status paused = co_await context_.connection.pause(span);
  co_return paused;
}

net::Task<Status> SmtpStranger::slow_down() {
  due_ = limits::kSmtpMistakeDelay;
  return pay();
}

bool SmtpStranger::may_ask_for_quota(const std::vector<QuotaHolder>& holders) {
  const auto is_at_hand = [this](const QuotaHolder& holder) {
    return context_.services.store.usage_cached(holder.account).has_value();
  };
  // Where the store has the figures in memory, the question costs no disk and so needs no limit.
  return context_.peer.trusted || std::all_of(holders.begin(), holders.end(), is_at_hand) ||
         context_.services.gate.may_ask_for_quota(context_.peer, std::chrono::steady_clock::now());
}

}  // namespace restante::server
