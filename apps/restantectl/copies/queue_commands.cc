// copies: what waits for the targets of copies of accounts' mail, and what is done about it.
#include <algorithm>

#include "base/numbers.h"
#include "restantectl/commands.h"
#include "restantectl/copies/copy_queue.h"

namespace restante::ctl {
namespace {

namespace json = boost::json;

struct QueueOptions {
  std::string name;
  std::string label;
  std::vector<std::string> uids;
};

std::string to_text(const std::optional<WallTime>& time) { return time ? to_rfc3339(*time) : "-"; }

json::object to_json(const settings::Config& config, const KnownCopy& copy,
                     const std::optional<CopyState>& state) {
  json::object out = ctl::to_json(copy.copy);
  const CopyState shown = state.value_or(CopyState());
  out["account"] = copy.account;
  out["state"] = state_word(config, copy, state.has_value());
  out["waiting"] = shown.waiting.messages;
  out["octets"] = shown.waiting.octets;
  out["oldest"] = ctl::to_json(shown.oldest);
  out["set_aside"] = shown.set_aside;
  out["next_try"] = ctl::to_json(shown.next);
  out["reason"] = shown.reason;
  return out;
}

/// One copy's line; a maildrop that cannot be read does not hide the others.
class Overview {
 public:
  explicit Overview(Office& office) : office_(office) {
    table_.header = {"ACCOUNT", "LABEL",     "TARGET",   "STATE", "WAITING",
                     "OLDEST",  "SET ASIDE", "NEXT TRY", "REASON"};
  }

  void add(const KnownCopy& copy, const std::vector<copies::Setback>& setbacks) {
    const auto mail = waiting_mail(office_, copy, setbacks);
    if (!mail) {
      code_ = fail(mail.error());
      return;
    }
    std::optional<CopyState> state;
    if (*mail) state = state_of(**mail);
    if (office_.out().json()) {
      list_.push_back(to_json(office_.config(), copy, state));
      return;
    }
    const CopyState shown = state.value_or(CopyState());
    table_.rows.push_back({copy.account, copy.copy.label, copy.copy.target,
                           state_word(office_.config(), copy, state.has_value()),
                           std::to_string(shown.waiting.messages), to_text(shown.oldest),
                           std::to_string(shown.set_aside), to_text(shown.next),
                           shown.reason.empty() ? "-" : shown.reason});
    table_.row_dimmed.push_back(copy.copy.paused);
  }

  Exit print() {
    if (office_.out().json())
      office_.out().print(json::object{{"copies", std::move(list_)}});
    else
      office_.out().print(table_);
    return code_;
  }

