#include "restante/accounts/server_search.h"

#include <fmt/format.h>

#include "base/numbers.h"
#include "fetch/outside/discovery.h"
#include "fetch/outside/published.h"
#include "restante/accounts/account_text.h"
#include "restante/frame/signals.h"

namespace restante::cli {
namespace {

using fetch::Candidate;
using profile::Account;
using profile::Tls;

constexpr std::chrono::seconds kTryTimeout{8};

/// The server that was named.
std::vector<Candidate> named(const ServerWish& wish) {
  const bool clear = wish.tls == "none";
  std::vector<Candidate> list;
  const auto add = [&](Tls tls, std::uint16_t usual) {
    list.push_back({wish.host, wish.port != 0 ? wish.port : usual, tls, false, {}, {}});
  };
  if (clear) add(Tls::kNone, 110);
  if (!clear && wish.tls != "starttls") add(Tls::kImplicit, 995);
  if (!clear && wish.tls != "implicit") add(Tls::kStarttls, 110);
  return list;
}

/// What the domain publishes.
std::vector<Candidate> published(const Context& context, const std::string& address,
                                 const ServerWish& wish, const net::StopSignal& stop) {
  const fetch::Published found = fetch::published_servers(
      address,
      [&wish, &stop](const std::string& url) { return fetch::get_page(url, wish.ca_file, stop); });
  for (const std::string& trouble : found.troubles) context.out().note("not used: " + trouble);
  std::vector<Candidate> list;
  for (const autoconfig::FoundServer& each : found.servers) {
    const bool is_tls = each.server.security == autoconfig::Security::kTls;
    list.push_back({each.server.host, each.server.port, is_tls ? Tls::kImplicit : Tls::kStarttls,
                    false, each.user, found.url});
  }
  return list;
}

/// Where a candidate is from; empty: it is a guess.
std::string source_of(const Candidate& candidate, const std::string& domain) {
  if (candidate.from_dns) return "the DNS of " + domain;
  return candidate.source;
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

  /// Says where they are from.
  void announce(const std::vector<Candidate>& list) const {
    for (const Candidate& candidate : list)
      if (const std::string source = source_of(candidate, domain_); !source.empty())
        context_.out().note(fmt::format("{} names {}:{}", source, candidate.host, candidate.port));
  }

  /// The first that answers and may have secrets; nullopt: none, and `first_failure_` says why.
  Result<std::optional<fetch::Probe>> try_all(const std::vector<Candidate>& list,
                                              const std::optional<std::string>& usual_user) {
    for (const Candidate& candidate : list) {
      if (usual_user) account_.user = candidate.user.empty() ? *usual_user : candidate.user;
      auto seen = look(candidate);
      if (stop_.raised()) return Error(Errc::kState, "interrupted");
      if (!seen) {
        failed(seen.error());
        continue;
      }
      RESTANTE_TRY(const bool agreed, may_have_secrets(candidate, *seen));
      account_.connect_timeout = Account().connect_timeout;
      account_.reply_timeout = Account().reply_timeout;
      if (agreed) return std::optional(std::move(*seen));
      failed(Error(Errc::kAuth, candidate.host + " is not trusted"));
    }
    return std::optional<fetch::Probe>();
  }

  [[nodiscard]] const std::optional<Error>& first_failure() const { return first_failure_; }

 private:
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

  void failed(const Error& error) {
    if (!first_failure_) first_failure_ = error;
  }

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
  std::optional<Error> first_failure_;
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
                                 const std::string& address, Dialogue& dialogue, Account& account) {
  RESTANTE_TRY(const net::StopSignal* const stop, stop_on_signals());
  const std::string domain = address.substr(address.rfind('@') + 1);
  const std::optional<std::string> usual_user =
      wish.may_name_the_user ? std::optional(account.user) : std::nullopt;
  Search search(context, domain, dialogue, account, *stop);
  std::size_t tried = 0;
  const auto go_through = [&](const std::vector<Candidate>& list) {
    tried += list.size();
    search.announce(list);
    return search.try_all(list, usual_user);
  };
  if (wish.host.empty()) {
    RESTANTE_TRY(auto found, go_through(published(context, address, wish, *stop)));
    if (found) return std::move(*found);
    if (stop->raised()) return Error(Errc::kState, "interrupted");
  }
  const auto list =
      wish.host.empty() ? fetch::candidates(domain, fetch::look_up_services) : named(wish);
  if (list.empty() && tried == 0)
    return Error(Errc::kNotFound, domain + " says that it has no POP3 server; --host names one");
  RESTANTE_TRY(auto found, go_through(list));
  if (found) return std::move(*found);
  const Error& first = *search.first_failure();
  if (tried == 1) return first;
  return Error(first.code, fmt::format("no POP3 server found for {}; --host names one", domain));
}

}  // namespace restante::cli
