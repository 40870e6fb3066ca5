#include "server/delivery/delivery.h"

#include <algorithm>

namespace restante::server {
namespace {

using smtp::Delivery;

Delivery to_verdict(Errc code) {
  if (code == Errc::kFull) return Delivery::kDiskFull;
  if (code == Errc::kLimit) return Delivery::kOverQuota;
  if (code == Errc::kSyntax) return Delivery::kRefused;  // The uid that it came with.
  return Delivery::kTemporary;
}

}  // namespace

EnvelopeDelivery::EnvelopeDelivery(maildrop::Store& store, const Mail& mail,
                                   const std::vector<Route>& routes, const DeliveryRules& rules)
    : store_(store), mail_(mail), routes_(routes), rules_(rules), copies_of_(routes.size()) {
  Places places;  // In copies_, by account.
  for (std::size_t route = 0; route < routes.size(); ++route) {
    for (const std::string& account : routes[route].accounts) {
      const std::size_t place = place_of(account, places);
      copies_[place].routes.push_back(route);
      copies_of_[route].push_back(place);
    }
  }
}

/// The place of the copy for one more address of this account: the copy that is there, or a new one
/// where each address gets its own.
std::size_t EnvelopeDelivery::place_of(const std::string& account, Places& places) {
  const auto [found, is_new] = places.try_emplace(account, copies_.size());
  // An alias and its account in one envelope are one copy, as with other servers.
  if (!is_new && !copies_[found->second].terms.each_address) return found->second;
  Copy& copy = copies_.emplace_back(account);
  if (rules_.terms_of) {
    auto terms = rules_.terms_of(account);
    if (terms)
      copy.terms = *terms;
    else
      copy.failures.push_back(account + ": " + terms.error().message());
  }
  return copies_.size() - 1;
}

void EnvelopeDelivery::store(const std::function<void()>& ended) {
  for (;;) {
    std::unique_lock lock(mutex_);
    if (next_ == copies_.size()) return;
    Copy& copy = copies_[next_++];
    lock.unlock();
    // Without the lock: a delivery waits for the disk, and other threads take the next copies.
    deliver(copy);
    lock.lock();
    copy.ended = true;
    lock.unlock();
    if (ended) ended();
  }
}

std::vector<smtp::Outcome> EnvelopeDelivery::take_outcomes() {
  const std::lock_guard lock(mutex_);
  std::vector<smtp::Outcome> outcomes;
  for (; told_ < routes_.size(); ++told_) {
    const auto& places = copies_of_[told_];
    const auto ended = [this](std::size_t place) { return copies_[place].ended; };
    // In the order of RCPT, since LMTP's answers have no names (RFC 2033 s.4.2): a later one waits
    // for those before it.
    if (!std::all_of(places.begin(), places.end(), ended)) break;
    // A recipient that leads nowhere by now is not lost: its sender asks again and is told.
    const auto& elsewhere = routes_[told_].elsewhere;
    smtp::Outcome outcome(
        elsewhere.value_or(places.empty() ? Delivery::kTemporary : Delivery::kDone));
    for (const std::size_t place : places) {
      const Copy& copy = copies_[place];
      // A temporary failure of one account makes the sender come again: nothing is lost, and the
      // others may get it twice.
      outcome.verdict = std::max(outcome.verdict, copy.verdict);
      outcome.uids.push_back(copy.uid);
    }
    outcomes.push_back(std::move(outcome));
  }
  return outcomes;
}

void EnvelopeDelivery::deliver(Copy& copy) {
  if (!copy.failures.empty()) return;  // The terms of the account could not be had.
  Status delivered = ok();
  if (rules_.out_of_time && rules_.out_of_time())
    delivered = Error(Errc::kTimeout, "not begun in the time that an envelope has");
  else
    delivered = deliver_copy(copy);
  copy.verdict = delivered ? Delivery::kDone : to_verdict(delivered.error().code);
  if (delivered) return;
  copy.failures.push_back(copy.account + ": " + delivered.error().message());
  if (copy.verdict != Delivery::kOverQuota) return;
  // Its quota may have been made smaller: then no delivery has passed the warning level.
  if (const auto usage = store_.usage(copy.account)) warn(copy, *usage, std::nullopt);
}

Status EnvelopeDelivery::deliver_copy(Copy& copy) {
  const std::string& called = copy.terms.called.empty() ? copy.account : copy.terms.called;
  mail::TraceRecipient recipient(called, routes_[copy.routes.front()].recipient, mail_.arrived);
  for (std::size_t i = 1; i < copy.routes.size(); ++i)
    recipient.others.push_back(routes_[copy.routes[i]].recipient);
  mail::TraceHeader trace = mail::make_trace(mail_.trace, recipient);
  maildrop::NewMessage message(std::move(trace.text), mail_.body, trace.octets + mail_.octets);
  message.arrived = mail_.arrived;
  message.flags.utf8_header = mail_.utf8_header;
  message.quota = copy.terms.quota;
  if (!mail_.uid.empty()) message.uid = mail_.uid;
  if (rules_.check_room) RESTANTE_CHECKED(rules_.check_room(message.octets));
  Result<maildrop::Receipt> outcome = store_.deliver(copy.account, message);
  // A second try: the first was stored, and its answer was lost.
  copy.was_there = message.uid && !outcome && outcome.error().code == Errc::kExists;
  if (copy.was_there) {
    copy.uid = *message.uid;
    return ok();
  }
  RESTANTE_TRY(maildrop::Receipt receipt, std::move(outcome));
  copy.uid = std::move(receipt.uid);
  copy.octets = message.octets;
  copy.released = std::move(receipt.released);
  if (!copy.released.empty())
    if (const Status told =
            tell_released(store_, {copy.account, copy.terms.quota, copy.terms.called},
                          copy.released, mail_.arrived);
        !told)
      copy.failures.push_back(copy.account +
                              ": notice of released views: " + told.error().message());
  const maildrop::Usage& before = receipt.before;
  warn(copy, {before.messages + 1, before.octets + message.octets}, before);
  return ok();
}

/// The mail is stored or refused by now: trouble with the warning is logged, and fails no delivery.
void EnvelopeDelivery::warn(Copy& copy, const maildrop::Usage& usage,
                            const std::optional<maildrop::Usage>& before) {
  if (!rules_.warn || !is_limited(copy.terms.quota)) return;
  const auto warned =
      rules_.warn({copy.account, copy.terms.quota, copy.terms.called}, usage, before);
  if (!warned)
    copy.failures.push_back(copy.account + ": quota warning: " + warned.error().message());
  copy.warned = warned && *warned;
}

}  // namespace restante::server
