#include "server/delivery/archive.h"

#include <algorithm>

#include "accounts/names/names.h"
#include "base/ascii.h"
#include "base/bytes.h"
#include "base/checksum.h"
#include "server/common/log.h"
#include "server/common/policy.h"
#include "server/common/services.h"
#include "server/measures/measures.h"

namespace restante::server {
namespace {

std::string account_of(const accounts::Settings& settings, std::uint64_t number) {
  const auto canonical = accounts::canonical_name(settings.archive_account, settings.names);
  std::string name = canonical ? *canonical : settings.archive_account;
  if (number == 1) return name;
  const std::size_t at = std::min(name.rfind('@'), name.size());
  return name.insert(at, "-" + std::to_string(number));
}

bool leads_somewhere(const Destinations& to) {
  return !to.handed_on.empty() ||
         std::ranges::any_of(to.routes, [](const Route& route) { return !route.accounts.empty(); });
}

/// Recipients here are refused by their terms. Other servers are not asked any more.
void refuse_all(Destinations& to) {
  to.handed_on.clear();
  for (auto& [account, terms] : to.terms)
    terms = Error(Errc::kIo, "the archive did not take the mail");
}

}  // namespace

std::vector<std::string> archive_accounts(const accounts::Settings& settings) {
  std::vector<std::string> names;
  if (settings.archive_account.empty()) return names;
  for (std::uint64_t number = 1; number <= settings.archive_logs; ++number)
    names.push_back(account_of(settings, number));
  return names;
}

std::string archive_account_for(const accounts::Settings& settings, std::string_view id) {
  // By our own id, which no sender chooses: no stranger can send all mail into one log.
  return account_of(settings, 1 + checksum(as_bytes(id)) % settings.archive_logs);
}

Result<accounts::Account> find_archive_account(accounts::Directory& directory, const Homes* homes,
                                               const std::string& name) {
  auto account = directory.find(name);
  if (!account && account.error().code == Errc::kNotFound)
    return Error(Errc::kNotFound, "there is no account of this name");
  if (!account) return account.error();
  if (!account->fault.empty()) return Error(Errc::kIo, account->fault);
  if (homes == nullptr || homes->is_empty()) return account;
  RESTANTE_TRY(const auto home, homes->of_account(*account));
  if (home) return Error(Errc::kState, "it is on another server, and an archive is kept here");
  return account;
}

void ArchiveCopy::find(const Services& services, const settings::Config& config) {
  const auto account = find_archive_account(services.directory, services.homes, copy_.account);
  if (!account) {
    found_ = account.error();
    return;
  }
  found_ = ok();
  copy_.account = account->name;
  copy_.terms.called = account->called;
  copy_.terms.quota = quota_of(config.maildrop, account->allowance);
}

void ArchiveCopy::store(maildrop::Store& store, const Mail& mail, const DeliveryRules& rules,
                        Destinations& to) {
  if (!leads_somewhere(to)) return;
  tried_ = true;
  const Status stored = found_ ? deliver(store, mail, rules, to) : found_;
  copy_.verdict = stored ? smtp::Delivery::kDone : smtp::Delivery::kTemporary;
  if (stored) return;
  copy_.failures.push_back(copy_.account + ": " + stored.error().message());
  refuse_all(to);
}

Status ArchiveCopy::deliver(maildrop::Store& store, const Mail& mail, const DeliveryRules& rules,
                            const Destinations& to) {
  std::vector<std::string> recipients;
  for (const Route& route : to.routes) recipients.push_back(route.recipient);
  const std::string& called = copy_.terms.called.empty() ? copy_.account : copy_.terms.called;
  mail::TraceHeader trace =
      mail::make_archive_trace(mail.trace, {called, recipients, mail.arrived});
  const bool is_utf8 = !std::ranges::all_of(trace.text, [](char c) { return is_ascii(c); });
  maildrop::NewMessage message(std::move(trace.text), mail.body, trace.octets + mail.octets);
  message.arrived = mail.arrived;
  message.flags.utf8_header = mail.utf8_header || is_utf8;
  message.quota = copy_.terms.quota;
  if (rules.check_room) RESTANTE_CHECKED(rules.check_room(message.octets));
  RESTANTE_TRY(maildrop::Receipt receipt, store.deliver(copy_.account, message));
  copy_.uid = std::move(receipt.uid);
  copy_.octets = message.octets;
  copy_.released = std::move(receipt.released);
  if (!rules.warn || !is_limited(copy_.terms.quota)) return ok();
  const maildrop::Usage usage{receipt.before.messages + 1, receipt.before.octets + message.octets};
  const auto warned = rules.warn({copy_.account, copy_.terms.quota, called}, usage, receipt.before);
  if (!warned)
    copy_.failures.push_back(copy_.account + ": quota warning: " + warned.error().message());
  copy_.warned = warned && *warned;
  return ok();
}

void ArchiveCopy::count(const Services& services) const {
  if (!tried_) return;
  ArchiveMeasure& measure = services.measures->archive;
  if (is_done())
    measure.done.add();
  else
    measure.fail(copy_.failures.front());
}

void write_archived(const MailNotes& notes, const Copy& copy) {
  if (copy.verdict == smtp::Delivery::kDone)
    spdlog::info("{} mail={} archived account={} uid={} octets={}", notes.dialect, notes.id,
                 for_log(copy.account), copy.uid, copy.octets);
  else
    spdlog::error(
        "{} mail={} not archived, so each recipient was told to try again account={} reason={} "
        "do=\"make the account, raise its quota or mend its maildrop: docs/archive.md\"",
        notes.dialect, notes.id, for_log(copy.account), for_log(copy.failures.front()));
}

}  // namespace restante::server
