#include "server/delivery/quota_warnings.h"

#include "server/common/log.h"

namespace restante::server {
namespace {

/// The owner has been told by now. An error here is logged, and the owner is not told again.
Status tell_operator(const WarningTerms& terms, const QuotaHolder& holder,
                     const maildrop::Usage& usage) {
  if (terms.operator_address.empty() || terms.router == nullptr) return ok();
  auto accounts = terms.router->resolve(terms.operator_address);
  if (!accounts) return Error(accounts.error().code, "server.operator: " + accounts.error().detail);
  for (const std::string& account : *accounts) {
    // The operator's own maildrop has the owner's message already.
    if (account == holder.account) continue;
    RESTANTE_CHECKED(warn_operator(terms.store, account, holder, {usage, terms.now}));
  }
  return ok();
}

}  // namespace

WarningTerms warning_terms(const Services& services, const settings::Config& config) {
  WarningTerms terms(services.store);
  terms.percent = config.maildrop.quota_warning;
  terms.router = &services.router;
  terms.operator_address = config.server.operator_address;
  terms.now = services.clock.now();
  return terms;
}

Result<bool> QuotaWarnings::consider(const WarningTerms& terms, const QuotaHolder& holder,
                                     const maildrop::Usage& usage,
                                     const std::optional<maildrop::Usage>& before) {
  if (!is_limited(holder.quota) || terms.percent == 0) return false;
  if (!at_warning_level(usage, holder.quota, terms.percent)) {
    told_.forget(holder.account);
    return false;
  }
  // It had room a moment ago: it fills up anew, so its owner is told again.
  if (before && !at_warning_level(*before, holder.quota, terms.percent))
    told_.forget(holder.account);
  // Noted before the message is stored, so that two deliveries at once do not both warn.
  if (!told_.note(holder.account)) return false;
  if (Status warned = warn_owner(terms.store, holder, usage, terms.now); !warned) {
    told_.forget(holder.account);
    return warned.error();
  }
  RESTANTE_CHECKED(tell_operator(terms, holder, usage));
  return true;
}

Result<bool> QuotaWarnings::look(const WarningTerms& terms, const QuotaHolder& holder) {
  if (!is_limited(holder.quota) || terms.percent == 0) return false;
  RESTANTE_TRY(const maildrop::Usage usage, terms.store.usage(holder.account));
  return consider(terms, holder, usage);
}

void report_warning(const std::string& account, const Result<bool>& warned, Metrics& metrics) {
  if (!warned)
    spdlog::error("quota warning failed account={} reason={}", for_log(account),
                  for_log(warned.error().message()));
  if (!warned || !*warned) return;
  metrics.quota_warnings.add();
  spdlog::warn("quota warning account={}", for_log(account));
}

}  // namespace restante::server
