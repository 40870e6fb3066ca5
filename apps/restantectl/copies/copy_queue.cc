#include "restantectl/copies/copy_queue.h"

#include <algorithm>
#include <map>

namespace restante::ctl {

CopyState state_of(const WaitingMail& mail) {
  CopyState state;
  std::optional<WallTime> last;  // Of the trouble whose reason is told.
  for (const WaitingMessage& message : mail.messages) {
    if (!state.oldest || message.arrived < *state.oldest) state.oldest = message.arrived;
    const bool is_aside = message.setback && message.setback->is_set_aside;
    if (is_aside) {
      ++state.set_aside;
    } else {
      ++state.waiting.messages;
      state.waiting.octets += message.octets;
    }
    // The server notes a message, too, whose owner was told that it waits: without a try.
    if (!message.setback || message.setback->tries == 0) continue;
    const copies::Setback& setback = *message.setback;
    if (!is_aside && (!state.next || setback.next < *state.next)) state.next = setback.next;
    if (last && setback.first < *last) continue;
    last = setback.first;
    state.reason = setback.reason;
  }
  const bool is_held_up = mail.target && state.waiting.messages > 0;
  if (!is_held_up) return state;
  state.next = mail.target->next;
  state.reason = mail.target->reason;
  return state;
}

Result<std::vector<copies::Setback>> all_setbacks(const Office& office) {
  auto queue = copies::Queue::open_to_read(office.config().data_dir / copies::kFileName);
  if (!queue && queue.error().code == Errc::kNotFound) return std::vector<copies::Setback>();
  if (!queue) return queue.error();
  return queue->all();
}

Result<std::optional<WaitingMail>> waiting_mail(Office& office, const KnownCopy& copy,
                                                const std::vector<copies::Setback>& setbacks) {
  RESTANTE_TRY(auto* const store, office.store());
  RESTANTE_TRY(const auto views, store->views(copy.maildrop));
  const maildrop::ViewInfo* const view = view_of_copy(views, copy.copy.label);
  if (view == nullptr) return std::optional<WaitingMail>();
  WaitingMail mail;
  // Most copies have nothing that waits: then the maildrop is not gone through.
  if (view->waiting.messages == 0) return std::optional(std::move(mail));
  std::map<std::string, const copies::Setback*, std::less<>> by_uid;
  for (const copies::Setback& setback : setbacks)
    if (setback.account == copy.maildrop && setback.label == copy.copy.label)
      by_uid.emplace(setback.uid, &setback);
  if (const auto target = by_uid.find(""); target != by_uid.end()) mail.target = *target->second;
  RESTANTE_CHECKED(store->list_each(copy.maildrop, view->view, [&](auto&& entry) {
    if (entry.deleted) return;
    WaitingMessage& message = mail.messages.emplace_back();
    const auto noted = by_uid.find(entry.uid);
    if (noted != by_uid.end()) message.setback = *noted->second;
    message.uid = std::move(entry.uid);
    message.octets = entry.info.octets;
    message.arrived = entry.info.arrived;
  }));
  return std::optional(std::move(mail));
}

}  // namespace restante::ctl
