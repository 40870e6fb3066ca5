#include "server/session/pop3_acts.h"

#include <utility>

namespace restante::server {
namespace {

std::shared_ptr<const journal::Act> retrieval_of(const SessionContext& context,
                                                 const accounts::Account& account) {
  journal::Act act;
  act.kind = journal::Kind::kRetrieved;
  act.account = account.name;
  act.device = account.device;
  act.from = context.connection.peer().host;
  act.session = context.id;
  return std::make_shared<const journal::Act>(std::move(act));
}

}  // namespace

Pop3Acts::Pop3Acts(SessionContext& context, const accounts::Account& account)
    : journal_(*context.services.journal), retrieval_(retrieval_of(context, account)) {}

void Pop3Acts::retrieved(const maildrop::Session& maildrop, MessageNumber number,
                         std::uint64_t octets) {
  did_something_ = true;
  journal::Message& noted = retrieved_.emplace_back();
  // The id is taken now: after the commit the message is gone.
  maildrop.append_uid(number, noted.uid);
  noted.octets = octets;
}

void Pop3Acts::will_delete(const maildrop::Session& maildrop,
                           const std::vector<MessageNumber>& numbers) {
  for (const MessageNumber number : numbers) {
    journal::Message& noted = to_delete_.emplace_back();
    maildrop.append_uid(number, noted.uid);
    noted.octets = maildrop.info(number).octets;
  }
}

void Pop3Acts::deleted(const Status& done) {
  if (to_delete_.empty()) return;
  did_something_ = true;
  // Retrievals first: the journal shows the acts in the order in which they happened.
  hand_over();
  journal::Act act = *retrieval_;
  act.kind = journal::Kind::kDeleted;
  // A deletion that failed has deleted nothing, and the journal tells what has happened.
  if (done) journal_.note_each(std::make_shared<const journal::Act>(std::move(act)), to_delete_);
}

void Pop3Acts::ended() {
  hand_over();
  // A session without an act is one of many polls, which the journal counts together.
  if (!did_something_) journal_.note_poll(*retrieval_);
}

}  // namespace restante::server
