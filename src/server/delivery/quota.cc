#include "server/delivery/quota.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/numbers.h"
#include "server/common/policy.h"
#include "server/delivery/notice.h"

namespace restante::server {
namespace {

using maildrop::Quota;
using maildrop::Usage;

/// Rounded up; a limit of 0 means no limit, and has no level.
std::uint64_t level_of(std::uint64_t limit, std::uint32_t percent) {
  // In two parts: limit * percent could overflow.
  const std::uint64_t rest = limit % 100 * percent;
  return limit / 100 * percent + rest / 100 + (rest % 100 == 0 ? 0 : 1);
}

bool reached(std::uint64_t amount, std::uint64_t level) { return level != 0 && amount >= level; }

std::string in_mib(std::uint64_t octets) {
  return fmt::format("{:.1f} MiB", static_cast<double>(octets) / (1U << 20));
}

std::string limits_text(const Quota& quota) {
  if (quota.octets == 0) return counted(quota.messages, "message");
  if (quota.messages == 0) return in_mib(quota.octets);
  return fmt::format("{} and {}", counted(quota.messages, "message"), in_mib(quota.octets));
}

const std::string& shown_name(const QuotaHolder& holder) {
  return holder.called.empty() ? holder.account : holder.called;
}

std::string what_waits(const QuotaHolder& holder, const Usage& usage) {
  std::string text = fmt::format("{}, {} in all, {} in the mailbox\r\n{}.\r\n\r\n",
                                 counted(usage.messages, "message"), in_mib(usage.octets),
                                 usage.messages == 1 ? "waits" : "wait", shown_name(holder));
  text += fmt::format("It may hold {}. When it is full, new mail is refused\r\n",
                      limits_text(holder.quota));
  return text;
}

}  // namespace

Result<Quota> QuotaBook::of(const std::string& account) const {
  RESTANTE_TRY(const AccountTerms terms, terms_of(account));
  return terms.quota;
}

Result<AccountTerms> QuotaBook::terms_of(const std::string& account) const {
  RESTANTE_TRY(const accounts::Account found, directory_.find_owner(account));
  AccountTerms terms;
  terms.quota = quota_of(defaults_.maildrop, found.allowance);
  terms.called = found.called;
  terms.route = found.route;
  terms.each_address = gets_each_address(defaults_.accounts, found.allowance);
  return terms;
}

std::vector<QuotaHolder> QuotaBook::holders(const std::vector<std::string>& accounts) const {
  std::vector<QuotaHolder> holders;
  for (const std::string& account : accounts) {
    const auto quota = of(account);
    // An account whose quota cannot be had counts as one with room: this is a look ahead, and the
    // delivery itself decides.
    if (quota && is_limited(*quota)) holders.push_back({account, *quota});
  }
  return holders;
}

bool would_exceed(const Usage& usage, const Quota& quota, std::uint64_t octets) {
  const bool too_many = quota.messages != 0 && usage.messages >= quota.messages;
  const bool too_large =
      quota.octets != 0 && (usage.octets >= quota.octets || octets > quota.octets - usage.octets);
  return too_many || too_large;
}

bool all_are_full(maildrop::Store& store, const std::vector<QuotaHolder>& holders,
                  std::uint64_t octets) {
  return std::all_of(holders.begin(), holders.end(), [&](const QuotaHolder& holder) {
    const auto usage = store.usage(holder.account);
    if (!usage || !would_exceed(*usage, holder.quota, octets)) return false;
    // The delivery makes room first, where unused views hold mail back.
    const auto least = store.least_usage(holder.account);
    return least && would_exceed(*least, holder.quota, octets);
  });
}

bool at_warning_level(const Usage& usage, const Quota& quota, std::uint32_t percent) {
  return reached(usage.octets, level_of(quota.octets, percent)) ||
         reached(usage.messages, level_of(quota.messages, percent));
}

std::string views_text(const std::vector<maildrop::ViewInfo>& views) {
  if (views.size() < 2) return {};
  std::string text = "\r\nEach device holds what it has not fetched and deleted yet:\r\n";
  for (const maildrop::ViewInfo& view : views) {
    if (!view.holds) continue;
    const std::string name = view.view == maildrop::View::kDefault ? "(all others)" : view.name;
    text += fmt::format("  {:<20} {}, {}", name, counted(view.waiting.messages, "message"),
                        in_mib(view.waiting.octets));
    if (view.used) text += ", last used on " + to_rfc3339(*view.used).substr(0, 10);
    if (view.of_copy) text += ", on the way to a copy";
    text += "\r\n";
  }
  return text;
}

std::string warning_message(const QuotaHolder& holder, const Usage& usage, WallTime now) {
  std::string text =
      notice_header(shown_name(holder), {"Your mailbox is nearly full", "quota", now});
  text += what_waits(holder, usage);
  text += "and goes back to its senders; nothing that waits is lost.\r\n\r\n";
  text += "To make room, fetch your mail and do not leave it on the server.\r\n";
  return text;
}

Status warn_owner(maildrop::Store& store, const QuotaHolder& holder, const Usage& usage,
                  WallTime now) {
  std::string text = warning_message(holder, usage, now);
  // A help for the reader: without it the warning goes all the same.
  if (const auto views = store.views(holder.account)) text += views_text(*views);
  return put_notice(store, holder.account, std::move(text), now);
}

Status tell_released(maildrop::Store& store, const QuotaHolder& holder,
                     const std::vector<std::string>& views, WallTime now) {
  std::string text = notice_header(
      shown_name(holder), {"Mail is no longer kept for a device that is not used", "views", now});
  text += fmt::format("The mailbox {} was full: it may hold {}.\r\n", shown_name(holder),
                      limits_text(holder.quota));
  text += "So that new mail is not refused, nothing is kept any more for what was not\r\n";
  text += "used for a week:\r\n\r\n";
  for (const std::string& view : views) text += "  " + view + "\r\n";
  text += "\r\nMail that other devices have not deleted yet is still there. At its next login\r\n";
  text += "the device gets what is there then, and mail is kept for it again.\r\n";
  return put_notice(store, holder.account, std::move(text), now);
}

Status warn_operator(maildrop::Store& store, const std::string& account, const QuotaHolder& holder,
                     const UsageAt& finding) {
  std::string text = notice_header(account, {"A mailbox is nearly full", "quota", finding.time});
  text += what_waits(holder, finding.usage);
  text += "and goes back to its senders. Its owner has been told, too.\r\n";
  return put_notice(store, account, std::move(text), finding.time);
}

}  // namespace restante::server