 private:
  Office& office_;
  json::array list_;
  Output::Table table_;
  Exit code_ = Exit::kOk;
};

Exit overview(Office& office) {
  const auto copies = all_copies(office);
  if (!copies) return fail(copies.error());
  const auto setbacks = all_setbacks(office);
  if (!setbacks) return fail(setbacks.error());
  Overview made(office);
  for (const KnownCopy& copy : *copies) made.add(copy, *setbacks);
  return made.print();
}

std::string state_text(const WaitingMessage& message) {
  if (!message.setback || message.setback->tries == 0) return "waiting";
  return message.setback->is_set_aside ? "set aside" : "tried";
}

std::optional<WallTime> next_of(const WaitingMessage& message) {
  if (state_text(message) != "tried") return std::nullopt;
  return message.setback->next;
}

json::object to_json(const KnownCopy& copy, const WaitingMessage& message) {
  const copies::Setback none;
  const copies::Setback& setback = message.setback ? *message.setback : none;
  return {{"label", copy.copy.label},
          {"uid", message.uid},
          {"octets", message.octets},
          {"arrived", to_rfc3339(message.arrived)},
          {"tries", setback.tries},
          {"set_aside", setback.is_set_aside},
          {"next_try", ctl::to_json(next_of(message))},
          {"reason", setback.reason}};
}

/// The copies that NAME and LABEL mean. Errors: kNotFound, kSyntax.
Result<std::vector<KnownCopy>> meant_copies(Office& office, const QueueOptions& options) {
  RESTANTE_TRY(auto copies, copies_of(office, options.name));
  if (options.label.empty()) return copies;
  RESTANTE_TRY(const std::string label, maildrop::view_name(options.label));
  std::erase_if(copies, [&label](const KnownCopy& copy) { return copy.copy.label != label; });
  if (copies.empty())
    return Error(Errc::kNotFound, "no such copy of " + options.name + ": " + label);
  return copies;
}

Exit show(Office& office, const QueueOptions& options) {
  const auto copies = meant_copies(office, options);
  if (!copies) return fail(copies.error());
  const auto setbacks = all_setbacks(office);
  if (!setbacks) return fail(setbacks.error());
  json::array list;
  Output::Table table;
  table.header = {"LABEL", "UID", "OCTETS", "ARRIVED", "STATE", "TRIES", "NEXT TRY", "REASON"};
  for (const KnownCopy& copy : *copies) {
    const auto mail = waiting_mail(office, copy, *setbacks);
    if (!mail) return fail(mail.error());
    if (!*mail) continue;
    for (const WaitingMessage& message : (*mail)->messages) {
      if (office.out().json()) list.push_back(to_json(copy, message));
      const auto& setback = message.setback;
      table.rows.push_back({copy.copy.label, message.uid, std::to_string(message.octets),
                            to_rfc3339(message.arrived), state_text(message),
                            setback ? std::to_string(setback->tries) : "0",
                            to_text(next_of(message)), setback ? setback->reason : "-"});
    }
  }
  if (office.out().json())
    office.out().print(json::object{{"name", options.name}, {"messages", std::move(list)}});
  else
    office.out().print(table);
  return Exit::kOk;
}

/// How many messages are tried again. Errors: kNotFound (none with these unique ids failed).
Result<std::uint64_t> retry(Office& office, const QueueOptions& options) {
  const WallTime now = system_clock().now();
  const auto file = office.config().data_dir / copies::kFileName;
  if (options.name.empty()) {
    RESTANTE_TRY(auto queue, copies::Queue::open(file));
    return queue.retry("", "", "", now);
  }
  RESTANTE_TRY(const auto copies, meant_copies(office, options));
  RESTANTE_TRY(auto queue, copies::Queue::open(file));
  std::uint64_t count = 0;
  const std::vector<std::string> each =
      options.uids.empty() ? std::vector<std::string>{""} : options.uids;
  for (const KnownCopy& copy : copies)
    for (const std::string& uid : each) {
      RESTANTE_TRY(const std::uint64_t some, queue.retry(copy.maildrop, copy.copy.label, uid, now));
      count += some;
    }
  if (count == 0 && !options.uids.empty())
    return Error(Errc::kNotFound, "no message of such a unique id has failed");
  return count;
}

Exit queue_retry(Office& office, const QueueOptions& options) {
  if (options.name.empty() && !options.uids.empty())
    return fail(Exit::kUsage, "--uid goes with an account");
  const auto count = retry(office, options);
  if (!count) return fail(count.error());
  if (office.out().json()) office.out().print(json::object{{"retried", *count}});
  office.out().note(
      "restantectl: " + counted(*count, "note of a failure is", "notes of failures are") +
      " cleared; the server tries again at once");
  return Exit::kOk;
}

/// Takes the messages out of the copy's view: they stay with the account itself.
Status drop(Office& office, const KnownCopy& copy, const std::vector<std::string>& uids) {
  RESTANTE_TRY(auto* const store, office.store());
  RESTANTE_TRY(const auto view, store->find_view(copy.maildrop, copy.copy.label));
  if (!view.of_copy) return Error(Errc::kNotFound, "the copy has no view: nothing waits for it");
  RESTANTE_TRY(const auto session, store->open(copy.maildrop, view.view));
  maildrop::SessionEnd end;
  std::string uid;
  for (std::uint32_t number = 1; number <= session->count(); ++number) {
    uid.clear();
    session->append_uid(MessageNumber{number}, uid);
    if (std::ranges::find(uids, uid) != uids.end()) end.deleted.push_back(MessageNumber{number});
  }
  if (end.deleted.size() != uids.size())
    return Error(Errc::kNotFound, "no message of such a unique id waits for the copy " +
                                      copy.copy.label + "; restantectl copies show lists them");
  RESTANTE_CHECKED(session->commit(end));
  RESTANTE_TRY(auto queue, copies::Queue::open(office.config().data_dir / copies::kFileName));
  for (const std::string& one : uids)
    RESTANTE_CHECKED(queue.remove(copy.maildrop, copy.copy.label, one));
  return ok();
}

Exit queue_drop(Office& office, const QueueOptions& options) {
  const auto copies = meant_copies(office, options);
  if (!copies) return fail(copies.error());
  std::vector<std::string> uids = options.uids;
  std::ranges::sort(uids);
  uids.erase(std::unique(uids.begin(), uids.end()), uids.end());
  if (const Status done = drop(office, copies->front(), uids); !done) return fail(done.error());
  if (office.out().json())
    office.out().print(json::object{{"name", copies->front().account},
                                    {"label", copies->front().copy.label},
                                    {"dropped", json::array(uids.begin(), uids.end())}});
  return Exit::kOk;
}

}  // namespace

void add_queue_commands(CLI::App& app, Chosen& chosen) {
  const auto options = std::make_shared<QueueOptions>();
  CLI::App& copies =
      add_command(app, chosen,
                  {"copies", "What waits for the targets of copies of accounts' mail",
                   "  restantectl copies\n"
                   "  restantectl copies show alice@example.com\n"
                   "  restantectl copies retry alice@example.com"},
                  [](Office& office) { return overview(office); });
  CLI::App& shown = add_command(copies, chosen,
                                {"show", "The messages that wait for an account's copies",
                                 "  restantectl copies show alice@example.com copy"},
                                [options](Office& office) { return show(office, *options); });
  CLI::App& again =
      add_command(copies, chosen,
                  {"retry", "Try at once what failed or was set aside",
                   "  restantectl copies retry alice@example.com copy\n"
                   "  restantectl copies retry"},
                  [options](Office& office) { return queue_retry(office, *options); });
  CLI::App& dropped =
      add_command(copies, chosen,
                  {"drop", "Take a message out of a copy's queue; the account keeps it",
                   "  restantectl copies drop alice@example.com copy --uid 00000001"},
                  [options](Office& office) { return queue_drop(office, *options); });
  for (CLI::App* const each : {&shown, &dropped}) add_name(*each, options->name);
  again.add_option("NAME", options->name, "Login name or address; without it all accounts")
      ->type_name("");
  for (CLI::App* const each : {&shown, &again, &dropped})
    each->add_option("LABEL", options->label, "What the copy is called; without it all")
        ->type_name("")
        ->required(each == &dropped);
  again.add_option("--uid", options->uids, "Only the message of this unique id")->type_name("UID");
  dropped.add_option("--uid", options->uids, "The unique id of the message")
      ->required()
      ->type_name("UID");
}

}  // namespace restante::ctl
