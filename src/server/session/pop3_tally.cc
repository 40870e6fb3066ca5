#include "server/session/pop3_tally.h"

#include <algorithm>

#include "base/limits.h"
#include "server/common/log.h"
#include "server/measures/measures.h"
#include "server/upkeep/upkeep.h"

namespace restante::server {

namespace {

/// The unique ids of the first limits::kNamedUidsMax of them, with commas between.
std::string uids_for_log(const maildrop::Session& session,
                         const std::vector<MessageNumber>& messages) {
  std::string uids;
  // A session that deletes thousands would make one line of a megabyte.
  for (std::size_t i = 0; i < std::min(messages.size(), limits::kNamedUidsMax); ++i) {
    std::string uid;
    session.append_uid(messages[i], uid);
    uids += (i == 0 ? "" : ",") + for_log(uid);
  }
  return uids;
}

Retrieval retrieval_of(const Status& end, bool whole) {
  if (end) return whole ? Retrieval::kWhole : Retrieval::kPart;
  const Errc why = end.error().code;
  if (why == Errc::kCorrupt) return Retrieval::kDamaged;
  // A disk's failure is ours; what is left is the client that went away.
  return why == Errc::kIo || why == Errc::kFull || why == Errc::kNotFound ? Retrieval::kFailed
                                                                          : Retrieval::kCut;
}

}  // namespace

void Pop3Tally::logged_in(std::string account, std::string method) {
  account_ = std::move(account);
  method_ = std::move(method);
  context_.services.metrics.pop3_sessions.add();
  context_.services.measures->sessions_open.add();
}

void Pop3Tally::opened(LoginNote login) {
  // Made at the login: sessions that never log in are no acts.
  if (context_.services.journal != nullptr)
    acts_ = std::make_unique<Pop3Acts>(context_, std::move(login));
}

Pop3Sessions::Place Pop3Tally::enter(const std::string& device, const std::string& view,
                                     bool elsewhere) {
  return context_.services.pop3_sessions.enter({account_, context_, device, view, use_, elsewhere},
                                               context_.connection.worker().now());
}

void Pop3Tally::sent(std::uint64_t octets) {
  use_.add_octets(octets);
  // Passed-on sessions count the same octets, but have no use of a maildrop of ours.
  passed_on(octets);
}

void Pop3Tally::passed_on(std::uint64_t octets) const {
  context_.services.metrics.octets_retrieved.add(octets);
}

bool Pop3Tally::is_retrieved(const Status& end, bool whole, const maildrop::Session& maildrop,
                             MessageNumber number) {
  context_.services.measures->count(retrieval_of(end, whole));
  // A client that goes away is no fault of the message.
  if (!end && end.error().code != Errc::kClosed)
    not_sent(maildrop.info(number).sequence, end.error());
  if (!end || !whole) return false;
  use_.add_retrieved();
  context_.services.metrics.messages_retrieved.add();
  if (acts_) acts_->retrieved(maildrop, number, maildrop.info(number).octets);
  return true;
}

void Pop3Tally::not_sent(Sequence sequence, const Error& why) const {
  if (why.code == Errc::kCorrupt) context_.services.metrics.damage_found.add();
  spdlog::error("pop3 message not sent session={} user={} sequence={} reason={}", context_.id,
                for_log(account_), to_number(sequence), for_log(why.message()));
}

void Pop3Tally::will_delete(const maildrop::Session& maildrop,
                            const std::vector<MessageNumber>& messages) {
  to_delete_ = messages.size();
  octets_to_delete_ = 0;
  for (const MessageNumber number : messages) octets_to_delete_ += maildrop.info(number).octets;
  uids_ = uids_for_log(maildrop, messages);
  if (acts_) acts_->will_delete(maildrop, messages);
}

void Pop3Tally::committed(const Status& done) {
  if (acts_) acts_->deleted(done);
  if (done) return deleted();
  spdlog::error("pop3 deletion failed session={} user={} messages={} reason={}", context_.id,
                for_log(account_), to_delete_, for_log(done.error().message()));
}

void Pop3Tally::deleted() {
  deleted_ = to_delete_;
  context_.services.metrics.messages_deleted.add(deleted_);
  context_.services.metrics.octets_deleted.add(octets_to_delete_);
  // So that a short window of undeletion is over in time, and not with the next pass.
  if (deleted_ != 0 && context_.services.upkeep != nullptr)
    context_.services.upkeep->deleted(account_);
}

void Pop3Tally::ended(const Status& status) const {
  if (acts_) acts_->ended();
  const std::string end = status ? "quit" : for_log(status.error().message());
  if (account_.empty()) {
    // Without a login there is nothing that an operator would look for: polls of load balancers,
    // port scans.
    spdlog::debug("pop3 session={} peer={} ended={}", context_.id,
                  context_.connection.peer().to_string(), end);
    return;
  }
  context_.services.measures->sessions_open.subtract();
  std::string which;
  if (deleted_ != 0) which = " uids=" + uids_;
  if (deleted_ > limits::kNamedUidsMax)
    which += fmt::format(" more={}", deleted_ - limits::kNamedUidsMax);
  spdlog::info(
      "pop3 session={} peer={} tls={} user={} method={} retrieved={} bytes={} deleted={} "
      "ended={}{}",
      context_.id, context_.connection.peer().to_string(), for_log(context_.tls_text()),
      for_log(account_), method_, use_.retrieved(), use_.octets(), deleted_, end, which);
}

}  // namespace restante::server
