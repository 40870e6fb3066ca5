#include "server/delivery/delivery_acts.h"

namespace restante::server {
namespace {

journal::Act act_of(const MailNotes& notes, const std::string& recipient, const Copy& copy) {
  const bool done = copy.verdict == smtp::Delivery::kDone;
  journal::Act act;
  act.kind = done ? journal::Kind::kDelivered : journal::Kind::kNotDelivered;
  act.account = copy.account;
  act.recipient = recipient;
  act.from = notes.peer;
  act.session = notes.id;
  act.uid = copy.uid;
  act.octets = copy.octets;
  act.message_id = notes.ids.message_id;
  const auto& forwarded = notes.envelope.forwarded;
  act.queue_id = forwarded && !forwarded->ident.empty() ? forwarded->ident : notes.ids.received_id;
  if (done && !notes.envelope.uid.empty())
    act.detail = copy.was_there ? "XUID: was there, nothing stored" : "XUID";
  if (!done && !copy.failures.empty()) act.detail = copy.failures.front();
  return act;
}

}  // namespace

std::vector<journal::Act> delivery_acts(const MailNotes& notes, const std::vector<Route>& routes,
                                        const std::vector<Copy>& copies) {
  std::vector<journal::Act> acts;
  for (const Copy& copy : copies)
    for (const std::size_t route : copy.routes)
      acts.push_back(act_of(notes, routes[route].recipient, copy));
  return acts;
}

journal::Act archive_act(const MailNotes& notes, const Copy& copy) {
  journal::Act act = act_of(notes, {}, copy);
  if (act.detail.empty()) act.detail = "archive";
  return act;
}

}  // namespace restante::server
