#include "server/control/desk.h"

#include <unistd.h>

#include <future>

#include "accounts/login/login_name.h"
#include "net/worker.h"
#include "server/common/log.h"
#include "server/control/answer.h"

namespace restante::control {
namespace {

namespace json = boost::json;
using Answer = Result<json::object>;
using Seen = server::Pop3Sessions::Seen;

constexpr std::size_t kWorstCount = 20;
// A thread that serves sessions turns around in milliseconds.
constexpr auto kPatience = std::chrono::seconds(5);

struct Level {
  std::string_view name;
  spdlog::level::level_enum level;
};
constexpr std::array<Level, kLevels.size()> kLogLevels = {{{kLevels[0], spdlog::level::debug},
                                                           {kLevels[1], spdlog::level::info},
                                                           {kLevels[2], spdlog::level::warn},
                                                           {kLevels[3], spdlog::level::err}}};

std::string_view present_level() {
  const auto present = spdlog::default_logger_raw()->level();
  for (const Level& each : kLogLevels)
    if (each.level == present) return each.name;
  return present < spdlog::level::debug ? kLevels.front() : kLevels.back();
}

/// Empty where there is none.
std::string text_in(const json::object& object, std::string_view key) {
  const json::value* const found = object.if_contains(key);
  return found == nullptr ? std::string() : std::string(found->as_string());
}

/// Tells a session's thread to end it. True: it did.
std::future<bool> ask_to_end(server::Services& services, const Seen& session) {
  auto answer = std::make_shared<std::promise<bool>>();
  auto future = answer->get_future();
  session.worker->post([&services, answer, account = session.account, id = session.id] {
    answer->set_value(services.pop3_sessions.end(account, id));
  });
  return future;
}

}  // namespace

Desk::Desk(server::Services& services, server::SettingsHolder& settings, About about, Reload reload)
    : services_(services),
      settings_(settings),
      about_(std::move(about)),
      reload_(std::move(reload)) {}

Moment Desk::now() const { return {std::chrono::steady_clock::now(), services_.clock.now()}; }

Answer Desk::answer(const Request& request, const Peer& peer) {
  if (!request.acts()) return perform(request);
  if (!may_act(peer, ::geteuid()))
    return Error(Errc::kAuth, fmt::format("only root and {} may do that; user {} may look",
                                          about_.user, peer.user));
  const std::lock_guard lock(acting_);
  Answer outcome = perform(request);
  note(request, peer, outcome);
  return outcome;
}

Answer Desk::perform(const Request& request) {
  switch (request.verb) {
    case Verb::kStatus: return status();
    case Verb::kTop: return top(request.limit);
    case Verb::kSessionList: return list_sessions(request);
    case Verb::kSessionEnd: return end_sessions(request);
    case Verb::kWho: return who(request.account);
    case Verb::kReload: return to_object(reload_());
    case Verb::kLogLevel: return log_level(request.level);
  }
  return Error(Errc::kSyntax, "request: nothing that this server knows");
}

json::object Desk::status() const {
  const auto settings = settings_.get();
  StatusFacts facts(about_, services_.metrics);
  facts.connections = services_.gate.connections();
  facts.connections_max = settings->rules.connections + settings->rules.intake_connections;
  facts.sessions = services_.pop3_sessions.count();
  facts.log_level = present_level();
  facts.journal_dropped = services_.journal != nullptr ? services_.journal->dropped() : 0;
  facts.worst = services_.gate.worst(kWorstCount, std::chrono::steady_clock::now());
  return status_object(facts, now());
}

json::object Desk::top(std::size_t limit) const {
  const Moment moment = now();
  json::object out;
  out["milliseconds"] =
      std::chrono::duration_cast<std::chrono::milliseconds>(moment.steady - about_.started.steady)
          .count();
  out["connections"] = services_.gate.connections();
  out["sessions"] = services_.pop3_sessions.count();
  out["counters"] = counters_object(services_.metrics);
  out["busiest"] = sessions_array(services_.pop3_sessions.busiest(limit, moment.steady), moment);
  return out;
}

Result<Desk::Named> Desk::find_account(const std::string& typed) const {
  const auto rules = settings_.get()->config.accounts.names;
  Named out;
  RESTANTE_TRY(std::string canonical, accounts::canonical_name(typed, rules));
  out.name = std::move(canonical);
  auto found = services_.directory.find_now(out.name);
  if (found && !*found) found = services_.directory.find_alike_now(out.name);
  if (found && *found) {
    out.account = std::move(**found);
    out.name = out.account->name;
  }
  return out;
}

Answer Desk::list_sessions(const Request& request) const {
  const Moment moment = now();
  std::vector<Seen> found;
  if (request.account.empty()) {
    found = services_.pop3_sessions.busiest(request.limit, moment.steady);
  } else {
    RESTANTE_TRY(const Named named, find_account(request.account));
    found = services_.pop3_sessions.list_of(named.name, moment.steady);
  }
  std::sort(found.begin(), found.end(),
            [](const Seen& a, const Seen& b) { return a.since < b.since; });
  json::object out;
  out["sessions"] = sessions_array(found, moment);
  out["total"] = request.account.empty() ? services_.pop3_sessions.count() : found.size();
  return out;
}

Answer Desk::end_sessions(const Request& request) {
  const Moment moment = now();
  std::vector<Seen> wanted;
  if (request.account.empty()) {
    if (auto found = services_.pop3_sessions.find_id(request.id, moment.steady))
      wanted.push_back(std::move(*found));
  } else {
    RESTANTE_TRY(const Named named, find_account(request.account));
    wanted = services_.pop3_sessions.list_of(named.name, moment.steady);
  }
  std::vector<std::future<bool>> answers;
  for (const Seen& session : wanted) answers.push_back(ask_to_end(services_, session));
  std::vector<Seen> ended;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    if (answers[i].wait_until(moment.steady + kPatience) != std::future_status::ready)
      return Error(Errc::kBusy, "the thread of session " + wanted[i].id + " does not answer");
    if (answers[i].get()) ended.push_back(wanted[i]);
  }
  if (ended.empty())
    return Error(Errc::kNotFound, request.account.empty()
                                      ? "no session has the id " + request.id
                                      : "no session of " + request.account + " is open");
  json::object out;
  out["ended"] = sessions_array(ended, moment);
  return out;
}

