// What waits for the targets of copies, and what stands in its way: the views of the maildrops put
// together with the server's notes (copies/queue.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "copies/queue.h"
#include "maildrop/store.h"
#include "restantectl/copies/copy_words.h"
#include "restantectl/office.h"

namespace restante::ctl {

/// How a copy stands.
struct CopyState {
  maildrop::Usage waiting;         ///< But for what is set aside.
  std::optional<WallTime> oldest;  ///< Arrival of what waits longest, or is set aside.
  std::uint64_t set_aside = 0;     ///< Messages that the target refused for ever.
  std::string reason;              ///< Of the last trouble with what waits; empty: there is none.
  std::optional<WallTime> next;    ///< The next try of what failed, or of the target.
};

/// A message that waits.
struct WaitingMessage {
  std::string uid;
  std::uint64_t octets = 0;
  WallTime arrived{};
  std::optional<copies::Setback> setback;  ///< nullopt: no try has failed.
};

struct WaitingMail {
  std::vector<WaitingMessage> messages;     ///< In the order of their arrival.
  std::optional<copies::Setback> target{};  ///< It does not answer, or takes nothing.
};

/// What it comes to. Pure.
CopyState state_of(const WaitingMail& mail);

/// The notes of all copies; empty where there are none yet. Errors: as copies::Queue.
Result<std::vector<copies::Setback>> all_setbacks(const Office& office);

/// What waits for a copy, with its notes of `setbacks`; nullopt: the copy has no view. Errors: as
/// Store::views().
Result<std::optional<WaitingMail>> waiting_mail(Office& office, const KnownCopy& copy,
                                                const std::vector<copies::Setback>& setbacks);

}  // namespace restante::ctl
