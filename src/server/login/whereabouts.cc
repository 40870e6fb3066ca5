#include "server/login/whereabouts.h"

#include "accounts/login/login_name.h"
#include "accounts/names/spelling.h"
#include "server/common/back_ends.h"
#include "server/login/ask_accounts.h"
#include "server/newcomers/newcomers.h"

namespace restante::server {
namespace {

using Found = Result<std::optional<Whereabouts>>;

Found of_account(const Homes& homes, accounts::Account account, std::string_view peer) {
  RESTANTE_TRY(const auto home, homes.of_account(account));
  if (!home) return std::optional<Whereabouts>();
  // A disabled account, or a wrong network, is refused here, before its password is sent to another
  // machine.
  RESTANTE_CHECKED(accounts::admit(account, peer));
  Whereabouts out{*home, account.shown_name()};
  out.comes_over = home->is_left;
  out.account = std::move(account);
  return std::optional(std::move(out));
}

Found look_up(SessionContext& context, const std::string& login) {
  const Homes& homes = *context.services.homes;
  const auto names = accounts::login_names(login, context.settings->config.accounts.names);
  if (names.empty()) return std::optional<Whereabouts>();
  auto account = accounts::find_login(context.services.directory, names);
  if (account) return of_account(homes, std::move(*account), context.login_peer());
  // A back end that is down does not know: its user must not be taken for one of another server.
  if (account.error().code != Errc::kNotFound) return std::move(account).error();
  const auto home = homes.of_name(names.front());
  if (!home) return std::optional<Whereabouts>();
  // A name of a routed domain that is no account here lives there, unless it is one of those that
  // come over.
  const Newcomers* const newcomers = context.services.newcomers;
  if (newcomers == nullptr || !newcomers->lists(names.front()))
    return std::optional(Whereabouts{*home, names.front()});
  // As its account will be spelt, and no other spelling is asked there.
  Whereabouts out{*home, accounts::tidy_spelling(names.front(), true)};
  out.comes_over = true;
  return std::optional(std::move(out));
}

}  // namespace

net::Task<Found> find_whereabouts(SessionContext& context, const pop3::Credentials& credentials) {
  const Homes* const homes = context.services.homes;
  if (homes == nullptr || homes->is_empty()) co_return std::optional<Whereabouts>();
  // Who was here before, and is here, costs no question.
  const auto known = context.services.authenticator.check_cached(
      credentials.name, credentials.password, context.login_peer());
  // Who is remembered has proved the same password to this server lately.
  if (known) {
    const auto home = homes->of_account(*known);
    if (home && !*home) co_return std::optional<Whereabouts>();
  }
  auto work = [&context, &credentials] { return look_up(context, credentials.name); };
  auto found = co_await ask_accounts(context, net::Errand::kOwner, credentials.name, work);
  co_return found;
}

}  // namespace restante::server
