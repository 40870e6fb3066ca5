// restantectl who: one account now and lately. The server says who is here; the journal, which root
// and the server's user may read, when each device was here last, and when mail came and went.
#include <unistd.h>

#include "journal/search.h"
#include "restantectl/commands.h"
#include "restantectl/control/control_client.h"
#include "restantectl/control/last_acts.h"
#include "restantectl/control/rows.h"

namespace restante::ctl {
namespace {

namespace json = boost::json;

/// Back to the journal's beginning in steps, so that the usual question reads little of it.
Status read_journal(const std::filesystem::path& folder, const std::string& account,
                    LastActs& last) {
  const WallTime now = system_clock().now();
  std::optional<WallTime> until;
  for (const auto days : {std::optional(std::chrono::days(1)), std::optional(std::chrono::days(8)),
                          std::optional<std::chrono::days>()}) {
    journal::Filter filter;
    filter.account = account;
    filter.kinds = telling_kinds();
    if (days) filter.since = now - *days;
    filter.until = until;
    journal::Search search(folder, filter);
    const auto searched = search.run([&](const journal::Act& act) {
      if (act.account == account) last.take(act);
      return true;
    });
    if (!searched) return searched.error();
    if (last.is_full()) break;
    until = filter.since;
  }
  return ok();
}

void add_journal(const Office& office, json::object& who) {
  const std::filesystem::path folder = office.config().journal.folder(office.config().data_dir);
  if (::eaccess(folder.c_str(), R_OK | X_OK) != 0) {
    office.out().note(
        errno == EACCES
            ? "restantectl: the journal is for root and the server's user: no last login, "
              "delivery or retrieval"
            : "restantectl: there is no journal: no last login, delivery or retrieval");
    return;
  }
  LastActs last;
  if (const Status read = read_journal(folder, text_in(who, "account"), last); !read)
    office.out().note("restantectl: the journal: " + read.error().message());
  last.add_to(who);
}

std::string act_text(const json::object& who, std::string_view key) {
  const json::value* const found = who.if_contains(json::string_view(key.data(), key.size()));
  if (found == nullptr || !found->is_object()) return "";
  const json::object& act = found->get_object();
  std::string out = short_time(text_in(act, "when"));
  for (const std::string_view name : {"from", "device", "uid", "message_id"})
    if (const std::string value = text_in(act, name); !value.empty())
      out += fmt::format("  {}{}", name == "message_id" ? "" : std::string(name) + " ", value);
  return out;
}

void print_who(const Office& office, const json::object& who) {
  Facts facts{{"account", text_in(who, "account")}};
  if (const std::string called = text_in(who, "called"); !called.empty())
    facts.emplace_back("called", called);
  if (!flag_in(who, "known"))
    facts.emplace_back("state", "not known to the server, or only to a back end that a login asks");
  else
    facts.emplace_back("state", flag_in(who, "may_log_in") ? "may log in" : "may not log in");
  for (const std::string_view key : {"last_login", "last_delivery", "last_retrieval"}) {
    std::string what(key);
    std::replace(what.begin(), what.end(), '_', ' ');
    if (std::string text = act_text(who, key); !text.empty())
      facts.emplace_back(std::move(what), std::move(text));
  }
  for (const std::string& line : to_lines(facts)) office.out().line(line);
  console::Table devices;
  devices.header = {"DEVICE", "LAST LOGIN", "FROM"};
  for (const json::object& each : objects_in(who, "devices")) {
    const std::string label = text_in(each, "device");
    const std::string seen = text_in(each, "last_login");
    const std::string used = text_in(each, "last_used");
    devices.rows.push_back(
        {label.empty() ? "(own password)" : label,
         seen.empty() && used.empty() ? "never" : short_time(seen.empty() ? used : seen),
         text_in(each, "from").empty() ? "-" : text_in(each, "from")});
  }
  const auto sessions = session_table(objects_in(who, "sessions"));
  for (const console::Table& table : {devices, sessions}) {
    if (table.rows.empty()) continue;
    office.out().line("");
    office.out().print(table);
  }
}

Exit tell_who(const Office& office, const std::string& name) {
  control::Request request;
  request.verb = control::Verb::kWho;
  request.account = name;
  auto who = ask_server(office, request);
  if (!who) return who.error();
  add_journal(office, *who);
  const bool is_nobody = !flag_in(*who, "known") && objects_in(*who, "sessions").empty() &&
                         objects_in(*who, "devices").empty() && !who->contains("last_delivery");
  if (is_nobody)
    return fail(Exit::kNoUser, "nothing is known of an account " + text_in(*who, "account"));
  if (office.out().json())
    office.out().print(*who);
  else
    print_who(office, *who);
  return Exit::kOk;
}

}  // namespace

void add_who_command(CLI::App& app, Chosen& chosen) {
  const auto name = std::make_shared<std::string>();
  add_name(add_command(
               app, chosen,
               {"who", "An account now and lately: sessions, devices, mail",
                "  restantectl who alice@example.com  # where is she, was her mail read"},
               [name](Office& office) { return tell_who(office, *name); }, Enters::kAsksServer),
           *name);
}

}  // namespace restante::ctl
