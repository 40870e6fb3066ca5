// The messages between the server and its outgoing process: one packet a question and one an answer
// (SOCK_SEQPACKET), the answer with the connected socket (SCM_RIGHTS). Both ends are one program,
// so numbers lie in a packet as they lie in memory; lengths are checked all the same.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "files/descriptor.h"
#include "server/outgoing/far_place.h"

namespace restante::server {

struct OutgoingQuestion {
  std::uint64_t number = 0;  ///< Its answer has the same one.
  FarPlace place;
  std::chrono::milliseconds span{0};  ///< For the look-up and all attempts together.
};

/// Either a socket or an Error.
struct OutgoingAnswer {
  std::uint64_t number = 0;
  Result<files::Descriptor> socket;
};

/// False: the other end is gone, or the host's name is too long for one.
bool send_question(int channel, const OutgoingQuestion& question);
/// Waits. nullopt: the other end is gone. A packet that is no question is passed over.
std::optional<OutgoingQuestion> receive_question(int channel);

/// The Error's detail is cut where it is too long.
void send_answer(int channel, const OutgoingAnswer& answer);
/// Without waiting. Errors: kBusy (nothing has come yet), kClosed (the other end is gone), kSyntax.
Result<OutgoingAnswer> receive_answer(int channel);

}  // namespace restante::server
