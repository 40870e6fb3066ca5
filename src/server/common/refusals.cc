#include "server/common/refusals.h"

#include <algorithm>

#include "server/common/log.h"

namespace restante::server {
namespace {

using smtp::RefusalKind;
using smtp::Reply;

// Counted by address and by kind of refusal: a client that does two things wrong gets a line of
// each.
std::optional<std::uint64_t> may_log(const SessionContext& context, std::uint8_t what) {
  guard::Peer peer = context.peer;
  peer.tag.back() = static_cast<std::uint8_t>(peer.tag.back() ^ (what + 1U));
  return context.services.gate.may_log(peer, std::chrono::steady_clock::now());
}

// A number that no Reply has.
std::uint8_t number_of(RefusalKind kind) {
  constexpr unsigned kBehindReplies = 200;
  return static_cast<std::uint8_t>(kBehindReplies + static_cast<unsigned>(kind));
}

Counter& counter_of(const SessionContext& context, RefusalKind kind) {
  return context.services.metrics.smtp_refused[static_cast<std::size_t>(kind)];
}

/// "501 5.1.7" of "501 5.1.7 The sender's address is malformed\r\n", and the words behind it.
std::pair<std::string_view, std::string_view> split_reply(std::string_view line) {
  // Behind it stands a CRLF.
  line.remove_suffix(2);
  const std::size_t end = line.find(' ', line.find(' ') + 1);
  return {line.substr(0, end), line.substr(end + 1)};
}

struct Advice {
  Reply reply;
  std::string_view text;
};
constexpr Advice kAdvice[] = {
    {Reply::kTooLarge, "; limits.message_size"},
    {Reply::kEnvelopeTooLarge, "; limits.envelope_size"},
    {Reply::kBareNewline, "; smtp.bare_newlines = \"normalize\" would repair it"},
    {Reply::kTooManyRecipients, "; limits.recipients"},
    {Reply::kLoop, "; more than 100 Received lines: look for a forwarding that comes back"},
    {Reply::kDiskFull, "; the disk, maildrop.reserve, or limits.spool_per_address"},
};
constexpr Reply kLessWhenTolerant[] = {Reply::kBadMailSyntax, Reply::kBadRcptSyntax,
                                       Reply::kBadSender, Reply::kBadRecipient, Reply::kBadHello};

/// The setting that decides, which the reply does not name.
std::string_view advice(Reply reply, const smtp::ServerSettings& settings) {
  for (const Advice& advice : kAdvice)
    if (advice.reply == reply) return advice.text;
  const bool strict = settings.addresses == mail::Grammar::kStrict;
  const bool less = std::find(std::begin(kLessWhenTolerant), std::end(kLessWhenTolerant), reply) !=
                    std::end(kLessWhenTolerant);
  return strict && less ? "; smtp.addresses = \"tolerant\" takes more" : "";
}

}  // namespace

std::string_view name_of(smtp::Dialect dialect) {
  return dialect == smtp::Dialect::kLmtp ? "lmtp" : "smtp";
}

void report_refusals(const SessionContext& context, smtp::Dialect dialect,
                     std::vector<smtp::Refusal>& refusals) {
  if (refusals.empty()) return;
  const smtp::ServerSettings& settings =
      dialect == smtp::Dialect::kLmtp ? context.settings->lmtp : context.settings->smtp;
  for (const smtp::Refusal& refusal : refusals) {
    const bool refused = is_refusal(refusal.reply);
    // What was taken in spite of a fault is told, and is no refusal.
    if (refused) counter_of(context, refusal.kind).add();
    const auto unlogged = may_log(context, static_cast<std::uint8_t>(refusal.reply));
    if (!unlogged) continue;
    if (!refused) {
      spdlog::info("{} untidy sender taken session={} peer={} command={} unlogged={}",
                   name_of(dialect), context.id, context.connection.peer().to_string(),
                   for_log(refusal.command), *unlogged);
      continue;
    }
    const auto [code, words] = split_reply(text(refusal.reply));
    spdlog::info(
        "{} refused session={} peer={} command={} reply=\"{}\" from={} reason={} "
        "unlogged={}",
        name_of(dialect), context.id, context.connection.peer().to_string(),
        for_log(refusal.command), code, for_log(refusal.sender),
        for_log(std::string(words).append(advice(refusal.reply, settings))), *unlogged);
  }
  refusals.clear();
}

void report_farewell(const SessionContext& context, smtp::Dialect dialect, bool in_message,
                     const Error& reason) {
  // Counted in any case; only the line may be left out.
  const bool timeout = reason.code == Errc::kTimeout;
  const RefusalKind kind = timeout ? RefusalKind::kTimeout : RefusalKind::kGoingDown;
  counter_of(context, kind).add();
  const auto unlogged = may_log(context, number_of(kind));
  if (!unlogged) return;
  const std::string why = timeout
                              ? fmt::format("{}; limits.smtp_timeout is {} s", reason.message(),
                                            context.settings->config.limits.smtp_timeout.count())
                              : reason.message();
  spdlog::info("{} refused session={} peer={} command={} reply=\"{}\" reason={} unlogged={}",
               name_of(dialect), context.id, context.connection.peer().to_string(),
               in_message ? "message" : "\"\"", timeout ? "421 4.4.2" : "421 4.3.2", for_log(why),
               *unlogged);
}

void report_tls_failure(const SessionContext& context, smtp::Dialect dialect, const Error& reason) {
  counter_of(context, RefusalKind::kTls).add();
  const auto unlogged = may_log(context, number_of(RefusalKind::kTls));
  if (!unlogged) return;
  spdlog::info("{} refused session={} peer={} command=STARTTLS reply=none reason={} unlogged={}",
               name_of(dialect), context.id, context.connection.peer().to_string(),
               for_log(reason.message()), *unlogged);
}

}  // namespace restante::server
