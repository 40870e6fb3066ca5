// The outcome of one mail, for the journal: an act for each recipient's place in each copy, stored
// or refused.
#pragma once

#include <vector>

#include "journal/act.h"
#include "server/delivery/delivery.h"
#include "server/delivery/delivery_log.h"

namespace restante::server {

std::vector<journal::Act> delivery_acts(const MailNotes& notes, const std::vector<Route>& routes,
                                        const std::vector<Copy>& copies);

/// Of the archive's copy, which is for all recipients of the mail.
journal::Act archive_act(const MailNotes& notes, const Copy& copy);

}  // namespace restante::server