Answer Desk::who(const std::string& typed) const {
  const Moment moment = now();
  RESTANTE_TRY(const Named named, find_account(typed));
  json::object out;
  if (named.account)
    out = account_object(*named.account);
  else
    out["account"] = named.name;
  out["known"] = named.account.has_value();
  out["sessions"] =
      sessions_array(services_.pop3_sessions.list_of(named.name, moment.steady), moment);
  return out;
}

/// Of all lines but the announcements, which every level has.
json::object Desk::log_level(const std::string& wanted) {
  json::object out;
  out["before"] = present_level();
  for (const Level& each : kLogLevels)
    if (each.name == wanted) spdlog::set_level(each.level);
  out["level"] = present_level();
  return out;
}

/// In the journal and in the log, refused acts too.
void Desk::note(const Request& request, const Peer& peer, const Answer& outcome) {
  const std::string user =
      !request.as.empty() ? request.as : (peer.user == 0 ? "root" : about_.user);
  const std::string words = request.to_words();
  const std::string failure = outcome ? text_in(*outcome, "kept") : words_of(outcome.error());
  spdlog::info("control act={} user={} process={}{}", server::for_log(words), server::for_log(user),
               peer.process, failure.empty() ? "" : " failed=" + server::for_log(failure));
  if (services_.journal == nullptr) return;
  journal::Act act;
  act.kind = journal::Kind::kTool;
  act.user = user;
  act.detail = failure.empty() ? words : words + " (" + failure + ")";
  const json::value* const ended = outcome ? outcome->if_contains("ended") : nullptr;
  if (ended == nullptr) return services_.journal->note(std::move(act));
  for (const json::value& session : ended->as_array()) {
    act.account = text_in(session.as_object(), "account");
    act.device = text_in(session.as_object(), "device");
    act.session = text_in(session.as_object(), "id");
    services_.journal->note(act);
  }
}

}  // namespace restante::control
