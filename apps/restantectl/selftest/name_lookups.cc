#include "restantectl/selftest/name_lookups.h"

#include <arpa/nameser.h>
#include <netdb.h>
#include <netinet/in.h>
#include <resolv.h>

#include <array>
#include <chrono>
#include <optional>
#include <span>

#include "dial/connect.h"
#include "dial/endpoint.h"

namespace restante::ctl {
namespace {

constexpr auto kLookUpMax = std::chrono::seconds(10);
constexpr std::size_t kAnswerMax = 16384;
constexpr std::size_t kPreferenceBytes = 2;  // RFC 1035 s.3.3.9.

std::vector<std::string> exchanges_in(std::span<const unsigned char> answer) {
  std::vector<std::string> out;
  ns_msg message{};
  if (::ns_initparse(answer.data(), static_cast<int>(answer.size()), &message) != 0) return out;
  for (int i = 0; i < ns_msg_count(message, ns_s_an); ++i) {
    ns_rr record{};
    std::array<char, NS_MAXDNAME> name{};
    if (::ns_parserr(&message, ns_s_an, i, &record) != 0) break;
    if (ns_rr_type(record) != ns_t_mx || ns_rr_rdlen(record) <= kPreferenceBytes) continue;
    if (::ns_name_uncompress(ns_msg_base(message), ns_msg_end(message),
                             ns_rr_rdata(record) + kPreferenceBytes, name.data(), name.size()) >= 0)
      out.emplace_back(name.data());
  }
  return out;
}

/// nullopt: no answer; empty: there is none.
std::optional<std::vector<std::string>> look_up_exchanges(const std::string& domain) {
  struct __res_state state {};
  if (::res_ninit(&state) != 0) return std::nullopt;
  state.retrans = 2;
  state.retry = 2;
  std::array<unsigned char, kAnswerMax> answer{};
  const int size = ::res_nquery(&state, domain.c_str(), ns_c_in, ns_t_mx, answer.data(),
                                static_cast<int>(answer.size()));
  const int failure = state.res_h_errno;
  ::res_nclose(&state);
  if (size < 0 && (failure == HOST_NOT_FOUND || failure == NO_DATA))
    return std::vector<std::string>{};
  if (size <= 0 || size > static_cast<int>(answer.size())) return std::nullopt;
  return exchanges_in(std::span(answer).first(static_cast<std::size_t>(size)));
}

void look_host_up(const std::string& host, const net::StopSignal& stop, TrialResults& out) {
  const net::Patience patience{std::chrono::steady_clock::now() + kLookUpMax, stop};
  const std::string what = "name " + host;
  const auto found = net::look_up(host, 0, patience);
  if (!found) {
    out.emplace_back(TrialResult::Kind::kWarning, what,
                     "leads to no address: " + found.error().detail +
                         "; clients that use it find nothing, and certificates name it");
    return;
  }
  std::string addresses;
  for (const net::SocketAddress& address : *found) {
    const std::string host_alone = net::from_socket_address(address.storage).host;
    if (addresses.find(host_alone) == std::string::npos)
      addresses += (addresses.empty() ? "" : ", ") + host_alone;
  }
  out.emplace_back(TrialResult::Kind::kOk, what, "leads to " + addresses);
}

void look_domain_up(const std::string& domain, TrialResults& out) {
  const std::string what = "mail of " + domain;
  const auto found = look_up_exchanges(domain);
  if (!found) {
    out.emplace_back(TrialResult::Kind::kSkipped, what, "no name server answers");
  } else if (found->empty()) {
    out.emplace_back(TrialResult::Kind::kWarning, what,
                     "has no MX in DNS: other servers look for the domain's own address");
  } else {
    std::string names;
    for (const std::string& name : *found) names += (names.empty() ? "" : ", ") + name;
    out.emplace_back(TrialResult::Kind::kOk, what, "goes to " + names);
  }
}

}  // namespace

void look_names_up(const settings::Config& config, const net::StopSignal& stop, TrialResults& out) {
  look_host_up(config.hostname, stop, out);
  if (!config.accounts.names.default_domain.empty())
    look_domain_up(config.accounts.names.default_domain, out);
}

}  // namespace restante::ctl
