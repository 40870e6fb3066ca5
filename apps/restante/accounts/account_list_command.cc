#include "restante/accounts/account_list_command.h"

#include <fmt/format.h>

#include "config/duration.h"
#include "config/size.h"
#include "restante/accounts/account_text.h"

namespace restante::cli {
namespace {

namespace json = boost::json;
using profile::Account;

json::object to_json(const Account& account) {
  json::object object{{"name", account.name},       {"host", account.host},
                      {"port", account.port},       {"tls", to_text(account.tls)},
                      {"user", account.user},       {"secret", to_text(account.secret)},
                      {"delete", to_text(account)}, {"keep_in_archive", account.keep_in_archive},
                      {"enabled", account.enabled}, {"line", account.line}};
  object["interval_seconds"] = account.interval.count();
  return object;
}

Exit list(Context& context) {
  JsonList objects(context.out());
  Output::Table table{{"NAME", "SERVER", "TLS", "USER", "DELETE"}, {}, {}};
  for (const Account& account : context.profile().accounts) {
    objects.add(to_json(account));
    table.rows.push_back({account.name, fmt::format("{}:{}", account.host, account.port),
                          std::string(to_text(account.tls)), account.user, to_text(account)});
    table.row_dimmed.push_back(!account.enabled);
  }
  if (!context.out().text()) return Exit::kOk;
  if (table.rows.empty())
    context.out().note("no accounts in " + context.profile().file.string() +
                       "; restante account add makes one");
  context.out().print(table);
  return Exit::kOk;
}

Exit show(Context& context, const std::string& name) {
  const auto found = context.accounts({name});
  if (!found) return fail(found.error());
  const Account& account = *found->front();
  if (!context.out().text()) {
    context.out().print(to_json(account));
    return Exit::kOk;
  }
  const auto row = [&](std::string_view key, const std::string& value) {
    context.out().line(fmt::format("{:<12}{}", key, value));
  };
  row("name", account.name);
  row("server", fmt::format("{}:{}, TLS {}", account.host, account.port, to_text(account.tls)));
  row("user", account.user);
  row("password", to_text(account.secret));
  row("delete", to_text(account));
  if (account.size_max) row("max_size", config::format_size(*account.size_max));
  row("interval", config::to_string(account.interval));
  row("archive", account.keep_in_archive ? (context.profile().archive / account.name).string()
                                         : std::string("not kept"));
  for (const std::string& pin : account.pins) row("pin", pin);
  row("defined in", fmt::format("{}:{}", context.profile().file.string(), account.line));
  return Exit::kOk;
}

}  // namespace

void add_account_list_command(CLI::App& account, Chosen& chosen) {
  add_command(account, chosen,
              {"list", "All accounts of the configuration",
               "  restante account list\n  restante --format json account list"},
              list);
  const auto name = std::make_shared<std::string>();
  add_command(account, chosen,
              {"show", "One account with all that was made of the configuration",
               "  restante account show work"},
              [name](Context& context) { return show(context, *name); })
      .add_option("NAME", *name, "Of the account")
      ->required()
      ->type_name("");
}

}  // namespace restante::cli
