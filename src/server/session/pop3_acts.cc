#include "server/session/pop3_acts.h"

#include <utility>

namespace restante::server {
namespace {

journal::Act login_of(const SessionContext& context, LoginNote login) {
  journal::Act act;
  act.kind = journal::Kind::kLoggedIn;
  act.account = login.account.name;
  act.device = login.account.device;
  act.view = std::move(login.view);
  act.from = context.connection.peer().host;
  act.session = context.id;
  act.detail = std::move(login.method);
  return act;
}

}  // namespace

Pop3Acts::Pop3Acts(SessionContext& context, LoginNote login)
    : journal_(*context.services.journal), login_(login_of(context, std::move(login))) {}

/// Only now it is known that the session is no poll.
void Pop3Acts::did_something() {
  if (retrieval_) return;
  journal::Act retrieval = login_;
  retrieval.kind = journal::Kind::kRetrieved;
  retrieval.detail.clear();
  retrieval_ = std::make_shared<const journal::Act>(std::move(retrieval));
  journal_.note(login_);
}

void Pop3Acts::retrieved(const maildrop::Session& maildrop, MessageNumber number,
                         std::uint64_t octets) {
  did_something();
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
  did_something();
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
  if (!retrieval_) journal_.note_poll(login_);
}

}  // namespace restante::server
