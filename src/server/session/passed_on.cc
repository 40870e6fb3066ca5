#include "server/session/passed_on.h"

#include "server/elsewhere/splice.h"

namespace restante::server {

net::Task<Status> pass_on(PassedOn parts, LoginOutcome outcome, std::string method) {
  SessionContext& context = parts.context;
  const accounts::Account& account = outcome.account;
  // What it does there is in the other server's journal: here it is one of many polls.
  parts.tally.opened({account, {}, method});
  method = method_text(std::move(method), account) + " route=" + outcome.home.server->name;
  parts.tally.logged_in(account.name, std::move(method));
  // Its limits go on to count here: who is passed on gets no more of this server than others.
  // Before anything is passed on, so that the first octets count already.
  parts.meter.logged_in(account.name);
  // The session belongs to the other server now, with its own time limits.
  context.connection.unbound_total();
  if (context.place) context.place->logged_in();
  // The +OK of the login goes out only now: that server has said it.
  parts.session.handed_over();
  Status status = co_await context.connection.send(parts.session.output());
  if (status) {
    // A client that is gone after its login has left a session at the other server, which finish()
    // ends.
    const auto place = parts.tally.enter(account.device, {}, true);
    Splice splice(context, *outcome.there, parts.meter, parts.tally.use());
    status = co_await splice.run();
    parts.tally.passed_on(splice.received());
  }
  outcome.there->finish();
  co_return status;
}

}  // namespace restante::server
