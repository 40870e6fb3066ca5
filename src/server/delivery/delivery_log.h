// What the log says of one mail: its arrival, and where each recipient's copy is. An operator who
// knows its Message-ID, its sender's queue id, its recipient or its unique id finds the rest.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mail/message_ids.h"
#include "server/delivery/delivery.h"
#include "smtp/server_session.h"

namespace restante::server {

/// The names of a mail, and where it came from; none of it is owned.
struct MailNotes {
  MailNotes(std::string_view d, std::string_view i, const smtp::Envelope& e)
      : dialect(d), id(i), envelope(e) {}

  std::string_view dialect;  ///< "lmtp" or "smtp".
  std::string_view id;       ///< "SESSION.n", as the sender was told.
  const smtp::Envelope& envelope;
  std::string peer{};
  mail::MessageIds ids{};
};

/// One line for the envelope, which says all where there is one copy for one recipient; otherwise
/// one more for each recipient's place in each copy.
std::vector<std::string> delivery_lines(const MailNotes& notes, const std::vector<Route>& routes,
                                        const std::vector<Copy>& copies);

}  // namespace restante::server
