#include "accounts/ldap/connection.h"

namespace restante::accounts::ldap {
namespace {

Servers::Time now() { return std::chrono::steady_clock::now(); }

}  // namespace

Result<std::unique_ptr<Connection>> Connection::open(const Settings& settings, Servers& servers,
                                                     const Login* login) {
  std::unique_ptr<Connection> made(new Connection(settings, servers, login));
  RESTANTE_CHECKED(made->reach_any());
  return made;
}

Status Connection::reach_any() {
  const std::vector<std::size_t> order = servers_.order(now());
  std::string reasons;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const bool last = i + 1 == order.size();
    // Half for each but the last, so that a server that hangs leaves time for the next.
    const Status reached = reach(order[i], last ? settings_.timeout : settings_.timeout / 2);
    if (reached) return ok();
    reasons += (reasons.empty() ? "" : "; ") + reached.error().detail;
  }
  return Error(Errc::kIo, std::move(reasons));
}

Status Connection::reach(std::size_t server, Link::Patience patience) {
  link_.reset();
  auto link = Link::open(settings_, servers_.uri(server), patience);
  Status reached = link ? greet(**link, patience) : Status(link.error());
  if (!reached) {
    // Failed or slow, it comes last from now on, for all connections.
    servers_.failed(server, now());
    return reached;
  }
  servers_.answered(server);
  server_ = server;
  link_ = std::move(*link);
  return ok();
}

/// Makes sure that a server answers, so that a question is not the first to find out.
Status Connection::greet(Link& link, Link::Patience patience) const {
  const bool is_service = login_ != nullptr && !login_->dn.empty();
  // One server alone is simply asked: its failure is the answer.
  if (!is_service && servers_.count() < 2) return ok();
  const Login nobody;
  const Login& login = is_service ? *login_ : nobody;
  const Status bound = link.bind(login.dn, login.password, patience);
  if (bound) return ok();
  // A server may refuse an anonymous bind; it answers all the same.
  if (!is_service) return link.broken() ? Status(bound.error()) : ok();
  // The service's own password is wrong, not the user's: an outage (kIo), not a failed login.
  return Error(Errc::kIo, login.dn + ": " + bound.error().detail);
}

/// Asks the servers in turn, until one answers.
template <typename Ask>
auto Connection::ask_any(Ask ask) -> decltype(ask(std::declval<Link&>(), Link::Patience())) {
  // Its server failed under another connection meanwhile, and a better one is up.
  if (servers_.is_behind(server_, now())) link_.reset();
  const bool alone = servers_.count() < 2;
  if (link_ != nullptr) {
    // Half, since after it another server may have to be asked within the same patience.
    auto answer = ask(*link_, alone ? settings_.timeout : settings_.timeout / 2);
    broken_ = link_->broken();
    timed_out_ = link_->timed_out();
    // A connection that broke while it was idle tells nothing of its server.
    if (timed_out_) servers_.failed(server_, now());
    // What was refused is an answer, and no other server is asked for a better one.
    if (!broken_ || alone) return answer;
  }
  if (const Status reached = reach_any(); !reached) {
    broken_ = true;
    return reached.error();
  }
  auto answer = ask(*link_, settings_.timeout);
  broken_ = link_->broken();
  timed_out_ = link_->timed_out();
  if (broken_) servers_.failed(server_, now());
  return answer;
}

Status Connection::bind(const std::string& dn, std::string_view password) {
  return ask_any(
      [&](Link& link, Link::Patience patience) { return link.bind(dn, password, patience); });
}

Result<std::vector<Entry>> Connection::search(const SearchRequest& request) {
  return ask_any(
      [&](Link& link, Link::Patience patience) { return link.search(request, patience); });
}

}  // namespace restante::accounts::ldap
