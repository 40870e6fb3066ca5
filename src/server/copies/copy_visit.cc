#include "server/copies/copy_visit.h"

#include <algorithm>

#include "server/common/log.h"
#include "server/copies/copy_notice.h"

namespace restante::server {
namespace {

using Kind = CopyVerdict::Kind;

constexpr std::size_t kBeginningBytes = 64U << 10;
// A mailbox that is full there refuses every message alike.
constexpr std::size_t kFailuresOfVisit = 3;
// Of a view that another program has open, and of a disk that does not answer.
constexpr std::chrono::milliseconds kShortWait = std::chrono::seconds(30);

/// As much of the message as fits, from its reader.
Result<std::string> read_beginning(maildrop::MessageReader& reader) {
  std::string out(std::min<std::uint64_t>(kBeginningBytes, reader.info().wire_bytes), '\0');
  std::size_t got = 0;
  while (got < out.size()) {
    RESTANTE_TRY(const std::size_t more,
                 reader.read(std::as_writable_bytes(std::span(out).subspan(got))));
    if (more == 0) break;
    got += more;
  }
  out.resize(got);
  return out;
}

}  // namespace

CopyVisitResult CopyVisit::run() {
  copies_.reserve(account_.copies.size());
  for (const accounts::Copy& copy : account_.copies) {
    Waiting& waiting = copies_.emplace_back();
    waiting.copy = &copy;
    waiting.state.label = copy.label;
    if (const Status opened = open(waiting); !opened) note_trouble(waiting, opened.error());
  }
  for (Waiting& waiting : copies_) {
    if (waiting.session && !waiting.copy->paused && !parts_.stopped()) visit(waiting);
    if (waiting.session) count(waiting);
    result_.states.push_back(waiting.state);
  }
  return std::move(result_);
}

Status CopyVisit::open(Waiting& waiting) {
  RESTANTE_TRY(const maildrop::FoundView found,
               parts_.store.find_view(account_.name, waiting.copy->label));
  // A view that a login opens is its owner's: nothing of it is taken out here.
  if (!found.of_copy) return Error(Errc::kState, "its view is another's");
  RESTANTE_TRY(auto session, parts_.store.open(account_.name, found.view));
  waiting.session = std::move(session);
  waiting.uids.resize(waiting.session->count());
  for (std::uint32_t i = 0; i < waiting.uids.size(); ++i) {
    waiting.session->append_uid(MessageNumber{i + 1}, waiting.uids[i]);
    waiting.left.insert(waiting.uids[i]);
  }
  const std::lock_guard lock(parts_.queue.mutex);
  RESTANTE_TRY(auto rows, parts_.queue.queue.of(account_.name, waiting.copy->label));
  for (copies::Setback& row : rows) waiting.setbacks.emplace(row.uid, row);
  return ok();
}

void CopyVisit::visit(Waiting& waiting) {
  const WallTime now = parts_.clock.now();
  const auto rests = parts_.targets.rests_until(waiting.copy->target, now);
  if (rests && !waiting.left.empty()) {
    again_at(*rests);
    const auto why = waiting.setbacks.find("");
    waiting.state.trouble = why == waiting.setbacks.end() ? "it rests" : why->second.reason;
    return consider_notice(waiting);
  }
  std::unique_ptr<CopySession> session;
  std::size_t failures = 0;
  for (std::uint32_t i = 0; i < waiting.uids.size() && !parts_.stopped(); ++i) {
    const auto setback = waiting.setbacks.find(waiting.uids[i]);
    if (setback != waiting.setbacks.end()) {
      if (setback->second.is_set_aside) continue;
      if (!is_due(setback->second.next, now)) {
        again_at(setback->second.next);
        continue;
      }
    }
    if (!session) {
      auto target = copies::parse_target(waiting.copy->target);
      auto made = target ? parts_.session(*target)
                         : Result<std::unique_ptr<CopySession>>(std::move(target).error());
      if (!made) {
        target_failed(waiting, {Kind::kDown, made.error().detail});
        break;
      }
      session = std::move(*made);
    }
    if (!parts_.targets.take(waiting.copy->target, parts_.rate)) {
      again_at(now + kFirstCopyWait / 12);
      break;
    }
    if (!hand_on(waiting, *session, MessageNumber{i + 1}) && ++failures == kFailuresOfVisit) break;
    if (!waiting.state.trouble.empty()) break;
  }
  consider_notice(waiting);
}

bool CopyVisit::hand_on(Waiting& waiting, CopySession& session, MessageNumber number) {
  const std::string& uid = waiting.uids[to_index(number)];
  const CopyVerdict verdict = give(waiting, session, number);
  if (verdict.kind == Kind::kStopped) return false;
  parts_.tell({account_.name, *waiting.copy}, uid, waiting.session->info(number).octets, verdict);
  if (verdict.kind == Kind::kDown) {
    target_failed(waiting, verdict);
    return false;
  }
  // It answers, for this message well or badly.
  parts_.targets.answered(waiting.copy->target);
  if (waiting.setbacks.contains("")) forget(waiting, "");
  if (verdict.kind != Kind::kTaken) return postpone(waiting, number, verdict);
  if (const Status gone = take_out(waiting, number); !gone) {
    // It goes out once more, since nothing says that it went: no mail is lost by that.
    note_trouble(waiting, gone.error());
    return false;
  }
  forget(waiting, uid);
  return true;
}

CopyVerdict CopyVisit::give(Waiting& waiting, CopySession& session, MessageNumber number) {
  auto reader = waiting.session->read(number);
  if (!reader) return unreadable(reader.error());
  const auto beginning = read_beginning(**reader);
  if (!beginning) return unreadable(beginning.error());
  const CopiedMail mail = look_at_mail(*beginning, {account_.name, account_.called});
  if (mail.goes_round()) return {Kind::kRefused, "it goes round in a loop"};
  const std::string_view rest = std::string_view(*beginning).substr(mail.return_path);
  const std::string& as = waiting.copy->as;
  const std::string& uid = waiting.uids[to_index(number)];
  const CopyMessage message{(*reader)->info(),
                            uid,
                            mail,
                            rest,
                            **reader,
                            account_.name,
                            as.empty() ? account_.called : as,
                            waiting.copy->keep_ids};
  return session.give(message);
}

/// Where the account keeps nothing itself, the last of its copies takes the message from its own
/// views, too.
Status CopyVisit::take_out(Waiting& waiting, MessageNumber number) {
  const std::string& uid = waiting.uids[to_index(number)];
  maildrop::SessionEnd end;
  end.deleted.push_back(number);
  const bool keeps_nothing =
      std::ranges::any_of(copies_, [](const Waiting& each) { return each.copy->instead; });
  const bool is_last = std::ranges::all_of(copies_, [&](const Waiting& each) {
    return &each == &waiting || (each.session && !each.left.contains(uid));
  });
  if (keeps_nothing && is_last) end.everywhere.push_back(number);
  RESTANTE_CHECKED(waiting.session->commit(end));
  waiting.left.erase(uid);
  return ok();
}

bool CopyVisit::postpone(Waiting& waiting, MessageNumber number, const CopyVerdict& verdict) {
  const WallTime now = parts_.clock.now();
  const std::string& uid = waiting.uids[to_index(number)];
  copies::Setback& row = waiting.setbacks[uid];
  if (row.first == WallTime{}) row.first = now;
  row.account = account_.name;
  row.label = waiting.copy->label;
  row.uid = uid;
  row.reason = verdict.reason;
  row.next = now + copy_wait(++row.tries);
  row.is_set_aside = verdict.kind == Kind::kRefused || verdict.kind == Kind::kDamaged;
  if (!row.is_set_aside) again_at(row.next);
  put(row);
  // What is refused for itself says nothing of the next one.
  return row.is_set_aside;
}

void CopyVisit::target_failed(Waiting& waiting, const CopyVerdict& verdict) {
  const WallTime now = parts_.clock.now();
  copies::Setback& row = waiting.setbacks[""];
  if (row.tries == 0) row.first = now;
  ++row.tries;
  row.account = account_.name;
  row.label = waiting.copy->label;
  row.reason = verdict.reason;
  row.next = parts_.targets.failed(waiting.copy->target, verdict.reason, now);
  put(row);
  waiting.state.trouble = verdict.reason;
  again_at(row.next);
}

void CopyVisit::count(Waiting& waiting) {
  for (const std::string_view uid : waiting.left) {
    const auto row = waiting.setbacks.find(std::string(uid));
    const bool is_aside = row != waiting.setbacks.end() && row->second.is_set_aside;
    ++(is_aside ? waiting.state.set_aside : waiting.state.waiting);
  }
}

/// Once for as long as the message that it was told of waits: an owner who hears of each message of
/// a thousand hears of none.
void CopyVisit::consider_notice(Waiting& waiting) {
  const WallTime now = parts_.clock.now();
  std::string oldest;
  for (std::uint32_t i = 0; i < waiting.uids.size(); ++i) {
    const std::string& uid = waiting.uids[i];
    if (!waiting.left.contains(uid)) continue;
    const auto row = waiting.setbacks.find(uid);
    const bool is_known = row != waiting.setbacks.end();
    if (is_known && row->second.is_told) return;
    if (is_known && row->second.is_set_aside) continue;
    const bool is_late =
        waiting.session->info(MessageNumber{i + 1}).arrived + parts_.notice_after <= now;
    if (is_late && oldest.empty()) oldest = uid;
  }
  if (oldest.empty()) return;
  copies::Setback& row = waiting.setbacks[oldest];
  const auto target = waiting.setbacks.find("");
  const std::string& reason = target == waiting.setbacks.end() ? row.reason : target->second.reason;
  const CopyLateness late{account_.called, *waiting.copy, waiting.left.size(), reason};
  const Status told = tell_copy_owner(parts_.store, account_.name, late, now);
  if (!told) return note_trouble(waiting, told.error());
  row.account = account_.name;
  row.label = waiting.copy->label;
  row.uid = oldest;
  if (row.tries == 0) row.first = row.next = now;
  row.is_told = true;
  put(row);
}

void CopyVisit::put(const copies::Setback& setback) {
  const std::lock_guard lock(parts_.queue.mutex);
  if (const Status kept = parts_.queue.queue.put(setback); !kept)
    spdlog::warn("copy's wait not written down account={} copy={} reason={}",
                 for_log(setback.account), setback.label, for_log(kept.error().message()));
}

void CopyVisit::forget(Waiting& waiting, const std::string& uid) {
  if (waiting.setbacks.erase(uid) == 0) return;
  const std::lock_guard lock(parts_.queue.mutex);
  // A row that stays says nothing: its message has left the view.
  static_cast<void>(parts_.queue.queue.remove(account_.name, waiting.copy->label, uid));
}

void CopyVisit::again_at(WallTime time) {
  result_.next = result_.next ? std::min(*result_.next, time) : time;
}

void CopyVisit::note_trouble(Waiting& waiting, const Error& error) {
  waiting.state.trouble = error.message();
  // A view that is not there does not come by itself: the copy is made anew then, and known anew.
  const bool is_missing = error.code == Errc::kNotFound;
  again_at(parts_.clock.now() + (is_missing ? kLongestCopyWait : kShortWait));
  if (error.code == Errc::kBusy) return;
  spdlog::error("copy waits account={} copy={} reason={}", for_log(account_.name),
                waiting.copy->label, for_log(error.message()));
}

}  // namespace restante::server
