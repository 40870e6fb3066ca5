// The terms of one account: its own allowance where it has one, the configuration's defaults
// elsewhere.
#pragma once

#include "accounts/allowance.h"
#include "accounts/directory.h"
#include "maildrop/store.h"
#include "pop3/server_session.h"
#include "server/settings/config.h"

namespace restante::server {

maildrop::Quota quota_of(const maildrop::Rules& defaults, const accounts::Allowance& own);
maildrop::Retention retention_of(const maildrop::Rules& defaults, const accounts::Allowance& own);
/// Whether it gets a copy for each of its addresses that a mail comes to.
bool gets_each_address(const accounts::Settings& defaults, const accounts::Allowance& own);

/// The rules that upkeep keeps for the account's maildrop. The mail of a removed account stays;
/// only deleted mail is reclaimed. Errors: kIo (the accounts cannot be asked). `quota`, if not
/// null, gets the account's.
Result<maildrop::UpkeepPolicy> upkeep_policy(const maildrop::Rules& defaults,
                                             accounts::Directory& directory,
                                             std::string_view account,
                                             maildrop::Quota* quota = nullptr);

/// Whether the store must be told of retrieved messages.
bool counts_from_retrieval(const maildrop::Retention& retention);

/// The words of CAPA after the login. A view that messages leave by what others do promises nothing.
pop3::Expire expire_after_login(const maildrop::Retention& retention,
                                const maildrop::Session& session);
/// And before it: the least that may hold for anybody (RFC 2449 s.6.7).
pop3::Expire expire_before_login(const maildrop::Rules& defaults,
                                 const accounts::RetentionSpread& spread);

}  // namespace restante::server
