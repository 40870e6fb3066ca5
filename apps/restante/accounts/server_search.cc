#include "restante/accounts/server_search.h"

#include <fmt/format.h>

#include "base/numbers.h"
#include "fetch/outside/discovery.h"
#include "restante/accounts/account_text.h"
#include "restante/frame/signals.h"

namespace restante::cli {
namespace {

using fetch::Candidate;
using profile::Account;
using profile::Tls;

constexpr std::chrono::seconds kTryTimeout{8};

/// The server that was named, or what the domain may have.
std::vector<Candidate> candidates(const ServerWish& wish, const std::string& domain) {
  if (wish.host.empty()) return fetch::candidates(domain, fetch::look_up_services);
  const bool clear = wish.tls == "none";
  std::vector<Candidate> list;
  const auto add = [&](Tls tls, std::uint16_t usual) {
    list.push_back({wish.host, wish.port != 0 ? wish.port : usual, tls, false});
  };
  if (clear) add(Tls::kNone, 110);
  if (!clear && wish.tls != "starttls") add(Tls::kImplicit, 995);
  if (!clear && wish.tls != "implicit") add(Tls::kStarttls, 110);
  return list;
}

/// The reason without the name that stands before it already.
std::string why(const Candidate& candidate, const Error& error) {
  std::string text = error.detail;
  for (const std::string& name :
       {fmt::format("{}:{}: ", candidate.host, candidate.port), candidate.host + ": "})
    if (text.starts_with(name)) text.erase(0, name.size());
  return text.empty() ? std::string(to_string(error.code)) : text;
}

/// Looks at the candidates for one account.
class Search {
 public:
  Search(const Context& context, const std::string& domain, Dialogue& dialogue, Account& account,
         const net::StopSignal& stop)
      : context_(context), domain_(domain), dialogue_(dialogue), account_(account), stop_(stop) {}

  Result<fetch::Probe> look(const Candidate& candidate) {
    account_.host = candidate.host;
    account_.port = candidate.port;
    account_.tls = candidate.tls;
    account_.tls_name.clear();
    account_.connect_timeout = kTryTimeout;
    account_.reply_timeout = kTryTimeout;
    auto seen = fetch::probe(account_, stop_, {});
    if (!stop_.raised())
      context_.out().note(fmt::format("trying {}:{} … {}", candidate.host, candidate.port,
                                      seen ? "is there" : why(candidate, seen.error())));
    return seen;
  }

  /// Whether the server may get a secret. Errors: kAuth, kState.
  Result<bool> may_have_secrets(const Candidate& candidate, fetch::Probe& seen) {
    if (!candidate.from_dns || fetch::is_within(candidate.host, domain_)) return true;
    if (!account_.pins.empty() || is_named_by_certificate(seen)) return true;
    if (stop_.raised()) return Error(Errc::kState, "interrupted");
    const std::string name = fmt::format("{}:{}", candidate.host, candidate.port);
    const std::string what = fmt::format(
        "the DNS names {} as the server of {}, which it is not a part of; its "
        "certificate does not name {} either",
        name, domain_, domain_);
    if (dialogue_.can_ask()) {
      context_.out().note("restante: " + what);
      return dialogue_.agrees(fmt::format("Give {} your password?", name));
    }
    return Error(Errc::kAuth,
                 fmt::format("{}: no terminal to ask at; if it is the right one: --host {} "
                             "--port {} --tls {}",
                             what, candidate.host, candidate.port, to_text(candidate.tls)));
  }

 private:
  /// Looks again, with the domain as the name to be found in the certificate.
  bool is_named_by_certificate(fetch::Probe& seen) {
    Account by_domain = account_;
    by_domain.tls_name = domain_;
    auto again = fetch::probe(by_domain, stop_, {});
    if (!again || !again->distrust.empty()) return false;
    if (!seen.distrust.empty()) {
      account_.tls_name = domain_;
      seen = std::move(*again);
    }
    return true;
  }

  const Context& context_;
  const std::string& domain_;
  Dialogue& dialogue_;
  Account& account_;
  const net::StopSignal& stop_;
};

}  // namespace

void split_port(std::string& host, std::uint16_t& port) {
  const std::size_t colon = host.rfind(':');
  const bool bracketed = host.starts_with('[') && colon > 0 && host[colon - 1] == ']';
  if (colon == std::string::npos || (host.find(':') != colon && !bracketed)) return;
  const auto number = parse_decimal<std::uint16_t>(std::string_view(host).substr(colon + 1));
  if (!number) return;
  port = *number;
  host = bracketed ? host.substr(1, colon - 2) : host.substr(0, colon);
}

Result<fetch::Probe> find_server(const Context& context, const ServerWish& wish,
                                 const std::string& domain, Dialogue& dialogue, Account& account) {
  RESTANTE_TRY(const net::StopSignal* const stop, stop_on_signals());
  const auto list = candidates(wish, domain);
  if (list.empty())
    return Error(Errc::kNotFound, domain + " says that it has no POP3 server; --host names one");
  std::optional<Error> first;
  Search search(context, domain, dialogue, account, *stop);
  for (const Candidate& candidate : list) {
    auto seen = search.look(candidate);
    if (stop->raised()) return Error(Errc::kState, "interrupted");
    if (!seen) {
      if (!first) first = seen.error();
      continue;
    }
    RESTANTE_TRY(const bool agreed, search.may_have_secrets(candidate, *seen));
    account.connect_timeout = Account().connect_timeout;
    account.reply_timeout = Account().reply_timeout;
    if (agreed) return seen;
    if (!first) first = Error(Errc::kAuth, candidate.host + " is not trusted");
  }
  if (list.size() == 1) return *first;
  return Error(first->code, fmt::format("no POP3 server found for {}; --host names one", domain));
}

}  // namespace restante::cli
