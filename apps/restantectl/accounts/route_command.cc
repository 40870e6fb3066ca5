// account route: where an account is, here or at another server.
#include "restantectl/accounts/route_words.h"
#include "restantectl/commands.h"

namespace restante::ctl {
namespace {

namespace json = boost::json;

constexpr std::string_view kDefaultPlace = "default";

struct RouteOptions {
  std::string name;
  std::string place;
  std::string lmtp;
};

Exit say(const Office& office, const accounts::AccountEntry& entry) {
  const accounts::Route* const route = entry.route.get();
  if (!office.out().json()) {
    office.out().line(route_text(office.config(), route, entry.name));
    return Exit::kOk;
  }
  json::object object{{"name", entry.name}, {"route", nullptr}, {"lmtp", nullptr}};
  if (route != nullptr) object["route"] = route->pop3;
  if (route != nullptr && !route->lmtp.empty()) object["lmtp"] = route->lmtp;
  office.out().print(object);
  return Exit::kOk;
}

Exit account_route(Office& office, const RouteOptions& options) {
  const auto admin = office.admin();
  if (!admin) return fail(admin.error());
  if (!options.place.empty()) {
    Result<std::shared_ptr<const accounts::Route>> route = std::shared_ptr<const accounts::Route>();
    if (options.place != kDefaultPlace)
      route = route_of(office.config(), options.place, options.lmtp);
    if (!route) return fail(route.error());
    if (const Status set = (*admin)->set_route(options.name, *route); !set)
      return fail(set.error());
  }
  const auto entry = (*admin)->show(options.name);
  return entry ? say(office, *entry) : fail(entry.error());
}

}  // namespace

void add_route_command(CLI::App& account, Chosen& chosen) {
  const auto options = std::make_shared<RouteOptions>();
  CLI::App& route = add_command(
      account, chosen,
      {"route", "Where an account is: its logins and its mail are passed on to another server",
       "  restantectl account route alice@example.com pop3s://old.example:995 --lmtp "
       "old.example:24\n"
       "  restantectl account route alice@example.com here\n"
       "  restantectl account route alice@example.com"},
      [options](Office& office) { return account_route(office, *options); });
  add_name(route, options->name);
  route
      .add_option("PLACE", options->place,
                  "A server of a [[route]] of the configuration; here; or default: as the domain's "
                  "accounts. Without it, the present one is said")
      ->type_name("");
  route
      .add_option("--lmtp", options->lmtp,
                  "Who takes its mail there (default: as the [[route]] says); here: it is kept")
      ->type_name("HOST:PORT");
}

}  // namespace restante::ctl
